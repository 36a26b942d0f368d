"""Running a crawl from a command."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from scrapy import signals
from scrapy.crawler import AsyncCrawlerProcess, AsyncCrawlerRunner, Crawler
from scrapy.http import Response
from scrapy.settings import Settings

from crawler.outcome import INTERRUPTED, INTERRUPTED_TWICE, TERMINATED
from crawler.session import Listener, Session, page_stored
from crawler.spiders.base import PageSpider
from crawler.spiders.site import SiteSpider


@dataclass(slots=True)
class CrawlEnd:
    """How a crawl ended.

    ``stopped`` and ``left`` are the session's, ``signal_code`` is the exit code of a signal that ended it.
    """

    stopped: str | None = None
    left: dict[str, str] = field(default_factory=dict)
    signal_code: int | None = None
    failed: bool = False


@dataclass(slots=True)
class Job:
    """What to crawl, and who wants to hear of it."""

    settings: Settings
    arguments: dict[str, Any]
    spider: type[PageSpider] = SiteSpider
    on_page: Listener | None = None
    on_response: Callable[[Response], None] | None = None

    def connect(self, crawler: Crawler) -> None:
        """Connect the listeners to a crawler's signals."""
        if self.on_page is not None:
            crawler.signals.connect(self.on_page, signal=page_stored, weak=False)
        if self.on_response is not None:
            crawler.signals.connect(self.on_response, signal=signals.response_received, weak=False)


Runner = Callable[[Job], CrawlEnd]


def crawl(
    urls: Sequence[str],
    settings: dict[str, Any],
    *,
    spider: type[PageSpider] = SiteSpider,
    subforums: bool = False,
    on_page: Listener | None = None,
    on_response: Callable[[Response], None] | None = None,
) -> CrawlEnd:
    """Crawl what the addresses name, with these settings over those of the project."""
    chosen = Settings()
    chosen.setmodule("crawler.settings", priority="project")
    chosen.setdict(settings, priority="cmdline")
    arguments = {"url": list(urls), "subforums": subforums}
    return RUNNERS["default"](Job(chosen, arguments, spider, on_page, on_response))


class _Process(AsyncCrawlerProcess):
    """Remembers which signal ended it."""

    signal_code: int | None = None

    def _signal_shutdown(self, signum: int, frame: Any) -> None:
        self.signal_code = TERMINATED if signum == signal.SIGTERM else INTERRUPTED
        with suppress(OSError):  # nobody reads it any more
            os.write(2, b"threadset: stopping after the page that is on its way; once more to stop at once\n")
        super()._signal_shutdown(signum, frame)
        for crawler in self.crawlers:
            with suppress(RuntimeError):  # it has not begun yet
                session = crawler.get_extension(Session)
                if session is not None:
                    asyncio.get_event_loop().call_soon_threadsafe(session.halt)

    def _signal_kill(self, signum: int, frame: Any) -> None:
        self.signal_code = TERMINATED if signum == signal.SIGTERM else INTERRUPTED_TWICE
        super()._signal_kill(signum, frame)


def run_with_reactor(job: Job) -> CrawlEnd:
    """As a program of its own: reactor, signal handlers, logging."""
    logging.captureWarnings(capture=True)
    logging.getLogger("scrapy.core.downloader.handlers").setLevel(logging.ERROR)  # we tell of cut-off pages ourselves
    level = job.settings.get("LOG_LEVEL")
    brief = level == "INFO"  # -v: our line a page; -vv has Scrapy's lines too
    if brief:  # a filter, as making the process sets all levels
        logging.getLogger("scrapy.utils.log").addFilter(lambda record: record.levelno >= logging.WARNING)
    _tune()
    process = _Process(job.settings)
    logging.getLogger("scrapy").setLevel(logging.WARNING if brief else level)  # what no handler takes is not made
    logging.getLogger("crawler").setLevel(level)
    crawler = process.create_crawler(job.spider)
    job.connect(crawler)
    process.crawl(crawler, **job.arguments)
    process.start()
    signal.signal(signal.SIGINT, signal.default_int_handler)  # Scrapy's handlers talk to a reactor that is gone
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))
    end = _end(crawler)
    end.signal_code, end.failed = process.signal_code, end.failed or process.bootstrap_failed
    return end


def _tune() -> None:
    """What suits a process that only crawls: fewer looks for garbage."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def run_in_loop(job: Job) -> CrawlEnd:
    """Within a program: no reactor, no signal handlers. Many a process, one after the other."""
    job.settings.set("TWISTED_REACTOR_ENABLED", value=False, priority="cmdline")
    runner = AsyncCrawlerRunner(job.settings)
    crawler = runner.create_crawler(job.spider)
    job.connect(crawler)

    async def run() -> None:
        await runner.crawl(crawler, **job.arguments)

    asyncio.run(run())
    return _end(crawler)


def _end(crawler: Crawler) -> CrawlEnd:
    try:
        session = crawler.get_extension(Session)
    except RuntimeError:  # it ended before its extensions were made
        session = None
    if session is None:
        return CrawlEnd(failed=True)
    session.close()  # where a second signal broke the engine off, nobody did
    return CrawlEnd(stopped=session.stopped, left=dict(session.left), failed=crawler.spider is None)


RUNNERS: dict[str, Runner] = {"default": run_with_reactor, "loop": run_in_loop}
"""How crawls are run; tests put ``loop`` in the place of ``default``."""
