"""Exit codes, and the one line that each error is: the thing, the reason, the fix."""

from __future__ import annotations

import os
import socket
import sqlite3
from pathlib import Path

import pytest
from crawl_help import Tool, rows
from mock_forum import MockForum, rate_limit

from crawler.commands import cli
from crawler.store import STATE_FILE, Store


def explains(error: str) -> bool:
    """Thing, reason and fix."""
    thing, reason, fix = error.removeprefix("threadset: ").partition(": ")[0], *error.rpartition("; ")[::2]
    return bool(thing and reason and fix)


class TestWrongUsage:
    @pytest.mark.parametrize(
        "args",
        [
            ("grab", "no-address"),
            ("grab", "ftp://forum.example/topic/1-x/"),
            ("grab", "https://forum.example/"),
            ("grab", "https://forum.example/profile/1-x/"),
            ("grab", "https://me:secret@forum.example/topic/1-x/"),
            ("grab", "https://forum.example/topic/1-\x1b[31m/"),
            ("grab", "https://forum.example/topic/1-x/", "--nonsense"),
            ("grab", "https://forum.example/topic/1-x/", "--delay", "-1"),
            ("grab", "https://forum.example/topic/1-x/", "--format", "xml"),
            ("grab", "https://forum.example/topic/1-x/", "--format", ","),
            ("grab", "https://forum.example/topic/1-x/", "--max-pages", "0"),
            ("grab", "https://forum.example/topic/1-x/", "--user-agent", "a\r\nb"),
            ("grab", "https://forum.example/topic/1-x/", "--cookies", "nowhere.txt"),
            ("explain", "https://forum.example/topic/1-x/", "--cookies", "nowhere.txt"),
            ("explain", "nowhere.html"),
            ("explain", "https://forum.example/"),
            ("export", "nowhere"),
            ("verify", "nowhere"),
            ("status", "nowhere"),
            ("report", "nowhere"),
            ("link", "nowhere", "--out", "linked"),
            ("forget", "nowhere", "--post", "1", "--yes"),
            ("prune", "nowhere"),
            ("forget", "nowhere", "--post", "abc"),
            ("pack", "nowhere", "--to", "pack", "--license", "MIT"),
            ("pack", ".", "--since", "nowhere", "--to", "pack", "--license", "MIT"),
            ("extract", "nowhere.warc.gz", "--out", "extracted"),
            ("crawl", "nowhere.toml"),
            ("nonsense",),
            ("--nonsense",),
        ],
    )
    def test_is_told(self, tool: Tool, data: Path, args: tuple[str, ...]) -> None:
        result = tool(*args)
        assert result.code == 2
        assert explains(result.error)
        assert "\x1b" not in result.err
        assert result.out == ""
        assert list(data.parent.iterdir()) == []

    def test_a_mistyped_command(self, tool: Tool) -> None:
        assert "did you mean `grab`?" in tool("gra", "x").error
        assert "did you mean `threadset grab https://forum.example/topic/1-x/`?" in tool(
            "https://forum.example/topic/1-x/"
        ).error  # fmt: skip
        assert "did you mean `threadset crawl news.toml`?" in tool("news.toml").error

    def test_a_mistyped_option_or_value(self, tool: Tool) -> None:
        url = "https://forum.example/topic/1-x/"
        assert "--dely: there is no such option; did you mean `--delay`?" in tool("grab", url, "--dely", 3).error
        assert "parket: did you mean `parquet`?" in tool("grab", url, "--format", "parket").error
        assert "see `threadset grab --help`" in tool("grab", url, "--qqqq").error

    @pytest.mark.parametrize("name", [name for name, command in cli.commands.items() if command.no_args_is_help])
    def test_a_command_that_is_told_nothing_explains_itself(self, tool: Tool, name: str) -> None:
        result = tool(name)
        assert (result.code, result.out) == (2, "")
        assert result.err.startswith(f"Usage: threadset {name} ")

    def test_no_address_explains_itself(self, tool: Tool) -> None:
        result = tool("grab")
        assert result.code == 2
        assert "threadset grab https://" in result.out + result.err

    def test_a_file_in_the_way(self, tool: Tool, data: Path) -> None:
        data.write_text("mine")
        assert explains(tool.grab("https://forum.example/topic/1-x/").error)
        below = tool("grab", "https://forum.example/topic/1-x/", "--out", data / "below")
        assert below.code == 2
        assert explains(below.error)
        assert data.read_text() == "mine"

    def test_a_folder_that_cannot_be_written(self, tool: Tool, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        data.mkdir()
        real = os.access
        monkeypatch.setattr(os, "access", lambda path, mode: not mode & os.W_OK and real(path, mode))
        result = tool.grab("https://forum.example/topic/1-x/")
        assert result.code == 2
        assert "permission" in result.error

    def test_a_folder_of_a_newer_version(self, tool: Tool, mock: MockForum, data: Path) -> None:
        assert tool.grab(mock.url + mock.path(88)).code == 0
        with sqlite3.connect(data / STATE_FILE) as db:
            db.execute("UPDATE meta SET value = '99' WHERE key = 'schema_version'")
        db.close()
        before = (data / "manifest.json").read_bytes()
        for args in (("grab", mock.url + mock.path(88), "--out", data), ("export", data)):
            result = tool(*args)
            assert result.code == 2
            assert "newer" in result.error
        assert (data / "manifest.json").read_bytes() == before

    def test_a_database_of_somebody_else(self, tool: Tool, data: Path) -> None:
        data.mkdir()
        with sqlite3.connect(data / STATE_FILE) as db:
            db.execute("CREATE TABLE mine (x)")
        db.close()
        assert tool.grab("https://forum.example/topic/1-x/").code == 2


class TestStartPages:
    @pytest.mark.parametrize(
        ("fault", "code"),
        [
            ("not_ips", 5), ("empty_thread", 5),
            ("login_wall", 4), ("age_gate", 4), ("offline", 4), ("offline_200", 4),
            ("challenge", 4), ("challenge_503", 4), ("ban", 4), ("rate_limit", 4), ("login_wall_403", 4),
            ("not_found", 3), ("gone", 3), ("hidden", 3), ("forbidden", 3),
            ("server_error", 1), ("truncated", 1), ("reset", 1),
        ],
    )  # fmt: skip
    def test_what_they_are(self, tool: Tool, mock: MockForum, data: Path, fault: str, code: int) -> None:
        mock.override(mock.path(88), rate_limit("0") if fault == "rate_limit" else fault)
        result = tool.grab(mock.url + mock.path(88))
        assert result.code == code
        assert explains(result.error)
        assert mock.path(88) in result.error
        if code == 3:  # settled: the forum says so itself
            assert "2F173/" in result.error
            [thread] = rows(data, "threads")
            assert thread["status"] == ("forbidden" if fault == "forbidden" else "missing")
            again = tool.grab(mock.url + mock.path(88))
            assert (again.code, again.error) == (3, result.error), "nothing else was asked for"
            assert tool.grab(mock.url + mock.path(90)).code == 0, "beside another thread it is known now"
        else:
            assert not data.exists(), "a folder in which nothing was read is taken away again"

    def test_a_host_that_refuses(self, tool: Tool, data: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        result = tool.grab(f"http://127.0.0.1:{port}/topic/1-x/")
        assert result.code == 1
        assert "refuses" in result.error
        assert not data.exists()

    def test_the_default_folder_goes_with_its_parents(self, tool: Tool, mock: MockForum, data: Path) -> None:
        mock.override(mock.path(88), "not_ips")
        assert tool("grab", mock.url + mock.path(88), "--delay", 0).code == 5
        assert list(data.parent.iterdir()) == []

    def test_a_folder_that_was_there_stays(self, tool: Tool, mock: MockForum, data: Path) -> None:
        data.mkdir()
        mock.override(mock.path(88), "not_ips")
        assert tool.grab(mock.url + mock.path(88)).code == 5
        assert data.is_dir()
        assert not (data / "parquet").exists()

    def test_tables_stay_when_a_later_run_is_refused(self, tool: Tool, mock: MockForum, data: Path) -> None:
        tool.grab(mock.url + mock.path(88))
        posts = rows(data, "posts")
        mock.override(mock.path(88), "challenge")
        assert tool.grab(mock.url + mock.path(88)).code == 4
        assert rows(data, "posts") == posts

    def test_the_worst_of_several_counts(self, tool: Tool, mock: MockForum, data: Path) -> None:
        mock.override(mock.path(88), "not_ips")
        mock.override(mock.path(90), "login_wall")
        result = tool.grab(*(mock.url + mock.path(number) for number in (88, 90, 101)))
        assert result.code == 5
        assert len(result.err.splitlines()) == 2
        assert {row["thread_id"] for row in rows(data, "posts")} == {101}


def test_a_full_disk(tool: Tool, mock: MockForum, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No page is lost in silence, and the run ends rather than hang."""
    real = Store.commit
    calls = []

    def commit(own: Store, page: object) -> object:
        calls.append(page)
        if len(calls) > 1:
            raise sqlite3.OperationalError("database or disk is full")
        return real(own, page)

    monkeypatch.setattr(Store, "commit", commit)
    result = tool.grab(mock.url + mock.path(101), "-q")
    assert result.code == 1
    assert "disk is full" in result.error
    assert not (data / "manifest.json").exists()
    monkeypatch.undo()
    monkeypatch.setitem(__import__("crawler.commands._crawl", fromlist=["x"]).RUNNERS, "default",
                        __import__("crawl_help").fast())  # fmt: skip
    assert tool.grab(mock.url + mock.path(101)).code == 0
    assert len(rows(data, "posts")) == mock.forum.thread(101).n_posts


@pytest.mark.parametrize("json", [(), ("--json",)])
def test_errors_are_told_in_json_mode_too(tool: Tool, mock: MockForum, data: Path, json: tuple[str, ...]) -> None:
    mock.override(mock.path(88), "login_wall")
    result = tool.grab(mock.url + mock.path(88), *json)
    assert result.code == 4
    assert explains(result.error)
    if json:
        assert result.json["exit_code"] == 4
