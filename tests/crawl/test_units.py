"""Units of work: whatever a callback or a pipeline does, each lease ends once."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from crawl_help import Tool
from mock_forum import MockForum
from scrapy.crawler import AsyncCrawlerRunner
from scrapy.exceptions import CloseSpider, DropItem
from scrapy.http import Response
from scrapy.settings import Settings

from crawler.items import PageItem, PageRef
from crawler.session import Session
from crawler.spiders.site import SiteSpider
from crawler.store import STATE_FILE


class Misbehaving(SiteSpider):
    """Does what ``how`` says at the second page of a thread, the first time or each time."""

    name = "misbehaving"
    times = 1

    def __init__(self, how: str = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.how = how
        self.left = self.times

    async def parse_page(self, response: Response, ref: PageRef) -> AsyncIterator[Any]:
        usual = [entry async for entry in super().parse_page(response, ref)]
        odd = ref.page == 2 and self.left > 0
        self.left -= odd
        if odd and self.how == "raises":
            raise RuntimeError("oh")
        if odd and self.how == "nothing":
            return
        if odd and self.how == "closes":
            raise CloseSpider("enough")
        for entry in usual:
            yield entry
            if odd and self.how == "raises late":
                raise RuntimeError("oh")
        if odd and self.how == "several":
            for entry in usual:
                yield entry
            yield {"an": "item"}


class Often(Misbehaving):
    times = 99


class Fails:
    """A pipeline that fails at the second page once."""

    error: type[Exception] = RuntimeError

    def __init__(self) -> None:
        self.left = 1

    def process_item(self, item: PageItem) -> PageItem:
        if item.ref is not None and item.ref.page == 2 and self.left:
            self.left = 0
            raise self.error("oh")
        return item


class Drops(Fails):
    error = DropItem


def crawl(mock: MockForum, data: Path, spider: type[SiteSpider], **settings: Any) -> Session:
    chosen = Settings()
    chosen.setmodule("crawler.settings", priority="project")
    own = {"TWISTED_REACTOR_ENABLED": False, "STATE_DIR": str(data), "DOWNLOAD_DELAY": 0, "BACKOFF": 0.01}
    how = settings.pop("how", "")
    chosen.setdict(own | settings, priority="cmdline")
    data.mkdir(exist_ok=True)
    runner = AsyncCrawlerRunner(chosen)
    crawler = runner.create_crawler(spider)

    async def run() -> None:
        await runner.crawl(crawler, url=[mock.url + mock.path(101)], **({"how": how} if how else {}))

    asyncio.run(run())
    session = crawler.get_extension(Session)
    assert session is not None
    assert session.leased == {}
    return session


def states(data: Path) -> list[tuple[int, str, str | None]]:
    db = sqlite3.connect(data / STATE_FILE)
    found = db.execute("SELECT page, state, outcome FROM frontier ORDER BY page").fetchall()
    db.close()
    return found


def fetched(data: Path, page: int = 2) -> list[str]:
    db = sqlite3.connect(data / STATE_FILE)
    found = db.execute("SELECT outcome FROM fetches WHERE page = ? ORDER BY fetch_id", (page,)).fetchall()
    db.close()
    return [outcome for (outcome,) in found]


DONE = [(page, "done", "ok") for page in (1, 2, 3)]


@pytest.mark.parametrize("how", ["raises", "raises late", "nothing"])
def test_a_callback_that_fails_once_is_tried_again(mock: MockForum, data: Path, how: str) -> None:
    crawl(mock, data, Misbehaving, how=how)
    assert states(data) == DONE
    assert fetched(data) == ["error", "ok"], "one row a try: each lease ended once"


@pytest.mark.parametrize("how", ["raises", "nothing"])
def test_a_callback_that_always_fails_costs_its_page_only(mock: MockForum, data: Path, how: str) -> None:
    crawl(mock, data, Often, how=how)
    assert states(data) == [DONE[0], (2, "failed", "error"), DONE[2]]
    assert fetched(data) == ["error"] * 3


def test_several_items_are_one_page(mock: MockForum, data: Path) -> None:
    crawl(mock, data, Misbehaving, how="several")
    assert states(data) == DONE
    assert fetched(data) == ["ok"]


def test_a_wish_to_stop_gives_the_page_back(mock: MockForum, data: Path, tool: Tool) -> None:
    crawl(mock, data, Misbehaving, how="closes")
    assert (2, "todo", None) in states(data)
    assert fetched(data) == [], "it counts as no try"
    assert tool.grab(mock.url + mock.path(101)).code == 0
    assert states(data) == DONE


@pytest.mark.parametrize("pipeline", [Fails, Drops])
def test_a_pipeline_that_fails(
    mock: MockForum, data: Path, monkeypatch: pytest.MonkeyPatch, pipeline: type[Fails]
) -> None:
    from crawler import settings

    crawl(mock, data, SiteSpider, ITEM_PIPELINES={**settings.ITEM_PIPELINES, pipeline: 300})
    assert states(data) == DONE
    assert fetched(data) == ["error", "ok"]


def test_a_lease_that_got_lost_is_found_when_nothing_is_on_its_way(
    mock: MockForum, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No signal tells of an item that a pipeline swallowed."""
    from crawler import settings

    lost = []

    class Swallows:
        def process_item(self, item: PageItem) -> PageItem:
            return item

    real = Session.commit

    def commit(own: Session, page: PageItem) -> Any:
        if page.ref is not None and page.ref.page == 2 and not lost:
            lost.append(page)
            from crawler.store import Committed
            from crawler.store.settle import Settlement

            return Committed(Settlement("done", "ok"), 0)  # as if it had been stored
        return real(own, page)

    monkeypatch.setattr(Session, "commit", commit)
    crawl(mock, data, SiteSpider, ITEM_PIPELINES={**settings.ITEM_PIPELINES, Swallows: 300})
    assert lost
    assert states(data) == DONE
    assert fetched(data) == ["error", "ok"]


def test_a_request_without_a_reference_is_dropped(
    mock: MockForum, data: Path, caplog: pytest.LogCaptureFixture
) -> None:
    from scrapy import Request

    class Odd(SiteSpider):
        name = "odd"

        async def start(self) -> AsyncIterator[Any]:
            yield Request(mock.url + "/topic/1-x/", dont_filter=True)
            async for request in super().start():
                yield request

    crawl(mock, data, Odd)
    assert mock.count("/topic/1-x/") == 0
    assert states(data) == DONE
    assert "without a page reference" in caplog.text
