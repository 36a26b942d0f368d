"""A forum that changes its ways between two runs, or in the middle of one: what is there then is found all the same."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from crawl_help import Tool, fast, rows
from growing_forum import begin, edit, say
from mock_forum import Answer, MockForum

from crawler import clock
from crawler.commands._crawl import RUNNERS
from crawler.demo import build_many

N_THREADS = 11
LOOK = {"first_seen_at", "last_seen_at", "n_views", "n_versions", "quotes", "observed_from", "observed_to", "run_id"}
LOOK |= {"page", "url", "version", "reply_to_post_id", "reply_method", "reply_confidence"}
"""What only several looks can know, and where a post stood at the last one."""

Run = Callable[..., int]


@pytest.fixture
def site() -> Any:
    with MockForum(build_many(N_THREADS, 17, seed=4, posts_per_page=5, threads_per_page=4)) as running:
        yield running


@pytest.fixture
def run(tool: Tool, site: MockForum, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A run with that policy, as often as it takes; the exit code of the last."""

    def crawl(recheck: str = "age", times: int = 1, into: Tool = tool, **settings: object) -> int:
        monkeypatch.setitem(RUNNERS, "default", fast(RECHECK=recheck, **settings))
        code = 0
        for _ in range(times):
            site.refresh()
            code = into.grab(site.url + site.forum.boards[0].path).code
            assert code in {0, 3}
        return code

    return crawl


def as_fresh(tool: Tool, run: Run, *, status: str = "active") -> None:
    """The rows of now are those of a first crawl; nothing is told of that did not happen."""
    fresh = Tool(tool.folder.with_name("fresh"), tool._capsys)
    assert run("all", into=fresh) == 0
    for name in ("posts", "threads", "versions"):
        assert there(tool.folder, name, status) == there(fresh.folder, name, status), name
    assert tool("verify", tool.folder).code == 0


def there(folder: Path, name: str, status: str) -> list[dict[str, Any]]:
    return [
        {key: value for key, value in row.items() if key not in LOOK}
        for row in rows(folder, name)
        if row.get("status", status) == status and row.get("is_current", True)
    ]


@pytest.mark.parametrize("per_page", [3, 8])
def test_pages_of_another_size(run: Run, site: MockForum, tool: Tool, per_page: int) -> None:
    """All posts stand on other pages than before: none is missing, none is new, and a new one is found."""
    run()
    site.forum.posts_per_page = per_page
    say(site.forum, site.forum.thread(3))
    assert run(times=2) == 0
    assert rows(tool.folder, "events") == []
    for thread in site.forum.threads:
        say(site.forum, thread)
    assert run(times=2) == 0
    as_fresh(tool, run)
    assert rows(tool.folder, "events") == []


def test_listings_of_another_size(run: Run, site: MockForum, tool: Tool) -> None:
    run()
    site.forum.threads_per_page = 4
    say(site.forum, site.forum.thread(9))
    begin(site.forum, 900)
    assert run() == 0
    as_fresh(tool, run)


def test_a_listing_in_another_order(run: Run, site: MockForum, tool: Tool, monkeypatch: pytest.MonkeyPatch) -> None:
    """By number in the place of time: what is new may stand anywhere, and is found."""
    run()
    board = type(site.forum)
    monkeypatch.setattr(
        board, "listed", lambda forum, board: sorted((t for t in forum.threads if t.board is board), key=_number)
    )
    for number in (10, 2):
        say(site.forum, site.forum.thread(number))
    begin(site.forum, 900)
    assert run("off") == 0
    as_fresh(tool, run)


def _number(thread: Any) -> int:
    return int(thread.thread_id)


def test_a_listing_that_grows_while_it_is_walked(run: Run, site: MockForum, tool: Tool) -> None:
    """Each page that is read pushes a thread down onto the next one."""
    new = iter(range(900, 904))

    def growing(forum: MockForum, path: str) -> Answer:
        found = forum.honest(path)
        number = next(new, None)
        if number is not None:
            begin(forum.forum, number)
            forum.refresh()
        return found

    site.override(site.forum_path(site.forum.boards[0].forum_id) + "*", growing)
    run()
    run("off")
    site.restore()
    assert run("off") == 0
    as_fresh(tool, run)


def test_threads_that_go_up_while_the_listing_is_walked(run: Run, site: MockForum, tool: Tool) -> None:
    """A thread from a page that is still to come goes to the top of one that has been read."""
    run()
    old = iter((1, 2, 3))
    board = site.forum.boards[0]

    def stirred(forum: MockForum, path: str) -> Answer:
        found = forum.honest(path)
        number = next(old, None)
        if number is not None:
            say(forum.forum, forum.forum.thread(number))
            forum.refresh()
        return found

    say(site.forum, site.forum.thread(6))
    site.override(site.forum_path(board.forum_id) + "*", stirred)
    run("off")
    site.restore()
    assert run("off", times=2) == 0
    as_fresh(tool, run)


@pytest.mark.parametrize("days", [-1, 400, pytest.param(-400, marks=pytest.mark.slow)])
def test_a_clock_that_is_wrong_in_between(
    run: Run, site: MockForum, tool: Tool, monkeypatch: pytest.MonkeyPatch, days: int
) -> None:
    """What a run reads outranks what earlier ones read, whatever the time was."""
    run()
    start = clock._START
    monkeypatch.setattr(clock, "_START", start + timedelta(days=days))
    edit(site.forum, site.forum.thread(5).posts[2], "First I thought so.")
    say(site.forum, site.forum.thread(5))
    run("all")
    monkeypatch.setattr(clock, "_START", start + timedelta(hours=1))
    edit(site.forum, site.forum.thread(5).posts[2], "Now I think otherwise.")
    assert run("all") == 0
    as_fresh(tool, run)


def test_kills_between_epochs(run: Run, site: MockForum, tool: Tool) -> None:
    """The forum goes on while a run is broken off again and again."""
    for step in range(8):
        say(site.forum, site.forum.thread(step % 3 + 1))
        edit(site.forum, site.forum.thread(step + 4).posts[1], f"Thought number {step}.")
        run("all", PAGE_BUDGET=9)
    assert run("all", times=3) == 0
    as_fresh(tool, run)
