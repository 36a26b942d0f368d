"""Page stage, the last: the page goes into the store, in one transaction, with no ``await`` inside."""

from __future__ import annotations

import sqlite3
from typing import Protocol, Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem
from scrapy.utils.misc import load_object

from crawler.items import PageItem, PageRef
from crawler.store import Committed, StoreError


class SessionLike(Protocol):
    """What this stage needs of the crawl's session."""

    def commit(self, page: PageItem) -> Committed:
        """Enter a page."""

    def fail(self, ref: PageRef, detail: str) -> None:
        """End a lease as failed."""


class StorePage:
    """Commits each page. A page that raises on its way here is entered as failed, so that no lease hangs."""

    def __init__(self, crawler: Crawler, session: SessionLike) -> None:
        self._crawler = crawler
        self._session = session
        crawler.signals.connect(self.lost, signal=signals.item_error)
        crawler.signals.connect(self.lost, signal=signals.item_dropped)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Find the session through the settings, as this package does not know the crawl."""
        return cls(crawler, load_object(crawler.settings["SESSION_OF"])(crawler))

    def process_item(self, item: PageItem) -> PageItem:
        """Enter a page."""
        try:
            committed = self._session.commit(item)
        except (sqlite3.Error, OSError, StoreError):
            raise DropItem("it could not be stored", log_level="DEBUG") from None  # the session tells of it
        stats = self._crawler.stats
        if stats is not None:
            stats.inc_value(f"threadset/outcome/{committed.settlement.outcome}")
            stats.inc_value("threadset/post/read", committed.n_posts)
            stats.inc_value("threadset/post/new", committed.n_new)
        return item

    def lost(self, item: object) -> None:
        """A page that did not get here."""
        if isinstance(item, PageItem) and item.ref is not None:
            self._session.fail(item.ref, "storing it failed")
