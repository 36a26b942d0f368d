"""What a saved page is before it is read, and what comes of reading it. Both travel between processes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from crawler.items import PageItem
from crawler.store.rows import PostRows


@dataclass(slots=True, kw_only=True)
class Saved:
    """A page as something saved it.

    ``kind`` names the reader (`crawler.extract.reading.READERS`). ``url`` is null where the file itself must say it.
    ``payload`` is the body, encodings and all; ``headers`` are by lower-case name. ``site`` is set where it is known
    under another name than its host's. ``is_ours`` is true of pages that a crawl of ours asked for, and ``sites`` the
    sites of that crawl, as in the setting of that name, as JSON. ``stale`` is true of an old copy, which it did not
    believe.
    """

    kind: str
    file: str
    offset: int | None
    url: str | None
    at: datetime
    payload: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    site: str | None = None
    is_ours: bool = False
    sites: str | None = None
    stale: bool = False


@dataclass(slots=True, kw_only=True)
class Reading:
    """A saved page that was read: ``page`` with reference, fetch and found pages; null for what is no page of a thread
    or forum. ``problem`` says why it could not be read. Where ``rows`` is set, a thread's page has its posts there.
    """

    file: str
    offset: int | None
    page: PageItem | None = None
    problem: str | None = None
    rows: PostRows | None = None


@dataclass(frozen=True, slots=True)
class NewRun:
    """From here on the pages are those of this run of a crawl."""

    run: str


@dataclass(frozen=True, slots=True)
class Damage:
    """Part of a file that cannot be read."""

    file: str
    offset: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class NoPage:
    """Something that is no page: a request, an image, a stylesheet."""
