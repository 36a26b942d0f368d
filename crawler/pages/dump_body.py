"""The body of a post out of a flattened page: own words, quotes as far as they can be told, the edit mark.

It is written as HTML, so that it is read by the same parser as every other body (`body.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from crawler.pages.dump_labels import EDITED, QUOTES, SAID, SINCE, SPOILERS
from crawler.pages.dump_lines import DumpLine, Piece

_URL = re.compile(r"https?://[^\s<>\"]+")
_MARK = 120  # characters that an edit mark or a citation may have
_STEP = 2  # blanks by which a quote is indented where a page was flattened with its indents
_NEAR = 3  # paragraphs after which an empty one is no longer taken for the end of a quote
_NUMBERED = re.compile(
    r"(?:on|le|am|el|il|op|em|в|dnia|w dniu|เมื่อ)?\s?[\d./:\-,\s]{6,24}"
    r"(?:at|à|um|a las|alle|om|às|o|в)?[\d:\s]*(?:am|pm)?,?\s"
)


@dataclass(frozen=True, slots=True)
class EditMark:
    """Who edited a post, and the reason, as the mark says; its time is told in words only."""

    by: str
    reason: str | None = None


@dataclass(slots=True)
class _Open:
    """An open quote: lines that are indented less than ``least`` are no part of it; ``within`` is its own indent."""

    least: int
    within: int | None


def edit_mark(body: list[DumpLine]) -> EditMark | None:
    """The edit mark at the end of a body, which is taken out; the reason may stand on a line below it."""
    for n in (1, 2):
        name = _editor(body[-n].text) if len(body) >= n and len(body[-1].text) <= 2 * _MARK else None
        if name is not None:
            below = body[-1].text if n == 2 else None
            del body[-n:]
            by, reason = _name_and_reason(name)
            return EditMark(by, below or reason)
    return None


def _editor(text: str) -> str | None:
    """What stands behind ``Edited … by``."""
    low = text.casefold()
    for begin, by in EDITED:
        at = low.find(f" {by} ", len(begin))
        if low.startswith(f"{begin} ") and len(begin) <= at <= _MARK and len(text) <= 2 * _MARK:
            return text[at + len(by) + 2 :]
    return None


def _name_and_reason(text: str) -> tuple[str, str | None]:
    """The reason stands behind the name: on its own, or in brackets."""
    name, _, reason = text.partition(" (")
    if reason.endswith(")"):
        return name.strip(), reason[:-1].strip() or None
    return text.strip(), None


def citation(line: DumpLine) -> tuple[bool, str | None]:
    """Whether a line opens a quote, and whom it cites: what stands between the time and ``said:``."""
    text, low = line.text, line.text.casefold()
    if line.bullet or len(text) > _MARK:
        return False, None
    if low in QUOTES:
        return True, None
    said = next((word for word in SAID if low.endswith(word)), None)
    if said is None:
        return False, None
    name = text[: len(text) - len(said)].strip()
    since = [at + len(word) for word in SINCE if (at := f"{name} ".casefold().find(word)) >= 0]
    if since:
        name = name[min(since) :]
    elif (dated := _NUMBERED.match(name.casefold())) is not None:
        name = name[dated.end() :]
    elif not name or any(char.isdigit() for char in name[:1]) or name.casefold().startswith(("he ", "she ", "they ")):
        return bool(name), name or None
    return True, name.strip(" ,") or None


def html_of(piece: Piece) -> str | None:
    """The body's HTML, with a blockquote for each quote; null for an empty body.

    Where the page was flattened with its indents, a quote ends where they do. Where it was not, that is a guess: an
    empty paragraph ends it, or, where none is near, its first paragraph does.
    """
    return "".join(_parts(piece)) or None


def _parts(piece: Piece) -> Iterator[str]:
    opened: list[_Open] = []
    flat = 0  # lines left of a quote that has no indent
    for index, line in enumerate(piece.body):
        if line.label in SPOILERS:
            continue
        if flat and (line.gap and not _just_cited(piece.body, index)):
            flat = 0
            yield "</blockquote>"
        while opened and line.indent < opened[-1].least:
            opened.pop()
            yield "</blockquote>"
        if opened and opened[-1].within is None:
            opened[-1].within = line.indent
        quotes, name = citation(line)
        if quotes and index + 1 < len(piece.body):
            if flat:
                yield "</blockquote>"
            flat = 0
            yield _blockquote(name)
            within = (opened[-1].within or 0) if opened else piece.base
            least = line.indent if line.indent > within else line.indent + 1
            if piece.body[index + 1].indent >= least:
                opened.append(_Open(least, line.indent if line.indent > within else None))
            else:
                flat = _length(piece.body, index + 1)
            continue
        if not opened and not flat and _is_bare_quote(piece, index):
            yield _blockquote(None)
            opened.append(_Open(line.indent, line.indent))
        yield _block(line)
        if flat:
            flat -= 1
            if not flat:
                yield "</blockquote>"
    yield "</blockquote>" * (len(opened) + (flat > 0))


def _is_bare_quote(piece: Piece, index: int) -> bool:
    """A paragraph that is indented by the step of a quote, without a citation above it, where own words follow."""
    line = piece.body[index]
    if line.indent - piece.base != _STEP or line.bullet or not (line.blank or index == 0):
        return False
    if index > 0 and piece.body[index - 1].bullet:
        return False
    return index == 0 or any(other.indent <= piece.base for other in piece.body[index + 1 :])


def _just_cited(body: Sequence[DumpLine], index: int) -> bool:
    return index > 0 and citation(body[index - 1])[0]


def _length(body: Sequence[DumpLine], start: int) -> int:
    """How many lines a quote without indents has: up to a near empty paragraph, else one."""
    for n in range(1, _NEAR + 1):
        if start + n < len(body) and body[start + n].gap:
            return n
    return 1


def _blockquote(name: str | None) -> str:
    cited = f' data-ipsquote-username="{escape(name)}"' if name else ""
    return f'<blockquote class="ipsQuote" data-ipsquote=""{cited}>'


def _block(line: DumpLine) -> str:
    words = _linked(line.text)
    return f"<ul><li>{words}</li></ul>" if line.bullet else f"<p>{words}</p>"


def _linked(text: str) -> str:
    """Words as HTML, with links where addresses stand."""
    parts, place = [], 0
    for match in _URL.finditer(text):
        url = match[0].rstrip(".,;:!?)]'")
        parts.append(escape(text[place : match.start()]))
        parts.append(f'<a href="{escape(url)}">{escape(url)}</a>')
        place = match.start() + len(url)
    return "".join([*parts, escape(text[place:])])
