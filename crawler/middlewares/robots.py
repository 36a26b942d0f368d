"""Asks each host for its robots.txt before anything else, keeps to it, and asks again when the copy is old."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import time
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Response

from crawler.addresses import AddressRefusedError
from crawler.clock import now
from crawler.items import fetch_row
from crawler.middlewares.unit import fetch_facts
from crawler.pace import HaltedError
from crawler.pages.urls import absolute
from crawler.robots import MAX_REDIRECTS, Rules, read_rules
from crawler.session import Session, session_of
from crawler.sites import Sites, place_of
from crawler.spiders.base import RobotsRefusedError

logger = logging.getLogger(__name__)

ROBOTS_FLAG = "robots_txt"


@dataclass(slots=True)
class _Copy:
    """A host's rules on their way or here, and until when they hold (monotonic seconds)."""

    rules: asyncio.Task[Rules]
    expires: float = float("inf")


class RobotsPolicy:
    """Refuses what robots.txt forbids to our user agent."""

    def __init__(self, crawler: Crawler, session: Session, user_agent: str, lifetime: float, patience: float) -> None:
        self._crawler = crawler
        self._session = session
        self._user_agent = user_agent
        self._lifetime = lifetime
        self._patience = patience
        self._copies: dict[str, _Copy] = {}
        self._hashes: dict[str, str] = {}
        self._sites = Sites.from_setting(crawler.settings.getdict("SITES"))

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Read the settings."""
        settings = crawler.settings
        if not settings.getbool("OBEY_ROBOTS"):
            raise NotConfigured
        agent = settings.get("USER_AGENT", "threadset")
        times = settings.getfloat("ROBOTS_LIFETIME"), settings.getfloat("LONGEST_PAUSE")
        return cls(crawler, session_of(crawler), agent, *times)

    async def process_request(self, request: Request) -> None:
        """Raise `RobotsRefusedError` for a page that may not be fetched."""
        if request.meta.get(ROBOTS_FLAG):
            return
        parts = urlsplit(request.url)
        root = f"{parts.scheme}://{parts.netloc}"
        rules = await self._rules(root)
        if rules.cause is not None:
            raise rules.cause
        if not rules.readable:
            raise RobotsRefusedError("no_robots", rules.detail)
        if not rules.allows(request.url, self._user_agent):
            raise RobotsRefusedError("robots")

    async def _rules(self, root: str) -> Rules:
        copy = self._copies.get(root)
        if copy is None or time.monotonic() >= copy.expires:
            copy = self._copies[root] = _Copy(asyncio.ensure_future(self._patiently(root)))
        rules = await copy.rules
        if copy.expires == float("inf"):
            copy.expires = time.monotonic() + min(rules.lifetime, self._lifetime)
        return rules

    async def _patiently(self, root: str) -> Rules:
        """The rules of a host. What fails in passing is tried again as a page is."""
        store, site = self._session.store, self._sites.name_of(root) or ""
        for attempt in range(store.max_attempts):
            rules = await self._fetch(root)
            if rules.readable or rules.wait is None or attempt + 1 == store.max_attempts:
                break
            pause = max(rules.wait, store.backoff * 2**attempt)
            self._session.hold(site, pause)
            if pause > self._patience:
                break
            await self._session.pace.sleep(pause)
        if rules.body is not None:
            self._keep(root, rules)
        pace, delay = self._session.pace, rules.delay(self._user_agent)
        pace.asked[site] = max(pace.asked.get(site, 0.0), delay)
        pace.hold(site, delay)  # the request for robots.txt itself counts
        return rules

    async def _fetch(self, root: str) -> Rules:
        url = f"{root}/robots.txt"
        for _hop in range(MAX_REDIRECTS + 1):
            try:
                response = await self._download(url)
            except HaltedError:
                raise
            except Exception as error:  # noqa: BLE001  whatever it was, there is no robots.txt
                logger.info("robots.txt of %s cannot be read (%s)", root, type(error).__name__)
                passing = not isinstance(error, AddressRefusedError)  # our own refusal is final
                return Rules(readable=False, cause=error, wait=0.0 if passing else None)
            if not 300 <= response.status < 400:
                return self._judge(root, response)
            target = absolute(url, (response.headers.get("Location") or b"").decode("latin-1"))
            if target is None or not self._sites.same_place(target, root):
                logger.info("robots.txt of %s redirects to another place: nothing is fetched there", root)
                return Rules(readable=False, detail=f"it redirects to {place_of(target or '') or 'no address'}")
            url = target
        return Rules(readable=False)

    async def _download(self, url: str) -> Response:
        engine = self._crawler.engine
        assert engine is not None
        meta = {ROBOTS_FLAG: True, "download_slot": self._sites.name_of(url)}  # the same turn as the pages
        response = await engine.download_async(Request(url, meta=meta, dont_filter=True))
        self._record(response)
        return response

    def _judge(self, root: str, response: Response) -> Rules:
        headers = {str(name).lower(): str(value) for name, value in response.headers.to_unicode_dict().items()}
        rules = read_rules(response.status, headers, response.body)
        if not rules.readable:
            logger.info("robots.txt of %s answers %d", root, response.status)
        return rules

    def _keep(self, root: str, rules: Rules) -> None:
        """Keep a snapshot, and in the run its hash: of several hosts, the hash of their hashes."""
        assert rules.body is not None
        assert rules.sha256 is not None
        self._session.store.record_robots(root, rules.sha256, rules.body, now())
        self._hashes[root] = rules.sha256
        joined = "".join(self._hashes[key] for key in sorted(self._hashes))
        one = len(self._hashes) == 1
        self._session.run.robots_sha256 = joined if one else hashlib.sha256(joined.encode()).hexdigest()

    def _record(self, response: Response) -> None:
        facts = fetch_facts(response)
        site = self._sites.name_of(response.url) or ""
        self._session.run.n_requests += 1
        with self._session.archived(facts, site):
            outcome = "ok" if response.status < 300 else str(response.status)
            self._session.store.record_fetch(fetch_row(facts, site=site, page_kind="robots", outcome=outcome))
