"""Clocks that somebody sets, in the middle of a run and between two: nothing is lost, put off for good, or reversed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from clock_help import WallClock
from crawl_help import Tool, by_id, facts, fast, keeps, rows, truth
from growing_forum import edit, say
from job_help import HEAD, forum_url, site, write_job
from mock_forum import FAULTS, Answer, Fault, MockForum, fail_then_ok, rate_limit

from crawler.commands._crawl import RUNNERS
from crawler.demo import Forum, build_many
from crawler.demo.model import Paragraph, ops

MAIN = 101
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
JUMPS = [-HOUR, DAY, -3650 * DAY]
WHEN = [("fetched_at", "fetched_at"), ("first_seen_at", "last_seen_at"), ("observed_from", "observed_to"),
        ("changed_after", "changed_before"), ("started_at", "finished_at")]  # fmt: skip


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> WallClock:
    return WallClock(monkeypatch)


@pytest.fixture
def small() -> Iterator[MockForum]:
    with MockForum(build_many(4, 12, posts_per_page=5, threads_per_page=2)) as running:
        yield running


def setting(wall: WallClock, to: timedelta, fault: Fault) -> Fault:
    """The fault, and somebody sets the clock while it happens."""

    def answer(forum: MockForum, path: str) -> Answer:
        wall.ahead = to
        return fault(forum, path)

    return answer


@pytest.mark.parametrize("jump", JUMPS)
def test_in_the_middle_of_a_run_while_a_page_waits_for_its_next_try(
    tool: Tool, mock: MockForum, wall: WallClock, monkeypatch: pytest.MonkeyPatch, jump: timedelta
) -> None:
    """The pace is kept, the wait is neither cut short nor made endless, the times of the run go forward."""
    data, home = tool.folder, tool.folder.parent
    asked = site(threads=[mock.url + mock.path(MAIN)])
    reference = Tool(data.with_name("whole"), tool._capsys)
    assert tool("crawl", write_job(home, asked, head=HEAD.replace('"out"', '"whole"'))).code == 0
    mock.clear_log()
    wait, fault = (1.0, rate_limit("1")) if jump == -HOUR else (0.4, FAULTS["server_error"])
    monkeypatch.setitem(RUNNERS, "default", fast(BACKOFF=0.4))
    mock.override(mock.path(MAIN, 2), fail_then_ok(1, setting(wall, jump, fault)))
    assert tool("crawl", write_job(home, asked, head=HEAD.replace("delay = 0.0", "delay = 0.15"))).code == 0
    assert keeps(0.15, [entry.started for entry in mock.log])
    first, second = (entry.started for entry in mock.log if entry.path == mock.path(MAIN, 2))
    assert second - first >= wait
    told = json.loads((data / "run.json").read_bytes())
    assert wait < told["seconds"] < 60
    fetched = [row["fetched_at"] for row in rows(data, "fetches")]
    assert [told["begun_at"], *fetched, told["ended_at"]] == sorted([told["begun_at"], *fetched, told["ended_at"]])
    check_times(data)
    assert tool.canonical() == reference.canonical()


@pytest.mark.parametrize("jump", [-2 * HOUR, DAY, -HOUR])
def test_between_two_runs_while_a_page_waits_for_its_next_try(
    tool: Tool, mock: MockForum, wall: WallClock, jump: timedelta
) -> None:
    """It is not put off for longer than an hour."""
    mock.override(mock.path(MAIN, 2), "server_error")
    assert tool.grab(mock.url + mock.path(MAIN)).code == 3
    mock.restore()
    wall.ahead = jump
    wall.restart()
    if jump == -HOUR:
        assert tool.grab(mock.url + mock.path(MAIN)).code == 3, "it waits"
        wall.ahead = timedelta(0)
        wall.restart()
    assert tool.grab(mock.url + mock.path(MAIN)).code == 0
    got = by_id(rows(tool.folder, "posts"))
    assert [facts(row) for row in got.values()] == [truth(post) for post in mock.forum.thread(MAIN).posts]
    check_times(tool.folder)


def test_old_pages_are_read_again_whatever_the_clock_says(
    tool: Tool, small: MockForum, wall: WallClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is set back in the middle of a run that reads some of them, and was ten years ahead in another one.

    What such a run read is not put off for ten years: nobody knows when that was.
    """
    monkeypatch.setitem(RUNNERS, "default", fast(RECHECK="age"))
    monkeypatch.setattr("crawler.recheck.SHARE", 3)
    n_pages, share = 4 * 3, (4 * 3 + 2 + 1) // 3

    def again(ahead: timedelta = timedelta(0)) -> list[str]:
        wall.ahead = ahead
        wall.restart()
        small.clear_log()
        assert tool.grab(forum_url(small)).code == 0
        return [entry.path for entry in small.log if "/topic/" in entry.path]

    assert len(again(-400 * DAY)) == n_pages
    small.override(small.forum_path(2), setting(wall, -HOUR, lambda forum, path: forum.honest(path)))
    read = again()
    assert (len(read), wall.ahead) == (share, -HOUR)
    small.restore()
    wrong = again(3650 * DAY)
    assert len(wrong) == share
    for _ in range(2):
        read += again()
    assert len(set(read)) == len(read) == n_pages, "each once"
    assert set(wrong) <= set(read)
    check_times(tool.folder)


