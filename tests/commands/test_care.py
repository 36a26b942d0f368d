"""What a command does not do to a dataset, and what it does not keep silent about."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from crawl_help import Tool, rows
from mock_forum import MockForum, edited

from crawler.store import STATE_FILE


@pytest.fixture
def grabbed(tool: Tool, mock: MockForum, data: Path) -> Path:
    assert tool.grab(mock.url + mock.path(88)).code == 0
    return data


@pytest.mark.parametrize("rest", [None, b""])
def test_a_dataset_without_its_store_is_not_begun_anew(
    tool: Tool, mock: MockForum, grabbed: Path, rest: bytes | None
) -> None:
    before = (grabbed / "manifest.json").read_bytes()
    (grabbed / STATE_FILE).unlink()
    if rest is not None:
        (grabbed / STATE_FILE).write_bytes(rest)
        assert tool("verify", grabbed).code == 1
    result = tool.grab(mock.url + mock.path(90))
    assert result.code == 2
    assert "is gone" in result.error
    assert (grabbed / "manifest.json").read_bytes() == before


def test_damage_inside_the_store_is_one_line(tool: Tool, mock: MockForum, grabbed: Path) -> None:
    state = grabbed / STATE_FILE
    size = state.stat().st_size
    with state.open("r+b") as file:
        file.seek(8192)
        file.write(b"\xff" * (size - 8192))
    for args in (("grab", mock.url + mock.path(88), "--out", grabbed, "--delay", 0), ("export", grabbed)):
        result = tool(*args)
        assert result.code == 1
        assert STATE_FILE in result.error or "store" in result.error
    assert rows(grabbed, "posts")


@pytest.mark.parametrize("delay", ["nan", "inf", "-inf", "1e9"])
def test_a_delay_is_a_number_of_seconds(tool: Tool, mock: MockForum, data: Path, delay: str) -> None:
    result = tool("grab", mock.url + mock.path(88), "--out", data, "--delay", delay)
    assert result.code == 2
    assert "delay" in result.error
    assert mock.log == []


def test_facts_alone_do_not_replace_the_dataset(tool: Tool, grabbed: Path) -> None:
    assert tool("export", grabbed, "--canonical", "--to", grabbed).code == 2
    assert "fetches" in {path.stem for path in (grabbed / "jsonl").iterdir()}


def test_quiet_is_not_silent_about_what_is_missing(tool: Tool, mock: MockForum, data: Path) -> None:
    mock.override(mock.path(101, 2), "not_found")
    result = tool.grab(mock.url + mock.path(101), "-q")
    assert result.code == 3
    assert result.out == ""
    assert "missing" in result.error


def test_a_forum_without_threads_is_said_to_be_one(tool: Tool, mock: MockForum, data: Path) -> None:
    category = next(board for board in mock.forum.boards if not mock.forum.listed(board))
    result = tool.grab(mock.url + category.path)
    assert "--subforums" in result.error


def test_a_thread_without_quotes_says_so(tool: Tool, mock: MockForum, data: Path) -> None:
    mock.override(mock.path(95), edited(lambda body, _forum, _path: body.replace(b"blockquote", b"div")))
    result = tool.grab(mock.url + mock.path(95))
    assert rows(data, "quotes") == []
    assert "  quotes   none\n" in result.out


def test_posts_that_are_not_read_again_are_missed(tool: Tool, mock: MockForum, data: Path) -> None:
    """The page lacks a post that it had, though the thread still says as many."""
    url = mock.url + mock.path(88)
    assert tool.grab(url).code == 0
    honest = mock.honest(mock.path(88))
    body = honest.body
    last = body.rindex(b"<article")
    end = body.index(b"</article>", last) + len(b"</article>")
    mock.override(mock.path(88), type(honest)(honest.status, honest.headers, body[:last] + body[end:]))
    result = tool.grab(url)
    assert result.code == 3
    assert "stood on them before" in result.out
    assert [row["complete"] for row in rows(data, "threads")] == [False]


def test_posts_that_have_gone_are_counted(tool: Tool, mock: MockForum, data: Path) -> None:
    url = mock.url + mock.path(88)
    assert tool.grab(url).code == 0
    removed = mock.forum.thread(88).posts.pop()
    mock.refresh()
    try:
        result = tool.grab(url)
    finally:
        mock.forum.thread(88).posts.append(removed)
    assert result.code == 0
    assert "1 post that stood there before" in result.out
    assert [run["n_missing"] for run in rows(data, "runs")] == [0, 1]
    assert {row["status"] for row in rows(data, "posts")} == {"active", "missing"}


def test_a_store_that_cannot_be_begun_ends_in_one_line(
    tool: Tool, mock: MockForum, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> int:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr("crawler.store.Store.begin_run", full)
    result = tool.grab(mock.url + mock.path(88))
    assert result.code == 1
    assert "disk" in result.error
    assert mock.log == []


def test_verbose_is_a_line_a_page(tool: Tool, mock: MockForum, data: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO", logger="crawler.session"):
        assert tool.grab(mock.url + mock.path(101), "-v").code == 0
    pages = [record.getMessage() for record in caplog.records if record.name == "crawler.session"]
    assert pages == [
        "topic 101 page 1: ok, 25 posts",
        "topic 101 page 2: ok, 25 posts",
        "topic 101 page 3: ok, 13 posts",
    ]


@pytest.mark.parametrize("args", [("grab", ""), ("grab", "--out")])
def test_errors_name_something(tool: Tool, args: tuple[str, ...]) -> None:
    error = tool(*args).error
    assert not error.startswith(("threadset: :", "threadset: threadset:"))
