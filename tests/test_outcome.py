"""What is missing, and the exit code that says so."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from crawler.items import TABLES, Forum, FrontierPage, Thread
from crawler.outcome import (
    BLOCKED,
    COMPLETE,
    ERROR,
    INCOMPLETE,
    LOCKED,
    NOT_READ,
    PRECEDENCE,
    REASONS,
    USAGE,
    Outcome,
    Problem,
    judge_forum,
    judge_pages,
    judge_thread,
)
from crawler.store.settle import BLOCKS, NOT_UNDERSTOOD, PASSING, SETTLED, WALLS

SWEEP, RUN = 5, 9


def entry(outcome: str | None = None, state: str = "failed", **given: Any) -> FrontierPage:
    values: dict[str, Any] = {
        "site": "forum.example", "kind": "topic", "item_id": 1, "page": 1, "url": "u", "sweep": SWEEP,
        "is_seed": False, "depth": 0, "outcome_run": RUN,
    }  # fmt: skip
    if outcome in SETTLED:
        state = "done"
    return FrontierPage(state=state, outcome=outcome, **(values | given))


def judged(*entries: FrontierPage) -> list[Problem]:
    return judge_pages(entries, sweep=SWEEP, run_id=RUN)


def code(*entries: FrontierPage) -> int:
    return Outcome(judged(*entries)).exit_code


def problem(exit_code: int) -> Problem:
    return Problem("s", "thread", 1, 1, "u", "x", "reason", "fix", exit_code)


def test_the_highest_code_counts() -> None:
    assert PRECEDENCE == (LOCKED, USAGE, NOT_READ, BLOCKED, ERROR, INCOMPLETE, COMPLETE) == (6, 2, 5, 4, 1, 3, 0)
    for one, other in itertools.product(PRECEDENCE, PRECEDENCE):
        first = PRECEDENCE[min(PRECEDENCE.index(one), PRECEDENCE.index(other))]
        assert Outcome([problem(one), problem(other)]).exit_code == first


@pytest.mark.parametrize(
    ("exit_code", "name"), [(0, "complete"), (3, "incomplete"), (4, "blocked"), (1, "error"), (5, "error")]
)
def test_the_name_of_a_run(exit_code: int, name: str) -> None:
    outcome = Outcome([problem(exit_code)])
    assert (outcome.name, outcome.complete) == (name, exit_code == 0)
    assert (Outcome().name, Outcome().complete) == ("complete", True)


@pytest.mark.parametrize("outcome", ["ok", "moved"])
def test_what_is_done_is_no_problem(outcome: str) -> None:
    assert judged(entry(outcome, "done", is_seed=True)) == []


@pytest.mark.parametrize("state", ["todo", "leased"])
def test_what_waits_is_incomplete(state: str) -> None:
    (found,) = judged(entry("server_error", state, is_seed=True))
    assert (found.outcome, found.exit_code) == ("waiting", INCOMPLETE)
    assert "not fetched yet" in found.reason


@pytest.mark.parametrize("outcome", sorted(SETTLED))
def test_a_thread_that_is_gone_counts_in_the_run_that_first_meets_it(outcome: str) -> None:
    assert code(entry(outcome, is_seed=True)) == INCOMPLETE
    (known,) = judged(entry(outcome, outcome_run=RUN - 1, is_seed=True))
    assert (known.known, known.exit_code) == (True, COMPLETE)
    assert code(entry(outcome, outcome_run=RUN - 1, sweep=SWEEP - 1)) == COMPLETE
    assert code(entry(outcome, outcome_run=None)) == INCOMPLETE


def test_only_whole_threads_may_be_gone() -> None:
    assert code(entry("not_found", page=2, outcome_run=1)) == INCOMPLETE
    assert code(entry("not_found", kind="forum", outcome_run=1)) == INCOMPLETE


@pytest.mark.parametrize("seed", [False, True])
@pytest.mark.parametrize(
    "outcome", sorted((PASSING | NOT_UNDERSTOOD | WALLS | {"too_large", "offsite", "private"}) - SETTLED)
)
def test_failures(outcome: str, seed: bool) -> None:
    if outcome in NOT_UNDERSTOOD:
        expected = NOT_READ
    elif outcome in BLOCKS | {"robots", "no_robots"} or (seed and outcome in WALLS):
        expected = BLOCKED
    else:
        expected = ERROR if seed else INCOMPLETE
    assert code(entry(outcome, is_seed=seed)) == expected
    assert code(entry(outcome, is_seed=seed, sweep=SWEEP - 1)) == INCOMPLETE


def test_what_a_problem_says() -> None:
    (found,) = judged(entry("login", error="2F173/H", page=3))
    assert found.as_json() == {
        "site": "forum.example", "kind": "login", "what": "thread_page", "id": 1, "page": 3, "url": "u",
        "reason": REASONS["login"][0] + " (2F173/H)", "fix": REASONS["login"][1],
    }  # fmt: skip
    assert [p.what for p in judged(entry("login"), entry("login", kind="forum"))] == ["thread", "listing_page"]


def first(**given: Any) -> FrontierPage:
    return entry("ok", "done", **given)


@pytest.mark.parametrize("outcome", ["not_found", "server_error"])
def test_a_page_that_the_thread_has_no_more_is_not_missed(outcome: str) -> None:
    old = entry(outcome, page=3, sweep=SWEEP - 1)
    assert code(first(), old) == COMPLETE
    assert code(first(sweep=SWEEP - 1), old) == INCOMPLETE
    assert code(entry("server_error", "failed"), old) == INCOMPLETE
    assert code(first(), entry(outcome, page=3)) == INCOMPLETE
    assert code(first(item_id=0), old) == INCOMPLETE
    assert code(first(kind="forum", item_id=1), old) == INCOMPLETE
    assert code(first(), entry("server_error", "todo", page=3, sweep=SWEEP - 1)) == INCOMPLETE


def row(table: str, **given: Any) -> Any:
    values = {column.name: None for column in TABLES[table].columns}
    return TABLES[table].row(**(values | {"site": "s"} | given))


def thread(**given: Any) -> Thread:
    values = {
        "thread_id": 4,
        "status": "active",
        "complete": False,
        "n_pages": 1,
        "n_posts_seen": 2,
        "first_seen_at": 1,
    }
    made: Thread = row("threads", **(values | given))
    return made


def test_a_thread_that_does_not_add_up() -> None:
    found = judge_thread(thread(n_posts_declared=3), set())
    assert found is not None
    assert (found.exit_code, found.what, found.outcome) == (INCOMPLETE, "posts", "count")
    assert found.reason == "2 posts were read, the thread says 3"
    unknown = judge_thread(thread(n_pages=None), set())
    assert unknown is not None
    assert unknown.reason == "2 posts were read, but pages are missing, or posts that stood on them before"


@pytest.mark.parametrize(
    "given", [{"complete": True}, {"status": "missing"}, {"status": "moved"}, {"first_seen_at": None}]
)
def test_a_thread_that_needs_no_word(given: dict[str, Any]) -> None:
    assert judge_thread(thread(**given), set()) is None


def test_what_is_told_of_already_is_not_told_twice() -> None:
    assert judge_thread(thread(), {("s", 4)}) is None
    assert judge_forum(row("forums", forum_id=4, complete=False), {("s", 4)}) is None


def test_a_forum_that_was_not_read_to_its_end() -> None:
    forum: Forum = row("forums", forum_id=4, complete=False)
    found = judge_forum(forum, {("s", 5)})
    assert found is not None
    assert (found.exit_code, found.what) == (INCOMPLETE, "listing_page")
    forum.complete = True
    assert judge_forum(forum, set()) is None
