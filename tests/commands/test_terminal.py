"""What a terminal shows: wide, narrow, dumb, without Unicode; and nothing of it where there is none."""

from __future__ import annotations

import fcntl
import io
import os
import re
import struct
import subprocess
import sys
import termios
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from crawl_help import Tool
from mock_forum import Answer, MockForum

from crawler.commands import _progress
from crawler.commands._live import Steps
from crawler.commands._progress import Progress, duration, extent_line
from crawler.commands._publish import publish
from crawler.commands._terminal import coloured, watched
from crawler.items import PageRef, ThreadSeen, TopicPage
from crawler.outlook import Extent

TERM = {"TERM": "xterm", "PYTHONPATH": os.pathsep.join(sys.path), "PATH": os.environ["PATH"]}


COMMANDS = """
from crawler.commands import _live, main
_live._SHORT = -1.0  # every work is spoken of, however short
for args in {commands!r}:
    try:
        main(args)
    except SystemExit as end:
        print("ended", end.code, flush=True)
"""


def on_a_terminal(*commands: list[object], columns: int = 80, env: dict[str, str] | None = None) -> list[str]:
    """What each command writes to a terminal so wide, and its exit code. One process for all: each takes a second."""
    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 30, columns, 0, 0))
    code = COMMANDS.format(commands=[[str(arg) for arg in args] for args in commands])
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdin=theirs, stdout=theirs, stderr=theirs, env=TERM | (env or {})
    )
    os.close(theirs)
    said = b""
    while chunk := _read(ours):
        said += chunk
    os.close(ours)
    assert process.wait(60) == 0
    return re.findall(r"(.*?ended \d+)\r\n", said.decode("utf-8"), re.DOTALL)


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65536)
    except OSError:  # the other side is gone
        return b""


def drawn(said: str) -> list[str]:
    """The states of the line, without what moves the cursor."""
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "\r", said)
    return [line for line in re.split(r"[\r\n]+", plain) if " left" in line or line.startswith("waiting")]


class TestOnATerminal:
    def test_a_narrow_one_without_unicode(self, mock: MockForum, data: Path) -> None:
        page = data.parent / "page.html"
        page.write_bytes(mock.honest(mock.path(88)).body)
        grabbed, explained, failed, exported = on_a_terminal(
            ["grab", mock.url + mock.forum_path(4), "--out", data, "--delay", 0.15, "--no-report"],
            ["explain", page],
            ["verify", "nowhere"],
            ["export", data],
            columns=40,
            env={"PYTHONIOENCODING": "ascii"},
        )
        states = drawn(grabbed)
        said = [re.fullmatch(r"\d+( pages?)? done, \d+ to go, \d+ s left", state) for state in states]
        assert states[0] == "waiting for the first page" or said[0], "the first page may be there before the first look"
        assert any(said)
        assert max(map(len, states)) < 40
        assert grabbed.isascii()
        assert "content  " in grabbed
        assert grabbed.endswith("ended 0")

        told = " ".join(explained.split())
        assert "thread.title: Ferry strike called off h1.ipsType_pageTitle span (first choice) thread.url: " in told
        assert max(map(len, explained.replace("\\xd7", "x").splitlines())) <= 40

        assert failed.startswith("\x1b[31mthreadset:\x1b[0m nowhere: ")
        assert "deriving 6 of 6 threads" in exported
        assert exported.rpartition("\x1b[2K")[2].startswith(f"{data}:\r\n"), "the line is gone"

    def test_a_dumb_one(self, mock: MockForum, data: Path) -> None:
        args: list[object] = ["grab", mock.url + mock.path(88), "--out", data, "--delay", 0, "--no-report"]
        grabbed, failed = on_a_terminal(args, ["verify", "nowhere"], env={"TERM": "dumb"})
        assert "\x1b" not in grabbed + failed
        assert grabbed.startswith(f"{data}:")


class Stream(io.StringIO):
    def __init__(self, *, terminal: bool) -> None:
        super().__init__()
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal


@pytest.mark.parametrize(
    ("env", "terminal", "expected"),
    [
        ({}, True, True),
        ({}, False, False),
        ({"TERM": "dumb"}, True, False),
        ({"NO_COLOR": "1"}, True, False),
        ({"NO_COLOR": ""}, True, True),
        ({"FORCE_COLOR": "1"}, False, True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, True, False),
    ],
)
def test_colours(monkeypatch: pytest.MonkeyPatch, env: dict[str, str], *, terminal: bool, expected: bool) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    assert coloured(Stream(terminal=terminal)) is expected


