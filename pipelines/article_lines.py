"""The lines of a post's text, with where they stand, and what their shape says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_BLANK = " \t\xa0\u200b\ufeff"
_ENDS = ".!?…。！？\"”»')]"
_IMAGE = (".jpg", ".jpeg", ".png", ".gif", ".webp")
_QUOTATION = re.compile('(["“”«»„])')
_URL = re.compile(r"https?://[^\s<>\"“”]+|www\.[^\s<>\"“”]+")
_LONG = 80  # characters from which a line is a paragraph, whatever it ends with
_HEADING = 80
_HEADING_WORDS = 12
_LOOKED_AT = 2000  # characters of a line that are searched for marks


@dataclass(frozen=True, slots=True)
class Line:
    """A line that holds something: its words, and its place in the text."""

    text: str
    start: int

    @property
    def end(self) -> int:
        """First character after it."""
        return self.start + len(self.text)

    @property
    def is_prose(self) -> bool:
        """True for what reads like a paragraph: it is long, or of some words and ended like a sentence."""
        return len(self.text) >= _LONG or (self.text[-1] in _ENDS and " " in self.text and len(self.text) >= 25)

    @property
    def is_caps(self) -> bool:
        """True for capitals only, of three letters at the least."""
        return self.text.isupper() and sum(char.isalpha() for char in self.text[:_LONG]) >= 3

    @property
    def looks_like_heading(self) -> bool:
        """True for a few words that begin like a sentence and do not end like one."""
        text = self.text
        if len(text) > _HEADING or len(text.split()) > _HEADING_WORDS or text.startswith(("- ", "@", "#", "http")):
            return False
        if text[-1] in '.!…:;,"”»)' or not (text[0].isalnum() or text[0] in "'\"“«¿") or text[0].islower():
            return False
        return sum(char.isalpha() for char in text) >= 3


def lines_of(text: str) -> Iterator[Line]:
    """The lines of a text, without empty ones, rules (``___``) and names of image files."""
    place = 0
    for raw in text.split("\n"):
        begin, place = place, place + len(raw) + 1
        words = raw.strip(_BLANK)
        if not words or (words[0] in "_-*=—–" and not words.strip("_-*=—– ")):
            continue
        if len(words) < 120 and " " not in words and words.casefold().endswith(_IMAGE) and "/" not in words:
            continue
        yield Line(words, begin + len(raw) - len(raw.lstrip(_BLANK)))


def head_of(text: str) -> str:
    """As much of a line as is searched for marks."""
    return text if len(text) <= _LOOKED_AT else text[:_LOOKED_AT]


def find_url(text: str) -> tuple[int, int] | None:
    """Where the first address of a line stands, without the punctuation behind it."""
    found = _URL.search(head_of(text)) if "://" in text or "www." in text else None
    if found is None:
        return None
    end = found.end()
    while text[end - 1] in ".,;:!?)]'" and not (text[end - 1] == ")" and "(" in found[0]):
        end -= 1
    return found.start(), end


def outside_quotes(text: str) -> str:
    """A line without what stands between quotation marks."""
    kept, inside = [], False
    for piece in _QUOTATION.split(text):
        if _QUOTATION.fullmatch(piece):
            inside = piece in "“«„" or (piece == '"' and not inside)
        elif not inside:
            kept.append(piece)
    return "".join(kept)
