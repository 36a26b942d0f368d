"""What commands print: for people, for programs, for nobody; and nothing that a terminal would obey."""

from __future__ import annotations

import csv
import json
import logging
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from crawl_help import Tool, rows
from mock_forum import Answer, MockForum, edited

from crawler.commands._output import print_json
from crawler.logformatter import PlainLines
from crawler.visible import printable

NASTY = "a\r\nFAKE 2026 ERROR line\x1b[31m\x1b]0;t\x07\u0085\u2028\u202e\u200fb\x00"


def harmless(text: str) -> bool:
    return all(character.isprintable() or character == "\n" for character in text)


class TestGrab:
    def test_says_what_is_there(self, tool: Tool, mock: MockForum, data: Path) -> None:
        result = tool.grab(mock.url + mock.path(88))
        lines = result.out.splitlines()
        assert lines[0] == f"{data}:"
        assert "1 thread, 4 posts by 4 members" in lines[1]
        assert f"open     {data}/parquet/posts.parquet or {data}/jsonl/posts.jsonl" in result.out
        assert result.err == ""

    def test_json(self, tool: Tool, mock: MockForum, data: Path) -> None:
        result = tool.grab(mock.url + mock.path(88), "--json")
        assert (result.json["posts"], result.json["complete"], result.json["exit_code"]) == (4, True, 0)
        assert result.err == ""

    def test_quiet(self, tool: Tool, mock: MockForum, data: Path) -> None:
        result = tool.grab(mock.url + mock.path(88), "-q")
        assert (result.code, result.out, result.err) == (0, "", "")

    def test_default_folder(self, tool: Tool, mock: MockForum, data: Path) -> None:
        assert tool("grab", mock.url + mock.forum_path(4), mock.url + mock.path(88), "--delay", 0).code == 0
        assert (data.parent / "data/127.0.0.1-forum-4-and-1-more/manifest.json").is_file()

    def test_formats_may_change(self, tool: Tool, mock: MockForum, data: Path) -> None:
        url = mock.url + mock.path(88)
        for formats in ("parquet,jsonl", "csv", "jsonl", "csv,parquet"):
            assert tool.grab(url, "--format", formats).code == 0
            assert {path.name for path in data.iterdir() if path.is_dir()} == {"archive", *formats.split(",")}
            assert tool("verify", data).code == 0
        with (data / "csv/posts.csv").open(encoding="utf-8-sig", newline="") as file:
            assert len(list(csv.DictReader(file))) == 4

    def test_user_agent(self, tool: Tool, mock: MockForum, data: Path) -> None:
        tool.grab(mock.url + mock.path(88), "--user-agent", "tester/2 (+mailto:me@example.org)")
        assert {entry.user_agent for entry in mock.log} == {"tester/2 (+mailto:me@example.org)"}
        assert rows(data, "runs")[0]["user_agent"] == "tester/2 (+mailto:me@example.org)"

    def test_is_identified_by_default(self, tool: Tool, mock: MockForum, data: Path) -> None:
        tool.grab(mock.url + mock.path(88))
        assert all(entry.user_agent.startswith("threadset/") for entry in mock.log)


