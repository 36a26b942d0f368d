"""The dateline: the place, the day and the agency with which a news text begins."""

from __future__ import annotations

import re
from datetime import date

from pipelines.article_dates import FoundDate, find_date
from pipelines.article_lines import Line
from pipelines.article_mark import Mark
from pipelines.article_names import Piece, cut, is_agency, is_publisher
from pipelines.article_words import NO_PLACES

_DASH = "-–—"
_LOOKED_AT = 160
_LONGEST_PLACE = 60
_LONGEST_AGENCY = 40


_SMALL = frozenset("de la le les du sur am an der and of el al los las do da".split())
_NAMES = re.compile(r"[^\s、，]+")
_PLACE_END = re.compile("[:–—-]")
_XINHUA = re.compile(r"(新华社|共同社|中新社|中新网)([\u4e00-\u9fff]{2,6}?)(\d{1,2}月\d{1,2}日)电")


def read_dateline(line: Line, written: date | None) -> Mark | None:
    """``PLACE, Jan. 5 (Agency) - …``, ``МЕСТО, 5 января — Агентство. …``, ``PLACE, January 5. /TASS/. …``."""
    head = line.text[:_LOOKED_AT]
    for read in (_agency_in_brackets, _agency_in_slashes, _agency_after_dash, _chinese):
        if (mark := read(head, written)) is not None:
            return mark
    return None


def _dateline(
    head: str, written: date | None, lead: int, *, place: Piece | None, agency: Piece | None, points: int = 4
) -> Mark:
    found = [(name, piece) for name, piece in (("dateline_place", place), ("agency", agency)) if piece and piece.text]
    return Mark("dateline", found, find_date(head[:lead], written), points, agency is not None, lead)


def _agency_in_brackets(head: str, written: date | None) -> Mark | None:
    opened = head.find("(", 0, 90)
    again = head.find("(", opened + 1, 90)
    if 0 < opened < again:  # Novosibirsk (Russia) (AFP) - …, Bermeo (España), 12 may (EFE).- …
        name = head[again + 1 : max(again, head.find(")", again))]
        opened = again if is_agency(name) else opened
    closed = head.find(")", opened + 1, opened + 2 + _LONGEST_AGENCY)
    if min(opened, closed) < 0:
        return None
    agency, lead = cut(head, opened + 1, closed), _after_dash(head, closed + 1)
    if lead is None and is_agency(agency.text) and (opened == 0 or _has_date(head[:opened], written)):
        lead = _past(head, closed + 1)  # some leave the dash out
    known = any(is_agency(part) for part in agency.text.split("/")) or is_publisher(agency.text)
    if lead is None or not (known or agency.text[:1].isupper()):
        return None
    if opened == 0:  # (ANSA) - ROMA, 5 GEN - …
        return _agency_first(head, written, agency, lead) if known else None
    place = _place(head, 0, opened, written)
    if place is None and known and _is_day(head[:opened], written):
        return _dateline(head, written, lead, place=None, agency=agency)
    if place is None or not (known or _could_be_agency(agency.text, place.text, head[:opened], written)):
        return None
    return _dateline(head, written, lead, place=place, agency=agency, points=4 if known else 3)


def _is_day(text: str, written: date | None) -> bool:
    found = find_date(text, written or date(2000, 6, 1))
    return found is not None and not text[: found.start].strip()


def _could_be_agency(name: str, place: str, before: str, written: date | None) -> bool:
    """An unknown name counts behind a place in capitals, or behind a place and a day."""
    if any(char.isdigit() for char in name) or len(name.split()) > 4:
        return False
    return place.split(",", maxsplit=1)[0].isupper() or _has_date(before, written)


def _agency_first(head: str, written: date | None, agency: Piece, lead: int) -> Mark | None:
    dash = next((i for i in range(lead, min(len(head), lead + 60)) if head[i] in _DASH and head[i - 1] == " "), None)
    place = _place(head, lead, dash, written) if dash is not None else None
    if dash is None or place is None or not place.text.isupper():
        return _dateline(head, written, lead, place=None, agency=agency)
    return _dateline(head, written, _past(head, dash), place=place, agency=agency)


def _agency_in_slashes(head: str, written: date | None) -> Mark | None:
    opened = head.find("/", 0, 70)
    closed = head.find("/", opened + 1, opened + 2 + _LONGEST_AGENCY)
    if opened <= 0 or closed < 0 or not is_agency(head[opened + 1 : closed]):
        return None
    place = _place(head, 0, opened, written)
    return (
        _dateline(head, written, _past(head, closed + 1), place=place, agency=cut(head, opened + 1, closed))
        if place
        else None
    )


