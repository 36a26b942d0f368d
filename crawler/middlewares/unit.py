"""The unit of work: a callback's whole output becomes one item, which is committed as a whole.

It stands nearest the engine (`settings.py`), so that nothing that a callback yields reaches the scheduler or the
pipelines by itself: neither order nor a half-finished callback can tear a page apart.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import AsyncIterator, Iterable
from typing import Any, Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider
from scrapy.http import Response

from crawler.clock import now
from crawler.conditional import validators_of
from crawler.items import ErrorPage, FetchFacts, PageItem, PageRef
from crawler.middlewares.conditional import NOT_MODIFIED, unchanged_of
from crawler.middlewares.received import received_of
from crawler.session import Session, session_of
from crawler.store.killpoints import reach

logger = logging.getLogger(__name__)


class UnitOfWork:
    """Gathers a page and the pages it leads to, and adds how it was fetched."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._failed: dict[tuple[str, str, int, int], ErrorPage] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Find the session."""
        return cls(session_of(crawler))

    async def process_spider_output(self, response: Response, result: AsyncIterator[Any]) -> AsyncIterator[Any]:
        """One item out of whatever the callback yields."""
        page: PageItem | None = None
        found: list[PageRef] = []
        async for entry in result:
            if isinstance(entry, Request):
                ref = entry.cb_kwargs.get("ref")
                if isinstance(ref, PageRef):
                    found.append(ref)
            elif isinstance(entry, PageItem) and page is None:
                page = entry
        ref = _ref(response)
        failed = self._failed.pop(ref.key, None) if ref is not None else None
        if failed is not None:
            page, found = failed, []
        if page is None:
            page = ErrorPage(url=response.url, kind="error", detail="the spider said nothing of the page")
        reach("after-parse")
        yield self._whole(page, found, response)

    def process_spider_exception(self, response: Response, exception: Exception) -> Iterable[Any] | None:
        """A callback that raised is a page that failed; a wish to stop gives the page back.

        Whatever it had yielded before goes through `process_spider_output` all the same, which ends the lease.
        """
        ref = _ref(response)
        if ref is None:
            return None
        if isinstance(exception, CloseSpider):
            self._session.release(ref)
            return None
        detail = f"reading it raised {type(exception).__name__}"
        logger.debug("Reading a page failed", exc_info=exception)
        self._failed[ref.key] = ErrorPage(url=response.url, kind="error", detail=detail)
        return []

    def _whole(self, page: PageItem, found: list[PageRef], response: Response) -> PageItem:
        page.ref = _ref(response)
        page.found = [*page.found, *found]
        page.fetch = fetch_facts(response)
        return page


def fetch_facts(response: Response) -> FetchFacts:
    """How a response was fetched."""
    request = response.request
    same = unchanged_of(response)
    sha256 = hashlib.sha256(response.body).hexdigest() if response.status != NOT_MODIFIED else None
    headers = {str(name).lower(): str(value) for name, value in response.headers.to_unicode_dict().items()}
    etag, last_modified = validators_of(headers)
    latency = response.meta.get("download_latency") if request is not None else None
    return FetchFacts(
        url=request.url if request is not None else response.url,
        final_url=response.url,
        fetched_at=now(),
        status=response.status,
        bytes=len(response.body),
        elapsed_ms=None if latency is None else round(latency * 1000),
        body_sha256=same.body_sha256 if same is not None else sha256,
        etag=etag,
        last_modified=last_modified,
        same_as=same.fetch_id if same is not None else None,
        received=received_of(response),
    )


def _ref(response: Response) -> PageRef | None:
    ref = response.request.cb_kwargs.get("ref") if response.request is not None else None
    return ref if isinstance(ref, PageRef) else None
