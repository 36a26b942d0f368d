"""The lines of a news text, told apart: head, body, headings, and what stands behind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

from pipelines.article_credits import read_credits
from pipelines.article_dateline import read_dateline, read_place
from pipelines.article_head import read_head, read_name, read_place_line
from pipelines.article_lines import Line, head_of, outside_quotes
from pipelines.article_mark import Mark
from pipelines.article_marks import (
    closing_agency,
    end_of_words,
    is_bare_credit,
    is_junk,
    read_bare_credit,
    read_caption,
    read_copyright,
    read_photo_credit,
    read_signature,
    read_source,
)
from pipelines.article_names import Piece, cut
from pipelines.article_words import BY_LABELS
from pipelines.normalise import normalise

_HEAD = 12  # lines at the top among which headline, byline and date are looked for
_TAIL_SHARE = 0.35  # what stands behind the closing lines is no part of the article, unless it is more than this
_HEAD_LINE = 130
_MOST = 5  # points of all lines of the head together
_NEAR = 8  # characters, blank lines among them, between a caption and its credit
_CAPTION = 300
_ALIKE = 0.6  # share of the longer of two headlines that the shorter must make up
_CLOSING = frozenset({"credits", "copyright", "source", "signature"})
_ENGLISH = frozenset("the and to of is it that for with was have on not but this you are".split())
_SAYS_I = frozenset("i i'm i've i'd i'll i’m i’ve i’d i’ll my myself imo imho folks guys thoughts anyone".split())
_VOICES = frozenset("j'ai j’ai je mon ich mein meine ik mijn yo moim я мне мой eu meu ผม ดิฉัน".split())


@dataclass(slots=True)
class Parts:
    """A news text, taken apart.

    ``marks`` are the marked lines in order; ``headline`` and ``headings`` are lines; ``body`` the paragraphs' places;
    ``prose`` the lines that they are from; ``captions`` may span two lines. ``points`` holds the most that a kind of
    mark speaks for a news text; ``unknown`` are names in a publisher's place; ``said`` are the lines that somebody may
    speak in.
    """

    marks: list[tuple[Mark, Line]] = field(default_factory=list)
    headline: Line | None = None
    headline_is_title: bool = False
    headings: list[Line] = field(default_factory=list)
    captions: list[tuple[int, int]] = field(default_factory=list)
    body: list[Piece] = field(default_factory=list)
    prose: list[Line] = field(default_factory=list)
    points: dict[str, int] = field(default_factory=dict)
    unknown: list[Piece] = field(default_factory=list)
    by_agency: bool = False
    said: list[Line] = field(default_factory=list)

    @property
    def has_voice(self) -> bool:
        """True where somebody speaks in the first person."""
        return any(_speaks(line) for line in self.said)

    def of(self, kind: str) -> list[tuple[Mark, Line]]:
        """The marked lines of a kind."""
        return [(mark, line) for mark, line in self.marks if mark.kind == kind]


@dataclass(slots=True)
class _Entry:
    """A line and what it is: ``mark`` is null for a paragraph, a heading, the headline."""

    line: Line
    mark: Mark | None = None
    role: str = "text"


def take_apart(lines: Sequence[Line], title: str | None, written: date | None) -> Parts | None:
    """Tell the lines of a post apart, as if it were an article; whether it is one is for others to say.

    ``None`` where nothing is marked at all: then nobody is named who publishes news, or who wrote it.
    """
    entries = [_Entry(line) for line in lines if not is_junk(line)]
    _find_headline(entries, title)
    _mark(entries, written)
    if not any(entry.mark is not None or "(" in entry.line.text for entry in entries):  # "(AFP)" may close it
        return None
    _cut_tail(entries)
    _drop_labels(entries)
    _find_headings(entries)
    parts = _gather(entries, title)
    _close(parts)
    return parts


def _find_headline(entries: list[_Entry], title: str | None) -> None:
    """The line that the title repeats; what stands before it is the poster's."""
    wanted = normalise(title)
    for index, entry in enumerate(entries[:_HEAD] if wanted else []):
        if same_headline(normalise(entry.line.text[:400]), wanted):
            entry.role = "headline"
            for before in entries[:index]:
                before.role = "preface"
            return


