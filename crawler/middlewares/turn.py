"""The last stop before the network: each request waits here for its site's turn, robots.txt like any page."""

from __future__ import annotations

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.utils.httpobj import urlparse_cached

from crawler.items import PageRef
from crawler.pace import HaltedError
from crawler.session import Session, session_of


class Turn:
    """Keeps the pace of the session. It stands nearest the downloader (`settings.py`)."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Find the session."""
        return cls(session_of(crawler))

    async def process_request(self, request: Request) -> None:
        """Wait. A page whose turn does not come because the crawl ends is given back."""
        site = request.meta.get("download_slot") or urlparse_cached(request).hostname or ""
        try:
            await self._session.pace.turn(site)
        except HaltedError:
            ref = request.cb_kwargs.get("ref")
            if isinstance(ref, PageRef):
                self._session.release(ref)
            raise
