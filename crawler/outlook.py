"""How large a crawl is, by what its pages say of pages to come: the pager of a listing, the replies of its threads."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import ceil

from crawler.items import ForumPage, ListingRow, PageItem, PageKind, TopicPage

POSTS_A_PAGE = 25
"""Posts on a full page of a thread, until one was seen."""


@dataclass(frozen=True, slots=True)
class Extent:
    """How large one forum or thread is, in pages, those of its listing included.

    ``threads`` of a forum; ``exact`` where all of it was seen.
    """

    kind: PageKind
    item_id: int
    pages: int
    threads: int = 1
    exact: bool = True


@dataclass(slots=True)
class _Listing:
    """A forum so far: pages of its listing, those read; rows on them and how many pages these threads have."""

    pages: int = 1
    read: int = 0
    rows: int = 0
    length: int = 0
    declared: int | None = None

    @property
    def threads(self) -> int:
        """Threads in all; a page that was read stands for those that were not."""
        if self.read >= self.pages:
            return self.rows
        return max(self.rows, self.declared or round(self.rows * self.pages / self.read))

    @property
    def whole(self) -> int:
        """Pages in all, those of its threads included."""
        return self.pages + (round(self.length * self.threads / self.rows) if self.rows else 0)


@dataclass(slots=True)
class Outlook:
    """What the pages of one site let expect. ``done`` counts those that were had.

    Numbers are estimates until the listings are read.
    """

    done: int = 0
    _posts_a_page: int = 0
    _named_pages: int = 0
    _listings: dict[int, _Listing] = field(default_factory=dict)

    def see(self, page: PageItem) -> Extent | None:
        """Take note of a page; of the first page of a thread or forum, say how large that is."""
        self.done += 1
        if isinstance(page, ForumPage):
            return self._listing(page)
        return self._thread(page) if isinstance(page, TopicPage) else None

    @property
    def pages(self) -> int:
        """Pages in all."""
        return self._named_pages + sum(listing.whole for listing in self._listings.values())

    @property
    def to_come(self) -> int:
        """Pages that are still to be asked for."""
        return max(0, self.pages - self.done)

    def _listing(self, page: ForumPage) -> Extent | None:
        forum, rows = page.forum, _wanted(page)
        listing = self._listings.setdefault(forum.forum_id, _Listing())
        listing.pages = max(listing.pages, forum.n_pages or 1, forum.page)
        listing.read += 1
        listing.rows += len(rows)
        listing.length += sum(self._length(row) for row in rows)
        listing.declared = forum.n_threads_declared if len(rows) == len(page.rows) else None
        if forum.page != 1:
            return None
        return Extent("forum", forum.forum_id, listing.whole, listing.threads, exact=False)

    def _thread(self, page: TopicPage) -> Extent | None:
        thread, n_pages = page.thread, page.thread.n_pages or 1
        if thread.page < n_pages:
            self._posts_a_page = max(self._posts_a_page, len(page.posts))
        if thread.page != 1:
            return None
        if page.ref is not None and page.ref.is_seed:  # others are counted with the listing that named them
            self._named_pages += n_pages
        return Extent("topic", thread.thread_id, n_pages)

    def _length(self, row: ListingRow) -> int:
        return ceil(((row.n_replies or 0) + 1) / (self._posts_a_page or POSTS_A_PAGE))


def _wanted(page: ForumPage) -> list[ListingRow]:
    """The rows whose threads are fetched, as far as the crawl has said which."""
    found = {ref.item_id for ref in page.found if ref.kind == "topic"}
    return [row for row in page.rows if not row.is_moved and (not found or row.thread_id in found)]
