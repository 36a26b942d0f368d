"""How the crawl names pages and tells of a fetch."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

PageKind = Literal["topic", "forum"]


@dataclass(frozen=True, slots=True)
class PageRef:
    """A page of a thread or forum: known by its numbers; ``url`` is only where to ask."""

    site: str
    kind: PageKind
    item_id: int
    page: int
    url: str
    is_seed: bool = False

    @property
    def key(self) -> tuple[str, str, int, int]:
        """What makes two references the same page."""
        return self.site, self.kind, self.item_id, self.page

    def __reduce__(self) -> tuple[type[PageRef], tuple[str, str, int, int, str, bool]]:
        """On the way to another process: what a frozen class does by itself takes twice as long."""
        return PageRef, (self.site, self.kind, self.item_id, self.page, self.url, self.is_seed)

    def at(self, page: int, url: str) -> PageRef:
        """Another page of the same thread or forum."""
        return replace(self, page=page, url=url, is_seed=False)


@dataclass(frozen=True, slots=True)
class Received:
    """An answer as it came over the wire, its transfer encoding undone: ``body`` is still compressed."""

    url: str
    status: int
    headers: list[tuple[str, str]]
    body: bytes
    protocol: str = "HTTP/1.1"
    ip_address: str | None = None


@dataclass(slots=True, kw_only=True)
class FetchFacts:
    """How a page was fetched: the columns of `fetches` that the page itself does not know.

    ``received`` is the answer for the archive, where one is kept; it goes when the page is stored. ``etag`` and
    ``last_modified`` are the headers, where they are of use. Where the server said that nothing has changed,
    ``same_as`` is the fetch that it goes by, and ``body_sha256`` the hash of the body of that one.
    """

    url: str
    final_url: str | None
    fetched_at: datetime
    status: int | None = None
    bytes: int | None = None
    elapsed_ms: int | None = None
    body_sha256: str | None = None
    warc_file: str | None = None
    warc_offset: int | None = None
    etag: str | None = None
    last_modified: str | None = None
    same_as: int | None = None
    received: Received | None = field(default=None, repr=False, compare=False)
