"""How large a crawl is, by what its pages say."""

from __future__ import annotations

from crawler.items import ForumPage, ForumSeen, ListingRow, PageRef, PostSeen, ThreadSeen, TopicPage
from crawler.outlook import Extent, Outlook


def listing(
    *replies: int | None, page: int = 1, n_pages: int | None = 1, declared: int | None = None, found: object = None
) -> ForumPage:
    rows = [ListingRow(thread_id=100 * page + rank, n_replies=number) for rank, number in enumerate(replies)]
    refs = [PageRef("s", "topic", number, 1, "u") for number in found or ()]  # type: ignore[attr-defined]
    forum = ForumSeen(forum_id=2, page=page, n_pages=n_pages, n_threads_declared=declared)
    return ForumPage(url="u", pages_url="u", forum=forum, rows=rows, found=refs)


def topic(*, page: int = 1, n_pages: int | None = 1, posts: int = 25, is_seed: bool = False) -> TopicPage:
    ref = PageRef("s", "topic", 7, page, "u", is_seed=is_seed)
    thread = ThreadSeen(content_class="forums_Topic", thread_id=7, page=page, n_pages=n_pages)
    seen: list[PostSeen] = [None] * posts  # type: ignore[list-item]
    return TopicPage(url="u", pages_url="u", thread=thread, posts=seen, ref=ref)


def test_a_listing_page_stands_for_those_that_follow() -> None:
    outlook = Outlook()
    extent = outlook.see(listing(0, 24, 25, 99, n_pages=50))
    assert extent == Extent("forum", 2, 50 + 50 * (1 + 1 + 2 + 4), 200, exact=False)
    assert (outlook.pages, outlook.to_come) == (450, 449)


def test_what_the_forum_declares_counts() -> None:
    outlook = Outlook()
    assert outlook.see(listing(0, 0, n_pages=50, declared=75)) == Extent("forum", 2, 125, 75, exact=False)


def test_once_the_listing_is_read_its_rows_count() -> None:
    outlook = Outlook()
    outlook.see(listing(0, 99, n_pages=2, declared=1000))
    assert outlook.see(listing(0, page=2, n_pages=2)) is None
    assert (outlook.pages, outlook.to_come) == (2 + 5 + 1, 6)


def test_a_full_page_tells_how_many_posts_a_page_has() -> None:
    outlook = Outlook()
    outlook.see(topic(n_pages=3, posts=10))
    outlook.see(listing(99))
    assert outlook.pages == 1 + 10


def test_threads_that_were_named_count_and_others_were_counted_by_their_listing() -> None:
    outlook = Outlook()
    assert outlook.see(topic(n_pages=400, is_seed=True)) == Extent("topic", 7, 400)
    assert outlook.see(topic(page=2, n_pages=400)) is None
    assert (outlook.pages, outlook.to_come) == (400, 398)
    assert Outlook().see(topic(n_pages=400)) == Extent("topic", 7, 400)


def test_only_what_is_fetched_counts() -> None:
    outlook = Outlook()
    outlook.see(listing(0, 0, 0, n_pages=10, declared=30, found=[101]))
    assert outlook.pages == 10 + 10


def test_an_empty_forum() -> None:
    outlook = Outlook()
    assert outlook.see(listing(n_pages=None)) == Extent("forum", 2, 1, 0, exact=False)
    assert outlook.to_come == 0
