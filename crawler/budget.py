"""The time that a run may take."""

from __future__ import annotations

from typing import Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.utils.asyncio import CallLaterResult, call_later

from crawler.session import session_of


class TimeBudget:
    """Ends a run after the seconds of ``TIME_BUDGET``: the page that is on its way is stored, the next run goes on."""

    def __init__(self, crawler: Crawler, seconds: float) -> None:
        self._crawler = crawler
        self._seconds = seconds
        self._timer: CallLaterResult | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Read the setting; 0 switches it off."""
        seconds = crawler.settings.getfloat("TIME_BUDGET")
        if seconds <= 0:
            raise NotConfigured
        budget = cls(crawler, seconds)
        crawler.signals.connect(budget.begin, signal=signals.spider_opened)
        crawler.signals.connect(budget.end, signal=signals.spider_closed)
        return budget

    def begin(self) -> None:
        """Start the clock."""
        self._timer = call_later(self._seconds, session_of(self._crawler).stop, "budget")

    def end(self) -> None:
        """Stop it."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
