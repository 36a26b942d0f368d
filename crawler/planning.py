"""Which pages are worth a request, from what is known of a forum and what its pages say now. Pure: no store, no clock.

A listing shows the newest activity first. So the threads that have new posts stand above all that have none, and once
a row is as it was, and older than what was new at the last look, nothing below it has a new post. Of a thread that has
grown, the last page that was known and the pages behind it are new; whether anything before has changed shows on that
last page, where the posts have moved up or down then.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise

from crawler.items import ListingRow

LOOKAHEAD = 25
"""Pages beyond those known that are entered at once: a pager that lies costs no more requests than this."""

OFTEN = 0.1
"""A page is due when it was not read for this share of its own age: one of ten days after a day, one of a year after a
month."""

CLOCK_AHEAD = timedelta(hours=1)
"""A time that lies further ahead than this was told by a clock that was wrong."""


@dataclass(frozen=True, slots=True)
class KnownThread:
    """A thread before this sweep: what its pages said last.

    ``posts`` are the numbers of the posts on each page as last read, in order. ``row`` is the last row of a listing
    that named it. ``is_settled`` is true where it was asked for and there was nothing to be had (hidden, members only).
    """

    n_posts: int | None = None
    n_pages: int = 0
    forum_id: int | None = None
    last_post_at: datetime | None = None
    posts: dict[int, tuple[int, ...]] = field(default_factory=dict)
    row: ListingRow | None = None
    row_forum_id: int | None = None
    is_settled: bool = False

    @property
    def is_whole(self) -> bool:
        """True where each of its pages was read."""
        return self.n_pages > 0 and all(page in self.posts for page in range(1, self.n_pages + 1))


@dataclass(frozen=True, slots=True)
class PageSays:
    """A page of a thread, read now."""

    page: int
    n_pages: int
    n_posts: int | None
    forum_id: int | None
    posts: tuple[int, ...]


def pages_for_row(known: KnownThread | None, row: ListingRow, forum_id: int) -> list[int]:
    """The pages to ask for because of a row of a listing. Page 1 tells whatever else has to be read."""
    if known is None or not known.is_whole:
        same = known is not None and known.is_settled and _same_row(known, row, forum_id)
        return [] if same else [1]
    shrank = _shrank(known, row)
    wanted = {1} if shrank or _renamed(known, row, forum_id) else set()
    if _grew(known, row) and not shrank:
        wanted.add(known.n_pages)
    return sorted(wanted)


def _same_row(known: KnownThread, row: ListingRow, forum_id: int) -> bool:
    return known.row == row and known.row_forum_id == forum_id


def _renamed(known: KnownThread, row: ListingRow, forum_id: int) -> bool:
    """What page 1 says has changed: the title, the marks, the forum."""
    before = known.row
    if before is None:
        return known.forum_id not in {None, forum_id}
    marks = (before.title, before.is_pinned, before.is_locked, known.row_forum_id)
    return marks != (row.title, row.is_pinned, row.is_locked, forum_id)


def _more(known: KnownThread, row: ListingRow) -> int:
    """How many posts more than known a row tells of.

    0 too where it told the same before: some forums count posts in their listings that their pages do not show.
    """
    if row.n_replies is None or known.n_posts is None or (known.row and known.row.n_replies == row.n_replies):
        return 0
    return row.n_replies + 1 - known.n_posts


def _shrank(known: KnownThread, row: ListingRow) -> bool:
    """Fewer posts, or the newest one is gone."""
    if _more(known, row) < 0:
        return True
    return row.last_post_at is not None and known.last_post_at is not None and row.last_post_at < known.last_post_at


def _grew(known: KnownThread, row: ListingRow) -> bool:
    newer = row.last_post_at is not None and row.last_post_at != known.last_post_at
    return newer or _more(known, row) != 0


def pages_for_page(known: KnownThread | None, says: PageSays, row: ListingRow | None = None) -> list[int] | None:
    """The other pages of a thread to ask for, now that one of them was read; None: all that it leads to.

    ``known`` is the thread before this sweep, ``row`` what a listing of this sweep said of it.
    """
    if known is None or not known.is_whole:
        return None
    ahead = range(max(says.page, known.n_pages) + 1, min(says.n_pages, max(says.page, known.n_pages) + LOOKAHEAD) + 1)
    if _moved(known, says) or (row is not None and _shrank(known, row)):
        return sorted({*range(1, min(says.n_pages, known.n_pages) + 1), *ahead} - {says.page})
    wanted = set(ahead)
    if says.n_posts is None or known.n_posts is None:
        grew = says.n_pages > known.n_pages
    else:
        grew = says.n_posts > known.n_posts
    if grew:
        wanted.add(known.n_pages)
    if says.forum_id != known.forum_id and None not in {says.forum_id, known.forum_id}:
        wanted.add(1)
    return sorted(wanted - {says.page})


def is_stale(known: KnownThread | None, says: PageSays, row: ListingRow | None) -> bool:
    """True for an old copy: the page has fewer posts than it had, while the listing read just now has lost none."""
    if known is None or row is None or None in {known.n_posts, says.n_posts, row.n_replies, row.last_post_at}:
        return False
    fewer = says.n_posts < known.n_posts  # type: ignore[operator]
    as_many = row.n_replies + 1 >= known.n_posts  # type: ignore[operator]
    return fewer and as_many and (known.last_post_at is None or row.last_post_at >= known.last_post_at)  # type: ignore[operator]


def _moved(known: KnownThread, says: PageSays) -> bool:
    """True where posts went, or came in between, so that those behind them stand elsewhere."""
    if says.n_pages < known.n_pages or (None not in {says.n_posts, known.n_posts} and says.n_posts < known.n_posts):  # type: ignore[operator]
        return True
    before = known.posts.get(says.page)
    return before is not None and says.posts[: len(before)] != before


@dataclass(frozen=True, slots=True)
class RowSays:
    """A row of a listing, and whether anything has to be read because of it."""

    row: ListingRow
    is_changed: bool


def listing_ends(rows: Sequence[RowSays], newest: datetime | None) -> bool:
    """True where no page of the listing behind this one can name a thread with a new post.

    ``newest`` is the time of the newest post that the listing showed at the last look; rows are those of one page.
    Pinned rows and those of moved threads do not count. Where rows are not sorted by time nothing ends the listing.
    """
    if newest is None:
        return False
    sorted_ones = [says for says in rows if not (says.row.is_pinned or says.row.is_moved)]
    times = [says.row.last_post_at for says in sorted_ones]
    known = [time for time in times if time is not None]
    if len(known) < len(times) or any(later > earlier for earlier, later in pairwise(known)):
        return False
    return any(not says.is_changed and time < newest for says, time in zip(sorted_ones, known, strict=True))


@dataclass(frozen=True, slots=True)
class KnownPage:
    """A page of a thread that was read: when last, and when its newest post was written."""

    key: tuple[str, str, int, int]
    read_at: datetime
    newest_at: datetime


def pages_by_age(pages: Iterable[KnownPage], now: datetime, budget: int) -> list[tuple[str, str, int, int]]:
    """The pages to read again though nothing speaks of them: at most ``budget``, the most overdue first.

    A page that was read by a clock that is ahead of today's counts as read when its newest post was written: nobody
    knows when it was.
    """
    due = []
    for page in pages:
        age = max(now - page.newest_at, timedelta(hours=1))
        read_at = page.read_at if page.read_at <= now + CLOCK_AHEAD else page.newest_at
        overdue = (now - read_at) / age
        if overdue >= OFTEN:
            due.append((-overdue, page.key))
    return [key for _overdue, key in sorted(due)[: max(budget, 0)]]
