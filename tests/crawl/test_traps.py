"""Pages that lie, break off or never end: nothing is lost in silence, and nothing is asked for without end."""

from __future__ import annotations

import hashlib
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from crawl_help import Tool, by_id, facts, fast, manifest, polite, rows, truth
from mock_forum import Answer, MockForum, edited, endless_next, fail_then_ok, rate_limit

from crawler.commands._crawl import RUNNERS

MAIN = 101


def _posts(data: Path, mock: MockForum, thread_id: int) -> None:
    """The rows are those of the thread."""
    got = by_id(rows(data, "posts"))
    assert [facts(row) for row in got.values()] == [truth(post) for post in mock.forum.thread(thread_id).posts]


def _outcomes(data: Path) -> list[tuple[int | None, str]]:
    return [(row["status"], row["outcome"]) for row in rows(data, "fetches") if row["page_kind"] != "robots"]


def test_a_page_that_names_itself_as_the_next(tool: Tool, mock: MockForum, data: Path) -> None:
    mock.override(mock.path(MAIN, 2), "self_next")
    assert tool.grab(mock.url + mock.path(MAIN)).code == 0
    assert mock.count(mock.path(MAIN, 2)) == 1
    _posts(data, mock, MAIN)


def test_pages_without_end_that_repeat_the_first(tool: Tool, mock: MockForum, data: Path) -> None:
    def silent(body: bytes) -> bytes:
        return body.replace(b"CommentAction", b"OtherAction")  # else the number of posts gives the lie to the pager

    mock.override(mock.path(88) + "*", lambda forum, path: Answer(body=silent(endless_next(forum, path).body)))
    result = tool.grab(mock.url + mock.path(88))
    assert result.code == 3, result
    assert len(polite(mock)) < 10
    assert len(rows(data, "posts")) == mock.forum.thread(88).n_posts
    assert not manifest(data)["completeness"]["complete"]


def test_a_pager_that_promises_a_billion_pages(tool: Tool, mock: MockForum, data: Path) -> None:
    mock.override(mock.path(MAIN), "huge_pages")
    result = tool.grab(mock.url + mock.path(MAIN))
    assert result.code == 0, "the other pages know better"
    assert len(polite(mock)) < 60
    _posts(data, mock, MAIN)


def test_every_pager_promises_a_billion_pages(tool: Tool, mock: MockForum, data: Path) -> None:
    mock.override(mock.path(MAIN) + "*", "huge_pages")
    result = tool.grab(mock.url + mock.path(MAIN))
    assert result.code == 3
    assert len(polite(mock)) < 60
    assert len(rows(data, "posts")) == mock.forum.thread(MAIN).n_posts


def test_a_pager_of_a_listing_that_promises_a_billion_pages(tool: Tool, mock: MockForum, data: Path) -> None:
    def honest(forum: MockForum, path: str) -> bytes:
        return forum.honest(path if path.endswith("/page/2/") else mock.forum_path(4)).body

    def huge(forum: MockForum, path: str) -> Answer:
        return Answer(body=re.sub(rb'ages="\d+"', b'ages="9999"', honest(forum, path)))

    mock.override(mock.forum_path(4) + "*", huge)
    result = tool.grab(mock.url + mock.forum_path(4))
    assert result.code == 3
    assert len(polite(mock)) < 60


def test_a_depth_bomb_costs_no_post(tool: Tool, mock: MockForum, data: Path) -> None:
    mock.override(mock.path(MAIN, 2), "depth_bomb")
    assert tool.grab(mock.url + mock.path(MAIN)).code == 0
    assert len(rows(data, "posts")) == mock.forum.thread(MAIN).n_posts


def test_a_depth_bomb_without_an_end_is_told_of(tool: Tool, mock: MockForum, data: Path) -> None:
    body = mock.honest(mock.path(MAIN, 2)).body
    place = body.index(b"<p>", body.index(b"commentContent"))
    body = body[:place] + b"<div>" * 3000 + body[place:]
    mock.override(mock.path(MAIN, 2), Answer(body=body))
    assert tool.grab(mock.url + mock.path(MAIN)).code == 5
    assert manifest(data)["completeness"]["problems"]
    assert {row["page"] for row in rows(data, "posts")} == {1, 3}


def test_a_forged_post_is_none(tool: Tool, mock: MockForum, data: Path) -> None:
    mock.override(mock.path(88), "forged_post")
    assert tool.grab(mock.url + mock.path(88)).code == 0
    assert 999 not in by_id(rows(data, "posts"))
    assert len(rows(data, "posts")) == mock.forum.thread(88).n_posts