def check_times(folder: Path) -> None:
    """Nothing was there for the last time before it was there for the first, and nothing happened before itself."""
    for table in ("posts", "threads", "versions", "events", "runs"):
        for row in rows(folder, table):
            for first, last in WHEN:
                early, late = row.get(first), row.get(last)
                assert early is None or late is None or early <= late, (table, row)


def test_a_run_whose_clock_was_a_day_ahead(tool: Tool, wall: WallClock) -> None:
    """What happened between it and the next is told, with bounds that do not cross; what is there now is as fresh."""
    with MockForum() as mock:
        forum, boards = mock.forum, [mock.url + mock.forum_path(board.forum_id) for board in mock.forum.boards]
        wall.ahead = DAY
        wall.restart()
        assert tool.grab(*boards).code == 0
        expected = happen(forum)
        mock.refresh()
        wall.ahead = timedelta(0)
        wall.restart()
        assert tool.grab(*boards, "--refresh").code == 3
        events = rows(tool.folder, "events")
        assert {(row["event"], row["thread_id"], row["post_id"]) for row in events} >= expected
        check_times(tool.folder)
        assert {row["changed_after"] for row in events if row["evidence"] != "stamp"} == {None}, "the bounds crossed"
        assert tool("verify", tool.folder).code == 0
        fresh = Tool(tool.folder.with_name("fresh"), tool._capsys)
        assert fresh.grab(*boards).code in {0, 3}
    for name in ("posts", "forums"):
        assert now(tool.folder, name) == now(fresh.folder, name)


def happen(forum: Forum) -> set[tuple[str, int, int | None]]:
    """Let something of each kind happen; what the table of events has to tell of it."""
    open_ones = [thread for thread in forum.threads if thread.board.access == "open" and len(thread.posts) > 3]
    main, other, moved, hidden = forum.thread(MAIN), *[t for t in open_ones if t.thread_id != MAIN][:3]
    changed, gone = main.posts[3], main.posts[7]
    edit(forum, main.posts[4], "On second thought, no.")
    ops.edit(changed, (Paragraph.of("I never said so."),), forum.now, None)
    ops.remove(forum, gone, forum.now)
    ops.retitle(other, "Another title", forum.now)
    board = next(board for board in forum.boards if board.access == "open" and board is not moved.board)
    ops.move(forum, moved, board, forum.now, leave_stub=False)
    ops.hide(forum, hidden, forum.now)
    say(forum, main)
    return {
        ("silently_edited", MAIN, changed.post_id),
        ("edited", MAIN, main.posts[4].post_id),
        ("missing", MAIN, gone.post_id),
        ("retitled", other.thread_id, None),
        ("moved", moved.thread_id, None),
        ("missing", hidden.thread_id, None),
    }


def now(folder: Path, name: str) -> list[dict[str, Any]]:
    """What is there now, without what only several looks can know."""
    there = {row["thread_id"] for row in rows(folder, "threads") if row["status"] == "active"}
    left_out = {"first_seen_at", "last_seen_at", "n_versions", "quotes", "n_threads_declared"}
    left_out |= {"reply_to_post_id", "reply_method", "reply_confidence"}
    return [
        {key: value for key, value in row.items() if key not in left_out}
        for row in rows(folder, name)
        if row.get("status", "active") == "active" and row.get("thread_id", min(there)) in there
    ]