def _agency_after_dash(head: str, written: date | None) -> Mark | None:
    """``МОСКВА, 5 янв — РИА Новости. …``, ``TOKYO, Kyodo — …``, ``BERLIN, 5. Januar, dpa - …``."""
    dash = next((i for i in range(2, min(len(head), 60)) if head[i] in _DASH and head[i - 1] in " .-–—"), None)
    if dash is None:
        return None
    after = _past(head, dash)
    stop = head.find(".", after, after + _LONGEST_AGENCY)
    if stop > 0 and is_agency(head[after:stop]):
        place = _place(head, 0, dash, written)
        return (
            _dateline(head, written, _past(head, stop + 1), place=place, agency=cut(head, after, stop))
            if place
            else None
        )
    comma = max(head.rfind(",", 0, dash), head.rfind(". ", 0, dash))
    name = head[comma + 1 : dash].strip(" -–—")
    if comma > 0 and is_agency(name) and name[-1] != ".":
        place = _place(head, 0, comma, written)
        return _dateline(head, written, after, place=place, agency=cut(head, comma + 1, dash)) if place else None
    return None


def _chinese(head: str, written: date | None) -> Mark | None:
    """``新华社北京1月5日电 …``."""
    found = _XINHUA.match(head)
    if found is None:
        return None
    lead, reporters = found.end(), []
    if head[lead : lead + 3] in {"（记者", "(记者"}:
        closed = next((i for i in range(lead, len(head)) if head[i] in "）)"), None)
        if closed is not None:
            reporters = [cut(head, *span) for span in _spaced(head, lead + 3, closed)]
            lead = closed + 1
    day = found[3].replace("月", "-").replace("日", "")
    month, number = (int(part) for part in day.split("-"))
    mark = _dateline(head, None, _past(head, lead), place=Piece(found[2], found.start(2)), agency=Piece(found[1], 0))
    mark.found += [("byline", piece) for piece in reporters if piece.text]
    if written is not None:
        mark.day = _month_and_day(month, number, written, found.start(3), found.end(3))
    return mark


def _spaced(text: str, start: int, end: int) -> list[tuple[int, int]]:
    return [(match.start(), match.end()) for match in _NAMES.finditer(text, start, end)]


def _month_and_day(month: int, day: int, written: date, start: int, end: int) -> FoundDate | None:
    english = date(2000, month, 1).strftime("%b") if 1 <= month <= 12 else ""
    found = find_date(f"{day} {english}", written) if english else None
    return FoundDate(found.day, start, end, year_known=False) if found else None


def read_place(line: Line, written: date | None) -> Mark | None:
    """``BANGKOK — …``, ``SEOUL/TOKYO, Jan 5 - …``, ``PHUKET: …``: a dateline of capitals only, and a sentence."""
    head = line.text[:_LOOKED_AT]
    if len(head) < 80 or _PLACE_END.search(head, 3, 60) is None:
        return None
    dash = next((i for i in range(3, min(len(head), 60)) if _ends_place(head, i)), None)
    if dash is None:
        return None
    after, place = _past(head, dash), _place(head, 0, dash, written)
    if place is None or not place.text.split(",")[0].isupper() or after - dash < 2:
        return None
    if any(word.casefold() in NO_PLACES for word in place.text.replace(",", " ").split()):
        return None
    letters = [char for char in head[after:] if char.isalpha()]
    if sum(char.isupper() for char in letters) > len(letters) // 2:
        return None
    return _dateline(head, written, after, place=place, agency=None, points=1)


def _ends_place(head: str, i: int) -> bool:
    return (head[i] in _DASH and head[i - 1] == " ") or (head[i] == ":" and i > 3 and head[i + 1 : i + 2] == " ")


def _after_dash(head: str, place: int) -> int | None:
    """Where the words begin, when a dash, a colon or a dash behind a full stop follows."""
    rest = head[place : place + 6].lstrip(" .,\xa0")
    return _past(head, place) if rest[:1] and rest[0] in _DASH + ":" else None


def _past(head: str, place: int) -> int:
    while place < len(head) and head[place] in " \xa0.,:/-–—":
        place += 1
    return place


def _has_date(text: str, written: date | None) -> bool:
    return find_date(text, written or date(2000, 6, 1)) is not None


def _place(head: str, start: int, end: int, written: date | None) -> Piece | None:
    """The place before a date, or all there is: up to six words that begin with capitals."""
    found = find_date(head[start:end], written or date(2000, 6, 1))
    piece = cut(head, start, start + found.start if found else end)
    text = piece.text.rstrip(",/ ")
    if "," not in text or len(text) - text.rfind(" ") > 7:  # a state's name is cut short and ends with a full stop
        text = text.rstrip(".")
    piece = Piece(text, piece.start)
    words = text.replace("/", " ").replace(",", " ").split()
    if not words or len(text) > _LONGEST_PLACE or len(words) > 6 or any(char in '?!:"“”' for char in text):
        return None
    return piece if all(not word[0].islower() or word in _SMALL for word in words) and text[0].isalpha() else None
