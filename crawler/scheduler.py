"""A Scrapy scheduler over the frontier: it hands out what is due, one lease for each free place."""

from __future__ import annotations

import logging
import sqlite3
import time
from typing import TYPE_CHECKING, Self

from scrapy import Request, Spider
from scrapy.core.scheduler import BaseScheduler
from scrapy.crawler import Crawler
from scrapy.utils.asyncio import call_later

from crawler.items import PageRef
from crawler.session import Session, session_of
from crawler.spiders.base import PageSpider

if TYPE_CHECKING:
    from twisted.internet.defer import Deferred

logger = logging.getLogger(__name__)


class FrontierScheduler(BaseScheduler):
    """Takes in the seeds and gives out leases. Everything else that is found goes into the frontier with its page.

    No more pages are leased than may be in flight at a host: of requests that wait together for a place, Scrapy's
    downloader starts several at once where the delay is 0, as it counts them only when they have begun.
    """

    def __init__(self, crawler: Crawler, session: Session, *, places: int, budget: int) -> None:
        self._crawler = crawler
        self._session = session
        self._places = places
        self._budget = budget
        self._given = 0
        self._spider: PageSpider | None = None
        self._closed = False
        self._waking = False

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Read the settings: places in flight, and the page budget (0: none)."""
        settings = crawler.settings
        places = settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN")
        return cls(crawler, session_of(crawler), places=places, budget=settings.getint("PAGE_BUDGET"))

    def open(self, spider: Spider) -> Deferred[None] | None:
        """Our own spiders only: others do not say which page a request is for."""
        if not isinstance(spider, PageSpider):
            raise TypeError(f"spider {spider.name!r} must be a PageSpider")
        self._spider = spider
        return None

    def close(self, reason: str) -> Deferred[None] | None:
        """Hand out nothing more."""
        logger.debug("The frontier closes: %s", reason)
        self._closed = True
        return None

    def has_pending_requests(self) -> bool:
        """True while a page is to do, now or later; false when nothing more is to be fetched in this run.

        False too while all places are taken: where nothing is on its way then, a lease was lost, and the engine's
        signal that it is idle is what finds it (`Session.idle`).
        """
        session = self._session
        if session.stopped or len(session.leased) >= self._places:
            return False
        return session.store.frontier.next_due() is not None

    def enqueue_request(self, request: Request) -> bool:
        """Take in a seed. Requests of callbacks never come here: they are stored with their page."""
        ref = request.cb_kwargs.get("ref")
        if not isinstance(ref, PageRef):
            logger.error("A request without a page reference was dropped; yield PageSpider.request(ref)")
            return False
        try:
            self._session.store.frontier.add_seeds([ref])
        except sqlite3.Error as error:
            self._session.store_failed(error)
            return False
        if ref.site not in self._session.run.sites:
            self._session.run.sites.append(ref.site)
        return True

    def next_request(self) -> Request | None:
        """The next page that is due, or ``None`` when all places are taken or nothing is due."""
        session, store = self._session, self._session.store
        if self._closed or session.stopped or len(session.leased) >= self._places or self._spider is None:
            return None
        try:
            ref = store.frontier.lease(time.time_ns() // 1000)
        except sqlite3.Error as error:
            session.store_failed(error)
            return None
        if ref is None:
            self._wake_later(store.frontier.next_due())
            return None
        self._given += 1
        if self._given == self._budget:
            session.stop("budget")
        try:
            return self._spider.request(ref)
        except ValueError:  # what Scrapy says of an address that it cannot use
            session.fail(ref, "its address is not valid")
            return None

    def _wake_later(self, due: int | None) -> None:
        """Ask again when the earliest waiting page is due: by itself the engine looks every five seconds only."""
        if due is None or self._waking:
            return
        self._waking = True
        call_later(max(0.05, due / 1e6 - time.time()), self._wake)

    def _wake(self) -> None:
        self._waking = False
        engine = self._crawler.engine
        slot = engine._slot if engine is not None else None  # noqa: SLF001  no public way to wake the engine
        if slot is not None and not self._closed:
            slot.nextcall.schedule()
