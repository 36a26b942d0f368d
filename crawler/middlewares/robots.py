"""robots.txt, as RFC 9309 reads it: where it cannot be had for the server's fault, nothing is crawled.

Scrapy's own middleware allows everything in that case, which is why it is switched off.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Response

from crawler.items import Fetch
from crawler.middlewares.unit import fetch_facts
from crawler.pages import site_of
from crawler.pages.urls import absolute
from crawler.session import Session, session_of
from crawler.spiders.base import RobotsRefusedError
from crawler.spiders.redirects import same_place

logger = logging.getLogger(__name__)

_LARGEST = 512_000  # bytes that are read; the RFC asks for at least 500 KiB
_MAX_REDIRECTS = 5
_LONGEST_WAIT = 60.0  # seconds: a server that asks for more is asked again in a later run
ROBOTS_FLAG = "robots_txt"


@dataclass(frozen=True, slots=True)
class _Rules:
    """``parser`` is ``None`` where nothing is forbidden; ``reachable`` false where all is.

    ``cause`` is set where not even the host could be reached: then that is what the page failed of. ``wait`` is set
    where another try may help: the seconds that the server asks for.
    """

    reachable: bool
    parser: Protego | None = None
    cause: Exception | None = None
    wait: float | None = None


class RobotsPolicy:
    """Refuses what robots.txt forbids to our user agent. Fetched once a host and run."""

    def __init__(self, crawler: Crawler, session: Session, user_agent: str) -> None:
        self._crawler = crawler
        self._session = session
        self._user_agent = user_agent
        self._rules: dict[str, asyncio.Task[_Rules]] = {}
        self._hashes: dict[str, str] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Read the settings."""
        if not crawler.settings.getbool("OBEY_ROBOTS"):
            raise NotConfigured
        return cls(crawler, session_of(crawler), crawler.settings.get("USER_AGENT", "threadset"))

    async def process_request(self, request: Request) -> None:
        """Raise `RobotsRefusedError` for a page that may not be fetched."""
        if request.meta.get(ROBOTS_FLAG):
            return
        parts = urlsplit(request.url)
        root = f"{parts.scheme}://{parts.netloc}"
        if root not in self._rules:
            self._rules[root] = asyncio.ensure_future(self._patiently(root))
        rules = await self._rules[root]
        if rules.cause is not None:
            raise rules.cause
        if not rules.reachable:
            raise RobotsRefusedError("robots.txt cannot be read")
        if rules.parser is not None and not rules.parser.can_fetch(request.url, self._user_agent):
            raise RobotsRefusedError("robots.txt forbids it")

    async def _patiently(self, root: str) -> _Rules:
        """The rules of a host. What fails in passing is tried again as a page is; then it holds for the run."""
        store = self._session.store
        for attempt in range(store.max_attempts):
            rules = await self._fetch(root)
            if rules.reachable or rules.wait is None or attempt + 1 == store.max_attempts:
                break
            await asyncio.sleep(max(min(rules.wait, _LONGEST_WAIT), store.backoff * 2**attempt))
        return rules

    async def _fetch(self, root: str) -> _Rules:
        url = f"{root}/robots.txt"
        for _hop in range(_MAX_REDIRECTS + 1):
            try:
                response = await self._download(url)
            except Exception as error:  # noqa: BLE001  whatever it was, there is no robots.txt
                logger.info("robots.txt of %s cannot be read (%s)", root, type(error).__name__)
                return _Rules(reachable=False, cause=error, wait=0.0)
            if not 300 <= response.status < 400:
                return self._judge(root, response)
            target = absolute(url, (response.headers.get("Location") or b"").decode("latin-1"))
            if target is None or not same_place(target, root):
                logger.info("robots.txt of %s redirects to another place: nothing is fetched there", root)
                return _Rules(reachable=False)
            url = target
        return _Rules(reachable=False)

    async def _download(self, url: str) -> Response:
        engine = self._crawler.engine
        assert engine is not None
        meta = {ROBOTS_FLAG: True, "download_slot": site_of(url)}  # the same turn as the pages
        response = await engine.download_async(Request(url, meta=meta, dont_filter=True))
        self._record(response)
        return response

    def _judge(self, root: str, response: Response) -> _Rules:
        """5xx and 429: the server's fault, nothing is allowed. Other 4xx: there are no rules."""
        if response.status >= 500 or response.status == 429:
            logger.info("robots.txt of %s answers %d", root, response.status)
            return _Rules(reachable=False, wait=_retry_after(response))
        if response.status >= 400:
            return _Rules(reachable=True)
        body = response.body[:_LARGEST]
        self._hashes[root] = hashlib.sha256(body).hexdigest()
        joined = "".join(self._hashes[key] for key in sorted(self._hashes))
        one = len(self._hashes) == 1
        self._session.run.robots_sha256 = joined if one else hashlib.sha256(joined.encode()).hexdigest()
        text = body.decode("utf-8-sig", "replace")
        return _Rules(reachable=True, parser=Protego.parse(text))

    def _record(self, response: Response) -> None:
        facts: dict[str, Any] = {
            name: getattr(fetch_facts(response), name)
            for name in ("url", "final_url", "fetched_at", "status", "bytes", "elapsed_ms", "body_sha256")
        }
        self._session.run.n_requests += 1
        self._session.store.record_fetch(
            Fetch(
                fetch_id=0,
                run_id=0,
                site=site_of(response.url) or "",
                page_kind="robots",
                layout=None,
                thread_id=None,
                page=None,
                n_posts=None,
                outcome="ok" if response.status < 300 else str(response.status),
                error=None,
                warc_file=None,
                warc_offset=None,
                **facts,
            )
        )


def _retry_after(response: Response) -> float:
    value = (response.headers.get("Retry-After") or b"").decode("latin-1").strip()
    return float(value) if value.isdecimal() and value.isascii() else 0.0
