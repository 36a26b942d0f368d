"""The row of the thread itself, its poll, forums and members."""

from __future__ import annotations

from typing import Any

import pytest
from histories import listed, reading, tables
from pages_made import DAY, HOUR, SITE, T0, post

from crawler.items import ForumSeen, PollSeen
from crawler.items.history import Moment
from pipelines.authors import AuthorIndex
from pipelines.forums import forum_rows
from pipelines.posts import post_url


def row(*pages: Any, **given: Any) -> Any:
    (found,) = tables(*pages, **given)["threads"]
    return found


def test_a_thread_that_only_a_listing_names() -> None:
    made = [listed(0, title="Old", last_post_at=T0), listed(1, title="New", last_post_at=T0 + DAY, is_pinned=True)]
    found = row(listings=made[::-1], outcome=None, url="https://x.example/topic/1-x/")
    assert (found.title, found.last_post_at, found.forum_id) == ("New", T0 + DAY, 2)
    assert (found.status, found.complete, found.n_posts_seen, found.n_pages) == ("active", False, 0, None)
    assert (found.is_pinned, found.has_poll, found.first_seen_at) == (True, None, None)
    assert found.url == "https://x.example/topic/1-x/"


def test_a_thread_that_nothing_is_known_of() -> None:
    found = row(outcome="server_error", url="u")
    assert (found.title, found.url, found.is_locked, found.last_post_at) == (None, "u", None, None)


def test_a_row_that_says_where_a_thread_went_does_not_say_where_it_is() -> None:
    made = [listed(0, forum_id=2), listed(1, forum_id=9, is_moved=True)]
    assert row(listings=made, outcome=None).forum_id == 2
    assert row(listings=made[1:], outcome=None).forum_id == 9


@pytest.mark.parametrize(
    ("outcome", "moved_to", "status"),
    [
        ("ok", None, "active"), (None, None, "active"), ("not_found", None, "missing"), ("gone", None, "missing"),
        ("hidden", None, "missing"), ("forbidden", None, "forbidden"), ("login", None, "forbidden"),
        ("server_error", None, "active"), ("moved", 8, "merged"), ("ok", 1, "active"), ("not_found", 8, "merged"),
    ],
)  # fmt: skip
def test_status(outcome: str | None, moved_to: int | None, status: str) -> None:
    found = row(reading([post(11)]), outcome=outcome, moved_to=moved_to)
    assert (found.status, found.moved_to_thread_id) == (status, moved_to)
    assert found.complete is (status == "active")
    assert found.n_posts_seen == 1


@pytest.mark.parametrize(
    ("pages", "n_pages", "declared", "complete"),
    [
        ([1], 1, 1, True), ([1], 1, None, True), ([1], 1, 2, False), ([1], 2, 1, False), ([1, 2], 2, 2, True),
        ([1, 2], 2, None, True), ([2], 2, None, False), ([1, 2], None, 2, True), ([2], None, None, False),
    ],
)  # fmt: skip
def test_complete(pages: list[int], n_pages: int | None, declared: int | None, complete: bool) -> None:
    made = [reading([post(page)], 0, page, n_pages, n_posts_declared=declared) for page in pages]
    assert row(*made).complete is complete


def test_what_grows_is_taken_from_the_newest_reading_and_the_rest_from_the_first_page() -> None:
    first = reading([post(1)], 0, 1, 1, title="Title", tags=["a"], n_posts_declared=1, n_views=5, is_pinned=True)
    second = reading([post(2)], 0, 2, 2, title="Title - Page 2", url=None, n_posts_declared=2, n_views=None)
    found = row(first, second)
    assert (found.title, found.tags, found.is_pinned) == ("Title", ["a"], True)
    assert (found.n_pages, found.n_posts_declared, found.n_views, found.complete) == (2, 2, 5, True)
    assert row(second).title == "Title - Page 2"


def test_what_the_first_page_lacks_is_taken_from_the_others() -> None:
    first = reading([post(1)], 1, 1, 2, title=None, author_name=None, author_id=None, forum_id=None)
    second = reading([post(2)], 0, 2, 2, title="T", author_name="Ann", author_id=7, forum_id=3, forum_path=["F"])
    found = row(first, second)
    assert (found.title, found.author_name, found.author_id) == ("T", "Ann", 7)
    assert (found.forum_id, found.forum_path) == (3, ["F"])


def test_the_newest_post_that_is_known_of() -> None:
    assert row(reading([post(1, created_at=T0)], last_post_at=T0 + HOUR)).last_post_at == T0 + HOUR
    assert row(reading([post(1, created_at=T0)]), listings=[listed(last_post_at=T0 + DAY)]).last_post_at == T0 + DAY
    assert row(reading([post(1, created_at=T0)])).last_post_at == T0


