"""All that was observed of one thread: the input of `pipelines.derive`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from crawler.items.pages import ListingRow, PostSeen, ThreadSeen


class ThreadKey(NamedTuple):
    """What names a thread."""

    site: str
    content_class: str
    thread_id: int


class PostKey(NamedTuple):
    """What names a post."""

    site: str
    content_class: str
    post_id: int


class Moment(NamedTuple):
    """When something was read. Moments compare in the order of reading.

    ``sequence`` is the run among the runs, so that a run whose clock was wrong neither outranks those after it nor is
    outranked by those before; what an archive holds from before its run has the place of its own time. Within a run the
    time decides, then the number of the fetch.
    """

    sequence: int
    at: datetime
    fetch_id: int


@dataclass(slots=True, kw_only=True)
class PageReading:
    """One page of the thread, read once. ``forgotten`` has a token for each post of it that was erased."""

    fetch_id: int
    run_id: int
    fetched_at: datetime
    thread: ThreadSeen
    posts: list[PostSeen]
    sequence: int = 0
    forgotten: list[str] = field(default_factory=list)

    @property
    def moment(self) -> Moment:
        """When it was read."""
        return Moment(self.sequence, self.fetched_at, self.fetch_id)


@dataclass(slots=True, kw_only=True)
class ListingReading:
    """The thread's row on a listing page, read once."""

    fetch_id: int
    fetched_at: datetime
    forum_id: int
    row: ListingRow
    sequence: int = 0

    @property
    def moment(self) -> Moment:
        """When it was read."""
        return Moment(self.sequence, self.fetched_at, self.fetch_id)


class NameSeen(NamedTuple):
    """A member's name beside a post, read once. They sort by time."""

    moment: Moment
    post_id: int
    name: str
    thread: ThreadKey
    run_id: int


class Departure(NamedTuple):
    """A post of this thread that was then read in another one.

    ``left_at`` is when it was last read here before, ``seen_at`` when it was first read there, by ``run_id``.
    ``is_new`` is true where nothing of that other thread had been read before ``left_at``.
    """

    post_id: int
    left_at: Moment
    to_thread_id: int
    seen_at: Moment
    run_id: int
    is_new: bool


class Refusal(NamedTuple):
    """An answer in place of the thread: ``outcome`` is not_found, gone, hidden, forbidden, login, password or moved."""

    moment: Moment
    run_id: int
    outcome: str


@dataclass(slots=True, kw_only=True)
class ThreadHistory:
    """Everything that the store knows of one thread, oldest reading first.

    ``outcome`` is what the last try of its first page met (``not_found``, ``forbidden``, ``moved`` …; ``ok`` or null
    where it was read). ``moved_to`` is the number that answered instead. ``elsewhere`` names posts that were once read
    here and have since been read in another thread; ``departures`` are all such journeys, oldest first. ``earlier`` is
    the other way round: readings of other threads, with those of their posts only that have since moved here.
    ``refusals`` are the answers that there was no such thread to be had.
    """

    key: ThreadKey
    pages: list[PageReading] = field(default_factory=list)
    listings: list[ListingReading] = field(default_factory=list)
    outcome: str | None = None
    moved_to: int | None = None
    url: str | None = None
    elsewhere: dict[int, int] = field(default_factory=dict)
    departures: list[Departure] = field(default_factory=list)
    earlier: list[PageReading] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
