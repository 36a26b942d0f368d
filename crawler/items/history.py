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


@dataclass(slots=True, kw_only=True)
class PageReading:
    """One page of the thread, read once."""

    fetch_id: int
    run_id: int
    fetched_at: datetime
    thread: ThreadSeen
    posts: list[PostSeen]


@dataclass(slots=True, kw_only=True)
class ListingReading:
    """The thread's row on a listing page, read once."""

    fetch_id: int
    fetched_at: datetime
    forum_id: int
    row: ListingRow


@dataclass(slots=True, kw_only=True)
class ThreadHistory:
    """Everything that the store knows of one thread, oldest reading first.

    ``outcome`` is what the last try of its first page met (``not_found``, ``forbidden``, ``moved`` …; ``ok`` or null
    where it was read). ``moved_to`` is the number that answered instead. ``elsewhere`` names posts that were once read
    here and have since been read in another thread. ``earlier`` is the other way round: readings of other threads, with
    those of their posts only that have since moved here.
    """

    key: ThreadKey
    pages: list[PageReading] = field(default_factory=list)
    listings: list[ListingReading] = field(default_factory=list)
    outcome: str | None = None
    moved_to: int | None = None
    url: str | None = None
    elsewhere: dict[int, int] = field(default_factory=dict)
    earlier: list[PageReading] = field(default_factory=list)
