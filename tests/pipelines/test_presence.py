"""Which posts are still there, and the rank of each."""

from __future__ import annotations

from typing import Any

import pytest
from histories import history, reading, tables
from pages_made import T0, post

from pipelines.derive import derive


def statuses(rows: dict[str, list[Any]]) -> dict[int, str]:
    return {row.post_id: row.status for row in rows["posts"]}


def ranks(rows: dict[str, list[Any]]) -> dict[int, int | None]:
    return {row.post_id: row.position for row in rows["posts"]}


FULL = [post(11), post(12), post(13)]
LESS = [post(11), post(13)]


def test_a_post_is_missing_after_one_complete_reading() -> None:
    rows = tables(reading(FULL), reading(LESS, 0.5))
    assert statuses(rows) == {11: "active", 12: "missing", 13: "active"}
    assert ranks(rows) == {11: 1, 12: None, 13: 2}
    assert rows["threads"][0].n_posts_seen == 2


@pytest.mark.parametrize(("second", "status"), [(1.4, "missing"), (1.5, "removed"), (9, "removed")])
def test_a_post_is_removed_after_two_a_day_apart(second: float, status: str) -> None:
    assert statuses(tables(reading(FULL), reading(LESS, 0.5), reading(LESS, second)))[12] == status


def test_a_clock_that_was_ahead_puts_off_no_removal() -> None:
    """The first reading without the post claims to be of ten years hence."""
    pages = [reading(FULL), reading(LESS, 3650), reading(LESS, 2), reading(LESS, 2.9), reading(LESS, 3)]
    for place, page in enumerate(pages):
        page.sequence = place
    assert [statuses(tables(*pages[:n]))[12] for n in range(2, 6)] == ["missing", "missing", "missing", "removed"]


def test_a_post_that_comes_back() -> None:
    rows = tables(reading(FULL), reading(LESS, 1), reading(LESS, 3), reading(FULL, 4))
    assert set(statuses(rows).values()) == {"active"}
    assert statuses(tables(reading(FULL), reading(LESS, 1), reading(FULL, 2), reading(LESS, 3)))[12] == "missing"


def two_pages(day: float, first: list[int], second: list[int], declared: int | None = None, **given: Any) -> list[Any]:
    return [
        reading([post(n) for n in first], day, 1, 2, n_posts_declared=declared, **given),
        reading([post(n) for n in second], day, 2, 2, n_posts_declared=declared, **given),
    ]


def test_a_part_of_the_pages_proves_nothing() -> None:
    whole = two_pages(0, [1, 2], [3, 4])
    assert set(statuses(tables(*whole, two_pages(1, [1], [4])[0])).values()) == {"active"}
    assert set(statuses(tables(*whole, two_pages(1, [1], [4])[1])).values()) == {"active"}
    assert statuses(tables(*whole, *two_pages(1, [1], [4])))[2] == "missing"


def test_pages_may_be_read_in_several_runs() -> None:
    parts = two_pages(0, [1, 2], [3, 4], 4) + two_pages(1, [1, 3], [4], 3)
    parts[3].run_id = 77
    assert statuses(tables(*parts)) == {1: "active", 2: "missing", 3: "active", 4: "active"}


def test_a_thread_that_moved_while_it_was_read_proves_nothing() -> None:
    """Post 1 went after page 1 had been read: post 3 slipped to page 1 unread."""
    first = reading([post(1), post(2)], 1, 1, 2, n_posts_declared=4)
    second = reading([post(4)], 1, 2, 2, n_posts_declared=3)
    rows = tables(*two_pages(0, [1, 2], [3, 4], 4), first, second)
    assert set(statuses(rows).values()) == {"active"}
    after = two_pages(2, [2, 3], [4], 3)
    assert statuses(tables(*two_pages(0, [1, 2], [3, 4], 4), first, second, *after))[1] == "missing"


def test_a_reading_that_does_not_add_up_proves_nothing() -> None:
    rows = tables(reading(FULL, n_posts_declared=3), reading(LESS, 1, n_posts_declared=3))
    assert statuses(rows)[12] == "active"


def test_a_thread_that_became_shorter() -> None:
    rows = tables(*two_pages(0, [1, 2], [3], 3), reading([post(1), post(2)], 1, n_posts_declared=2))
    assert statuses(rows)[3] == "missing"
    assert rows["threads"][0].complete


def test_ranks_end_where_a_page_is_missing() -> None:
    pages = [reading([post(10 * page), post(10 * page + 1)], 0, page, 4) for page in (1, 2, 4)]
    assert ranks(tables(*pages)) == {10: 1, 11: 2, 20: 3, 21: 4, 40: None, 41: None}
    assert ranks(tables(*pages[1:])) == dict.fromkeys((20, 21, 40, 41))
    late = reading([post(30)], 1, 3, 4)
    assert ranks(tables(*pages, late)) == {10: 1, 11: 2, 20: 3, 21: 4, 30: 5, 40: 6, 41: 7}


def test_ranks_go_by_time_then_number_and_without_a_time_to_the_end() -> None:
    seen = [post(3, created_at=T0), post(2, created_at=T0), post(1, created_at=None)]
    assert ranks(tables(reading(seen))) == {2: 1, 3: 2, 1: 3}


def test_a_post_that_now_stands_elsewhere_is_no_post_of_this_thread() -> None:
    rows = tables(reading(FULL), elsewhere={12: 9})
    assert list(statuses(rows)) == [11, 13]
    assert {row.post_id for row in rows["versions"]} == {11, 13}


def test_a_thread_starts_once() -> None:
    def start(number: int) -> Any:
        return post(number, is_first_post=True)

    def firsts(*pages: Any) -> list[int]:
        return [row.post_id for row in tables(*pages)["posts"] if row.is_first_post]

    assert firsts(reading([start(1), post(2), post(3)])) == [1]
    assert firsts(reading([start(1), post(2)]), reading([start(2)], 1)) == [2]
    assert firsts(reading([start(2), post(3)]), reading([start(1), start(2)], 1)) == [1]
    assert firsts(reading([start(1)], n_pages=2), reading([start(2)], 1, n_pages=2)) == [1]
    gone = [reading([start(1)]), reading([start(2)], 1), reading([post(3)], 2)]
    assert firsts(*gone) == [2]
    assert firsts(reading([post(1)], page=2)) == []


def test_each_run_knows_what_it_was_the_first_to_miss() -> None:
    parts = [reading(FULL), reading(LESS, 1), reading(LESS, 3), reading([post(11)], 4)]
    for number, part in enumerate(parts, 1):
        part.run_id = number
    assert derive(history(*parts)).gone == {2: 1, 4: 1}
    back = [*parts, reading(FULL, 5)]
    assert derive(history(*back)).gone == {}
