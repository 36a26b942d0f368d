"""A selector that breaks shows in the stats of a crawl."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from mock_forum import MockForum
from scrapy.crawler import AsyncCrawlerRunner
from scrapy.settings import Settings

from crawler.pages import pager, thread
from crawler.spiders.site import SiteSpider


def fallbacks(mock: MockForum, data: Path) -> dict[str, Any]:
    chosen = Settings()
    chosen.setmodule("crawler.settings", priority="project")
    own = {"TWISTED_REACTOR_ENABLED": False, "STATE_DIR": str(data), "DOWNLOAD_DELAY": 0}
    chosen.setdict(own, priority="cmdline")
    data.mkdir(exist_ok=True)
    runner = AsyncCrawlerRunner(chosen)
    crawler = runner.create_crawler(SiteSpider)

    async def run() -> None:
        await runner.crawl(crawler, url=[mock.url + mock.path(101)])

    asyncio.run(run())
    assert crawler.stats is not None
    marked = "threadset/fallback/"
    return {name.removeprefix(marked): n for name, n in crawler.stats.get_stats().items() if name.startswith(marked)}


def break_title(monkeypatch: pytest.MonkeyPatch) -> None:
    (name, _function), *others = thread.TITLE.sources
    monkeypatch.setattr(thread.TITLE, "sources", ((name, lambda _document: None), *others))


def break_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pager, "_ACTIVE", ())


def break_n_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pager, "_ATTRIBUTES", ("data-none", "data-ipspagination-pages"))


@pytest.mark.parametrize(
    ("broken", "fallback"),
    [
        (break_title, "thread.title:meta[property=og:title]"),
        (break_page, "thread.page:address"),
        (break_n_pages, "thread.n_pages:[data-ipspagination-pages]"),
    ],
)
def test_a_broken_selector_shows_in_the_stats(
    mock: MockForum,
    data: Path,
    monkeypatch: pytest.MonkeyPatch,
    broken: Callable[[pytest.MonkeyPatch], None],
    fallback: str,
) -> None:
    broken(monkeypatch)
    assert fallbacks(mock, data) == {fallback: 3}, "one a page"


def test_a_whole_forum_has_none(mock: MockForum, data: Path) -> None:
    assert fallbacks(mock, data) == {}
