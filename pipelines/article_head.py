"""The lines between headline and text: who wrote it, where, when, for whom, in any order and on any number of lines."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipelines.article_dates import FoundDate, find_date
from pipelines.article_lines import Line
from pipelines.article_mark import Mark
from pipelines.article_names import Piece, cut, is_publisher, names
from pipelines.article_words import BY, BY_LABELS, DAY_FIRST, HEAD_NOISE, PUBLISHED, ROLES, UPDATED

_LONGEST = 160
_LEFT = 25  # characters of a line that may be neither name, date nor publisher
_LEFT_LABELLED = 70  # of a line that says of itself that it tells the day
_BORDER = re.compile(r"\s*[|•·()–—]\s*|\s/\s|\s-\s|[ \t\xa0]{2,}|\t")
_WITHIN = re.compile(r",|/|\b(?:and|und|et|y|e|with|avec|mit|con|com|für|for|of|by|was|del?|di|von)\s")
_DAY_FIRST = tuple(f"{words} " for words in DAY_FIRST)
_QUOTES = "\"'“”«»„‘’"
_CLOCK = re.compile(
    r"(?:\W|\d|\b(?:at|am|pm|a\.m\.|p\.m\.|uhr|h|à|um|on|gmt|utc|est|edt|pst|pdt|bst|cet|cest|hkt|ist|jst|sgt|ict|hrs|de|om|"
    r"o|le|les|modifié|mis|jour|updated|last|actualisé|aggiornato|aktualisiert|published|posted|alle|ore|kl|g)\b|(?<=\d)h)+"
)
_ROLE = re.compile(
    r"(?:correspondent|editor|writer|reporter|staff|bureau|chief|team|desk|journalist|contributor|columnist)s?$"
)


def read_head(line: Line) -> Mark | None:
    """``By A and B``, ``A | Agency | 5 Jan 2018``, ``Published: …``, ``Place - 23 ABR 2018``, ``BBC News, Place``."""
    text = line.text
    if len(text) > _LONGEST or text[-1] in "!?…":
        return None
    low = text.casefold()
    mark = Mark("head")
    by = next((word for word in (*BY_LABELS, *BY) if low.startswith(word)), "")
    published = _says_published(low)
    mark.day = _day(text, low)
    left = 0
    for piece in _segments(text, len(by), mark.day):
        left += _segment(mark, text, piece, labelled=bool(by))
    if by and not mark.pieces("byline") and not mark.by_agency:
        return None
    if not by and mark.day is None and not _is_publisher_line(mark, text):
        return None
    if left > (_LEFT_LABELLED if published else 40 if by else _LEFT) or (
        line.text[-1] == "." and left > 10 and not published
    ):
        return None
    _weigh(mark, by=bool(by), published=published)
    return mark


def _says_published(low: str) -> bool:
    return low.startswith(PUBLISHED) or "first published" in low


def _weigh(mark: Mark, *, by: bool, published: bool) -> None:
    mark.points = (2 if published else 1) if mark.day is not None else 0
    if mark.pieces("byline"):
        mark.points += 2 if by else 1
    mark.points += mark.by_agency


def _is_publisher_line(mark: Mark, text: str) -> bool:
    return mark.by_agency and len(text) <= 60 and text[-1] not in ".:"


def _day(text: str, low: str) -> FoundDate | None:
    return find_date(text, day_first=low.replace(":", " ").startswith(_DAY_FIRST))


def _segments(text: str, start: int, day: FoundDate | None) -> Iterator[Piece]:
    """The parts of a line between its strokes, brackets and dashes, without the date."""
    for begin, end in _around(text, start, day):
        place = begin
        for match in _BORDER.finditer(text, begin, max(begin, end)):
            yield cut(text, place, match.start())
            place = match.end()
        yield cut(text, place, max(place, end))


def _around(text: str, start: int, day: FoundDate | None) -> Iterator[tuple[int, int]]:
    """What stands before and behind a day, and behind another."""
    if day is None:
        yield start, len(text)
        return
    yield start, day.start
    other = find_date(text[day.end :], day.day)
    if other is None:
        yield day.end, len(text)
    else:
        yield day.end, day.end + other.start
        yield day.end + other.end, len(text)


def _segment(mark: Mark, text: str, piece: Piece, *, labelled: bool) -> int:
    """Enter what a part of a line says; the number of its characters that say nothing."""
    piece = _unquoted(piece)
    low = piece.text.casefold().strip(" :.")
    if "," not in piece.text and is_publisher(piece.text):
        return _agency(mark, piece)
    if low in HEAD_NOISE or ("," not in low and _is_role(low)) or _CLOCK.fullmatch(low or " ") or _is_label(low):
        return 0
    if low.startswith("editor:"):
        mark.found += [("editing", name) for name in names(text, piece.start + 7, piece.end, least=1)]
        return 0
    found = [name for name in names(text, piece.start, piece.end) if not _is_role(name.text)]
    agency = next((part for part in _within(text, piece) if is_publisher(part.text)), None)
    if found and (labelled or (len(found) == 1 and found[0].text == piece.text)):
        mark.found += [("byline", name) for name in found]
        if agency is not None:
            _agency(mark, agency)
    elif agency is not None:
        _agency(mark, agency)
        return max(0, len(piece.text) - len(agency.text) - 20)
    elif _may_be_place(mark, piece) and _is_place(piece.text):
        mark.found.append(("dateline_place", piece))
    else:
        return len(piece.text)
    return 0


def _is_role(text: str) -> bool:
    return text.casefold() in ROLES or _ROLE.search(text[-40:].casefold()) is not None


def _is_label(low: str) -> bool:
    return len(low) < 40 and low.startswith((*PUBLISHED, *UPDATED))


def _agency(mark: Mark, piece: Piece) -> int:
    mark.found.append(("agency", piece))
    mark.by_agency = True
    return 0


def _unquoted(piece: Piece) -> Piece:
    text = piece.text.lstrip(_QUOTES)
    start = piece.end - len(text)
    return Piece(text.rstrip(_QUOTES), start)


def _within(text: str, piece: Piece) -> Iterator[Piece]:
    """What stands between commas, ``and``s, ``with``s and quotation marks."""
    place = piece.start
    for match in _WITHIN.finditer(text, piece.start, piece.end):
        yield _unquoted(cut(text, place, match.start()))
        place = match.end()
    last = cut(text, place, piece.end)
    yield _unquoted(last)
    opened = next((i for i, char in enumerate(last.text) if char in _QUOTES), None)
    if opened is not None:
        closed = next((i for i in range(opened + 1, len(last.text)) if last.text[i] in _QUOTES), len(last.text))
        yield cut(text, last.start + opened + 1, last.start + closed)


def _may_be_place(mark: Mark, piece: Piece) -> bool:
    """Before a day, beside a publisher; in capitals beside an author."""
    if mark.day is not None:
        return piece.start < mark.day.start
    return mark.by_agency or (bool(mark.found) and piece.text.isupper())


def _is_place(text: str) -> bool:
    """One word with a capital, or some before and behind a comma."""
    parts = [part.strip() for part in text.split(",")]
    if not 1 <= len(parts) <= 2 or not all(
        part and part[0].isupper() and part.replace(" ", "").isalpha() for part in parts
    ):
        return False
    return len(text) <= 40 and (len(parts) == 2 or " " not in text)


def read_place_line(line: Line) -> Mark | None:
    """``SINOP, Turkey`` on a line of its own: the first part in capitals."""
    parts = line.text.rstrip(":").split(",")
    if (
        len(line.text) > 40
        or len(parts) > 2
        or not parts[0].isupper()
        or len(parts[0]) < 4
        or not _is_place_name(parts)
    ):
        return None
    return Mark("place", [("dateline_place", cut(line.text, 0, len(line.text)))], points=1)


def _is_place_name(parts: list[str]) -> bool:
    return all(
        part.strip() and part.strip()[0].isupper() and len(part.split()) <= 3 for part in parts
    ) and not is_publisher(parts[0])


def read_name(line: Line) -> Mark | None:
    """A name and nothing else, but for the place: ``Owen Bright in Prague``."""
    found = list(names(line.text, 0, len(line.text))) if len(line.text) <= 60 else []
    rest = line.text[found[0].end :] if len(found) == 1 and found[0].start == 0 else "-"
    in_place = rest.startswith(" in ") and rest[4:5].isupper() and len(rest.split()) <= 4
    return Mark("head", [("byline", found[0])], points=1) if not rest or in_place else None


def is_update(line: Line) -> bool:
    """True for a line that tells of the last change, not of the publication."""
    return line.text.casefold().startswith(UPDATED)