def same_headline(line: str, title: str) -> bool:
    """True for normalised words of which one holds the other, and not only a small part of it."""
    if not line or not title or len(line) > 400:
        return False
    short, long = sorted((line, title), key=len)
    return short in long and len(short) >= _ALIKE * len(long)


def _mark(entries: list[_Entry], written: date | None) -> None:
    """Marks of the head are looked for before the second paragraph only; those of the foot, everywhere."""
    anywhere = _anywhere(written)
    with_head = (*anywhere[:4], read_head, *anywhere[4:])
    n_prose = 0
    for index, entry in enumerate(entries):
        if entry.role == "headline":
            continue
        line = entry.line
        in_head = (n_prose < 2 and index < _HEAD) or _heads_anywhere(line)
        readers = with_head if in_head else anywhere
        entry.mark = next((mark for read in readers if (mark := read(line)) is not None), None)
        if entry.mark is not None and entry.mark.kind == "dateline" and n_prose > 3:
            entry.mark = None
        if entry.mark is None or entry.mark.kind == "dateline":
            n_prose += line.is_prose
    _find_lone_names(entries)


def _heads_anywhere(line: Line) -> bool:
    """What some print at the foot: ``Autor: A``, ``… was first published …``."""
    low = line.text[:_HEAD_LINE].casefold()
    return len(line.text) <= _HEAD_LINE and (low.startswith(BY_LABELS) or "first published" in low)


def _find_lone_names(entries: list[_Entry]) -> None:
    """A name on a line of its own beside what the head says, or before what closes the article, is the byline.

    A place in capitals on a line of its own, behind what the head says, is the dateline.
    """
    has_byline = any(entry.mark is not None and entry.mark.pieces("byline") for entry in entries)
    has_place = any(entry.mark is not None and entry.mark.pieces("dateline_place") for entry in entries)
    for index, entry in enumerate(entries):
        if entry.role != "text" or entry.mark is not None:
            continue
        before = entries[index - 1].mark if index else None
        after = entries[index + 1].mark if index + 1 < len(entries) else None
        beside = [mark.kind for mark in (before, after) if mark is not None]
        if not has_place and before is not None and before.kind == "head" and index < _HEAD:
            entry.mark = read_place_line(entry.line)
        is_last = index > 3 and (index + 1 == len(entries) or (after is not None and after.kind in _CLOSING))
        if entry.mark is None and not has_byline and ("head" in beside or is_last):
            entry.mark = read_name(entry.line)
            has_byline = entry.mark is not None


def _anywhere(written: date | None) -> tuple[Callable[[Line], Mark | None], ...]:
    return (
        read_copyright,
        read_credits,
        read_caption,
        read_bare_credit,
        lambda line: read_dateline(line, written),
        read_source,
        read_signature,
        read_photo_credit,
        lambda line: read_place(line, written),
    )


def _cut_tail(entries: list[_Entry]) -> None:
    """What stands behind the closing lines is the poster's, or the site's, unless it is much."""
    before = after = 0
    last: int | None = None
    sizes = [len(entry.line.text) if entry.mark is None or entry.mark.kind == "dateline" else 0 for entry in entries]
    whole = sum(sizes)
    for index, entry in enumerate(entries):
        before += sizes[index]
        if entry.mark is not None and entry.mark.kind in _CLOSING and before:
            after = whole - before
            if after <= _TAIL_SHARE * before:
                last = index
                break
    for entry in entries[last + 1 :] if last is not None else []:
        if entry.mark is None or entry.mark.kind == "dateline":
            entry.role, entry.mark = "comment", None


def _drop_labels(entries: list[_Entry]) -> None:
    """Short lines with a label (``Translator: …``) between the last paragraph and what closes the article."""
    closed = False
    for entry in reversed(entries):
        if entry.mark is not None and entry.mark.kind in _CLOSING:
            closed = True
        elif entry.mark is None and entry.role == "text":
            label, colon, _rest = entry.line.text[:80].partition(":")
            if not closed or not colon or len(entry.line.text) > 80 or len(label.split()) > 3:
                return
            entry.mark = Mark("junk")


