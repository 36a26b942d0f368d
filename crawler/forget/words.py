"""Words by which text is known again: runs of a post's words, and names as they stand in prose."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import unquote

from pipelines.linking.text import Tokens, grams, is_unspaced, tokens

RUN = 8
"""Words in a row that hardly anybody else writes."""

RUN_UNSPACED = 24
"""The same where a character is a word."""

_FEW = 3  # words that count where it is told who said them
_SHORTEST_NAME = 4  # characters: shorter ones stand in prose as words
_MOST_WORDS = 8  # of a name
_WORD = re.compile(r"\w+")
_TAG = re.compile(r"<[^<>]*>")
_ESCAPED = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))")


def runs(text: str | None) -> Iterator[tuple[int, str]]:
    """The runs of words of a text by which it is known again, each with its length. A short text has none."""
    words = tokens(text)
    width = RUN_UNSPACED if is_unspaced(words) else RUN
    for gram in grams(words, width):
        yield width, " ".join(gram)


def windows(words: Tokens, width: int) -> Iterator[str]:
    """All runs of so many words."""
    for gram in grams(words, width):
        yield " ".join(gram)


def said_by(text: str) -> list[str]:
    """Short runs of words, which tell something only where it is told who said them."""
    words = tokens(text)
    if len(words) < _FEW:
        return [" ".join(words)] if words else []
    return [" ".join(gram) for gram in grams(words, _FEW)]


def spelled(name: str) -> tuple[str, ...] | None:
    """The words of a name as it is spelled; ``None`` for one that cannot be told from other words."""
    words = tuple(_WORD.findall(name))
    return words if words and len(words) <= _MOST_WORDS and len(name) >= _SHORTEST_NAME else None


def places(text: str, width: int) -> Iterator[tuple[int, int, str]]:
    """Where so many words stand in a row, as they are spelled: start, end, the words."""
    found = list(_WORD.finditer(text))
    for at in range(len(found) - width + 1):
        row = found[at : at + width]
        yield row[0].start(), row[-1].end(), "\n".join(word[0] for word in row)


def readings(page: str) -> tuple[str, str]:
    """What a page says, entities and escapes undone: without its tags, and with what stands in them."""
    plain = _ESCAPED.sub(_character, page) if "\\" in page else page
    plain = unquote(plain) if "%" in plain else plain
    return unescape(_TAG.sub(" ", plain)), unescape(plain)


def _character(found: re.Match[str]) -> str:
    if found[1] is not None:
        return chr(int(found[1], 16))
    return found[2] if found[2] in '"\\/' else " "
