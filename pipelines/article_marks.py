"""What a line of a news text can be apart from a paragraph: each mark is read by one function, or is not there."""

from __future__ import annotations

import re

from pipelines.article_credits import clauses, inside
from pipelines.article_dates import find_date
from pipelines.article_lines import Line, find_url
from pipelines.article_mark import Mark
from pipelines.article_names import Piece, cut, is_agency, is_name, is_publisher, names
from pipelines.article_words import (
    BARE_CREDITS,
    CAPTION_MARKS,
    CAPTION_STARTS,
    JUNK,
    JUNK_LABELS,
    PUBLISHED,
    RIGHTS,
    SOURCES,
    UPDATED,
)

_DASH = "-–—"
_COPYRIGHT = ("©", "copyright", "(c) ", "ⓒ")
_OWNED = re.compile(r"©|\(c\)|copyright|\b\d{4}(?:[-/.]\d{1,2}[-/.]\d{1,2})?\b|[.,|]|\ball rights\b", re.IGNORECASE)
_BETWEEN = re.compile(r"[|,;()\[\]]| - | – | — ")
_CAPTION = 700  # characters that a caption may have
_PLAIN_MARKS = tuple(mark for mark in CAPTION_MARKS if "/" not in mark and "(" not in mark)


def read_caption(line: Line) -> Mark | None:
    """A line that begins as captions do."""
    starts = len(line.text) <= _CAPTION and line.text[:40].casefold().startswith(CAPTION_STARTS)
    return Mark("caption", points=1) if starts else None


def read_bare_credit(line: Line) -> Mark | None:
    """A credit without a caption."""
    return Mark("caption", points=1) if is_bare_credit(line) else None


def read_photo_credit(line: Line) -> Mark | None:
    """A line that credits a photographer."""
    if len(line.text) > _CAPTION:
        return None
    low = line.text.casefold()
    for mark in CAPTION_MARKS if "/" in low or "(" in low else _PLAIN_MARKS:
        if mark in low:
            return Mark("caption", points=1)
    return Mark("caption", points=1) if _slashed_credit(line.text) else None


def _slashed_credit(head: str) -> bool:
    """``… NORTHWIND NEWS/Lena Orsk``: an agency in capitals, a stroke, a name, at the end."""
    at = head.rfind("/")
    while at > 0 and not is_name(head[at + 1 :].split("/", maxsplit=1)[0].strip(" .)")):
        at = head.rfind("/", 0, at) if len(head) - at < 80 else -1
    if at <= 0:
        return False
    before = head[max(0, at - 40) : at].rsplit(". ", maxsplit=1)[-1].rsplit("(", maxsplit=1)[-1].strip()
    return before.isupper() and len(before) >= 2 and len(before.split()) <= 4


def is_bare_credit(line: Line) -> bool:
    """True for a credit without a caption, which belongs to the line before it."""
    low = line.text.casefold()
    return low.startswith(BARE_CREDITS) and len(line.text) <= 70


def read_copyright(line: Line) -> Mark | None:
    """A line that begins with the sign or the word, dashes before it apart, or that reserves all rights."""
    text = line.text
    if len(text) > 400:
        return None
    low = text.casefold()
    start, _end = inside(text)
    if not (
        low.startswith(_COPYRIGHT, start)
        or (len(text) < 80 and "©" in text)
        or (len(text) < 160 and any(w in low for w in RIGHTS))
    ):
        return None
    mark = Mark("copyright", [("copyright_line", Piece(text, 0))], find_date(text), 1)
    owner = _owner(text)
    if owner is not None:
        mark.found.append(("agency", owner))
        mark.by_agency, mark.points = True, 3
    else:
        mark.unknown = _unknown_owner(text)
    return mark


def _owner(text: str) -> Piece | None:
    """Whose it is: the words that are no sign, year or date, where they name a publisher."""
    place = 0
    for match in _OWNED.finditer(text[:200] + "."):
        piece = cut(text, place, match.start())
        if piece.text.casefold().startswith("by "):
            piece = cut(text, piece.start + 3, piece.end)
        if piece.text and is_publisher(piece.text):
            return piece
        place = match.end()
    return None


def _unknown_owner(text: str) -> Piece | None:
    """The same, where the words are a name at least."""
    place = 0
    for match in _OWNED.finditer(text[:200] + "."):
        piece = cut(text, place, match.start())
        if is_name(piece.text):
            return piece
        place = match.end()
    return None


