"""In which languages the posts of a pack are: by a model where the extra `[pack]` is there, else by their script."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from functools import cache
from typing import Any, Final

import pyarrow as pa

LOOKED_AT: Final = 2_000
"""Posts that are looked at, at the most: every n-th of the table."""

_SHORTEST = 20  # letters: of less, nobody can tell
_LONGEST = 500  # characters that are looked at
_SURE = 0.5  # probability from which on the model is believed
_NO_LANGUAGE = "zxx"  # code of what has no words
_NO_WORDS = re.compile(r"https?://\S+|\[link\]|user-\d{3}(?:-\d{3}){4}|@\S+")
_NO_LETTERS = re.compile(r"[\W\d_]+")
_UNKNOWN, _SHORT = "unknown", "too_short"


class Languages:
    """Counts posts by language (ISO 639-1), one in so many; ``posts`` is how many there are."""

    def __init__(self, posts: int) -> None:
        self._every = max(1, -(-posts // LOOKED_AT))
        self._seen = 0
        self._found: Counter[str] = Counter()
        self._by, self._tell = _detector()

    def add(self, texts: pa.Array) -> None:
        """The texts of some posts, in the order of the table."""
        due = pa.array(range(-self._seen % self._every, len(texts), self._every), pa.int64())
        self._found.update(self._of(text) for text in texts.take(due).drop_null().to_pylist())
        self._seen += len(texts)

    def close(self) -> None:
        """Let go of the model, which takes some 80 MB."""
        _model.cache_clear()

    def as_json(self) -> dict[str, Any]:
        """For the manifest: ``by`` says what told them, ``posts`` how many of those looked at are in each."""
        told = {name: count for name, count in self._found.most_common() if name not in {_UNKNOWN, _SHORT}}
        return {
            "by": self._by,
            "one_in": self._every,
            "looked_at": self._found.total(),
            "posts": dict(sorted(told.items(), key=lambda item: (-item[1], item[0]))),
            "unknown": self._found[_UNKNOWN],
            "too_short": self._found[_SHORT],
        }

    def _of(self, text: str) -> str:
        words = _NO_WORDS.sub(" ", text[:_LONGEST])
        return self._tell(words) if len(_NO_LETTERS.sub("", words)) >= _SHORTEST else _SHORT


def common(languages: dict[str, Any]) -> list[str]:
    """Codes of the languages that at least one post in a hundred is in; none where only scripts were told."""
    if languages["by"] == "script":
        return []
    total = sum(languages["posts"].values())
    return [name for name, count in languages["posts"].items() if count * 100 >= total]


def _detector() -> tuple[str, Callable[[str], str]]:
    try:
        from py3langid import __version__  # noqa: PLC0415
    except ImportError:
        return "script", _script

    def language(text: str) -> str:
        name, sure = _model().classify(text)
        return str(name) if sure >= _SURE and name != _NO_LANGUAGE else _UNKNOWN

    return f"py3langid {__version__}", language


@cache
def _model() -> Any:
    """The model, which takes some tenths of a second to load."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def _script(text: str) -> str:
    """The script of most letters, by the first word of their Unicode names: ``Latin``, ``Cyrillic``, ``Thai`` …"""
    letters = Counter(filter(str.isalpha, text))
    scripts: Counter[str] = Counter()
    for letter, count in letters.items():
        scripts[unicodedata.name(letter, _UNKNOWN).split()[0].title()] += count
    return min(scripts.items(), key=lambda item: (-item[1], item[0]))[0]
