"""Which of the pages that a page leads to are asked for again in this run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from crawler.items import ForumPage, PageItem, PageRef
from crawler.store import Store
from crawler.store.known import Known


class Recheck:
    """Decides about the pages found on a page, before it is stored with them.

    ``wants`` tells whether a job wants a thread at all.
    """

    def __init__(self, store: Store, *, wants: Callable[[PageRef], bool] = lambda _ref: True) -> None:
        self._store = store
        self._known = Known(store.db, store.frontier)
        self._wants = wants

    def plan(self, page: PageItem) -> PageItem:
        """The page, with the pages that it leads to in this run."""
        if isinstance(page, ForumPage) and page.ref is not None:
            self._ask_for_the_unlisted(page, page.ref)
        return page

    def _ask_for_the_unlisted(self, page: ForumPage, ref: PageRef) -> None:
        """A thread that no listing shows any more was moved, merged, hidden or deleted: its own page tells."""
        if self._known.listing_goes_on(ref, page.found):
            return
        listed = {found.key for found in page.found}
        for thread in self._known.unlisted(ref.site):
            if thread.key not in listed and self._wants(thread):
                page.found.append(replace(thread, is_seed=False))
