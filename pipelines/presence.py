"""Thread stage: which posts are still there, which pages were read, and the rank of each post."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from crawler.items.history import PageReading, ThreadHistory
from pipelines.versions import PostHistory

_APART = timedelta(days=1)
_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class WholeReading:
    """All pages of a thread read in one run: the only thing that shows that a post is not there."""

    first_at: datetime
    last_at: datetime
    post_ids: frozenset[int]


def whole_readings(history: ThreadHistory) -> list[WholeReading]:
    """The complete readings of a thread, oldest first."""
    by_run: dict[int, dict[int, PageReading]] = {}
    for page in sorted(history.pages, key=lambda reading: (reading.fetched_at, reading.fetch_id)):
        by_run.setdefault(page.run_id, {})[page.thread.page] = page
    found = []
    for pages in by_run.values():
        newest = max(pages.values(), key=lambda page: (page.fetched_at, page.fetch_id))
        n_pages = newest.thread.n_pages or 1
        if all(number in pages for number in range(1, n_pages + 1)):
            times = [page.fetched_at for page in pages.values()]
            ids = frozenset(post.post_id for page in pages.values() for post in page.posts)
            found.append(WholeReading(min(times), max(times), ids))
    return sorted(found, key=lambda reading: reading.last_at)


def states_of(posts: Iterable[PostHistory], readings: Sequence[WholeReading]) -> dict[int, str]:
    """``active``, ``missing`` or ``removed`` for each post."""
    return {post.post_id: _state(post, readings) for post in posts}


def _state(post: PostHistory, readings: Sequence[WholeReading]) -> str:
    seen_at = post.last.fetched_at
    absent = [reading for reading in readings if reading.first_at > seen_at and post.post_id not in reading.post_ids]
    if not absent:
        return "active"
    return "removed" if absent[-1].last_at - absent[0].last_at >= _APART else "missing"


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
