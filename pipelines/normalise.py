"""Text made comparable: what a quote and the words that it quotes have in common."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from rapidfuzz import fuzz

_WIDTHLESS = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
_FOLDED = str.maketrans(
    {"‘": "'", "’": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "–": "-", "—": "-"}
    | dict.fromkeys(_WIDTHLESS)
)
_WORD = re.compile(r"\w+")
_CACHED = 20_000  # characters: longer texts are rare, and would make the cache large
_LONGEST = 500  # characters of a quote that are aligned; of longer ones pieces are counted, as aligning costs too much
_ALIKE = 80.0  # partial ratio from which a changed quote still counts as of that text
_PIECE = 8  # characters
_SHARED = 0.5  # share of pieces from which it does


def normalise(text: str | None) -> str:
    """Text without case, white space, typographic quotes and compatibility forms.

    Without white space, as editors and imports change it at will, and as not all scripts write it between words.
    """
    if not text:
        return ""
    return _normalise(text) if len(text) <= _CACHED else "".join(fold(text).split())


def words(text: str | None) -> list[str]:
    """The words of a text, made comparable. Scripts without spaces give long ones."""
    return _WORD.findall(fold(text)) if text else []


@lru_cache(maxsize=4096)
def _normalise(text: str) -> str:
    return "".join(fold(text).split())


def fold(text: str) -> str:
    """Text without case, typographic quotes, compatibility forms and characters without width."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKC", text).casefold().translate(_FOLDED)


def alike(part: str, whole: str) -> bool:
    """True when ``part`` stands in ``whole``, or nearly so. Both are normalised."""
    if part in whole:
        return True
    if len(part) < _PIECE or not whole:
        return False
    if len(part) <= _LONGEST:
        return fuzz.partial_ratio(part, whole[: 40 * _LONGEST], score_cutoff=_ALIKE) >= _ALIKE
    pieces, there = _pieces(part), set(_pieces(whole))
    return sum(piece in there for piece in pieces) >= _SHARED * len(pieces)


def _pieces(text: str) -> list[str]:
    return [text[i : i + _PIECE] for i in range(len(text) - _PIECE + 1)]


def same_name(one: str | None, other: str | None) -> bool:
    """True for two spellings of one name."""
    return bool(one and other) and normalise(one) == normalise(other)
