"""Politeness by the server's own log, whatever the server does."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from crawl_help import Tool, fast, keeps, manifest, polite
from mock_forum import Answer, MockForum, fail_then_ok, rate_limit

from crawler.commands._crawl import RUNNERS

MAIN, OTHER = 101, 88
TEXT = {"Content-Type": "text/plain"}


def test_manners_of_a_whole_crawl_on_a_bad_day(tool: Tool, mock: MockForum, data: Path) -> None:
    """Pages that fail, are busy and move, a robots.txt with rules: pace, order, and what is never asked for."""
    delay = 0.15
    listed = mock.forum.listed(mock.forum.board(4))
    closed = next(thread for thread in listed if thread.thread_id not in {MAIN, OTHER})
    rules = f"User-agent: *\nDisallow: {closed.path}\nDisallow: /*?do=\nDisallow: /profile/\n"
    mock.override("/robots.txt", Answer(200, TEXT, rules.encode()))
    paths = [mock.path(thread.thread_id) for thread in listed if thread is not closed]
    mock.override(paths[0], fail_then_ok(1, "server_error"))
    mock.override(paths[1], fail_then_ok(1, rate_limit("2")))
    mock.override(paths[2], fail_then_ok(1, "reset"))
    mock.override(paths[3], fail_then_ok(1, "truncated"))
    result = tool("grab", mock.url + mock.forum_path(4), "--out", data, "--delay", delay)
    assert result.code in {3, 4}
    asked = polite(mock)
    assert asked.count("/robots.txt") == 1
    assert closed.path not in asked
    assert keeps(delay, [entry.started for entry in mock.log])
    assert max(mock.counts().values()) <= 3
    for path in paths[:4]:
        assert mock.count(path) == 2
    [at] = [number for number, entry in enumerate(mock.log) if entry.status == 429]
    assert mock.log[at + 1].started - mock.log[at].started >= 2, "all of the site waits"
    assert len({entry.user_agent for entry in mock.log}) == 1
    assert mock.log[0].user_agent.startswith("threadset/")


BURSTS = {"busy": rate_limit("0", 503), "too many": rate_limit("0")}


@pytest.fixture(scope="module")
def expected() -> dict[str, bytes]:
    """What a run gives that meets no failure; filled by the first test that asks for it."""
    return {}


@pytest.mark.parametrize(
    "fault", ["reset", "server_error", "truncated", "broken_chunks", "closed_early", "busy", "too many"]
)
def test_so_many_failures_and_then_none(
    tool: Tool, mock: MockForum, data: Path, expected: dict[str, bytes], fault: str
) -> None:
    """The same in the end as without them, and no page is asked for more often than its tries."""
    if not expected:
        reference = Tool(data.with_name("whole"), tool._capsys)
        assert reference.grab(mock.url + mock.forum_path(4)).code == 0
        expected |= plain(reference.canonical(), mock)
        mock.clear_log()
    for thread in mock.forum.listed(mock.forum.board(4)):
        mock.override(mock.path(thread.thread_id), fail_then_ok(2, BURSTS.get(fault, fault)))
    assert tool.grab(mock.url + mock.forum_path(4)).code == 0
    assert plain(tool.canonical(), mock) == expected
    assert max(mock.counts().values()) <= 3
    polite(mock)


def plain(exported: dict[str, bytes], mock: MockForum) -> dict[str, bytes]:
    """JSONL without the port, which each forum has its own of."""
    own = mock.url.encode()
    return {name: held.replace(own, b"HOST") for name, held in exported.items() if name.endswith(".jsonl")}


def test_a_host_that_is_down_and_comes_back(tool: Tool, mock: MockForum, data: Path) -> None:
    """Everything is refused in one run, and read in the next."""
    mock.override("/topic/*", "reset")
    result = tool.grab(mock.url + mock.forum_path(4))
    assert result.code == 3
    missing = {problem["id"] for problem in manifest(data)["completeness"]["problems"]}
    assert missing >= {thread.thread_id for thread in mock.forum.listed(mock.forum.board(4))}
    mock.restore()
    assert tool.grab(mock.url + mock.forum_path(4)).code == 0
    reference = Tool(data.with_name("whole"), tool._capsys)
    assert reference.grab(mock.url + mock.forum_path(4)).code == 0
    assert tool.canonical() == reference.canonical()


@pytest.mark.parametrize("hops", [4, 5, 6])
def test_a_robots_txt_behind_redirects(tool: Tool, mock: MockForum, data: Path, hops: int) -> None:
    """Five are followed; behind more of them it is as if it were not to be read."""
    names = ["/robots.txt", *(f"/rules{number}.txt" for number in range(1, hops + 1))]
    for name, to in pairwise(names):
        mock.override(name, Answer(302, {"Location": to}))
    mock.override(names[-1], Answer(200, TEXT, b"User-agent: *\nDisallow: /profile/\n"))
    result = tool.grab(mock.url + mock.path(OTHER))
    assert result.code == (0 if hops <= 5 else 4), result.err
    assert mock.count(mock.path(OTHER)) == (hops <= 5)


def test_a_robots_txt_that_never_ends(tool: Tool, mock: MockForum, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(RUNNERS, "default", fast(DOWNLOAD_TIMEOUT=0.5))
    mock.override("/robots.txt", "drip")
    assert tool.grab(mock.url + mock.path(OTHER)).code in {1, 4}
    assert {entry.path for entry in mock.log} == {"/robots.txt"}
