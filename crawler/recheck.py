"""Which of the pages that a page leads to are asked for again in this run."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Literal

from crawler.items import ErrorPage, ForumPage, PageItem, PageRef, TopicPage
from crawler.pages import page_url
from crawler.pages.urls import pages_url
from crawler.planning import (
    KnownPage,
    KnownThread,
    PageSays,
    RowSays,
    is_stale,
    listing_ends,
    pages_by_age,
    pages_for_page,
    pages_for_row,
)
from crawler.store import Store
from crawler.store.known import SWEEP_FETCH, Known
from crawler.store.settle import RETRIED

Policy = Literal["off", "age", "all"]
"""Of the pages that nothing speaks of: none is read again; the younger the more often; all are."""

OLD_COPY = "it lacks posts that the listing still counts"

SHARE = 10
"""A run reads at most one page for so many requests of the last full crawl because of its age alone."""


class Recheck:
    """Decides about the pages found on a page, and whether that is an old copy, before it is stored with them.

    What it goes by is what was known when the sweep began, so that neither the order of pages nor a kill has a say.
    ``wants`` tells whether a job wants a thread (still).
    """

    def __init__(
        self, store: Store, *, policy: Policy = "all", wants: Callable[[PageRef], bool] = lambda _ref: True
    ) -> None:
        self._store = store
        self._known = Known(store.db, store.frontier)
        self._policy = policy
        self._wants = wants

    def begin(self, now: datetime) -> None:
        """Prepare a sweep, once: what was known is what was read before it, and old pages get their turn."""
        group, frontier, db = self._store.group, self._store.frontier, self._store.db
        if group.noted("planned_sweep") == frontier.sweep:
            return
        last = int(db.execute("SELECT coalesce(max(fetch_id), 0) FROM fetches").fetchone()[0])
        with group.unit():
            if group.noted("full_sweep") == frontier.sweep - 1:
                group.note("full_requests", last + 1 - group.noted(SWEEP_FETCH))
            group.note(SWEEP_FETCH, last + 1)
            group.note("planned_sweep", frontier.sweep)
            if self._policy == "all" or frontier.sweep == 1:
                group.note("full_sweep", frontier.sweep)
            if self._policy != "all":
                self._retry()
            if self._policy == "age":
                self._add_old_pages(now, group.noted("full_requests") // SHARE)
        group.flush()

    def _retry(self) -> None:
        """Pages of threads that an older sweep could not read: no listing need ever speak of them again."""
        marks = ", ".join("?" for _ in RETRIED)
        entries = self._store.frontier.entries(
            f"kind = 'topic' AND state = 'failed' AND outcome IN ({marks})", sorted(RETRIED)
        )
        refs = [_ref(entry.site, entry.item_id, entry.page, entry.url) for entry in entries]
        self._store.frontier.add([ref for ref in refs if self._wants(ref)], 1)

    def _add_old_pages(self, now: datetime, budget: int) -> None:
        aged = {one.ref.key: one for one in self._known.aged() if self._wants(one.ref)}
        pages = [KnownPage(key, one.read_at, one.newest_at) for key, one in aged.items()]
        chosen = pages_by_age(pages, now, budget)
        # behind the listings, by which they are checked
        self._store.frontier.add([replace(aged[key].ref, is_seed=False) for key in chosen], -1)

    def plan(self, page: PageItem) -> PageItem:
        """The page, with the pages that it leads to in this run; an `ErrorPage` in place of an old copy."""
        if isinstance(page, ForumPage) and page.ref is not None:
            if self._policy != "all":
                self._plan_listing(page, page.ref)
            self._ask_for_the_unlisted(page, page.ref)
        elif isinstance(page, TopicPage) and page.ref is not None:
            return self._plan_thread(page, page.ref)
        return page

    # Listings --------------------------------------------------------------------------------------------------------

    def shorten(self, page: ForumPage, ref: PageRef) -> None:
        """Leave out the pages of its listing that need not be read, and nothing else."""
        wanted = self._wanted(page, ref)
        page.found = [*self._listings(page, ref, wanted), *(one for one in page.found if one.kind == "topic")]

    def _plan_listing(self, page: ForumPage, ref: PageRef) -> None:
        found = {one.item_id: one for one in page.found if one.kind == "topic"}
        wanted = self._wanted(page, ref)
        threads = [
            _at(found[row.thread_id], number, page.pages_url)
            for row, numbers in zip(page.rows, wanted, strict=True)
            if row.thread_id in found
            for number in numbers
        ]
        page.found = [*self._listings(page, ref, wanted), *threads]

    def _wanted(self, page: ForumPage, ref: PageRef) -> list[list[int]]:
        """The pages to ask for because of each row."""
        forum_id = page.forum.forum_id
        return [pages_for_row(self._thread(ref.site, row.thread_id), row, forum_id) for row in page.rows]

    def _listings(self, page: ForumPage, ref: PageRef, wanted: list[list[int]]) -> list[PageRef]:
        """The listing pages to read after this one."""
        listings = [one for one in page.found if one.kind == "forum"]
        newest = self._known.newest_listed(ref.site, page.forum.forum_id)
        if newest is None:
            return listings
        rows = [RowSays(row, bool(numbers)) for row, numbers in zip(page.rows, wanted, strict=True)]
        after = 0 if listing_ends(rows, newest) else page.forum.page + 1
        return [one for one in listings if one.item_id != ref.item_id or one.page == after]

    def _ask_for_the_unlisted(self, page: ForumPage, ref: PageRef) -> None:
        """A thread that no listing shows any more was moved, merged, hidden or deleted: its own page tells.

        Asked when the last listing page is read; up to there the rows of this page are not stored yet.
        """
        if self._known.listing_goes_on(ref, page.found):
            return
        asked = {one.key for one in page.found}
        here = {row.thread_id for row in page.rows}
        for forum_id, since in self._listings_read(page, ref):
            for thread in self._known.unlisted(ref.site, forum_id, since):
                if thread.key not in asked and thread.item_id not in here and self._wants(thread):
                    page.found.append(replace(thread, is_seed=False))

    def _listings_read(self, page: ForumPage, ref: PageRef) -> Iterable[tuple[int, datetime | None]]:
        """The forums read in this sweep, and how far down: None where to the end."""
        entries = self._store.frontier.entries(
            "kind = 'forum' AND site = ? AND sweep = ? AND (state = 'done' AND outcome = 'ok' OR item_id = ?)",
            (ref.site, self._store.frontier.sweep, ref.item_id),
        )
        pages: dict[int, int] = {}
        for entry in entries:
            pages[entry.item_id] = max(entry.page, pages.get(entry.item_id, 0))
        for forum_id, last in pages.items():
            own = forum_id == ref.item_id
            n_pages = page.forum.n_pages if own else self._known.n_pages(ref.site, forum_id)
            to_the_end = max(last, page.forum.page if own else 0) >= (n_pages or 1)
            times = [row.last_post_at for row in page.rows if own and not (row.is_pinned or row.is_moved)]
            seen = [self._known.oldest_listed(ref.site, forum_id), *times]
            yield forum_id, None if to_the_end else min((time for time in seen if time is not None), default=None)

    # Threads ---------------------------------------------------------------------------------------------------------

    def _thread(self, site: str, thread_id: int, page: int | None = None) -> KnownThread | None:
        read = self._known.read(site, thread_id, page)
        listed = self._known.listed(site, thread_id, before=True)
        settled = read is None and self._known.is_settled(_ref(site, thread_id, 1, ""))
        if read is None and not settled:
            return None
        count = read.thread.n_posts_declared if read else None
        if count is None and listed is not None and listed.row.n_replies is not None:
            count = listed.row.n_replies + 1
        return KnownThread(
            n_posts=count,
            n_pages=(read.thread.n_pages or 1) if read else 0,
            forum_id=read.thread.forum_id if read else None,
            last_post_at=read.last_post_at if read else None,
            posts=dict(read.posts) if read else {},
            row=listed.row if listed else None,
            row_forum_id=listed.forum_id if listed else None,
            is_settled=settled,
        )

    def _plan_thread(self, page: TopicPage, ref: PageRef) -> PageItem:
        if self._known.is_nothing:
            return page
        thread = page.thread
        known = self._thread(ref.site, thread.thread_id, thread.page)
        posts = tuple(post.post_id for post in page.posts)
        listed = self._known.listed(ref.site, thread.thread_id, before=False)
        row = listed.row if listed else None
        says = PageSays(thread.page, thread.n_pages or 1, thread.n_posts_declared, thread.forum_id, posts)
        if is_stale(known, says, row):
            return ErrorPage(
                url=page.url,
                layout=page.layout,
                kind="stale",
                status=page.fetch.status if page.fetch else None,
                detail=OLD_COPY,
                ref=ref,
                fetch=page.fetch,
            )
        if self._policy == "all":
            return page
        if thread.thread_id == ref.item_id:
            wanted = pages_for_page(known, says, row)
            if wanted is not None:
                page.found = [ref.at(number, page_url(page.pages_url, number)) for number in wanted]
        strangers = [one for one in self._known.homes(ref.site, thread.thread_id, posts) if self._wants(one)]
        page.found += [replace(one, is_seed=False) for one in strangers]
        return page


def _ref(site: str, thread_id: int, page: int, url: str) -> PageRef:
    return PageRef(site=site, kind="topic", item_id=thread_id, page=page, url=url)


def _at(first: PageRef, number: int, listing: str) -> PageRef:
    """Another page of a thread whose address a listing gave; a site pages its threads as it pages its listings."""
    if number == 1:
        return first
    return first.at(number, page_url(pages_url(first.url, "query" if "page={page}" in listing else "path"), number))
