"""One crawl over one store: opened before the engine starts, closed after it has stopped."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

import orjson
from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.signalmanager import SignalManager

from crawler.items import SCHEMA_VERSION, ErrorPage, FetchFacts, PageItem, PageRef, Run, TopicPage, tool_version
from crawler.store import STATE_FILE, Committed, Store

page_stored = object()
"""Signal: a page was stored. Sent with ``page``, ``committed`` and ``store``."""

Listener = Callable[[PageItem, Committed, Store], None]
"""What may be connected to `page_stored`."""


class Session:
    """Owns the store of a crawl, its run and its leases. A Scrapy extension, so that all components find it.

    Without the setting ``STATE_DIR`` the store is a fresh temporary one: Scrapy's own feeds stream the pages, and a
    finished folder's state would make them empty.
    """

    def __init__(
        self, store: Store, run: Run, sent: SignalManager, *, refresh: bool = False, scratch: Path | None = None
    ) -> None:
        self.store = store
        self.run = run
        self.scratch = scratch
        self.leased: dict[tuple[str, str, int, int], PageRef] = {}
        self._signals = sent
        store.begin_run(run, refresh=refresh)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Open the store that the settings name."""
        settings = crawler.settings
        folder = settings.get("STATE_DIR")
        scratch = None if folder else Path(tempfile.mkdtemp(prefix="threadset-"))
        store = Store(Path(folder or str(scratch)) / STATE_FILE, create=True)
        store.max_attempts = settings.getint("MAX_ATTEMPTS")
        store.backoff = settings.getfloat("BACKOFF")
        run = Run(
            run_id=0,
            sites=[],
            started_at=datetime.now(UTC),
            tool_version=tool_version(),
            schema_version=SCHEMA_VERSION,
            config=orjson.dumps(settings.getdict("RUN_CONFIG"), option=orjson.OPT_SORT_KEYS).decode(),
            user_agent=settings.get("USER_AGENT", ""),
            authenticated=bool(settings.get("COOKIES_FILE")),
        )
        session = cls(store, run, crawler.signals, refresh=settings.getbool("REFRESH"), scratch=scratch)
        crawler.signals.connect(session.idle, signal=signals.spider_idle)
        crawler.signals.connect(session.close, signal=signals.engine_stopped)
        return session

    def take(self, ref: PageRef) -> None:
        """A page has been leased and is on its way."""
        self.leased[ref.key] = ref

    def commit(self, page: PageItem) -> Committed:
        """Enter a page and end its lease."""
        committed = self.store.commit(page)
        assert page.ref is not None
        self.leased.pop(page.ref.key, None)
        run = self.run
        run.n_requests += page.fetch is not None and page.fetch.status is not None
        run.n_pages += committed.settlement.outcome == "ok"
        run.n_posts += committed.n_posts if isinstance(page, TopicPage) else 0
        run.n_new += committed.n_new
        run.n_changed += committed.n_changed
        self._signals.send_catch_log(page_stored, page=page, committed=committed, store=self.store)
        return committed

    def fail(self, ref: PageRef, detail: str) -> None:
        """End a lease whose page got lost on its way through the engine."""
        fetch = FetchFacts(url=ref.url, final_url=None, fetched_at=datetime.now(UTC))
        self.commit(ErrorPage(url=ref.url, kind="error", detail=detail, ref=ref, fetch=fetch))

    def release(self, ref: PageRef) -> None:
        """Give a lease back without counting a try."""
        self.leased.pop(ref.key, None)
        self.store.frontier.release(ref)

    def idle(self) -> None:
        """Nothing is on its way any more: a lease that is still held was lost without a sign."""
        for ref in list(self.leased.values()):
            self.fail(ref, "the page was lost on its way through the engine")

    def close(self) -> None:
        """Give back what is still held, write the end of the run, close the file."""
        for ref in list(self.leased.values()):
            self.release(ref)
        self.run.finished_at = datetime.now(UTC)
        self.store.finish_run(self.run)
        self.store.close()
        if self.scratch is not None:
            shutil.rmtree(self.scratch, ignore_errors=True)


def session_of(crawler: Crawler) -> Session:
    """The session of a crawl. Raises ``NotConfigured`` where the extension is switched off."""
    session = crawler.get_extension(Session)
    if session is None:
        raise NotConfigured("the extension crawler.session.Session is switched off; switch it on")
    return session
