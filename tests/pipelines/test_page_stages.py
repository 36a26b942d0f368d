"""What happens to one page: validate, deduplicate, store; and its rows for Scrapy's feeds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pages_made import error, listing, post, quote, ref, topic
from scrapy import Spider, signals
from scrapy.utils.test import get_crawler

from crawler.items import ErrorPage, PageItem, TopicPage
from crawler.store import Committed
from crawler.store.settle import Settlement
from pipelines.deduplicate import Deduplicate, deduplicate
from pipelines.feed import rows_of
from pipelines.store import StorePage
from pipelines.validate import Validate, problems, validate


def no_author(number: int) -> Any:
    return post(number, author_id=None, author_name=None)


@pytest.mark.parametrize(
    ("make", "found"),
    [
        (lambda: topic(1, [post(1)]), []),
        (lambda: topic(1, []), ["no posts"]),
        (lambda: topic(0, [post(1)]), ["thread or page without a number"]),
        (lambda: topic(1, [post(1)], page=0), ["thread or page without a number"]),
        (lambda: topic(1, [post(1), post(0)]), ["a post without a number"]),
        (lambda: topic(1, [post(1, created_at=None)]), ["no post has a time"]),
        (lambda: topic(1, [post(1, created_at=None), post(2)]), []),
        (lambda: topic(1, [no_author(1)]), ["no post has an author"]),
        (lambda: topic(1, [no_author(1), post(2)]), []),
    ],
)
def test_problems(make: Callable[[], TopicPage], found: list[str]) -> None:
    assert problems(make()) == found


def test_half_a_page_is_an_error_that_keeps_its_place() -> None:
    page = topic(1, [])
    page.repairs, page.found = {"nul": 1}, [ref(2)]
    found = validate(page)
    assert isinstance(found, ErrorPage)
    assert (found.kind, found.detail, found.status) == ("unreadable", "no posts", 200)
    assert (found.ref, found.fetch, found.repairs, found.found) == (page.ref, page.fetch, page.repairs, [])


@pytest.mark.parametrize("page", [topic(1, [post(1)]), listing(1, []), error("gone", ref(1))])
def test_other_pages_pass(page: PageItem) -> None:
    assert validate(page) is page


def test_each_post_and_each_page_once() -> None:
    page = topic(1, [post(2, "a"), post(1), post(2, "b")], found=[ref(3), ref(3, url="other"), ref(3, 2)])
    found, dropped = deduplicate(page)
    assert [(seen.post_id, seen.body.text) for seen in found.posts] == [(2, "a"), (1, "words")]
    assert (dropped, [one.key for one in found.found]) == (1, [ref(3).key, ref(3, 2).key])
    assert found.found[0].url == ref(3).url
    assert deduplicate(listing(1, [], found=[ref(1), ref(1)]))[0].found == [ref(1)]


class Session:
    def __init__(self) -> None:
        self.entered: list[PageItem] = []
        self.failed: list[Any] = []

    def commit(self, page: PageItem) -> Committed:
        self.entered.append(page)
        return Committed(Settlement("done", "ok"), 1, n_posts=2, n_new=1)

    def fail(self, where: Any, detail: str) -> None:
        self.failed.append(where)


@pytest.fixture
def crawler() -> Any:
    return get_crawler(Spider)


def test_the_stages_count(crawler: Any) -> None:
    page = topic(1, [])
    page.repairs, page.fallbacks = {"nul": 2}, {"title:og": 1}
    assert isinstance(Validate.from_crawler(crawler).process_item(page), ErrorPage)
    double = topic(1, [post(1), post(1)])
    assert Deduplicate.from_crawler(crawler).process_item(double) is double
    session = Session()
    assert StorePage(crawler, session).process_item(double) is double
    assert session.entered == [double]
    counted = crawler.stats.get_stats()
    assert {name: counted[name] for name in sorted(counted) if name.startswith("threadset/")} == {
        "threadset/fallback/title:og": 1, "threadset/outcome/ok": 1, "threadset/page/refused": 1,
        "threadset/post/duplicate": 1, "threadset/post/new": 1, "threadset/post/read": 2, "threadset/repair/nul": 2,
    }  # fmt: skip


@pytest.mark.parametrize("signal", [signals.item_error, signals.item_dropped])
def test_a_page_that_is_lost_on_its_way_is_told_of(crawler: Any, signal: Any) -> None:
    session = Session()
    stage = StorePage(crawler, session)
    crawler.signals.send_catch_log(signal, item=topic(1, [post(1)]), spider=None)
    crawler.signals.send_catch_log(signal, item={"no": "page"}, spider=None)
    assert session.failed == [ref(1)]
    assert stage is not None


def test_rows_of_one_page() -> None:
    page = topic(1, [post(10), post(11, "x", [quote(10, "words"), quote(5, "far away", 1)])], page=2, n_pages=2)
    assert [(row.site, row.position, row.page) for row in rows_of(page, "posts")] == [("forum.example", None, 2)] * 2
    assert [row.target_state for row in rows_of(page, "quotes")] == ["seen", "unseen"]
    assert len(rows_of(page, "threads")) == 1
    assert list(rows_of(page, "fetches")) == []
    assert list(rows_of(listing(1, []), "posts")) == []
    assert list(rows_of("no page", "posts")) == []


def test_rows_of_a_page_that_no_crawl_has_completed() -> None:
    page = topic(1, [post(10)])
    page.ref = page.fetch = None
    (row,) = rows_of(page, "posts")
    assert (row.site, row.position) == ("", 1)