def test_a_post_that_stands_twice_is_one(tool: Tool, mock: MockForum, data: Path) -> None:
    mock.override(mock.path(88), "duplicate_post")
    assert tool.grab(mock.url + mock.path(88)).code == 0
    _posts(data, mock, 88)


def test_a_thread_without_posts_is_not_understood(tool: Tool, mock: MockForum, data: Path) -> None:
    mock.override(mock.path(88), "empty_thread")
    result = tool.grab(mock.url + mock.path(88))
    assert result.code == 5
    assert "without a single post" in result.error
    assert not data.exists()


@pytest.mark.parametrize("fault", ["truncated", "closed_early", "reset", "server_error", "offline", "busy"])
def test_what_fails_in_passing_is_tried_again(tool: Tool, mock: MockForum, data: Path, fault: str) -> None:
    mock.override(mock.path(MAIN, 2), fail_then_ok(1, "closed_early" if fault == "busy" else fault))
    assert tool.grab(mock.url + mock.path(MAIN)).code == 0
    assert mock.count(mock.path(MAIN, 2)) == 2
    _posts(data, mock, MAIN)
    assert len([row for row in rows(data, "fetches") if row["page"] == 2]) == 2, "a row for each try"


@pytest.mark.parametrize("fault", ["truncated", "closed_early", "reset", "server_error"])
def test_what_fails_for_good_is_told_of(tool: Tool, mock: MockForum, data: Path, fault: str) -> None:
    mock.override(mock.path(MAIN, 2), fault)
    result = tool.grab(mock.url + mock.path(MAIN))
    assert result.code == 3
    assert mock.count(mock.path(MAIN, 2)) == 3
    assert {row["page"] for row in rows(data, "posts")} == {1, 3}
    assert all(row["position"] is None for row in rows(data, "posts") if row["page"] == 3)
    [problem] = manifest(data)["completeness"]["problems"]
    assert (problem["id"], problem["page"]) == (MAIN, 2)
    assert f"thread {MAIN} page 2" in result.out
    mock.restore()
    assert tool.grab(mock.url + mock.path(MAIN)).code == 0
    assert mock.count(mock.path(MAIN, 3)) == 1, "the run goes on with what was left"
    _posts(data, mock, MAIN)


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_honoured(tool: Tool, mock: MockForum, data: Path, status: int) -> None:
    mock.override(mock.path(88), fail_then_ok(1, rate_limit("1", status)))
    assert tool.grab(mock.url + mock.path(88)).code == 0
    first, second = (entry for entry in mock.log if entry.path == mock.path(88))
    assert second.started - first.started >= 1.0
    assert [status for status, _ in _outcomes(data)] == [status, 200]