def test_a_stream_that_is_closed_is_no_terminal() -> None:
    stream = Stream(terminal=True)
    stream.close()
    assert not watched(io.StringIO())
    assert not watched(None)


class TestNowhere:
    def test_no_progress_where_colours_are_forced_into_a_pipe(
        self, tool: Tool, mock: MockForum, data: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("FORCE_COLOR", "1")
        result = tool.grab(mock.url + mock.path(88))
        assert (result.code, result.err) == (0, "")
        assert "\x1b" not in result.out


class Frontier:
    """So many pages of each site that are still to come."""

    def __init__(self, **n_open: int) -> None:
        self.n_open = n_open

    def open_by_site(self) -> dict[str, int]:
        return self.n_open


def fed(progress: Progress, monkeypatch: pytest.MonkeyPatch, *, every: float, pages: int, n_open: int) -> Progress:
    """Progress that was told of so many pages of a thread, one every so many seconds."""
    clock = iter(every * number for number in range(1, pages + 1))
    monkeypatch.setattr(_progress, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    progress._line.watched, progress._started, progress._looked = True, 0.0, -60.0
    store: Any = SimpleNamespace(frontier=Frontier(forum=n_open))
    committed: Any = SimpleNamespace(settlement=SimpleNamespace(outcome="ok"), n_posts=25)
    for number in range(1, pages + 1):
        ref = PageRef("forum", "topic", 7, number, "u", is_seed=True)
        thread = ThreadSeen(content_class="forums_Topic", thread_id=7, page=number, n_pages=4000)
        page = TopicPage(url="u", pages_url="u", thread=thread, posts=[], ref=ref)
        progress.page(page, committed, store, 1.0)
    return progress


class TestLine:
    def test_before_the_first_page(self) -> None:
        progress = Progress(delay=1.0, quiet=False)
        assert progress.line(5.0) == "waiting for the first page"
        assert progress.line(5.0, 10) == "waiting"

    def test_the_pages_of_a_thread_that_are_not_queued_yet_count(self, monkeypatch: pytest.MonkeyPatch) -> None:
        progress = fed(Progress(delay=1.0, quiet=False), monkeypatch, every=2.0, pages=5, n_open=25)
        assert progress.line(10.0) == (
            "5 pages done, about 3,995 to go, 125 posts, 0.5 pages/s, about 2 h 13 min left"
        )  # fmt: skip

    def test_as_much_as_fits(self, monkeypatch: pytest.MonkeyPatch) -> None:
        progress = fed(Progress(delay=1.0, quiet=False), monkeypatch, every=2.0, pages=5, n_open=25)
        said = {width: progress.line(10.0, width) for width in range(100)}
        assert all(len(line) <= width for width, line in said.items())
        assert said[40] == "5 done, 3,995 to go, 2 h 13 min left"
        assert said[24] == "5 done, 2 h 13 min left"
        assert said[8] == "5+3,995"

    def test_only_what_is_queued_where_a_site_is_not_read_whole(self, monkeypatch: pytest.MonkeyPatch) -> None:
        progress = fed(Progress(delay=1.0, quiet=False, whole=False), monkeypatch, every=2.0, pages=5, n_open=25)
        assert progress.line(10.0).startswith("5 pages done, 25 to go")

    def test_the_delay_tells_until_the_pace_is_known(self, monkeypatch: pytest.MonkeyPatch) -> None:
        progress = fed(Progress(delay=1.0, quiet=False, whole=False), monkeypatch, every=9.0, pages=2, n_open=600)
        assert progress.line(18.0).endswith("10 min left")

    def test_time_goes_on_between_two_pages(self, monkeypatch: pytest.MonkeyPatch) -> None:
        progress = fed(Progress(delay=1.0, quiet=False, whole=False), monkeypatch, every=2.0, pages=5, n_open=30)
        assert progress.line(10.0).endswith(", 60 s left")
        assert progress.line(25.0).endswith(", 45 s left")
        assert progress.line(500.0).endswith(", 0 s left")

    def test_a_line_a_minute_on_a_dumb_terminal(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setenv("TERM", "dumb")
        fed(Progress(delay=1.0, quiet=False, width=200), monkeypatch, every=45.0, pages=4, n_open=9)
        lines = capsys.readouterr().err.splitlines()
        assert [line.split(" done")[0] for line in lines] == ["1 page", "3 pages"]

    @pytest.mark.parametrize(
        ("seconds", "text"),
        [(0, "0 s"), (89.4, "89 s"), (90, "2 min"), (3600, "60 min"), (5400, "1 h 30 min"), (90_000, "25 h 00 min")],
    )
    def test_duration(self, seconds: float, text: str) -> None:
        assert duration(seconds) == text


class TestSteps:
    def test_what_is_done_of_how_much(self) -> None:
        steps = Steps("deriving", "threads", quiet=False)
        steps(1200, 8000)
        assert steps.text(40) == "deriving 1,200 of 8,000 threads"
        assert steps.text(20) == "1,200 of 8,000"
        assert steps.text(3) == "1,2"
        steps(7)
        assert steps.text(40) == "deriving 7 threads"

    def test_each_thread_is_told_of(self, tool: Tool, mock: MockForum, data: Path) -> None:
        assert tool.grab(mock.url + mock.forum_path(4)).code == 0
        seen: list[tuple[int, int]] = []
        publish(data, again=True, watch=lambda done, total: seen.append((done, total)))
        assert seen == [(number, 6) for number in range(1, 7)]


class TestHowLong:
    def test_it_is_said_once_the_first_page_is_there(self, monkeypatch: pytest.MonkeyPatch) -> None:
        told: list[str] = []
        progress = Progress(
            delay=1.0, quiet=False, announce=lambda extent, seconds: told.append(extent_line(extent, seconds))
        )
        fed(progress, monkeypatch, every=1.0, pages=3, n_open=1)
        assert told == ["thread 7: 4,000 pages, at least 67 min"]

    def test_of_a_forum(self) -> None:
        extent = Extent("forum", 2, 4160, 4000, exact=False)
        assert extent_line(extent, 8320.0) == "forum 2: 4,000 threads on about 4,160 pages, at least 2 h 19 min"

    def test_grab_says_it(self, tool: Tool, mock: MockForum, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(_progress, "_LONG", 0.0)
        url = mock.url + mock.forum_path(4)
        assert tool.grab(url).err.startswith("threadset: forum 4: 6 threads on about 10 pages, at least ")
        assert tool.grab(url, "-q").err == ""
        assert tool.grab(url, "--json").err == ""


class TestDryRun:
    def test_it_reads_first_pages_and_writes_nothing(self, tool: Tool, mock: MockForum, data: Path) -> None:
        result = tool.grab(mock.url + mock.forum_path(4), mock.url + mock.path(101), "--dry-run")
        assert result.code == 0
        assert [entry.path for entry in mock.log] == ["/robots.txt", mock.forum_path(4), mock.path(101)]
        assert "forum 4: 6 threads on about 10 pages" in result.out
        assert "thread 101: 3 pages" in result.out
        assert "at least 14 requests (by the first page of each)" in result.out
        assert list(data.parent.iterdir()) == []

    def test_a_folder_that_knows_is_asked_instead(self, tool: Tool, mock: MockForum, data: Path) -> None:
        url = mock.url + mock.forum_path(4)
        tool.grab(url, "--max-pages", 3)
        n_requests = len(mock.log)
        facts = tool.grab(url, "--dry-run", "--json").json
        assert (facts["why"], facts["at_least"], facts["dry_run"]) == ("what the last run left", True, True)
        assert len(mock.log) == n_requests
        tool.grab(url)
        assert "every page that is known" in tool.grab(url, "--dry-run").out

    def test_the_delay_that_robots_txt_asks_for_counts(self, tool: Tool, mock: MockForum, data: Path) -> None:
        mock.override("/robots.txt", Answer(body=b"User-agent: *\nCrawl-delay: 0.25\n"))
        facts = tool.grab(mock.url + mock.path(101), "--dry-run", "--json").json
        assert (facts["requests"], facts["expected_seconds"]) == (4, 1.0)

    def test_no_more_than_was_asked_for(self, tool: Tool, mock: MockForum, data: Path) -> None:
        facts = tool.grab(mock.url + mock.forum_path(4), "--dry-run", "--max-pages", 3, "--json").json
        assert (facts["requests"], facts["at_least"]) == (4, False)
        assert facts["parts"][0]["pages"] == 10

    def test_robots_and_what_is_gone(self, tool: Tool, mock: MockForum, data: Path) -> None:
        mock.override(mock.path(88), "hidden")
        result = tool.grab(mock.url + mock.path(88), "--dry-run")
        assert (result.code, "the forum hides it" in result.error) == (3, True)
        mock.override("/robots.txt", "robots_deny")
        result = tool.grab(mock.url + mock.path(101), "--dry-run", "--json")
        assert (result.code, result.json["exit_code"], result.json["missing"][0]["kind"]) == (4, 4, "robots")
        assert mock.count(mock.path(101)) == 0
