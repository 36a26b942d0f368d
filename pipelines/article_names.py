"""Names of people and of who publishes news: how they look, and lists of them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from pipelines.article_words import AGENCIES, EDITIONS, HOST_ENDINGS, HOST_WORDS, PAPER_WORDS

_PARTICLES = frozenset(
    "de del della di da do dos das du des van von der den ter ten la le bin binti ibn al el y e zu af of na".split()
)
_AND = re.compile(r"\s(?:and|und|et|y|e|en|i|och|и|และ|with|&)\s|\s?[,;、]\s?|、")
_COMMA = frozenset({",", ";", "、"})
_WORD_SHAPE = re.compile(r"[^\W\d_][\w'’.\-\u0300-\u036f\u0e31-\u0e4e]*")
_HOSTS = (".ru", ".com", ".de", ".fr", ".net", ".org", ".it", ".es", ".co.uk", ".nl", ".pl")
_LONGEST_NAME = 60
_IN = (" in ", " at ", " from ", " for ", " à ", " aus ", " в ", " em ", " w ")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text and where it stands in it."""

    text: str
    start: int

    @property
    def end(self) -> int:
        """First character after it."""
        return self.start + len(self.text)


def cut(text: str, start: int, end: int) -> Piece:
    """The part of a text between two places, without white space and loose marks around it."""
    while start < end and text[start] in " \t\xa0-–—|:,;*":
        start += 1
    while end > start and text[end - 1] in " \t\xa0-–—|:,;*":
        end -= 1
    return Piece(text[start:end], start)


def is_agency(text: str) -> bool:
    """True for the name of a known agency, broadcaster or paper, or the host that it gives as its name."""
    name = text.strip(" .").casefold()
    return name in AGENCIES or (name.endswith(_HOSTS) and name.split(".")[0] in AGENCIES)


def is_publisher(text: str) -> bool:
    """True for a known name, or one that says of itself that it is a paper: ``The Port Aster Gazette``."""
    if is_agency(text):
        return True
    words = text.split()
    if len(words) > 1 and is_agency(" ".join(words[:-1])) and words[-1].casefold() in EDITIONS:
        return True
    if not 1 < len(words) <= 5 or not words[0][:1].isupper():
        return False
    if not all(word[:1].isupper() or word in _PARTICLES or word[:1].isdigit() for word in words):
        return False
    return any(word.strip(".,").casefold() in PAPER_WORDS for word in words)


_KNOWN_HOSTS = frozenset(
    "".join(char for char in unicodedata.normalize("NFKD", name) if char.isascii() and char.isalnum())
    for name in AGENCIES
) - {""}


def is_news_host(host: str | None) -> bool:
    """True for a host whose own name is that of a paper or agency, or says ``news`` or the like."""
    for label in (host or "").removeprefix("www.").split(".")[:-1]:
        if label in _KNOWN_HOSTS:
            return True
        for part in label.casefold().split("-"):
            if part in HOST_WORDS or any(part.endswith(word) for word in HOST_ENDINGS):
                return True
            if any(part.startswith(word) for word in ("news", "gazette", "daily")):
                return True
    return False


def is_name(text: str, *, least: int = 2) -> bool:
    """True for what looks like a person's name: ``least`` to five words that begin with a capital, no digits.

    Words of scripts without capitals count where they are letters.
    """
    if not text or len(text) > _LONGEST_NAME:
        return False
    words = text.split()
    if not least <= len(words) <= 5:
        return False
    n_proper = 0
    for word in words:
        if not _WORD_SHAPE.fullmatch(word):
            return False
        if word.casefold() in _PARTICLES and len(words) > 1:
            continue
        if word[0].islower():
            return False
        n_proper += 1
    return n_proper >= min(least, 1) and n_proper > 0


def names(text: str, start: int, end: int, *, least: int = 2) -> Iterator[Piece]:
    """The names of a list: ``A, B and C``, ``A in London and B in Paris``. What is no name is left out."""
    pieces = list(_pieces(text, start, end))
    placed = [_place_at(piece.text) for piece, _comma in pieces]
    for i, (piece, after_comma) in enumerate(pieces):
        if (
            after_comma
            and placed[i] is None
            and i
            and placed[i - 1] is not None
            and not any(at is not None for at in placed[i + 1 :])
        ):
            continue  # the rest of a place: in Seoul, South Korea
        at = placed[i]
        start = piece.start + _possessive(piece.text)
        name = cut(text, start, piece.start + at if at is not None else piece.end)
        if is_name(name.text, least=least) and not is_publisher(name.text):
            yield name


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[Piece, bool]]:
    """The parts between the ``and``s and commas, and whether a comma stands before each."""
    place, comma = start, False
    for match in _AND.finditer(text, start, end):
        piece = cut(text, place, match.start())
        if piece.text:
            yield piece, comma
            comma = match[0].strip() in _COMMA
        place = match.end()
    piece = cut(text, place, end)
    if piece.text:
        yield piece, comma


def _possessive(text: str) -> int:
    """Where the name begins behind ``the Gazette's``."""
    found = max(text.find("'s "), text.find("’s "))
    return found + 3 if found > 0 else 0


def _place_at(text: str) -> int | None:
    """Where ``in London`` begins."""
    found = [at for word in _IN if (at := text.find(word)) > 0]
    return min(found, default=None)