def test_a_page_that_is_too_large(tool: Tool, mock: MockForum, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    largest = max(len(mock.honest(mock.path(MAIN, page)).body) for page in (1, 3)) + 1000
    monkeypatch.setitem(RUNNERS, "default", fast(DOWNLOAD_MAXSIZE=largest))
    mock.override(mock.path(MAIN, 2), edited(lambda body, _forum, _path: body + b" " * largest))
    result = tool.grab(mock.url + mock.path(MAIN))
    assert result.code == 3
    assert "larger than the limit" in result.out
    assert {row["page"] for row in rows(data, "posts")} == {1, 3}


def test_challenges_stop_the_crawl(tool: Tool, mock: MockForum, data: Path) -> None:
    mock.override("/topic/*", "challenge")
    result = tool.grab(mock.url + mock.forum_path(4))
    assert result.code == 4
    assert len([entry for entry in mock.log if entry.path.startswith("/topic/")]) <= 4, "one was on its way"
    assert all(outcome in {"ok", "challenge"} for _status, outcome in _outcomes(data))


def test_hostile_rows_of_a_listing(tool: Tool, mock: MockForum, data: Path) -> None:
    """Addresses of other hosts, ports, schemes and of no form at all are not asked for, and cost no other row."""
    first = mock.forum.listed(mock.forum.board(4))[0]
    for bad in (b"http://offsite.invalid", b"http://127.0.0.1:1", b"http://[::", b"file://", b"http://127.0.0.1:99999"):
        mock.override(
            mock.forum_path(4),
            edited(
                lambda body, _f, _p, bad=bad: body.replace((mock.url + first.path).encode(), bad + first.path.encode())
            ),
        )
        result = tool("grab", mock.url + mock.forum_path(4), "--out", data / str(len(bad)), "--delay", 0)
        assert result.code in {0, 3}
        seen = {row["thread_id"] for row in rows(data / str(len(bad)), "threads") if row["first_seen_at"]}
        others = {thread.thread_id for thread in mock.forum.listed(mock.forum.board(4))} - {first.thread_id}
        assert seen >= others


class TestRobots:
    @pytest.mark.parametrize("fault", ["robots_500", "robots_deny"])
    def test_refuses(self, tool: Tool, mock: MockForum, data: Path, fault: str) -> None:
        mock.override("/robots.txt", fault)
        result = tool.grab(mock.url + mock.path(88))
        assert result.code == 4
        assert "robots.txt" in result.error
        assert {entry.path for entry in mock.log} == {"/robots.txt"}
        assert not data.exists()

    @pytest.mark.parametrize("fault", [rate_limit("1"), "reset"])
    def test_out_of_reach_refuses(self, tool: Tool, mock: MockForum, data: Path, fault: object) -> None:
        mock.override("/robots.txt", fault)
        assert tool.grab(mock.url + mock.path(88)).code in {1, 4}
        assert {entry.path for entry in mock.log} == {"/robots.txt"}
        assert not data.exists()

    @pytest.mark.parametrize("status", [401, 403, 404, 410])
    def test_that_are_not_there_allow(self, tool: Tool, mock: MockForum, data: Path, status: int) -> None:
        mock.override("/robots.txt", Answer(status))
        assert tool.grab(mock.url + mock.path(88)).code == 0
        assert [run["robots_sha256"] for run in rows(data, "runs")] == [None]

    def test_that_answer_later(self, tool: Tool, mock: MockForum, data: Path) -> None:
        mock.override("/robots.txt", fail_then_ok(1))
        assert tool.grab(mock.url + mock.path(88)).code == 0
        assert mock.count("/robots.txt") == 2

    def test_one_thread_forbidden(self, tool: Tool, mock: MockForum, data: Path) -> None:
        path = mock.path(88)
        mock.override(
            "/robots.txt", Answer(200, {"Content-Type": "text/plain"}, f"User-agent: *\nDisallow: {path}".encode())
        )
        result = tool.grab(mock.url + mock.forum_path(4))
        assert result.code in {3, 4}
        assert mock.count(path) == 0
        assert len(rows(data, "posts")) > 0

    def test_rules_for_our_name(self, tool: Tool, mock: MockForum, data: Path) -> None:
        body = b"User-agent: threadset\nDisallow: /\n\nUser-agent: *\nDisallow:\n"
        mock.override("/robots.txt", Answer(200, {"Content-Type": "text/plain"}, body))
        assert tool.grab(mock.url + mock.path(88)).code == 4

    def test_redirected(self, tool: Tool, mock: MockForum, data: Path) -> None:
        mock.override("/robots.txt", Answer(301, {"Location": "/rules.txt"}))
        mock.override("/rules.txt", Answer(200, {"Content-Type": "text/plain"}, b"User-agent: *\nDisallow: /topic/"))
        assert tool.grab(mock.url + mock.path(88)).code == 4

    def test_redirected_elsewhere(self, tool: Tool, mock: MockForum, data: Path) -> None:
        mock.override("/robots.txt", Answer(301, {"Location": "http://offsite.invalid/robots.txt"}))
        assert tool.grab(mock.url + mock.path(88)).code == 4

    def test_that_change_in_mid_crawl(
        self, tool: Tool, mock: MockForum, data: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(RUNNERS, "default", fast(ROBOTS_LIFETIME=0))
        mock.override("/robots.txt", _after(2, Answer(200, {}, b"User-agent: *\nDisallow: /")))
        assert tool.grab(mock.url + mock.path(MAIN)).code == 4
        assert [entry.path for entry in mock.log if entry.path != "/robots.txt"] == [
            mock.path(MAIN), mock.path(MAIN, 2)
        ]  # fmt: skip
        assert {row["page"] for row in rows(data, "posts")} == {1, 2}
        assert "robots.txt forbids it" in str(manifest(data)["completeness"]["problems"])

    def test_a_snapshot_is_kept(self, tool: Tool, mock: MockForum, data: Path) -> None:
        body = b"User-agent: *\nDisallow: /profile/\n# caf\xe9"
        mock.override("/robots.txt", Answer(200, {"Content-Type": "text/plain"}, body))
        for _ in range(2):
            assert tool.grab(mock.url + mock.path(88)).code == 0
        with closing(sqlite3.connect(data / "state.sqlite")) as db:
            found = db.execute("SELECT origin, sha256, body FROM robots_seen").fetchall()
        assert found == [(mock.url, hashlib.sha256(body).hexdigest(), body)]
        assert {run["robots_sha256"] for run in rows(data, "runs")} == {found[0][1]}


def _after(times: int, answer: Answer) -> Any:
    """The honest answer so many times, then another."""
    left = [times]

    def fault(forum: MockForum, path: str) -> Answer:
        left[0] -= 1
        return forum.honest(path) if left[0] >= 0 else answer

    return fault