def _find_headings(entries: list[_Entry]) -> None:
    """Short lines between paragraphs; without a headline that repeats the title, the first line of all is one."""
    body = [
        entry for entry in entries if entry.role == "text" and (entry.mark is None or entry.mark.kind == "dateline")
    ]
    if body and not any(entry.role == "headline" for entry in entries):
        first = body[0]
        if first is entries[0] and first.mark is None and _could_be_headline(first.line):
            first.role = "headline"
            body = body[1:]
    for before, entry, after in zip(body, body[1:], body[2:], strict=False):
        between = (before.line.is_prose or entry.line.is_caps) and after.line.is_prose
        between = between and len(after.line.text) > len(entry.line.text)
        is_heading = entry.line.looks_like_heading or _between_dashes(entry.line.text)
        if entry.mark is None and is_heading and between:
            entry.role = "heading"


def _between_dashes(text: str) -> bool:
    """``- Words -``, as one agency prints its headings."""
    return len(text) <= 60 and text.startswith("- ") and text.endswith(" -")


def _could_be_headline(line: Line) -> bool:
    return len(line.text) <= 200 and len(line.text.split()) >= 3 and line.text[-1] not in ".…:;,"


def _gather(entries: list[_Entry], title: str | None) -> Parts:
    parts = Parts()
    for entry in entries:
        line, mark = entry.line, entry.mark
        if entry.role == "headline":
            parts.headline = line
            parts.headline_is_title = same_headline(normalise(line.text), normalise(title))
        elif entry.role == "heading":
            parts.headings.append(line)
        elif mark is not None:
            parts.marks.append((mark, line))
            if mark.kind == "caption":
                _add_caption(parts, line)
            if mark.kind == "head":  # its lines tell different things
                parts.points["head"] = min(_MOST, parts.points.get("head", 0) + mark.points)
            else:
                parts.points[mark.kind] = max(parts.points.get(mark.kind, 0), mark.points)
            parts.by_agency = parts.by_agency or mark.by_agency or (mark.kind == "credits" and mark.points >= 4)
            if mark.unknown is not None:
                parts.unknown.append(Piece(mark.unknown.text, line.start + mark.unknown.start))
            if mark.kind == "dateline":
                parts.body.append(Piece(line.text[mark.lead :], line.start + mark.lead))
                parts.prose.append(line)
        elif entry.role == "text":
            parts.body.append(Piece(line.text, line.start))
            parts.prose.append(line)
        if entry.role in {"text", "preface"} and mark is None:
            parts.said.append(line)
    return parts


def _close(parts: Parts) -> None:
    """What ends the last paragraph, or stands behind it: an agency in brackets, a heading of nothing."""
    while len(parts.prose) > 2 and parts.prose[-1].is_caps and parts.prose[-1].looks_like_heading:
        parts.prose.pop()
        parts.body.pop()
    if parts.body:
        last = parts.body[-1]
        parts.body[-1] = Piece(last.text[: end_of_words(last.text)], last.start)
    agency = closing_agency(parts.body[-1].text) if parts.body else None
    if agency is not None:
        last = parts.body[-1]
        parts.body[-1] = cut(last.text, 0, agency.start - 1)
        parts.body[-1] = Piece(parts.body[-1].text, last.start)
        parts.marks.append(
            (Mark("closing", [("agency", agency)], points=3, by_agency=True), Line(last.text, last.start))
        )
        parts.points["closing"] = 3
        parts.by_agency = True


def _add_caption(parts: Parts, line: Line) -> None:
    """A credit on a line of its own belongs to the words before it, where those open the article or stand short."""
    start = line.start
    if is_bare_credit(line) and parts.captions and 0 <= start - parts.captions[-1][1] <= _NEAR:
        start = parts.captions.pop()[0]
    elif is_bare_credit(line) and parts.prose and parts.prose[-1].end < start:
        words = parts.prose[-1]
        near = start - words.end <= _NEAR and parts.body[-1].start == words.start
        if near and len(words.text) <= _CAPTION and (len(parts.prose) == 1 or not words.is_prose):
            parts.body.pop()
            parts.prose.pop()
            start = words.start
    parts.captions.append((start, line.end))


def _speaks(line: Line) -> bool:
    """True where somebody says ``I`` outside of quotation marks. English words count beside others of that language."""
    words = {word.strip(".,;:!?()").casefold() for word in outside_quotes(head_of(line.text)).split()}
    return not words.isdisjoint(_VOICES) or not (words.isdisjoint(_SAYS_I) or words.isdisjoint(_ENGLISH))
