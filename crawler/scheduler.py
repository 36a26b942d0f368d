"""A Scrapy scheduler over the frontier: it hands out what is due, one lease for each free place at a site."""

from __future__ import annotations

import logging
import sqlite3
import time
from typing import TYPE_CHECKING, Self

from scrapy import Request, Spider
from scrapy.core.scheduler import BaseScheduler
from scrapy.crawler import Crawler
from scrapy.utils.asyncio import CallLaterResult, call_later

from crawler.clock import now
from crawler.items import PageRef
from crawler.session import Session, session_of
from crawler.spiders.base import PageSpider
from crawler.store.db import from_micros, micros
from crawler.store.killpoints import reach

if TYPE_CHECKING:
    from twisted.internet.defer import Deferred

logger = logging.getLogger(__name__)


class FrontierScheduler(BaseScheduler):
    """Takes in the seeds and gives out leases. Everything else that is found goes into the frontier with its page.

    Sites take turns, and each keeps its own pace: one that is slow, or asked to be left alone, holds up no other. No
    more pages are leased of a site than may be in flight there: of requests that wait together for a place, Scrapy's
    downloader starts several at once where the delay is 0, as it counts them only when they have begun.
    """

    def __init__(self, crawler: Crawler, session: Session, *, places: int, budget: int, patience: float) -> None:
        self._crawler = crawler
        self._session = session
        self._places = places
        self._budget = budget
        self._patience = patience
        self._given = 0
        self._spider: PageSpider | None = None
        self._closed = False
        self._alarm: CallLaterResult | None = None
        self._alarm_at = 0.0

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Read the settings: places in flight at a site, the page budget (0: none), the longest wait for a site."""
        settings = crawler.settings
        return cls(
            crawler,
            session_of(crawler),
            places=settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN"),
            budget=settings.getint("PAGE_BUDGET"),
            patience=max(settings.getfloat("LONGEST_PAUSE"), 2 * settings.getfloat("DOWNLOAD_DELAY")),
        )

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
        if self._alarm is not None:
            self._alarm.cancel()
        return None

    def has_pending_requests(self) -> bool:
        """True while a page is to do, now or later; false when nothing more is to be fetched in this run.

        The engine asks when nothing is on its way. So where a lease is held, it was lost: false then, and the engine's
        signal that it is idle is what finds it (`Session.idle`).
        """
        session = self._session
        return not session.stopped and not session.leased and session.store.frontier.pending(session.left)

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
        """The next page that is due, or ``None`` when no site has a free place, its turn and a page that is due."""
        session = self._session
        if self._closed or session.stopped or self._spider is None:
            return None
        try:
            ref = self._lease()
        except sqlite3.Error as error:
            session.store_failed(error)
            return None
        if ref is None:
            return None
        reach("after-lease")
        self._given += 1
        if self._given == self._budget:
            session.stop("budget")
        try:
            return self._spider.request(ref)
        except ValueError:  # what Scrapy says of an address that it cannot use
            session.fail(ref, "its address is not valid")
            return None

    def _lease(self) -> PageRef | None:
        """A page of the first site that can take one, which then stands last; otherwise the alarm is set."""
        frontier, pace, time_ = self._session.store.frontier, self._session.pace, now()
        busy: dict[str, int] = {}
        for ref in frontier.held.values():
            busy[ref.site] = busy.get(ref.site, 0) + 1
        earliest: float | None = None
        for site in list(frontier.sites()):
            if site in self._session.left or busy.get(site, 0) >= self._places:
                continue
            wait = pace.wait(site)
            if not wait:
                ref_found = frontier.lease(site, micros(time_))
                if ref_found is not None:
                    frontier.sites()[site] = frontier.sites().pop(site)
                    return ref_found
                due = frontier.next_due(site)
                if due is None:
                    continue
                wait = max(0.0, (from_micros(due) - time_).total_seconds())
            if wait > self._patience:
                self._session.leave(site, "waits")
                continue
            earliest = wait if earliest is None else min(earliest, wait)
        if earliest is not None:
            self._wake_in(earliest)
        return None

    def _wake_in(self, seconds: float) -> None:
        """Ask again when the next site is ready: by itself the engine looks every five seconds only."""
        at = time.monotonic() + seconds
        if self._alarm is not None:
            if self._alarm_at <= at:
                return
            self._alarm.cancel()
        self._alarm_at = at
        self._alarm = call_later(seconds, self._wake)

    def _wake(self) -> None:
        self._alarm = None
        engine = self._crawler.engine
        slot = engine._slot if engine is not None else None  # noqa: SLF001  no public way to wake the engine
        if slot is not None and not self._closed:
            slot.nextcall.schedule()
