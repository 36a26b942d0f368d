"""What became of posts and threads, and between which times."""

from __future__ import annotations

import copy
from datetime import timedelta
from typing import Any

from histories import KEY, facts, history, reading, tables
from hypothesis import given, settings
from hypothesis import strategies as st
from pages_made import DAY, T0, post

from crawler.items.history import Departure, Moment, NameSeen, Refusal
from pipelines.derive import derive
from pipelines.names import rename_events
from pipelines.rereading import FEWEST, Rereading

S = timedelta(seconds=1)
FULL, LESS = [post(11), post(12), post(13)], [post(11), post(13)]


def at(day: float) -> Any:
    return T0 + day * DAY + S


def moment(day: float) -> Moment:
    return Moment(0, T0 + day * DAY + S, int(day * 1000) + 1)


def told(rows: dict[str, list[Any]]) -> list[tuple[Any, ...]]:
    return [(row.event, row.post_id, row.changed_after, row.changed_before) for row in rows["events"]]


def test_missing_then_removed_then_back() -> None:
    assert told(tables(reading(FULL), reading(LESS, 0.5))) == [("missing", 12, at(0), at(0.5))]
    gone = [("missing", 12, at(0), at(0.5)), ("removed", 12, at(0), at(0.5))]
    rows = tables(reading(FULL), reading(LESS, 0.5), reading(LESS, 2))
    assert told(rows) == gone
    assert [row.run_id for row in rows["events"]] == [0, 2]
    back = tables(reading(FULL), reading(LESS, 0.5), reading(LESS, 2), reading(FULL, 3))
    assert told(back) == [*gone, ("restored", 12, at(2), at(3))]
    assert {row.status for row in back["posts"]} == {"active"}


def test_a_part_of_the_pages_makes_no_event() -> None:
    pages = [reading([post(1), post(2)], 0, 1, 2), reading([post(3)], 0, 2, 2)]
    assert told(tables(*pages, reading([post(1)], 1, 1, 2))) == []


def test_a_post_that_went_into_another_thread() -> None:
    gone = Departure(12, moment(0), 9, moment(1), 4, is_new=True)
    rows = tables(reading(FULL), reading(LESS, 1), elsewhere={12: 9}, departures=[gone])
    assert [(row.event, row.post_id, row.other_thread_id, row.run_id) for row in rows["events"]] == [
        ("moved", 12, 9, 4),
        ("split", None, 9, 4),
    ]
    assert {(row.changed_after, row.changed_before) for row in rows["events"]} == {(at(0), at(1))}
    known = tables(reading(FULL), reading(LESS, 1), elsewhere={12: 9}, departures=[gone._replace(is_new=False)])
    assert [row.event for row in known["events"]] == ["moved"]


def test_a_merge_is_told_by_its_posts_or_by_the_redirect() -> None:
    gone = [Departure(number, moment(0), 9, moment(2), 4, is_new=False) for number in (11, 12, 13)]
    there = dict.fromkeys((11, 12, 13), 9)
    refusal = Refusal(moment(1), 3, "moved")
    given: dict[str, Any] = {"outcome": "moved", "moved_to": 9, "elsewhere": there}
    (row,) = (e for e in tables(reading(FULL), departures=gone, **given)["events"] if e.event == "merged")
    assert (row.other_thread_id, row.changed_after, row.changed_before, row.evidence) == (9, at(0), at(2), "page")
    rows = tables(reading(FULL), departures=gone, refusals=[refusal], **given)
    (row,) = (e for e in rows["events"] if e.event == "merged")
    assert (row.changed_before, row.evidence, row.run_id) == (at(1), "redirect", 3)
    assert [(t.status, t.moved_to_thread_id, t.n_posts_seen) for t in rows["threads"]] == [("merged", 9, 0)]
    # led on since: what it was merged into is where its posts went first
    given["moved_to"] = 77
    (row,) = (e for e in tables(reading(FULL), departures=gone, **given)["events"] if e.event == "merged")
    assert row.other_thread_id == 9


