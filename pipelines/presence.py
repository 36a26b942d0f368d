"""Thread stage: which posts are still there, which pages were read, and the rank of each post."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate, pairwise
from operator import attrgetter

from crawler.items.history import Moment, PageReading, ThreadHistory
from pipelines.versions import PostHistory, Sighting

_APART = timedelta(days=1)
_NEVER = datetime.max.replace(tzinfo=UTC)

GONE = frozenset({"not_found", "gone", "hidden", "moved"})
"""Answers that say of every post that it is not there. A thread that is for members only may be as it was."""


@dataclass(frozen=True, slots=True)
class WholeReading:
    """All pages of a thread, read while it stood still: the only thing that shows that a post is not there.

    ``run_id`` is the run that completed it.
    """

    first: Moment
    last: Moment
    run_id: int
    post_ids: frozenset[int]


@dataclass(frozen=True, slots=True)
class Absence:
    """Complete readings, at least one, without a post; between two sightings of it, or after the last."""

    before: Sighting
    readings: Sequence[WholeReading]
    after: Sighting | None

    @property
    def removed(self) -> WholeReading | None:
        """The reading that made it certain: a day after the first, or after one since whose clock told less."""
        times = accumulate((reading.last.at for reading in self.readings), min)
        pairs = zip(self.readings, times, strict=True)
        return next((reading for reading, first in pairs if reading.last.at - first >= _APART), None)


def whole_readings(history: ThreadHistory) -> list[WholeReading]:
    """The complete readings of a thread, oldest first.

    A reading is complete when every page was read, all of them say the same number of pages and posts, and as many
    posts were found: where a post came or went in between, the ones behind it moved up or down, and one may have
    slipped from page to page unread. In how many runs the pages were read makes no difference. That there is no such
    thread any more is a complete reading too.
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
            n_posts = len(reading.post_ids) + len(erased(window.values()))
            if page.thread.n_posts_declared in {None, n_posts}:
                found.append(reading)
                window = {}
    refused = [refusal for refusal in history.refusals if refusal.outcome in GONE]
    if refused:
        found += [WholeReading(at, at, run_id, frozenset()) for at, run_id, _outcome in refused]
        found.sort(key=attrgetter("first"))
    return found


def by_time(pages: Iterable[PageReading]) -> list[PageReading]:
    """Readings, oldest first."""
    return sorted(pages, key=attrgetter("moment"))


def erased(pages: Iterable[PageReading]) -> set[str]:
    """Posts of these pages that stood there and were erased here, as tokens that tell nothing of them."""
    return {token for page in pages for token in page.forgotten}


def _said(page: PageReading) -> tuple[int | None, int | None]:
    return page.thread.n_pages, page.thread.n_posts_declared


def _whole(pages: Sequence[PageReading]) -> WholeReading:
    ordered = by_time(pages)
    ids = frozenset(post.post_id for page in pages for post in page.posts)
    return WholeReading(ordered[0].moment, ordered[-1].moment, ordered[-1].run_id, ids)


def absences(post: PostHistory, readings: Sequence[WholeReading]) -> Iterator[Absence]:
    """When a post was not there, oldest first.

    While it moved from thread to thread it was not absent: only what lies between two sightings in one thread counts.
    """
    if not readings:
        return
    sightings = post.sightings
    for before, after in pairwise(sightings) if len(sightings) > 1 else ():
        if before.thread_id == after.thread_id == post.last.thread_id:
            start = bisect_right(readings, before.moment, key=attrgetter("first"))
            found = list(_until(readings, start, after.moment))
            if found:
                yield Absence(before, found, after)
    since = _since(post, readings)
    if since:
        yield Absence(post.last, since, None)


def _until(readings: Sequence[WholeReading], start: int, end: Moment) -> Iterator[WholeReading]:
    """The readings from that one on that were over before a moment."""
    for reading in readings[start:]:
        if reading.first >= end:
            return
        if reading.last < end:
            yield reading


def missed(posts: Iterable[PostHistory], readings: Sequence[WholeReading]) -> list[PostHistory]:
    """The posts that were last seen before the last reading began: of most threads none."""
    if not readings:
        return []
    begun = readings[-1].first
    return [post for post in posts if post.sightings[-1].moment < begun]


def states_of(posts: Sequence[PostHistory], readings: Sequence[WholeReading]) -> dict[int, str]:
    """``active``, ``missing`` or ``removed`` for each post."""
    states = {post.post_id: "active" for post in posts}
    for post in missed(posts, readings):
        removed = Absence(post.last, _since(post, readings), None).removed
        states[post.post_id] = "removed" if removed else "missing"
    return states


def _since(post: PostHistory, readings: Sequence[WholeReading]) -> Sequence[WholeReading]:
    """The readings begun after the post was last seen. They come in the order of their beginning: no page is in two."""
    seen_at = post.last.moment
    if not readings or readings[-1].first <= seen_at:  # nearly always
        return ()
    return readings[bisect_right(readings, seen_at, key=attrgetter("first")) :]


def gone_in(posts: Iterable[PostHistory], readings: Sequence[WholeReading]) -> Counter[int]:
    """How many posts each run was the first to miss, of those that have not come back since."""
    return Counter(_since(post, readings)[0].run_id for post in missed(posts, readings))


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
