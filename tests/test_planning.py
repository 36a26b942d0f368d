"""Which pages are worth a request."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.items import ListingRow
from crawler.planning import (
    LOOKAHEAD,
    KnownPage,
    KnownThread,
    PageSays,
    RowSays,
    is_stale,
    listing_ends,
    pages_by_age,
    pages_for_page,
    pages_for_row,
)

T0 = datetime(2026, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)
PER_PAGE = 5


def pages_of(posts: list[int]) -> dict[int, tuple[int, ...]]:
    return {n // PER_PAGE + 1: tuple(posts[n : n + PER_PAGE]) for n in range(0, max(len(posts), 1), PER_PAGE)}


def row(n_posts: int | None = 12, at: datetime | None = T0, **given: Any) -> ListingRow:
    values: dict[str, Any] = {"title": "T"} | given
    return ListingRow(thread_id=1, n_replies=None if n_posts is None else n_posts - 1, last_post_at=at, **values)


def known(n_posts: int = 12, **given: Any) -> KnownThread:
    pages = pages_of(list(range(1, n_posts + 1)))
    values: dict[str, Any] = {"n_posts": n_posts, "n_pages": len(pages), "forum_id": 2, "last_post_at": T0}
    values |= {"posts": pages, "row": row(n_posts), "row_forum_id": 2}
    return KnownThread(**(values | given))


def says(posts: list[int], page: int, n_posts: int | None = -1, forum_id: int = 2) -> PageSays:
    pages = pages_of(posts)
    return PageSays(page, len(pages), len(posts) if n_posts == -1 else n_posts, forum_id, pages[page])


@pytest.mark.parametrize(
    ("listed", "forum_id", "pages"),
    [
        (row(), 2, []),
        (row(14, T0 + DAY), 2, [3]),
        (row(12, T0 + DAY), 2, [3]),
        (row(14), 2, [3]),
        (row(11), 2, [1]),
        (row(12, T0 - DAY), 2, [1]),
        (row(13, T0 - DAY), 2, [1]),
        (row(None), 2, []),
        (row(None, T0 + DAY), 2, [3]),
        (row(12, None), 2, []),
        (row(title="New"), 2, [1]),
        (row(is_locked=True), 2, [1]),
        (row(), 9, [1]),
        (row(14, T0 + DAY, title="New"), 2, [1, 3]),
    ],
)
def test_a_row_of_a_listing(listed: ListingRow, forum_id: int, pages: list[int]) -> None:
    assert pages_for_row(known(), listed, forum_id) == pages


def test_a_thread_that_was_not_read_whole() -> None:
    assert pages_for_row(None, row(), 2) == [1]
    assert pages_for_row(known(posts={1: (1,)}), row(), 2) == [1]
    gone = KnownThread(row=row(), row_forum_id=2, is_settled=True)
    assert pages_for_row(gone, row(), 2) == []
    assert pages_for_row(gone, row(13), 2) == [1]


def test_a_thread_that_no_listing_named() -> None:
    assert pages_for_row(known(row=None, row_forum_id=None), row(), 2) == []
    assert pages_for_row(known(row=None, row_forum_id=None), row(), 3) == [1]


def test_a_listing_that_counts_more_than_the_pages_show() -> None:
    assert pages_for_row(known(row=row(14)), row(14), 2) == []
    assert pages_for_row(known(row=row(14)), row(15), 2) == [3]
    assert pages_for_row(known(row=row(14)), row(14, T0 + DAY), 2) == [3]


def test_an_old_copy() -> None:
    old = list(range(1, 11))
    assert is_stale(known(), says(old, 1), row(12))
    assert is_stale(known(), says(old, 1), row(14, T0 + DAY))
    assert not is_stale(known(), says(old, 1), row(10))
    assert not is_stale(known(), says(old, 1), row(12, T0 - DAY))
    assert not is_stale(known(), says([*old, 11, 12], 1), row(12))
    assert not is_stale(known(), says(old, 1), None)
    assert not is_stale(None, says(old, 1), row(12))
    assert not is_stale(known(), says(old, 1, None), row(12))


def test_pages_of_a_thread() -> None:
    old = list(range(1, 13))
    assert pages_for_page(None, says(old, 1)) is None
    assert pages_for_page(known(posts={}), says(old, 1)) is None
    assert pages_for_page(known(), says(old, 2)) == []
    assert pages_for_page(known(), says([*old, 13], 3)) == []
    assert pages_for_page(known(), says([*old, *range(13, 22)], 3)) == [4, 5]
    assert pages_for_page(known(), says([*old, 13], 1)) == [3]
    assert pages_for_page(known(), says([*old, *range(13, 22)], 1, None)) == [3, 4, 5]
    assert pages_for_page(known(), says([*old[:3], *old[4:], 13, 14], 3)) == [1, 2]
    assert pages_for_page(known(), says(old[:-1], 1)) == [2, 3]
    assert pages_for_page(known(), says(old[:9], 1)) == [2]
    assert pages_for_page(known(), says([0, *old], 2)) == [1, 3]
    assert pages_for_page(known(), says(old, 3), row(12, T0 - DAY)) == [1, 2]
    assert pages_for_page(known(), says([*old, 13], 3, forum_id=9)) == [1]


def test_a_pager_that_lies_costs_no_more_than_it_may() -> None:
    page = PageSays(3, 999_999, 13, 2, (11, 12, 13))
    assert pages_for_page(known(), page) == list(range(4, 4 + LOOKAHEAD))
    assert pages_for_page(known(), PageSays(20, 999_999, 13, 2, (99,))) == [3, *range(21, 21 + LOOKAHEAD)]


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_whatever_happened_is_found_by_following_the_plan(data: st.DataObject) -> None:
    """Removals anywhere, new posts at the end: unless as many went as came back, all that is there is known then."""
    before = list(range(1, data.draw(st.integers(1, 30)) + 1))
    gone = data.draw(st.sets(st.sampled_from(before), max_size=4))
    new = list(range(100, 100 + data.draw(st.integers(0, 12))))
    after = [post for post in before if post not in gone] + new
    if not after or (not gone and not new):
        return
    was = known(len(before))
    last = T0 + DAY if new else T0 if before[-1] in after else T0 - DAY
    listed = row(len(after), last)
    is_pages, todo, read = pages_of(after), pages_for_row(was, listed, 2), set[int]()
    while todo:
        page = min(todo.pop(), len(is_pages))  # the last page answers for those that are not there any more
        if page in read:
            continue
        read.add(page)
        todo += [n for n in pages_for_page(was, says(after, page), listed) or [] if n not in read]
    found = {page: posts for page, posts in was.posts.items() if page <= len(is_pages)}
    found |= {page: is_pages[page] for page in read}
    assert [post for page in sorted(found) for post in found[page]] == after
    if not gone:
        assert len(read) <= len(new) // PER_PAGE + 2
    assert len(read) <= len(is_pages)


def rows(*days: float | None, changed: set[int] = frozenset(), **given: Any) -> list[RowSays]:  # type: ignore[assignment]
    made = [row(at=None if day is None else T0 + day * DAY, **given) for day in days]
    return [RowSays(one, rank in changed) for rank, one in enumerate(made)]


def test_where_a_listing_ends() -> None:
    assert listing_ends(rows(9, 8, 7), T0 + 9 * DAY)
    assert not listing_ends(rows(9, 8, 7), None)
    assert not listing_ends(rows(9, 8, 7, changed={0, 1, 2}), T0 + 9 * DAY)
    assert listing_ends(rows(12, 11, 7, changed={0, 1}), T0 + 9 * DAY)
    assert not listing_ends(rows(12, 11, 9, changed={0, 1}), T0 + 9 * DAY)
    assert not listing_ends(rows(1, 2, 3), T0 + 9 * DAY)
    assert not listing_ends(rows(3, None, 1), T0 + 9 * DAY)
    assert not listing_ends(rows(3, 2, is_pinned=True), T0 + 9 * DAY)
    assert listing_ends([*rows(1, is_pinned=True), *rows(9, 8)], T0 + 9 * DAY)
    assert not listing_ends(rows(3, 2, is_moved=True), T0 + 9 * DAY)
    assert not listing_ends([], T0)


def test_the_younger_the_more_often() -> None:
    def page(number: int, age: float, unread: float) -> KnownPage:
        return KnownPage(("s", "topic", number, 1), T0 - unread * DAY, T0 - age * DAY)

    pages = [page(1, 10, 2), page(2, 100, 2), page(3, 100, 20), page(4, 1000, 99), page(5, 1, 0.5), page(6, 1000, 100)]
    assert [key[2] for key in pages_by_age(pages, T0, 9)] == [5, 1, 3, 6]
    assert [key[2] for key in pages_by_age(pages, T0, 2)] == [5, 1]
    assert pages_by_age(pages, T0, 0) == []
    assert pages_by_age([page(1, 0, 0)], T0, 5) == []
    ahead = [page(7, 50, -3650), page(8, 50, -0.01)]
    assert [key[2] for key in pages_by_age(pages + ahead, T0, 9)] == [7, 5, 1, 3, 6], "read by a clock that was wrong"
