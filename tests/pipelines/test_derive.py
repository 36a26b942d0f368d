"""The same rows from whatever order, repetition and division into runs."""

from __future__ import annotations

import copy
import dataclasses
from datetime import timedelta
from typing import Any

from demo_pages import forum, pages
from histories import facts, listed, reading
from hypothesis import given, settings
from hypothesis import strategies as st
from pages_made import T0, post, quote

from crawler.items import ListingRow, PollSeen, TopicPage
from crawler.items.history import PageReading, ThreadHistory, ThreadKey
from pipelines.derive import derive


def demo_history(thread_id: int = 101) -> ThreadHistory:
    read = [page for page in pages() if isinstance(page, TopicPage) and page.thread.thread_id == thread_id]
    return ThreadHistory(
        key=ThreadKey("127.0.0.1", "forums_Topic", thread_id),
        pages=[_reading(page, number) for number, page in enumerate(read, 1)],
        listings=[listed(title="As listed", forum_id=forum().thread(thread_id).board.forum_id)],
        outcome="ok",
    )


def _reading(page: TopicPage, number: int) -> PageReading:
    assert page.fetch is not None
    return PageReading(
        fetch_id=number, run_id=1, fetched_at=page.fetch.fetched_at, thread=page.thread, posts=page.posts
    )


def small_history() -> ThreadHistory:
    """Three pages that differ in what they say of the thread."""
    poll = PollSeen(question_index=0, option_index=0, question="?", option="a", votes=1)
    made = [
        reading([post(n, f"words of {n}", [quote(n - 3, f"words of {n - 3}")], is_first_post=n == 1)
                 for n in range(3 * page - 2, 3 * page + 1)], 0, page, 3, title=f"T {page}", tags=[str(page)],
                polls=[poll] * (page == 2), author_name=f"A {page}" if page > 1 else None, n_posts_declared=9)
        for page in (1, 2, 3)
    ]  # fmt: skip
    return ThreadHistory(key=ThreadKey("forum.example", "forums_Topic", 1), pages=made, outcome="ok")


def without_numbers(made: ThreadHistory) -> ThreadHistory:
    """The same thread, of which no quote names its post: found by author and words."""
    made = copy.deepcopy(made)
    for page in made.pages:
        for seen in page.posts:
            for one in seen.body.quotes:
                one.cited_post_id = one.cited_thread_id = one.cited_author_id = one.cited_at = None
    return made


HISTORIES = [demo_history(), demo_history(61), small_history(), without_numbers(demo_history())]
TRUTHS = [facts(derive(copy.deepcopy(made)).tables) for made in HISTORIES]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_neither_order_nor_repetition_nor_runs_have_a_say(data: st.DataObject) -> None:
    which = data.draw(st.integers(0, len(HISTORIES) - 1))
    made = copy.deepcopy(HISTORIES[which])
    doubles = data.draw(st.lists(st.sampled_from(made.pages), max_size=4))
    read = [*made.pages, *(copy.copy(page) for page in doubles)]
    for number, page in enumerate(data.draw(st.permutations(read)), 1):
        page.fetch_id = number
        page.run_id = data.draw(st.integers(1, 4))
        page.fetched_at = T0 + timedelta(minutes=data.draw(st.integers(0, 5000)))
    made.pages = data.draw(st.permutations(read))
    assert facts(derive(made).tables) == TRUTHS[which]


@settings(max_examples=30, deadline=None)
@given(st.permutations(range(4)))
def test_the_order_of_listings_has_no_say(order: list[int]) -> None:
    rows = [ListingRow(thread_id=1, title=f"T{number}", is_moved=number == 3) for number in range(4)]
    made = [dataclasses.replace(listed(number % 3, forum_id=number), row=rows[number]) for number in range(4)]
    key = ThreadKey("forum.example", "forums_Topic", 1)

    def derived(listings: list[Any]) -> Any:
        return facts(derive(ThreadHistory(key=key, listings=listings)).tables)

    assert derived([made[number] for number in order]) == derived(made)


def test_names_under_which_members_were_seen() -> None:
    made = small_history()
    made.pages[0].posts[0].author_name = "Annie"
    made.pages[0].posts[1].author_id = None
    assert derive(made).names == {7: {"Ann", "Annie"}}