def test_a_poll_is_that_of_the_newest_reading() -> None:
    def poll(votes: int) -> PollSeen:
        return PollSeen(question_index=0, option_index=0, question="?", option="this", votes=votes)

    def votes(*pages: Any) -> list[int | None]:
        return [found.votes for found in tables(*pages)["polls"]]

    old, new = reading([post(1)], polls=[poll(1)]), reading([post(1)], 1, polls=[poll(2)])
    assert votes(old, new) == [2]
    assert votes(new, old) == [2]
    assert votes(old, reading([post(2)], 1, 2)) == [1]
    assert votes(old, reading([post(1)], 1)) == []


@pytest.mark.parametrize(
    ("page", "expected"),
    [(1, "https://x.example/topic/1-x/#comment-5"), (3, "https://x.example/topic/1-x/page/3/#comment-5")],
)
def test_the_address_of_a_post(page: int, expected: str) -> None:
    assert post_url("https://x.example/topic/1-x/", page, 5) == expected


def forum(forum_id: int, page: int, day: int, threads: list[int], site: str = SITE, **given: Any) -> Any:
    values = {"n_pages": 2, "name": f"day {day}", "url": "u"} | given
    return site, Moment(1, T0 + day * DAY, 0), ForumSeen(forum_id=forum_id, page=page, **values), threads


def test_forums() -> None:
    readings = [
        forum(2, 1, 0, [1, 2], n_threads_declared=3),
        forum(2, 2, 1, [2, 3]),
        forum(3, 1, 0, [9]),
        forum(3, 1, 1, [], "other.example", n_pages=None, url=None),
    ]
    first, second, third = forum_rows(readings)
    assert (first.forum_id, first.n_threads_seen, first.n_threads_declared, first.name) == (2, 3, 3, "day 1")
    assert (first.complete, second.complete, third.complete) == (True, False, True)
    assert (first.last_seen_at, third.site, third.url) == (T0 + DAY, "other.example", "")


def test_a_forum_that_grew_a_page_stays_complete() -> None:
    """What slid down was read before; a page that could not be read is told of by the frontier."""
    readings = [forum(2, 1, 0, [1]), forum(2, 2, 0, [2]), forum(2, 1, 1, [3], n_pages=3)]
    (found,) = forum_rows(readings)
    assert (found.complete, found.n_threads_seen) == (True, 2)
    assert not next(forum_rows(readings[::2])).complete
    (found,) = forum_rows(readings, {(SITE, 1): True, (SITE, 9): True})
    assert found.n_threads_seen == 3
    (found,) = forum_rows(readings, {(SITE, 1): False, (SITE, 2): False})
    assert found.n_threads_seen == 1
    moved = [*readings, forum(4, 1, 2, [1])]
    assert [row.n_threads_seen for row in forum_rows(moved, {(SITE, 1): True})] == [2, 1]


def test_a_thread_counts_where_the_last_run_listed_it_whatever_its_clock_said() -> None:
    first, (site, moment, seen, threads) = forum(2, 1, 400, [1, 2], n_pages=1), forum(4, 1, 0, [1], n_pages=1)
    later = site, moment._replace(sequence=2), seen, threads
    rows = forum_rows([first, forum(2, 2, 400, [3]), later], {(SITE, 1): True, (SITE, 3): True})
    assert [(row.forum_id, row.n_threads_seen) for row in rows] == [(2, 3), (4, 1)]


def test_members_over_threads() -> None:
    index = AuthorIndex()
    guest = {"author_id": None, "author_name": "Passer-by"}
    first = tables(reading([post(1, author_name="Ann"), post(2, **guest), post(3, author_id=9, created_at=None)]))
    second = tables(
        reading([post(5, author_name="Annie", author_group="Staff"), post(6)]),
        reading([post(5, author_name="Annie")], 1),
    )
    index.add(SITE, second["posts"], {7: {"Annie", "Ann"}})
    index.add(SITE, first["posts"], {7: {"Ann"}, 9: {"Ann"}, 77: {"nobody"}})
    ann, other = index.rows()
    assert (ann.author_id, ann.known_names, ann.n_posts_seen) == (7, ["Ann", "Annie"], 2)
    assert (ann.author_name, ann.author_group) == ("Ann", "Members")  # the newest post is 6, gone since
    index.rename((SITE, 7), "Annie")
    assert (index.rows()[0].author_name, ann.author_id) == ("Annie", 7)
    assert (ann.first_post_at, ann.last_post_at) == (first["posts"][0].created_at, second["posts"][1].created_at)
    assert (other.author_id, other.first_post_at, other.n_posts_seen) == (9, None, 1)
