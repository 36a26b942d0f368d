"""Thread stage: which posts are still there, which pages were read, and the rank of each post."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from operator import attrgetter

from crawler.items.history import PageReading, ThreadHistory
from pipelines.versions import PostHistory

_APART = timedelta(days=1)
_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class WholeReading:
    """All pages of a thread, read while it stood still: the only thing that shows that a post is not there.

    ``run_id`` is the run that completed it.
    """

    first_at: datetime
    last_at: datetime
    run_id: int
    post_ids: frozenset[int]


def whole_readings(history: ThreadHistory) -> list[WholeReading]:
    """The complete readings of a thread, oldest first.

    A reading is complete when every page was read, all of them say the same number of pages and posts, and as many
    posts were found: where a post came or went in between, the ones behind it moved up or down, and one may have
    slipped from page to page unread. In how many runs the pages were read makes no difference.
    """
    found: list[WholeReading] = []
    window: dict[int, PageReading] = {}  # pages that say the same
    agreed: tuple[int | None, int | None] | None = None
    for page in by_time(history.pages):
        said = _said(page)
        if said != agreed:
            window, agreed = {}, said
        window[page.thread.page] = page
        n_pages = page.thread.n_pages or max(window)
        if all(number in window for number in range(n_pages, 0, -1)):
            reading = _whole([window[number] for number in range(1, n_pages + 1)])
            if page.thread.n_posts_declared in {None, len(reading.post_ids)}:
                found.append(reading)
                window = {}
    return found


def by_time(pages: Iterable[PageReading]) -> list[PageReading]:
    """Readings, oldest first."""
    return sorted(pages, key=lambda reading: (reading.fetched_at, reading.fetch_id))


def _said(page: PageReading) -> tuple[int | None, int | None]:
    return page.thread.n_pages, page.thread.n_posts_declared


def _whole(pages: Sequence[PageReading]) -> WholeReading:
    oldest, newest = by_time(pages)[0], by_time(pages)[-1]
    ids = frozenset(post.post_id for page in pages for post in page.posts)
    return WholeReading(oldest.fetched_at, newest.fetched_at, newest.run_id, ids)


def states_of(posts: Iterable[PostHistory], readings: Sequence[WholeReading]) -> dict[int, str]:
    """``active``, ``missing`` or ``removed`` for each post."""
    return {post.post_id: _state(post, readings) for post in posts}


def _state(post: PostHistory, readings: Sequence[WholeReading]) -> str:
    absent = _since(post, readings)
    if not absent:
        return "active"
    return "removed" if absent[-1].last_at - absent[0].last_at >= _APART else "missing"


def _since(post: PostHistory, readings: Sequence[WholeReading]) -> Sequence[WholeReading]:
    """The readings begun after the post was last seen. They come in the order of their beginning: no page is in two."""
    seen_at = post.last.fetched_at
    if not readings or readings[-1].first_at <= seen_at:  # nearly always
        return ()
    return readings[bisect_right(readings, seen_at, key=attrgetter("first_at")) :]


def gone_in(posts: Iterable[PostHistory], readings: Sequence[WholeReading]) -> Counter[int]:
    """How many posts each run was the first to miss, of those that have not come back since."""
    return Counter(absent[0].run_id for post in posts if (absent := _since(post, readings)))


def pages_known(history: ThreadHistory) -> set[int]:
    """Numbers of the pages that were read at any time."""
    return {page.thread.page for page in history.pages}


def positions(posts: Sequence[PostHistory], states: Mapping[int, str], known: set[int]) -> dict[int, int]:
    """The 1-based rank of each active post by time and number, as far as no page before it is unread."""
    unbroken = 0
    while unbroken + 1 in known:
        unbroken += 1
    active = [post for post in posts if states[post.post_id] == "active"]
    active.sort(key=lambda post: (post.current.created_at or _NEVER, post.post_id))
    return {post.post_id: rank for rank, post in enumerate(active, 1) if post.last.page <= unbroken}
