"""The lines of a flattened page, and which of them are posts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from crawler.pages.dump_labels import (
    BADGES,
    ENDS,
    GO_TO,
    LINKS,
    MORE,
    PAGES,
    POSTED,
    QUOTES,
    RECOMMENDED,
    SHARES,
    label,
)

_BLANK = " \t\xa0\u200b\ufeff\r"
_BULLETS = ("* ", "+ ", "• ", "- ", "o ")
_SHORT = 60  # characters that a line of a post's head may have
_HEAD = 30  # lines that it may have
_NAME = 40
_SENTENCE = '.!?…:;,"'
_PAGER = re.compile(rf"(?:{'|'.join(PAGES)}) (\d{{1,6}}) \S{{1,6}} (\d{{1,6}})")
_LABELS = LINKS | SHARES | MORE | RECOMMENDED | GO_TO | QUOTES | ENDS
_CYCLE = 3  # times that an unknown share menu must be there


@dataclass(frozen=True, slots=True)
class DumpLine:
    """A line: its words, how far they are indented, and whether they were an item of a list.

    ``blank`` is true behind an empty line, ``gap`` behind one that holds no-break spaces and nothing else: an empty
    paragraph of the editor's.
    """

    text: str
    indent: int
    bullet: bool = False
    blank: bool = False
    gap: bool = False

    @property
    def label(self) -> str:
        """The line as labels are compared."""
        return label(self.text)


@dataclass(slots=True)
class Piece:
    """What stands between two share menus: the head of a post, where the page shows one, and its body.

    ``base`` is the indent of the body's own words.
    """

    head: list[DumpLine] = field(default_factory=list)
    body: list[DumpLine] = field(default_factory=list)
    base: int = 0


@dataclass(slots=True)
class DumpedPage:
    """A flattened page: title, name above the first post, posts, and number of the page where the pager says it."""

    pieces: list[Piece]
    title: str | None = None
    author: str | None = None
    page: int = 1
    n_pages: int | None = None


def lines_of(text: str) -> list[DumpLine]:
    """The lines that hold something."""
    found: list[DumpLine] = []
    blank = gap = False
    for raw in text.split("\n"):
        words = raw.strip(_BLANK)
        if not words:
            blank, gap = True, gap or "\xa0" in raw
            continue
        if words in {"*", "+", "•", "-", "o", "×"}:
            continue  # an empty item of a list
        body = raw.lstrip(_BLANK)
        bullet = words.startswith(_BULLETS)
        found.append(DumpLine(words[2:].lstrip(_BLANK) if bullet else words, len(raw) - len(body), bullet, blank, gap))
        blank = gap = False
    return found


def read_lines(text: str) -> DumpedPage | None:
    """The posts of a flattened page; ``None`` where nothing in it separates posts."""
    lines = lines_of(text)
    cuts = _menus(lines) or _unknown_menus(lines)
    if not cuts:
        return None
    pieces, place = [], 0
    for start, end in cuts:
        pieces.append(lines[place:start])
        place = end
    tail = _cut_post(lines[place:])
    page, n_pages = _pager(lines)
    first, title, author = _first(pieces[0])
    posts = [first, *(_piece(piece) for piece in pieces[1:])]
    if tail is not None:
        posts.append(tail)
    _drop_common_ends(posts)
    _drop_signatures(posts)
    return DumpedPage(posts, title, author, page, n_pages)


def _menus(lines: Sequence[DumpLine]) -> list[tuple[int, int]]:
    """Where the share menus stand: the first line of each, and the first behind it."""
    found: list[tuple[int, int]] = []
    i = 0
    while i < len(lines):
        words = lines[i].label
        after = lines[i + 1].label if i + 1 < len(lines) else ""
        if (words in LINKS and after in SHARES) or words in SHARES:
            end = i + (2 if words in LINKS else 1)
            end += end < len(lines) and lines[end].label in MORE
            found.append((i, end))
            i = end
        else:
            i += 1
    return found


def _unknown_menus(lines: Sequence[DumpLine]) -> list[tuple[int, int]]:
    """The same for a language that is not known: the two short lines in a row that come most often, and last."""
    short = [line.label if len(line.text) <= _SHORT and line.text[-1] not in _SENTENCE else "" for line in lines]
    pairs = Counter((one, two) for one, two in pairwise(short) if _is_menu(one, two))
    if not pairs or max(pairs.values()) < _CYCLE:
        return []
    most = max(pairs.values())
    chosen = max((pair for pair, n in pairs.items() if n == most), key=lambda pair: _last(short, pair))
    return [(i, i + 2) for i in range(len(short) - 1) if (short[i], short[i + 1]) == chosen]


def _is_menu(one: str, two: str) -> bool:
    return " " in one and " " in two and one != two and not any(char.isdigit() for char in one + two)


def _last(short: Sequence[str], pair: tuple[str, str]) -> int:
    return max(i for i in range(len(short) - 1) if (short[i], short[i + 1]) == pair)


def is_posted(line: DumpLine) -> bool:
    """True for the line of a post's head that tells when it was posted."""
    return len(line.text) <= _SHORT and line.label.startswith(POSTED)


def _is_head(line: DumpLine) -> bool:
    """True for what may stand in a post's head: a name, a group, a count, how much later it is."""
    return len(line.text) <= _SHORT and (
        line.bullet or line.text[-1] not in _SENTENCE or line.text.endswith(("...", "."))
    )


