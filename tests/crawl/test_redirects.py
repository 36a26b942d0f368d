"""Redirects: each hop is a page of its own, and the number that answers is the one that counts."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from crawl_help import Tool, manifest, polite, rows
from mock_forum import Answer, MockForum, redirect

from crawler.store import STATE_FILE


def _threads(data: Path) -> dict[int, dict]:
    return {row["thread_id"]: row for row in rows(data, "threads")}


def _aliases(data: Path) -> list[tuple]:
    with sqlite3.connect(data / STATE_FILE) as db:
        found = db.execute("SELECT old_id, new_id FROM aliases ORDER BY old_id").fetchall()
    db.close()
    return found


def test_a_moved_thread_is_kept_under_its_new_number(tool: Tool, mock: MockForum, data: Path) -> None:
    mock.override("/topic/7-old-name/", redirect(mock.path(88)))
    assert tool.grab(mock.url + "/topic/7-old-name/").code == 0
    threads = _threads(data)
    assert (threads[7]["status"], threads[7]["moved_to_thread_id"]) == ("moved", 88)
    assert threads[88]["complete"]
    assert {row["thread_id"] for row in rows(data, "posts")} == {88}
    assert _aliases(data) == [(7, 88)]


def test_a_thread_that_moved_before_its_page_answered(tool: Tool, mock: MockForum, data: Path) -> None:
    """A page that says another number than the one asked for: the page is right."""
    mock.override("/topic/7-old-name/", Answer(body=mock.honest(mock.path(88)).body))
    assert tool.grab(mock.url + "/topic/7-old-name/").code == 0
    assert {row["thread_id"] for row in rows(data, "posts")} == {88}
    assert _aliases(data) == [(7, 88)]


def test_two_numbers_of_one_thread_in_either_order(tool: Tool, mock: MockForum, data: Path) -> None:
    mock.override("/topic/7-old-name/", redirect(mock.path(88)))
    urls = [mock.url + "/topic/7-old-name/", mock.url + mock.path(88)]
    assert tool.grab(*urls).code == 0
    first = tool.canonical()
    other = Tool(data.with_name("other"), tool._capsys)
    assert other.grab(*reversed(urls)).code == 0
    assert other.canonical() == first


def test_chains_of_redirects(tool: Tool, mock: MockForum, data: Path) -> None:
    mock.override("/topic/7-a/", redirect("/topic/7-b/", 302))
    mock.override("/topic/7-b/", redirect("/topic/8-c/", 308))
    mock.override("/topic/8-c/", redirect(mock.path(88), 307))
    assert tool.grab(mock.url + "/topic/7-a/").code == 0
    assert _aliases(data) == [(7, 8), (8, 88)]
    assert [row["status"] for row in rows(data, "fetches")] == [200, 302, 308, 307, 200]


@pytest.mark.parametrize("target", ["/login/", "/index.php?/login/&ref=abc", "/forums/login/"])
def test_to_the_login_is_a_wall(tool: Tool, mock: MockForum, data: Path, target: str) -> None:
    mock.override(mock.path(88), redirect(target, 302))
    result = tool.grab(mock.url + mock.path(88))
    assert result.code == 4
    assert "sign-in" in result.error
    assert not any("login" in path for path in polite(mock))
    assert not data.exists()


@pytest.mark.parametrize(
    "target",
    [
        "http://offsite.invalid/topic/1-elsewhere/",
        "//offsite.invalid/topic/88-x/",
        "http://127.0.0.2/topic/88-x/",
        "http://[::1]/topic/88-x/",
        "http://2130706433/topic/88-x/",
        "http://localhost/topic/88-x/",
        "https://169.254.169.254/topic/88-x/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "http://127.0.0.1:1/topic/88-x/",
        "http://[broken/topic/88-x/",
        "",
    ],
)
def test_to_elsewhere_is_refused_without_a_connection(tool: Tool, mock: MockForum, data: Path, target: str) -> None:
    mock.override(mock.path(88), Answer(301, {"Location": target}))
    result = tool.grab(mock.url + mock.path(88))
    assert result.code == 1
    assert result.error.count("redirect") == 1
    assert polite(mock)[-1] == mock.path(88)
    assert not data.exists()


def test_in_a_circle(tool: Tool, mock: MockForum, data: Path) -> None:
    mock.override(mock.path(88), "redirect_loop")
    result = tool.grab(mock.url + mock.path(88))
    assert result.code == 1
    assert "circle" in result.error
    assert mock.count(mock.path(88)) == 1


def test_between_two_spellings(tool: Tool, mock: MockForum, data: Path) -> None:
    mock.override("/topic/88-a/", redirect("/topic/88-b/"))
    mock.override("/topic/88-b/", redirect("/topic/88-a/"))
    result = tool.grab(mock.url + "/topic/88-a/")
    assert result.code == 1
    assert "circle" in result.error
    assert len(mock.log) <= 8


def test_between_two_threads(tool: Tool, mock: MockForum, data: Path) -> None:
    mock.override("/topic/7-a/", redirect("/topic/8-b/"))
    mock.override("/topic/8-b/", redirect("/topic/7-a/"))
    result = tool.grab(mock.url + "/topic/7-a/")
    assert result.code == 1
    assert "circle" in result.error
    assert len(mock.log) <= 8


def test_of_a_page_beyond_the_last(tool: Tool, mock: MockForum, data: Path) -> None:
    """A thread that shrank while it was read."""
    mock.override(mock.path(101, 3), redirect(mock.path(101, 2)))
    result = tool.grab(mock.url + mock.path(101))
    assert result.code == 3
    assert mock.count(mock.path(101, 2)) == 1
    assert manifest(data)["completeness"]["complete"] is False


def test_of_a_thread_to_its_forum_is_no_thread(tool: Tool, mock: MockForum, data: Path) -> None:
    mock.override(mock.path(88), redirect(mock.forum_path(4)))
    result = tool.grab(mock.url + mock.path(88))
    assert result.code == 3
    assert mock.count(mock.forum_path(4)) == 0


def test_to_the_forum_that_asks_for_a_password_is_a_wall(tool: Tool, mock: MockForum, data: Path) -> None:
    mock.override(mock.path(88), redirect(mock.forum_path(4) + "?topic=88", 302))
    assert tool.grab(mock.url + mock.path(88)).code == 4


def test_to_an_address_with_do_is_brought_back(tool: Tool, mock: MockForum, data: Path) -> None:
    mock.override("/topic/7-x/", redirect(mock.path(88) + "?do=findComment&comment=1"))
    assert tool.grab(mock.url + "/topic/7-x/").code == 0
    polite(mock)