def test_a_thread_that_is_not_there_any_more() -> None:
    refusal = Refusal(moment(1), 3, "not_found")
    rows = tables(reading(FULL), outcome="not_found", refusals=[refusal])
    assert told(rows) == [("missing", n, at(0), at(1)) for n in (11, 12, 13)] + [("missing", None, at(0), at(1))]
    assert {row.status for row in rows["posts"]} == {"missing"}
    again = tables(reading(FULL), reading(FULL, 2), refusals=[refusal])
    assert [row.event for row in again["events"] if row.post_id is None] == ["missing", "restored"]
    closed = tables(reading(FULL), outcome="forbidden", refusals=[refusal._replace(outcome="forbidden")])
    assert told(closed) == []
    assert {row.status for row in closed["posts"]} == {"active"}


def test_titles_and_forums() -> None:
    first = reading(FULL, 0, title="Old", forum_id=2)
    rows = tables(first, reading(FULL, 1, title="Old", forum_id=3), reading(FULL, 2, title="New", forum_id=3))
    found = [(row.event, row.from_value, row.to_value, row.changed_after, row.changed_before) for row in rows["events"]]
    assert found == [("moved", "2", "3", at(0), at(1)), ("retitled", "Old", "New", at(1), at(2))]


def test_a_title_with_the_number_of_the_page_is_no_new_title() -> None:
    pages = [reading([post(n)], 0, n, 2, title="T" if n == 1 else f"T - Page {n}") for n in (1, 2)]
    again = [reading([post(n)], 1, n, 2, title="T" if n == 1 else f"T - Page {n}") for n in (1, 2)]
    assert told(tables(*pages, *again)) == []


def test_new_names() -> None:
    def seen(day: float, name: str, post_id: int) -> NameSeen:
        return NameSeen(moment(day), post_id, name, KEY, int(day))

    made = [seen(0, "Ann", 1), seen(0, "Ann", 2), seen(1, "Ann", 9), seen(2, "Annie", 1), seen(3, "Ann", 1)]
    rows = list(rename_events(made))
    assert [(r.from_value, r.to_value, r.post_id, r.changed_after, r.changed_before) for r in rows] == [
        ("Ann", "Annie", 1, at(1), at(2)),
        ("Annie", "Ann", 1, at(2), at(3)),
    ]


def test_many_changes_without_a_mark_are_another_layout() -> None:
    n = FEWEST + 5
    before = reading([post(k, f"words of {k}") for k in range(1, n)])
    broken = reading([post(k, f"words of {k} Share") for k in range(1, n)], 1)
    found = derive(history(before, broken)).rereading
    assert (found.read, found.changed, found.implausible, found.share(1)) == ({1: n - 1}, {1: n - 1}, {1}, 1.0)
    kept = derive(history(before, broken), without=found.implausible)
    assert kept.tables["events"] == []
    assert {row.n_versions for row in kept.tables["posts"]} == {1}
    marked = reading([post(k, f"other words {k}", edited_at=T0) for k in range(1, n)], 1)
    assert derive(history(before, marked)).rereading.read == {}
    few = Rereading()
    few.add(derive(history(reading(FULL), reading([post(k, "x") for k in (11, 12, 13)], 1))).rereading)
    assert (few.changed, few.implausible) == ({1: 3}, frozenset())


def test_reactions_make_no_version() -> None:
    liked = reading([post(11, n_reactions=4, reactions=[("Like", 4)])], 1)
    rows = tables(reading([post(11)]), liked)
    assert (rows["events"], [row.version for row in rows["versions"]]) == ([], [1])


texts = st.sampled_from(["a", "b", "c"])
days = st.lists(st.dictionaries(st.integers(1, 5), texts, min_size=1), min_size=1, max_size=6)


@settings(max_examples=60, deadline=None)
@given(days, st.data())
def test_the_order_in_which_readings_are_told_of_has_no_say(states: list[dict[int, str]], data: st.DataObject) -> None:
    """Nor has the number of runs: one for each reading, or one for all."""
    pages = [
        reading([post(number, text) for number, text in sorted(state.items())], day, title=f"T{len(state)}")
        for day, state in enumerate(states)
    ]
    expected = facts(derive(history(*copy.deepcopy(pages))).tables)
    shuffled = [copy.deepcopy(pages[rank]) for rank in data.draw(st.permutations(range(len(pages))))]
    for page in shuffled:
        page.run_id = 1
    assert facts(derive(history(*shuffled)).tables) == expected
    doubled = [*pages, *(copy.deepcopy(page) for page in data.draw(st.lists(st.sampled_from(pages), max_size=2)))]
    assert facts(derive(history(*doubled)).tables)["posts"] == expected["posts"]
