"""What goes wrong between us and a server: nothing half-read counts as read, and nothing holds up the rest.

Most runs are processes of their own, with the download handler that users have.
"""

import gzip
import os
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import brotli
import pytest
from crawl_help import Tool, by_id, facts, keeps, manifest, port_of, rows, truth
from mock_forum import Answer, MockForum, error, fail_then_ok, packed, rate_limit, wall

from crawler.demo import Forum, render

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MAIN, OTHER = 101, 88
MEGABYTE = 2**20

_PROCESS = """
import atexit, sys
from crawler.commands import main
from crawler.commands._crawl import RUNNERS, run_with_reactor
def run(job):
    for name, value in {settings!r}.items():
        job.settings.set(name, value, priority="cmdline")
    return run_with_reactor(job)
RUNNERS["default"] = run
def peak():
    line = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
    print("PEAK", line.split()[1])
atexit.register(peak)
main(sys.argv[1:])
"""


def grab(data: Path, *args: str, **settings: object) -> subprocess.CompletedProcess[str]:
    """`grab` in a process of its own, with settings over the usual ones."""
    script = _PROCESS.format(settings={"BACKOFF": 0.01, **settings})
    return subprocess.run(
        [sys.executable, "-c", script, "grab", *args, "--out", str(data), "--delay", "0", "--no-report"],
        check=False, capture_output=True, text=True, timeout=200, env={**os.environ, "NO_COLOR": "1"},
    )  # fmt: skip


def whole(data: Path, mock: MockForum, thread_id: int = MAIN) -> None:
    got = by_id([row for row in rows(data, "posts") if row["thread_id"] == thread_id])
    assert [facts(row) for row in got.values()] == [truth(post) for post in mock.forum.thread(thread_id).posts]


def problems(data: Path) -> list[tuple[str, int, int | None]]:
    return [(found["kind"], found["id"], found["page"]) for found in manifest(data)["completeness"]["problems"]]


@pytest.mark.parametrize("fault", ["broken_chunks", "truncated", "reset"])
def test_a_body_that_breaks_off_is_never_content(tool: Tool, mock: MockForum, data: Path, fault: str) -> None:
    mock.override(mock.path(MAIN, 2), fault)
    ended = grab(data, mock.url + mock.path(MAIN))
    assert ended.returncode == 3, ended.stderr
    assert {row["page"] for row in rows(data, "posts")} == {1, 3}
    assert problems(data) in ([("truncated", MAIN, 2)], [("unreachable", MAIN, 2)])
    mock.restore()
    assert tool.grab(mock.url + mock.path(MAIN)).code == 0
    whole(data, mock)


class Slow(BaseHTTPRequestHandler):
    """Its headers come a few bytes at a time, and have no end."""

    def do_GET(self) -> None:
        if self.path == "/robots.txt":
            self.send_error(404)
            return
        with suppress(OSError):
            self.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
            for _ in range(600):
                self.wfile.write(b"y")
                time.sleep(0.1)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def slow_headers() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Slow) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_byte_a_second_is_given_up_and_costs_nothing_else(mock: MockForum, data: Path) -> None:
    """In the body or in the headers: a page has its time, whatever trickles in meanwhile."""
    mock.override(mock.path(OTHER), "drip")
    with slow_headers() as slow:
        urls = [mock.url + mock.path(OTHER), f"{slow}/topic/7-x/", mock.url + mock.path(MAIN)]
        ended = grab(data, *urls, DOWNLOAD_TIMEOUT=1.5, MAX_ATTEMPTS=1)
    assert ended.returncode == 1, ended.stderr
    assert ended.stderr.count("no answer in time") == 2, ended.stderr
    whole(data, mock)


def test_headers_without_end_are_given_up(mock: MockForum, data: Path) -> None:
    mock.override(mock.path(OTHER), Answer(headers={f"X-{n}": "y" * 4000 for n in range(2000)}, body=b"x"))
    ended = grab(data, mock.url + mock.path(OTHER), DOWNLOAD_TIMEOUT=20, MAX_ATTEMPTS=1)
    assert ended.returncode != 0
    assert ended.stderr.count("\n") == 1, ended.stderr
    assert "Traceback" not in ended.stderr


_PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": lambda body: brotli.compress(body, quality=5),  # the best takes ten times as long
    "zstd": zstd.compress,
}


@pytest.mark.parametrize("encoding", sorted(_PACKERS))
def test_encodings_that_servers_use(tool: Tool, mock: MockForum, data: Path, encoding: str) -> None:
    mock.override("/topic/*", packed(encoding, _PACKERS[encoding]))
    assert tool.grab(mock.url + mock.path(MAIN)).code == 0
    whole(data, mock)


@pytest.fixture(scope="module")
def plain(forum: Forum, tmp_path_factory: pytest.TempPathFactory) -> int:
    """The most memory that a thread takes in which nothing is wrong."""
    with MockForum(forum) as running:
        return _peak(grab(tmp_path_factory.mktemp("plain") / "out", running.url + running.path(MAIN)))


@pytest.mark.parametrize(
    "encoding",
    ["gzip", "br", "zstd", *(pytest.param(one, marks=pytest.mark.slow) for one in ("deflate", "gzip, gzip"))],
)
def test_a_bomb_is_given_up_within_bounds(mock: MockForum, data: Path, plain: int, encoding: str) -> None:
    """300 MB behind a few kilobytes: marked, and the rest of the thread is read."""
    bomb = bytes(300 * MEGABYTE)
    for one in encoding.split(", "):
        bomb = _PACKERS[one](bomb)
    assert len(bomb) < MEGABYTE
    mock.override(mock.path(MAIN, 2), Answer(headers={"Content-Encoding": encoding}, body=bomb))
    ended = grab(data, mock.url + mock.path(MAIN))
    assert ended.returncode == 3
    assert problems(data) == [("too_large", MAIN, 2)]
    assert {row["page"] for row in rows(data, "posts")} == {1, 3}
    assert _peak(ended) - plain < 200, "megabytes"


def _peak(ended: subprocess.CompletedProcess[str]) -> int:
    """The most memory that a process had, in megabytes."""
    return int(ended.stdout.split("PEAK")[1].split()[0]) // 1024


@pytest.mark.parametrize("value", ["-5", "soon", "", "nan", "1e3"])
def test_strange_waits_neither_hang_nor_hurry(tool: Tool, mock: MockForum, data: Path, value: str) -> None:
    """What is no time is our own wait."""
    mock.override(mock.path(MAIN, 2), fail_then_ok(1, rate_limit(value)))
    code = tool.grab(mock.url + mock.path(MAIN)).code
    assert code in {0, 3}
    if code == 0:
        whole(data, mock)
    first, *rest = [entry.started for entry in mock.log if entry.path == mock.path(MAIN, 2)]
    assert all(later > first for later in rest)


def test_a_wait_until_a_date(tool: Tool, mock: MockForum, data: Path) -> None:
    now = datetime.now(UTC)
    until = format_datetime(now + timedelta(seconds=2), usegmt=True)
    busy = Answer(429, {"Date": format_datetime(now, usegmt=True), "Retry-After": until})
    mock.override(mock.path(OTHER), fail_then_ok(1, lambda _forum, _path: busy))
    tool.grab(mock.url + mock.path(OTHER))
    asked = [entry.started for entry in mock.log if entry.path == mock.path(OTHER)]
    assert asked[1] - asked[0] >= 2


def test_a_name_that_is_not_known(data: Path) -> None:
    ended = grab(data, "http://no-such-host.invalid/topic/1-x/")
    assert ended.returncode == 1
    assert ended.stderr.count("\n") == 1
    assert not data.exists()


def test_a_server_that_speaks_no_tls(mock: MockForum, data: Path) -> None:
    ended = grab(data, f"https://127.0.0.1:{port_of(mock.url)}{mock.path(OTHER)}")
    assert ended.returncode == 1
    assert ended.stderr.count("\n") == 1, ended.stderr
    assert mock.count(mock.path(OTHER)) == 0


WALLS: dict[str, Any] = {
    **{f"login_{status}": wall(render.login_wall, status) for status in (200, 403, 404, 503)},
    **{f"age_gate_{status}": wall(render.age_gate, status) for status in (200, 403)},
    **{f"offline_{status}": wall(render.offline, status) for status in (200, 503)},
    **{code: error(status, code) for code, status in (("2F173/H", 403), ("2F173/1", 404), ("2F173/O", 404))},
    "challenge": "challenge",
    "ban": "ban",
    "not_ips": "not_ips",
    "empty": Answer(body=b""),
    "blank": Answer(body=b"<html><body></body></html>"),
}


