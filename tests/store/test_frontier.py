"""Which page comes next: leases, sweeps, redirects, numbers for addresses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from pages_made import DAY, HOUR, SITE, T0, end_run, error, lease, opened, post, redirect, ref, run, topic, wall

from crawler.items import PageRef, Redirect, Run
from crawler.store import STATE_FILE, Reader, Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with opened(tmp_path, seeds=[ref(1, seed=True)]) as store:
        yield store


def leased(store: Store, at: timedelta = DAY) -> list[PageRef]:
    found = []
    while (taken := lease(store, T0 + at)) is not None:
        found.append(taken)
    return found


def again(store: Store, at: timedelta = DAY, outcome: str | None = "complete", **how: bool) -> Run:
    """The next run; the one before ended with that outcome."""
    last = max(Reader(store.db).runs(), key=lambda row: row.run_id)
    if outcome is not None:
        end_run(store, last, outcome)
    started = run(T0 + at)
    store.begin_run(started, **how)
    return started


def state(store: Store, where: PageRef) -> tuple[str, str | None]:
    entry = store.frontier.get(where)
    assert entry is not None
    return entry.state, entry.outcome


def read(store: Store, where: PageRef, found: list[PageRef] | None = None) -> None:
    store.commit(topic(where.item_id, [post(where.item_id * 10)], where.page, found=found or []))


def test_a_page_is_its_numbers(store: Store) -> None:
    store.frontier.add(
        [replace(ref(1), url="https://forum.example/topic/1-another/"), ref(1, 2), ref(1, kind="forum")], 1
    )
    assert len(list(store.frontier.entries())) == 3
    assert state(store, ref(1)) == ("todo", None)


def test_the_order_is_that_of_started_threads_first(store: Store) -> None:
    store.frontier.add([ref(3), ref(2), ref(9, kind="forum")], 1)
    store.frontier.add([ref(2, 3), ref(2, 2)], 2)
    assert [where.key[1:] for where in leased(store)] == [
        ("topic", 2, 2), ("topic", 2, 3), ("forum", 9, 1), ("topic", 2, 1), ("topic", 3, 1), ("topic", 1, 1),
    ]  # fmt: skip


def test_a_lease_is_given_once_and_given_back(store: Store) -> None:
    assert leased(store) == [ref(1, seed=True)]
    assert store.frontier.counts().leased == 1
    store.frontier.release(ref(1))
    store.frontier.release(ref(1))
    assert leased(store) == [ref(1, seed=True)]


def test_a_killed_run_loses_its_leases_only(store: Store) -> None:
    read(store, leased(store)[0], [ref(2), ref(3)])
    assert len(leased(store)) == 2
    sweep = store.frontier.sweep
    with Store(store.path) as other:
        other.begin_run(run(T0 + HOUR))
        assert other.frontier.sweep == sweep
        assert (other.frontier.counts().todo, other.frontier.counts().done) == (2, 1)


def test_a_finished_sweep_is_followed_by_a_new_one(store: Store) -> None:
    read(store, leased(store)[0], [ref(1, 2)])
    read(store, leased(store)[0])
    again(store)
    assert store.frontier.counts().open == 0
    store.frontier.add_seeds([ref(1, seed=True)])
    assert leased(store) == [ref(1, seed=True)]
    store.frontier.add([ref(1, 2)], 1)
    assert [where.page for where in leased(store)] == [2]


def test_a_sweep_that_goes_on_leaves_what_is_done(store: Store) -> None:
    read(store, leased(store)[0], [ref(2)])
    again(store, outcome=None)
    store.frontier.add_seeds([ref(1, seed=True)])
    assert leased(store) == [ref(2)]


def test_a_refresh_begins_anew_and_keeps_what_is_open(store: Store) -> None:
    read(store, leased(store)[0], [ref(2), ref(3)])
    taken = leased(store)
    again(store, refresh=True)
    store.frontier.add_seeds([ref(1, seed=True)])
    assert store.frontier.counts().todo == 3
    assert len(taken) == 2
    assert sorted(where.item_id for where in leased(store)) == [1, 2, 3]
    store.frontier.add([ref(2)], 1)
    assert leased(store) == []


@pytest.mark.parametrize("kind", ["server_error", "challenge", "unreachable"])
def test_what_failed_in_passing_is_tried_in_the_next_run_but_holds_up_no_sweep_for_ever(
    store: Store, kind: str
) -> None:
    store.max_attempts = 1
    first = leased(store)[0]
    read(store, first, [ref(2), ref(3)])
    sweep = store.frontier.sweep
    leased(store)
    store.commit(wall(kind, ref(2)))
    read(store, ref(3))
    again(store)
    assert (store.frontier.sweep, leased(store)) == (sweep, [ref(2)])
    store.commit(wall(kind, ref(2)))
    again(store)
    assert store.frontier.sweep == sweep + 1
    store.frontier.add_seeds([first])
    assert leased(store) == [first]


def test_what_failed_for_good_waits_for_the_next_sweep(store: Store) -> None:
    leased(store)
    store.commit(error("lost_posts", ref(1)))
    sweep = store.frontier.sweep
    again(store)
    assert (store.frontier.sweep, leased(store)) == (sweep + 1, [])


def test_walls_are_tried_again_when_a_sweep_goes_on(store: Store) -> None:
    read(store, leased(store)[0], [ref(2), ref(3)])
    leased(store)
    store.commit(wall("login", ref(2)))
    again(store, outcome=None)
    assert [where.item_id for where in leased(store)] == [2, 3]


def test_a_wait_outlives_the_run_and_a_wrong_clock_does_not(store: Store) -> None:
    leased(store)
    store.commit(error("rate_limit", ref(1), at=T0, retry_after=600.0))
    again(store, at=MINUTES[5], outcome=None)
    assert leased(store, MINUTES[5]) == []
    assert leased(store, MINUTES[10]) == [ref(1, seed=True)]
    store.commit(error("rate_limit", ref(1), at=T0 + 400 * DAY, retry_after=600.0))
    again(store, at=MINUTES[20], outcome=None)
    assert leased(store, MINUTES[20]) == [ref(1, seed=True)]


MINUTES = {n: n * timedelta(minutes=1) for n in (5, 10, 20)}


def test_known_outcomes_keep_the_run_that_told_of_them(store: Store) -> None:
    def first_run() -> int | None:
        leased(store)
        store.commit(error("not_found", ref(1)))
        entry = store.frontier.get(ref(1))
        return entry.outcome_run if entry else None

    assert first_run() == 1
    again(store)
    store.frontier.add_seeds([ref(1, seed=True)])
    assert first_run() == 1


@pytest.mark.parametrize("outcome", [None, "stopped"])
def test_what_a_stopped_run_met_is_told_by_the_next(store: Store, outcome: str | None) -> None:
    store.frontier.add([ref(2)], 1)
    leased(store)
    store.commit(error("not_found", ref(1)))
    again(store, outcome=outcome)
    entry = store.frontier.get(ref(1))
    assert entry is not None
    assert entry.outcome_run == 2


def test_a_redirect_to_the_same_page_is_another_turn_at_another_address(store: Store) -> None:
    moved = replace(ref(1), url=f"https://{SITE}/topic/1-new/")
    leased(store)
    store.commit(redirect(ref(1), moved))
    entry = store.frontier.get(ref(1))
    assert entry is not None
    assert (entry.hops, entry.attempts, entry.url) == (1, 0, moved.url)
    assert Reader(store.db).history(Reader(store.db).threads()[0]).moved_to is None
    for _ in range(5):
        leased(store)
        store.commit(redirect(ref(1), moved))
    assert state(store, ref(1)) == ("failed", "redirect_loop")


def test_a_moved_thread_and_one_that_came_back(store: Store) -> None:
    def moved_to(thread_id: int) -> int | None:
        reader = Reader(store.db)
        return {key.thread_id: reader.history(key).moved_to for key in reader.threads()}[thread_id]

    leased(store)
    store.commit(redirect(ref(1), ref(8)))
    assert state(store, ref(1)) == ("done", "moved")
    read(store, leased(store)[0])
    assert (moved_to(1), moved_to(8)) == (8, None)
    seen_at = store.db.execute("SELECT seen_at FROM aliases").fetchone()
    again(store)
    store.frontier.add_seeds([ref(1)])
    leased(store)
    store.commit(redirect(ref(1), ref(8), at=T0 + DAY))
    assert store.db.execute("SELECT seen_at FROM aliases").fetchone() == seen_at
    again(store, outcome="stopped", refresh=True)
    store.frontier.add_seeds([ref(1)])
    leased(store)
    read(store, ref(1))
    assert moved_to(1) is None


@pytest.mark.parametrize("length", [2, 3])
def test_threads_that_redirect_in_a_circle_are_never_settled_as_moved(store: Store, length: int) -> None:
    numbers = [1, 8, 9][:length]
    for number, target in zip(numbers, [*numbers[1:], 1], strict=True):
        assert [where.item_id for where in leased(store)] == [number]
        store.commit(redirect(ref(number), ref(target)))
    assert leased(store) == []
    assert state(store, ref(numbers[-1])) == ("failed", "redirect_loop")


def test_a_chain_of_moves_is_no_circle(store: Store) -> None:
    for number, target in ((1, 8), (8, 9)):
        leased(store)
        store.commit(redirect(ref(number), ref(target)))
    assert leased(store) == [ref(9)]
    read(store, ref(9))
    assert store.frontier.counts().done == 3


def test_seeds_are_marked_whoever_found_them_first(store: Store) -> None:
    store.frontier.add([ref(4)], 3)
    store.frontier.add_seeds([ref(4, seed=True)])
    entry = store.frontier.get(ref(4))
    assert entry is not None
    assert (entry.is_seed, entry.depth) == (True, 3)


def test_a_run_that_cannot_begin_changes_nothing(tmp_path: Path) -> None:
    import sqlite3

    with opened(tmp_path) as store:
        end_run(store, next(Reader(store.db).runs()))
        sweep = store.frontier.sweep
        broken = run()
        broken.config = None  # type: ignore[assignment]
        with pytest.raises(sqlite3.IntegrityError):
            store.begin_run(broken)
        assert (store.frontier.sweep, store.run_id) == (sweep, 1)
    with Store(tmp_path / STATE_FILE) as store:
        assert store.frontier.sweep == sweep


def test_a_redirect_without_a_target_is_a_redirect(store: Store) -> None:
    page = redirect(ref(1), None)
    assert isinstance(page, Redirect)
    leased(store)
    store.commit(page)
    assert state(store, ref(1)) == ("failed", "redirected_away")