def read_signature(line: Line) -> Mark | None:
    """``-- The Gazette 2018-01-05``, ``— Northwind News``: who published it, at the end, behind a dash."""
    text = line.text
    if len(text) > 90 or text[0] not in _DASH + "(=" or (text.startswith("- ") and not find_date(text)):
        return None
    found = find_date(text)
    start, end = inside(text)
    piece = cut(text, start, found.start if found and found.start > start else end)
    if not is_publisher(piece.text) or (text[0] == "(" and found is None and not is_agency(piece.text)):
        return None
    return Mark("signature", [("agency", piece)], found, 3 if found else 2, by_agency=True)


def read_source(line: Line) -> Mark | None:
    """A line that says where it is from, or that is an address and nothing else."""
    text = line.text
    low = text[:60].casefold().lstrip("([*-–— ")
    label = next((word for word in SOURCES if low.startswith(word)), None) if low.startswith(SOURCES) else None
    place = find_url(text)
    if label is None and (place is None or place[1] - place[0] < len(text) - 3):
        return None
    if len(text) > 500 or (label is not None and place is None and len(text) > 120):
        return None
    mark = Mark("source", points=1)
    if place is not None:
        mark.found.append(("source_url", Piece(text[slice(*place)], place[0])))
    if label is not None:
        begin = text.casefold().find(label) + len(label)
        for part_start, part_end in clauses(_BETWEEN, text, begin, place[0] if place else len(text)):
            piece = cut(text, part_start, part_end)
            if piece.text and is_publisher(piece.text):
                mark.found.append(("agency", piece))
                mark.by_agency, mark.points = True, 2
                break
            if mark.unknown is None and is_name(piece.text, least=1):
                mark.unknown = piece
        mark.day = find_date(text[: place[0]] if place else text)
        mark.found += [("editing", piece) for piece in _labelled_names(text)]
    return mark if mark.found or label in {"source:", "sources:", "full story:", "read more:"} else None


def is_junk(line: Line) -> bool:
    """True for what sites print between the lines of an article, and the initials of an agency's desk."""
    low = line.text[:80].casefold()
    if len(line.text) <= 25 and "/" in low and _are_initials(line.text):
        return True
    if len(line.text) <= 30 and low.endswith(("min read", "mins read", "minute read", "minutes read", "min. read")):
        return True
    if len(line.text) < 70 and low.startswith((*PUBLISHED, *UPDATED)) and find_date(line.text, day_first=True) is None:
        return any(char.isdigit() for char in low)  # published yesterday at five
    if len(line.text) < 60 and "@" in low and " " not in low:
        return True  # the reporter's address
    return low.strip(" *[].") in JUNK or (len(line.text) < 200 and low.startswith(JUNK_LABELS))


def _are_initials(text: str) -> bool:
    """``abc-def/gh``, ``LFS // JPF``: up to four letters each, all small or all capitals, or an agency's name."""
    parts = text.replace("/", " ").replace("-", " ").split()
    short = len(parts) > 1 and all(len(part) <= 4 and part.isalpha() for part in parts)
    if short and (text.islower() or text.isupper()):
        return True
    return len(parts) == 2 and any(is_agency(part) for part in parts)


def end_of_words(text: str) -> int:
    """Where the words of the last paragraph end: before ``Enditem``, ``(END)`` and the like."""
    place = max(text.rfind(" "), text.rfind("\u3002"))
    is_end = place > 0 and text[place + 1 :].casefold().strip("()[].") in {"enditem", "end", "ends", "完"}
    return len(text[:place].rstrip()) if is_end else len(text)


def closing_agency(text: str) -> Piece | None:
    """``… by name. (PNA)``: the agency in brackets at the end of the last paragraph."""
    end = len(text.rstrip(" ./"))
    opened = text.rfind("(", max(0, end - 30), end)
    if opened < 40 or text[end - 1] != ")" or not is_agency(text[opened + 1 : end - 1]):
        return None
    return Piece(text[opened + 1 : end - 1], opened + 1)


def _labelled_names(text: str) -> list[Piece]:
    """``…|Editor: A``, as one agency heads its texts."""
    at = text.casefold().find("editor:")
    return list(names(text, at + 7, len(text), least=1)) if at >= 0 else []