@pytest.mark.parametrize("name", sorted(WALLS))
def test_a_wall_in_the_middle_of_a_thread_is_never_content(tool: Tool, mock: MockForum, data: Path, name: str) -> None:
    mock.override(mock.path(MAIN, 2), WALLS[name])
    assert tool.grab(mock.url + mock.path(MAIN)).code in {3, 4, 5}
    assert {row["page"] for row in rows(data, "posts")} <= {1, 3}
    assert [found[1:] for found in problems(data)].count((MAIN, 2)) == 1
    [row] = rows(data, "threads")
    assert not row["complete"]
    mock.restore()
    assert tool.grab(mock.url + mock.path(MAIN)).code == 0
    whole(data, mock)


def test_a_wait_that_is_too_long_is_left_to_the_next_run(tool: Tool, mock: MockForum, data: Path) -> None:
    """Nothing more is asked of the site, the run says so, and the next run keeps to it as well."""
    mock.override(mock.path(MAIN, 2), fail_then_ok(1, rate_limit("1000000000")))
    assert tool.grab(mock.url + mock.path(MAIN)).code == 3
    assert mock.count(mock.path(MAIN, 2)) == 1
    assert mock.count(mock.path(MAIN, 3)) == 0
    assert {kind for kind, _id, _page in problems(data)} == {"waiting"}
    asked = len(mock.log)
    again = tool.grab(mock.url + mock.path(MAIN))
    assert again.code == 3
    assert "asks to be left alone" in again.err
    assert len(mock.log) == asked, "not even robots.txt"


def test_a_robots_txt_that_is_busy_for_long_is_not_asked_again(tool: Tool, mock: MockForum, data: Path) -> None:
    mock.override("/robots.txt", rate_limit("100000", 503))
    assert tool.grab(mock.url + mock.path(OTHER)).code == 4
    assert [entry.path for entry in mock.log] == ["/robots.txt"]


@pytest.mark.parametrize("fault", ["rate_limit", "busy"])
def test_a_busy_site_gets_a_rest_as_a_whole(tool: Tool, mock: MockForum, data: Path, fault: str) -> None:
    """The wait that one page met holds for all of them."""
    mock.override(mock.path(MAIN, 1), fail_then_ok(1, fault))
    assert tool.grab(mock.url + mock.path(MAIN), mock.url + mock.path(OTHER)).code == 0
    met = next(number for number, entry in enumerate(mock.log) if entry.status in {429, 503})
    assert mock.log[met + 1].started - mock.log[met].started >= 1.0
    whole(data, mock)


def test_a_delay_that_robots_txt_asks_for(tool: Tool, mock: MockForum, data: Path) -> None:
    mock.override("/robots.txt", Answer(200, {"Content-Type": "text/plain"}, b"User-agent: *\nCrawl-delay: 0.6\n"))
    assert tool.grab(mock.url + mock.path(MAIN)).code == 0
    assert keeps(0.6, [entry.started for entry in mock.log])


@pytest.mark.parametrize("fault", ["login_wall", "challenge", "ban", "offline_200"])
def test_a_site_that_wants_nobody_is_left_alone(tool: Tool, mock: MockForum, data: Path, fault: str) -> None:
    mock.override("/topic/*", fault)
    result = tool.grab(mock.url + mock.forum_path(4))
    topics = [entry for entry in mock.log if entry.path.startswith("/topic/")]
    assert result.code == 4, result.err
    assert len(topics) == 3
    assert len(mock.forum.listed(mock.forum.board(4))) > 3


def test_one_thread_for_members_is_not_the_site(tool: Tool, mock: MockForum, data: Path) -> None:
    mock.override(mock.path(OTHER), "login_wall")
    result = tool.grab(mock.url + mock.forum_path(4))
    assert result.code == 3
    asked = {entry.path for entry in mock.log}
    assert {mock.url + path for path in asked} >= {row["url"] for row in rows(data, "threads") if row["first_seen_at"]}