class TestCookies:
    HEAD = "# Netscape HTTP Cookie File\n"

    @pytest.fixture
    def headers(self, mock: MockForum, monkeypatch: pytest.MonkeyPatch) -> list[str | None]:
        from crawler.demo import http

        seen: list[str | None] = []
        real = http.Handler.do_GET

        def do_get(own: object) -> None:
            seen.append(own.headers.get("Cookie"))
            real(own)

        monkeypatch.setattr(http.Handler, "do_GET", do_get)
        return seen

    def test_go_to_their_host_only_and_are_never_kept(
        self, tool: Tool, mock: MockForum, data: Path, headers: list[str | None]
    ) -> None:
        jar = data.parent / "cookies.txt"
        jar.write_text(
            self.HEAD
            + "127.0.0.1\tFALSE\t/\tFALSE\t0\tips4_member\ttopsecret\n"
            + "other.example\tFALSE\t/\tFALSE\t0\tother\tnever\n"
            + "127.0.0.1\tFALSE\t/\tTRUE\t0\tsecure\thttps-only\n"
        )
        mock.override(mock.path(88), Answer(headers={"Set-Cookie": "theirs=1"}, body=mock.honest(mock.path(88)).body))
        tool.grab(mock.url + mock.path(88), mock.url + mock.path(90), "--cookies", jar)
        assert headers == ["ips4_member=topsecret"] * 3
        assert rows(data, "runs")[0]["authenticated"] is True
        assert all(b"topsecret" not in path.read_bytes() for path in data.rglob("*") if path.is_file())

    def test_none_without_a_file(self, tool: Tool, mock: MockForum, data: Path, headers: list[str | None]) -> None:
        mock.override(mock.path(88), Answer(headers={"Set-Cookie": "theirs=1"}, body=mock.honest(mock.path(88)).body))
        tool.grab(mock.url + mock.path(88), mock.url + mock.path(90))
        assert set(headers) == {None}

    @pytest.mark.parametrize("content", [b"", b"no cookies", b"\xff\xfe\x00", b"# Netscape HTTP Cookie File\nbroken\n"])
    def test_a_file_of_another_kind(self, tool: Tool, data: Path, content: bytes) -> None:
        jar = data.parent / "cookies.txt"
        jar.write_bytes(content)
        result = tool.grab("https://forum.example/topic/1-x/", "--cookies", jar)
        assert result.code == 2
        assert "cookie" in result.error