def _piece(lines: Sequence[DumpLine]) -> Piece:
    """A post: what comes before the last line that tells its time is its head."""
    end = 0
    for i, line in enumerate(lines[:_HEAD]):
        if is_posted(line):
            end = i + 1
        elif not _is_head(line):
            break
    while 0 < end < len(lines) and lines[end].bullet and lines[end].label in BADGES:
        end += 1
    head, body = list(lines[:end]), list(lines[end:])
    return Piece(head, _without_foot(body), _base(head, body))


def _base(head: Sequence[DumpLine], body: Sequence[DumpLine]) -> int:
    posted = next((line for line in reversed(head) if is_posted(line)), None)
    if posted is not None:
        return posted.indent
    return min((line.indent for line in body), default=0)


def _first(lines: Sequence[DumpLine]) -> tuple[Piece, str | None, str | None]:
    """The first post, the thread's title, and the name that stands between that and the post."""
    heading = max((i for i, line in enumerate(lines) if line.label in RECOMMENDED), default=None)
    recommended = max((i for i, line in enumerate(lines) if line.label in GO_TO), default=None)
    title = _title(lines, heading)
    start = max(entry + 1 for entry in (heading, recommended, -1) if entry is not None)
    if start == 0:
        start = _structure(lines, title)
    piece = _piece(lines[start:])
    if not piece.head and heading is None:
        posted = [i for i, line in enumerate(lines) if is_posted(line)]
        if posted:
            piece = _piece(lines[max(0, posted[0] - 1) :])
    return piece, title, _name_before(lines, heading, title)


def _title(lines: Sequence[DumpLine], heading: int | None) -> str | None:
    """The longest line above the posts that comes more than once: in the breadcrumb, as heading, in the post."""
    posted = next((i for i, line in enumerate(lines) if is_posted(line)), len(lines))
    above = [_unnumbered(line.text) for line in lines[: posted if heading is None else heading]]
    counts = Counter(_unnumbered(line.text) for line in lines)
    again = [text for text in above if counts[text] > 1 and len(text) > 3 and label(text) not in _LABELS]
    if again or heading is None:
        return max(again, key=len, default=None)
    return max(above, key=len, default=None)


def _unnumbered(text: str) -> str:
    """An entry of a breadcrumb may be an item of a numbered list."""
    number, dot, rest = text.partition(". ")
    return rest if dot and number.isdecimal() and len(number) < 3 else text


def _structure(lines: Sequence[DumpLine], title: str | None) -> int:
    """Where the first post begins when nothing says so: the last repetition of the title, else the first long line."""
    if title is not None:
        return max(i for i, line in enumerate(lines) if _unnumbered(line.text) == title)
    return next((i for i, line in enumerate(lines) if len(line.text) > _SHORT), 0)


def _name_before(lines: Sequence[DumpLine], heading: int | None, title: str | None) -> str | None:
    """The line right above the posts, or above the date that stands there, when it can be a name."""
    if heading is None:
        return None
    for line in reversed(lines[max(0, heading - 2) : heading]):
        text = line.text
        if line.bullet or text == title or len(text) > _NAME:
            return None
        if not any(char.isdigit() for char in text) or " " not in text:
            return text.removeprefix("By ").rstrip(",")
    return None


def _without_foot(body: list[DumpLine]) -> list[DumpLine]:
    """A body without what stands below it: the button to quote, what follows it, counts of reactions."""
    button = max((i for i, line in enumerate(body) if line.bullet and line.label in QUOTES), default=None)
    if button is not None:
        body = body[:button]
    elif body and body[-1].label in QUOTES:
        body = body[:-1]
    counts = 0
    while len(body) > counts + 1 and body[-1 - counts].bullet and body[-1 - counts].text.isdecimal():
        counts += 1
    if counts and len(body) > counts and body[-1 - counts].text.isdecimal():
        parts = sum(int(line.text[:9]) for line in body[len(body) - counts :])
        if parts == int(body[-1 - counts].text[:9]):
            return body[: len(body) - counts - 1]
    return body


def _cut_post(lines: Sequence[DumpLine]) -> Piece | None:
    """What stands behind the last share menu is a post, cut off, only where it has a post's head."""
    end = next((i for i, line in enumerate(lines) if line.label in ENDS), len(lines))
    piece = _piece(lines[:end])
    return piece if piece.head and piece.body else None


def _drop_common_ends(posts: Sequence[Piece]) -> None:
    """Lines that end every post but for its words are the page's: buttons in a language that is not known."""
    bodies = [post.body for post in posts]
    while len(posts) >= _CYCLE and all(len(body) > 1 for body in bodies):
        last = {body[-1].text for body in bodies}
        if len(last) > 1:
            return
        for body in bodies:
            body.pop()


def _drop_signatures(posts: Sequence[Piece]) -> None:
    """Indented lines at the end of a post, below own words, that come again at the end of another, are a signature."""
    ends = [tuple(line.text for line in piece.body[_own_end(piece) :]) for piece in posts]
    counts = Counter(ends)
    for piece, end in zip(posts, ends, strict=True):
        if end and counts[end] > 1:
            del piece.body[len(piece.body) - len(end) :]


def _own_end(piece: Piece) -> int:
    """Where the indented lines at the end of a post begin; its length where nothing stands before them."""
    last = max((i for i, line in enumerate(piece.body) if line.indent <= piece.base), default=len(piece.body) - 1)
    return last + 1


def _pager(lines: Sequence[DumpLine]) -> tuple[int, int | None]:
    """Number of the page and of all pages, as a pager says; page 1 where none does."""
    for line in lines:
        found = _PAGER.fullmatch(line.label) if len(line.text) <= _SHORT else None
        if found is not None and 1 <= int(found[1]) <= int(found[2]):
            return int(found[1]), int(found[2])
    return 1, None
