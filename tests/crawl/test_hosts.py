"""Several sites in one crawl: each at its own pace, none in the way of another."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
from crawl_help import keeps, port_of
from mock_forum import MockForum
from scrapy import signals
from scrapy.crawler import AsyncCrawlerRunner, Crawler
from scrapy.settings import Settings

from crawler.demo import Forum
from crawler.demo.answer import Answer
from crawler.session import Session
from crawler.spiders.site import SiteSpider
from crawler.store import STATE_FILE, Store


@pytest.fixture
def mocks(forum: Forum) -> Iterator[list[MockForum]]:
    with MockForum(forum) as one, MockForum(forum) as two, MockForum(forum) as three:
        yield [one, two, three]


def crawl(
    urls: list[str],
    sites: dict[str, str],
    data: Path,
    begin: Callable[[Session], None] | None = None,
    end: Callable[[Session, Crawler], Coroutine[Any, Any, None]] | None = None,
    **settings: Any,
) -> Session:
    """A crawl of these addresses; ``sites`` names the places."""
    chosen = Settings()
    chosen.setmodule("crawler.settings", priority="project")
    own: dict[str, Any] = {
        "TWISTED_REACTOR_ENABLED": False,
        "STATE_DIR": str(data),
        "DOWNLOAD_DELAY": 0,
        "BACKOFF": 0.01,
    }
    own["SITES"] = {name: {"places": [place]} for place, name in sites.items()}
    chosen.setdict(own | settings, priority="cmdline")
    data.mkdir(exist_ok=True)
    runner = AsyncCrawlerRunner(chosen)

    crawler = runner.create_crawler(SiteSpider)
    going: list[asyncio.Future[None]] = []

    def opened() -> None:
        """The spider is there, and no request is on its way yet."""
        session = crawler.get_extension(Session)
        assert session is not None
        if begin is not None:
            begin(session)
        if end is not None:
            going.append(asyncio.ensure_future(end(session, crawler)))

    async def run() -> None:
        crawler.signals.connect(opened, signal=signals.spider_opened)
        await runner.crawl(crawler, url=urls)
        for one in going:
            await one

    asyncio.run(run())
    session = crawler.get_extension(Session)
    assert session is not None
    return session


def _named(mocks: list[MockForum]) -> tuple[list[str], dict[str, str]]:
    return [mock.url + mock.path(101) for mock in mocks], {
        f"127.0.0.1:{port_of(mock.url)}": f"site{n}" for n, mock in enumerate(mocks)
    }


def _done(data: Path) -> dict[str, int]:
    with Store(data / STATE_FILE) as store:
        rows = store.db.execute("SELECT site, count(*) FROM frontier WHERE state = 'done' GROUP BY site")
        return dict(rows.fetchall())


def test_a_slow_site_holds_up_no_other(mocks: list[MockForum], data: Path) -> None:
    urls, names = _named(mocks)
    waited = []

    def when_all_others_are_read(mock: MockForum, path: str) -> Answer:
        deadline = time.monotonic() + 30
        while not (others := all(len(other.log) == 4 for other in mocks[1:])) and time.monotonic() < deadline:
            time.sleep(0.01)
        waited.append(others)
        return mock.honest(path)

    mocks[0].override(mocks[0].path(101), when_all_others_are_read)
    crawl(urls, names, data)
    assert waited == [True]
    assert _done(data) == {"site0": 3, "site1": 3, "site2": 3}
    assert all(entry.in_flight == 1 for mock in mocks for entry in mock.log)


def test_each_site_keeps_the_delay_and_all_go_on_at_once(mocks: list[MockForum], data: Path) -> None:
    urls, names = _named(mocks)
    crawl(urls, names, data, DOWNLOAD_DELAY=0.3)
    for mock in mocks:
        starts = [entry.started for entry in mock.log]
        assert len(starts) == 4, "robots.txt and three pages"
        assert keeps(0.3, starts)
    assert max(mock.log[0].started for mock in mocks) < min(mock.log[-1].started for mock in mocks)


def test_a_site_that_asks_for_it_is_left_alone(mocks: list[MockForum], data: Path) -> None:
    urls, names = _named(mocks[:2])
    held: list[float] = []

    def hold(session: Session) -> None:
        held.append(time.monotonic())
        session.hold("site0", 0.5)

    crawl(urls, names, data, hold)
    assert _done(data) == {"site0": 3, "site1": 3}
    assert mocks[0].log[0].started - held[0] >= 0.5
    with Store(data / STATE_FILE) as store:
        assert list(store.frontier.holds()) == ["site0"], "the wish outlives the run"


def test_a_signal_ends_the_waiting_for_a_turn(mocks: list[MockForum], data: Path) -> None:
    """After robots.txt the page waits for its turn: an hour."""
    urls, names = _named(mocks[:1])

    async def stop(session: Session, crawler: Crawler) -> None:
        while not mocks[0].log:  # noqa: ASYNC110  the log is another thread's
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.1)
        session.halt()
        await crawler.stop_async()

    session = crawl(urls, names, data, end=stop, DOWNLOAD_DELAY=3600)
    assert (session.stopped, session.leased) == ("stopped", {})
    assert [entry.path for entry in mocks[0].log] == ["/robots.txt"]
    with Store(data / STATE_FILE) as store:
        entry = next(store.frontier.entries())
        assert (entry.state, entry.attempts, entry.outcome) == ("todo", 0, None)