class TestHarmless:
    def test_titles_and_names(self, tool: Tool, mock: MockForum, data: Path, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.DEBUG)
        title = mock.forum.thread(88).title.encode()
        name = mock.forum.thread(88).posts[1].author.name.encode()
        nasty = NASTY.replace("\x00", "").encode()
        change = edited(lambda body, *_: body.replace(title, nasty).replace(name, nasty))
        mock.override(mock.path(88), change)
        result = tool.grab(mock.url + mock.path(88), "-vv")
        assert harmless(result.out + result.err)
        assert "FAKE" not in result.out + result.err + caplog.text

    def test_locations_and_listed_addresses(
        self, tool: Tool, mock: MockForum, data: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        where = mock.forum.listed(mock.forum.board(4))[0].path
        nasty = "/topic/7-\u0085\u202eFAKE\x1b[31m/"
        mock.override(mock.forum_path(4), edited(lambda body, *_: body.replace(where.encode(), nasty.encode())))
        mock.override(mock.path(90), Answer(301, {"Location": "/topic/7-\x1b[31m\x9b/".encode().decode("latin-1")}))
        result = tool.grab(mock.url + mock.forum_path(4), mock.url + mock.path(90), "-vv")
        assert harmless(result.out + result.err)
        assert all(harmless(record.getMessage()) for record in caplog.records)
        printed = tool.grab(mock.url + mock.forum_path(4), "--json")
        assert harmless(printed.out)

    def test_explain(self, tool: Tool, mock: MockForum, data: Path) -> None:
        page = data.parent / "page.html"
        title = mock.forum.thread(88).title.encode()
        page.write_bytes(mock.honest(mock.path(88)).body.replace(title, NASTY.encode()))
        for args in ((), ("--json",)):
            assert harmless(tool("explain", page, *args).out)

    def test_a_callback_that_fails(self, caplog: pytest.LogCaptureFixture) -> None:
        formatter = PlainLines(logging.Formatter("%(levelname)s %(message)s"))
        try:
            int(NASTY + "\n" + NASTY)
        except ValueError:
            record = logging.getLogger("x").makeRecord(
                "x", logging.ERROR, "f", 1, "of %s", (NASTY,), __import__("sys").exc_info()
            )
        lines = formatter.format(record).splitlines()
        assert lines[0] == "ERROR of " + printable(NASTY)
        assert all(line.startswith("    ") for line in lines[1:])
        assert all(harmless(line) for line in lines)

    def test_lists_of_scrapy_keep_their_lines(self) -> None:
        record = logging.makeLogRecord({"msg": "Enabled:\n%s", "args": ("['a',\n 'b\x1b']",), "levelname": "INFO"})
        assert PlainLines(logging.Formatter("%(message)s")).format(record) == "Enabled:\n['a',\n 'b\\x1b']"

    def test_json_means_the_same(self, capsys: pytest.CaptureFixture[str]) -> None:
        print_json({"x": NASTY + "\U000e0001"})
        out = capsys.readouterr().out
        assert harmless(out)
        assert json.loads(out) == {"x": NASTY + "\U000e0001"}


class TestSilence:
    @pytest.mark.parametrize("env", [{"TERM": "dumb"}, {"NO_COLOR": "1", "COLUMNS": "20", "TERM": "xterm"}])
    def test_dumb_and_narrow_terminals(
        self, tool: Tool, mock: MockForum, data: Path, monkeypatch: pytest.MonkeyPatch, env: dict[str, str]
    ) -> None:
        for name, value in env.items():
            monkeypatch.setenv(name, value)
        result = tool.grab(mock.url + mock.path(88))
        assert (result.code, result.err) == (0, "")
        assert "\x1b" not in result.out


class TestOtherCommands:
    def test_version(self, tool: Tool) -> None:
        assert tool("--version").out.startswith("threadset, version ")

    def test_help_names_each_command_in_one_line(self, tool: Tool) -> None:
        result = tool("--help")
        assert result.code == 0
        assert "..." not in result.out.partition("Commands:")[2]

    def test_demo(self, tool: Tool, data: Path) -> None:
        result = tool("demo", "--out", data)
        assert result.code == 0
        assert "missing  nothing" in result.out
        assert tool("demo", "--out", data, "--json").json["complete"] is True
        assert tool("demo", "--out", data, "-q").out == ""

    def test_export(self, tool: Tool, mock: MockForum, data: Path) -> None:
        tool.grab(mock.url + mock.path(101))
        before = (data / "jsonl/posts.jsonl").read_bytes()
        (data / "jsonl/posts.jsonl").unlink()
        assert tool("verify", data).code == 1
        assert tool("export", data).code == 0
        assert (data / "jsonl/posts.jsonl").read_bytes() == before
        assert tool("verify", data).code == 0
        assert tool("export", data, "--json").json["posts"] == mock.forum.thread(101).n_posts
        assert tool("export", data, "-q").out == ""

    def test_canonical_has_facts_only(self, tool: Tool, mock: MockForum, data: Path) -> None:
        tool.grab(mock.url + mock.path(101))
        assert tool("export", data, "--canonical").code == 0
        names = {path.stem for path in (data / "canonical/jsonl").iterdir()}
        assert names.isdisjoint({"fetches", "runs"})
        assert "first_seen_at" not in rows(data / "canonical", "posts")[0]
        assert tool("verify", data / "canonical").code == 0
        assert tool("verify", data).code == 0, "the dataset itself is as it was"

    def test_verify_tells_each_problem_in_a_line(self, tool: Tool, mock: MockForum, data: Path) -> None:
        tool.grab(mock.url + mock.path(88))
        with (data / "jsonl/posts.jsonl").open("ab") as file:
            file.write(b"{}\n")
        result = tool("verify", data)
        assert result.code == 1
        assert "jsonl/posts.jsonl" in result.err
        assert "Traceback" not in result.err
        assert tool("verify", data, "--json").json["ok"] is False

    def test_verify_sees_a_damaged_store(self, tool: Tool, mock: MockForum, data: Path) -> None:
        tool.grab(mock.url + mock.path(101))
        state = data / "state.sqlite"
        content = bytearray(state.read_bytes())
        content[20_000:60_000] = b"\x55" * 40_000
        state.write_bytes(content)
        result = tool("verify", data)
        assert result.code == 1
        assert "state.sqlite" in result.err
        assert "Traceback" not in result.err

    def test_verify_only_reads(self, tool: Tool, mock: MockForum, data: Path) -> None:
        tool.grab(mock.url + mock.path(88))
        before = {path: path.stat().st_mtime_ns for path in (data, *data.rglob("*"))}
        assert tool("verify", data).code == 0
        assert {path: path.stat().st_mtime_ns for path in (data, *data.rglob("*"))} == before

    def test_verify_does_not_bring_an_older_store_up(self, tool: Tool, mock: MockForum, data: Path) -> None:
        tool.grab(mock.url + mock.path(88))
        with closing(sqlite3.connect(data / "state.sqlite")) as db, db:
            db.execute("UPDATE meta SET value = '1' WHERE key = 'schema_version'")
        result = tool("verify", data)
        assert result.code == 1
        assert "state.sqlite: it is of the schema 1" in result.err
        assert "export" in result.err
        assert not list(data.glob("*.bak-*"))

    def test_json_where_the_terminal_knows_ascii_only(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr("crawler.commands._output.sys.stdout", AsciiOnly(sys.stdout))
        print_json({"name": "Жук 🪲"})
        said = capsys.readouterr().out
        assert said.isascii()
        assert json.loads(said) == {"name": "Жук 🪲"}


class TestStreams:
    def test_what_the_encoding_lacks_is_escaped(self, mock: MockForum, data: Path) -> None:
        page = data.parent / "page.html"
        title = mock.forum.thread(88).title.encode()
        page.write_bytes(mock.honest(mock.path(88)).body.replace(title, "Жук".encode()))
        done = in_a_process(["explain", str(page)], env={"PYTHONIOENCODING": "ascii"})
        assert (done.returncode, done.stderr) == (0, b"")
        assert rb"\u0416\u0443\u043a" in done.stdout

    @pytest.mark.skipif(sys.platform == "win32", reason="closes a descriptor")
    @pytest.mark.parametrize("closed", [1, 2])
    def test_a_closed_stream_changes_nothing(self, mock: MockForum, data: Path, closed: int) -> None:
        args = ["grab", mock.url + mock.path(88), "--out", str(data), "--delay", "0"]
        done = in_a_process(args, preexec_fn=lambda: os.close(closed))
        assert done.returncode == 0
        assert rows(data, "posts")

    @pytest.mark.skipif(sys.platform == "win32", reason="breaks a pipe")
    @pytest.mark.parametrize("name", ["stdout", "stderr"])
    def test_a_reader_that_goes_changes_nothing(self, mock: MockForum, data: Path, name: str) -> None:
        """As behind `| head`: the code is that of the work, and nobody is told of the pipe."""
        args = [
            "grab",
            mock.url + mock.path(88),
            mock.url + "/topic/999999-x/",
            "--out",
            str(data),
            "--delay",
            "0",
            "-v",
        ]
        code = f"from crawler.commands import main; main({args!r})"
        streams: Any = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        with subprocess.Popen([sys.executable, "-c", code], **streams) as running:
            getattr(running, name).close()
            other = running.stderr if name == "stdout" else running.stdout
            said = other.read()
        assert running.returncode == 3, said
        assert b"Traceback" not in said
        assert b"pipe" not in said.lower()
        assert (data / "manifest.json").is_file()
        assert rows(data, "posts")


def in_a_process(
    args: list[str], *, env: dict[str, str] | None = None, **more: Any
) -> subprocess.CompletedProcess[bytes]:
    code = f"from crawler.commands import main; main({args!r})"
    return subprocess.run(
        [sys.executable, "-c", code], env=os.environ | (env or {}), capture_output=True, check=False, timeout=60, **more
    )


class AsciiOnly:
    """A stream as of a terminal without Unicode."""

    encoding = "ascii"

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


class TestExplain:
    def test_an_address(self, tool: Tool, mock: MockForum, data: Path) -> None:
        result = tool("explain", mock.url + mock.path(101, 2), "--delay", 0)
        assert result.code == 0
        assert [entry.path for entry in mock.log] == ["/robots.txt", mock.path(101, 2)], "one page"
        assert result.out.startswith("TopicPage, layout ips4")
        assert "first choice" in result.out
        assert list(data.parent.iterdir()) == []

    def test_a_file_says_the_same(self, tool: Tool, mock: MockForum, data: Path) -> None:
        page = data.parent / "page.html"
        url = mock.url + mock.path(101, 2)
        page.write_bytes(mock.honest(mock.path(101, 2)).body)
        assert tool("explain", page, "--url", url).out == tool("explain", url, "--delay", 0).out

    def test_a_file_tells_its_address(self, tool: Tool, mock: MockForum, data: Path) -> None:
        page = data.parent / "page.html"
        page.write_bytes(mock.honest(mock.path(101)).body)
        assert tool("explain", page).out == tool("explain", page, "--url", mock.url + mock.path(101)).out

    @pytest.mark.parametrize("content", [b"", b"\x00\xff binary", b"WARC/1.1\r\n"])
    def test_a_file_of_another_kind(self, tool: Tool, data: Path, content: bytes) -> None:
        path = data.parent / "page.html"
        path.write_bytes(content)
        result = tool("explain", path)
        assert (result.code, "no HTML page" in result.error) == (2, True)
        assert tool("explain", data.parent).code == 2

    def test_each_field_with_value_and_selector(self, tool: Tool, mock: MockForum, data: Path) -> None:
        facts = tool("explain", mock.url + mock.path(88), "--delay", 0, "--json").json
        fields = {field["field"]: field for field in facts["fields"]}
        assert fields["thread.title"]["value"] == mock.forum.thread(88).title
        assert fields["thread.title"]["choice"] == "first choice"
        assert fields["post.post_id"]["value"] == str(mock.forum.thread(88).posts[0].post_id)

    def test_a_broken_selector_shows(
        self, tool: Tool, mock: MockForum, data: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from crawler.pages import thread

        (name, _function), *others = thread.TITLE.sources
        monkeypatch.setattr(thread.TITLE, "sources", ((name, lambda _document: None), *others))
        facts = tool("explain", mock.url + mock.path(88), "--delay", 0, "--json").json
        [title] = [field for field in facts["fields"] if field["field"] == "thread.title"]
        assert title["choice"] == "fallback"
        assert title["source"] != name

    def test_a_listing(self, tool: Tool, mock: MockForum, data: Path) -> None:
        result = tool("explain", mock.url + mock.forum_path(4), "--delay", 0)
        assert result.code == 0
        assert result.out.startswith("ForumPage")

    @pytest.mark.parametrize(("fault", "code"), [("login_wall", 4), ("challenge", 4), ("not_ips", 5), ("hidden", 3)])
    def test_walls_and_errors(self, tool: Tool, mock: MockForum, data: Path, fault: str, code: int) -> None:
        mock.override(mock.path(88), fault)
        assert tool("explain", mock.url + mock.path(88), "--delay", 0).code == code

    def test_robots_are_obeyed(self, tool: Tool, mock: MockForum, data: Path) -> None:
        mock.override("/robots.txt", "robots_deny")
        result = tool("explain", mock.url + mock.path(88), "--delay", 0)
        assert result.code == 4
        assert "robots.txt" in result.error
        assert mock.count(mock.path(88)) == 0

    def test_a_moved_thread(self, tool: Tool, mock: MockForum, data: Path) -> None:
        assert tool("explain", mock.url + "/topic/88-wrong/", "--delay", 0).code == 0


def test_a_text_with_markup_of_the_terminal_library(tool: Tool, mock: MockForum, data: Path) -> None:
    page = data.parent / "page.html"
    title = mock.forum.thread(88).title.encode()
    page.write_bytes(mock.honest(mock.path(88)).body.replace(title, b"[red]x[/red] [link=file:///]y"))
    assert "[red]x[/red]" in tool("explain", page).out
