"""The installed programs, with their own reactor and signal handlers: kills, signals, Scrapy's own ways."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from crawl_help import Tool, manifest, polite, rows
from mock_forum import MockForum, slow

from crawler.demo import build_many
from crawler.settings import GROUP_PAGES

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent


def program(name: str) -> str:
    found = BIN / name
    if not found.is_file():
        pytest.skip(f"{name} is not installed beside {sys.executable}")
    return str(found)


def start(*args: object, cwd: Path | None = None, name: str = "threadset") -> subprocess.Popen[str]:
    env = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "default"}
    return subprocess.Popen(
        [program(name), *map(str, args)], cwd=cwd, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def run(*args: object, cwd: Path | None = None, name: str = "threadset") -> tuple[int, str, str]:
    process = start(*args, cwd=cwd, name=name)
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err


def wait_for(mock: MockForum, requests: int) -> None:
    deadline = time.monotonic() + 30
    while len(mock.log) < requests:
        assert time.monotonic() < deadline, "the crawl does not get on"
        time.sleep(0.005)


@pytest.fixture
def large() -> Iterator[MockForum]:
    with MockForum(build_many(20, 12)) as running:
        running.forum.posts_per_page = 4
        running.refresh()
        yield running


def _url(mock: MockForum) -> str:
    board = max(mock.forum.boards, key=lambda board: len(mock.forum.listed(board)))
    return mock.url + board.path


def test_killed_and_run_again(tool: Tool, large: MockForum, data: Path) -> None:
    """Nothing is lost, nothing is double, and no more is asked for again than a group and what was on its way."""
    whole = Tool(data.with_name("whole"), tool._capsys)
    assert whole.grab(_url(large)).code == 0
    n_pages = len(large.log)
    assert n_pages > 60
    large.clear_log()
    where = random.Random(7)
    for share in (0.2, 0.5):
        process = start("grab", _url(large), "--out", data, "--delay", 0)
        wait_for(large, len(large.log) + int(n_pages * share * where.uniform(0.5, 1)))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert process.returncode == -signal.SIGKILL
        assert not (data / "manifest.json").exists()
    code, _out, err = run("grab", _url(large), "--out", data, "--delay", 0)
    assert (code, err) == (0, "")
    assert tool.canonical() == whole.canonical()
    again = {path: count for path, count in large.counts().items() if count > 1 and path != "/robots.txt"}
    assert sum(again.values()) - len(again) <= 2 * (GROUP_PAGES + 3)
    assert max(again.values(), default=1) <= 3, "once more a kill"
    polite(large)
    assert [run["outcome"] for run in rows(data, "runs")] == [None, None, "complete"]


def test_signals_end_in_order(tool: Tool, large: MockForum, data: Path) -> None:
    """One after the other: what was read is published each time, and in the end nothing tells of them."""
    large.delay = 0.02
    for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
        process = start("grab", _url(large), "--out", data, "--delay", 0)
        wait_for(large, len(large.log) + 15)
        process.send_signal(number)
        out, err = process.communicate(timeout=30)
        assert process.returncode == code
        assert "Traceback" not in err
        assert "run the same command again" in err
        assert "not fetched yet" in out
        assert manifest(data)["completeness"]["complete"] is False
        assert tool("verify", data).code == 0
    large.delay = 0
    assert tool.grab(_url(large)).code == 0
    assert [row["outcome"] for row in rows(data, "runs")] == ["stopped", "stopped", "complete"]
    pages = {path: count for path, count in large.counts().items() if path != "/robots.txt"}
    assert set(pages.values()) == {1}, "what was on its way was finished"
    polite(large)
    whole = Tool(data.with_name("whole"), tool._capsys)
    assert whole.grab(_url(large)).code == 0
    assert tool.canonical() == whole.canonical()


def test_a_signal_ends_the_longest_wait(large: MockForum, data: Path) -> None:
    """The first page has its lease and waits for its turn after robots.txt."""
    process = start("grab", _url(large), "--out", data, "--delay", 3600)
    wait_for(large, 1)
    time.sleep(0.3)
    process.send_signal(signal.SIGTERM)
    _out, err = process.communicate(timeout=30)
    assert process.returncode == 143, err
    assert len(large.log) == 1


def test_a_second_signal_ends_at_once(tool: Tool, large: MockForum, data: Path) -> None:
    whole = Tool(data.with_name("whole"), tool._capsys)
    assert whole.grab(_url(large)).code == 0
    large.clear_log()
    paths = [large.path(thread.thread_id) for thread in large.forum.threads]
    for path in paths:
        large.override(path, slow(100.0))
    process = start("grab", _url(large), "--out", data, "--delay", 0)
    deadline = time.monotonic() + 30
    while not any(entry.path.startswith("/topic/") for entry in list(large.log)):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    _out, err = process.communicate(timeout=60)  # the answer itself would take longer
    assert process.returncode == 131, err
    assert "Traceback" not in err
    large.restore()
    assert tool.grab(_url(large)).code == 0
    assert tool.canonical() == whole.canonical()


def test_another_run_holds_the_lock(tool: Tool, large: MockForum, data: Path) -> None:
    large.delay = 0.05
    process = start("grab", _url(large), "--out", data, "--delay", 0)
    wait_for(large, 5)
    second = tool.grab(_url(large))
    assert second.code == 6
    assert "another run" in second.error
    assert tool("export", data).code == 6
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)
    assert tool("export", data).code == 0, "the lock of a run that has ended holds nobody up"


def test_from_any_folder(mock: MockForum, tmp_path: Path) -> None:
    code, out, err = run("grab", mock.url + mock.path(88), "--delay", 0, cwd=tmp_path)
    assert (code, err) == (0, "")
    assert (tmp_path / "data/127.0.0.1-topic-88/parquet/posts.parquet").is_file()
    assert out.startswith("data/127.0.0.1-topic-88:\n")
    polite(mock)


def test_the_log_of_all_that_happens(mock: MockForum, tmp_path: Path) -> None:
    code, _out, err = run("grab", mock.url + mock.path(88), "--delay", 0, "-vv", cwd=tmp_path)
    assert code == 0
    assert "Stored TopicPage topic 88 page 1" in err
    assert mock.forum.thread(88).title not in err
    assert "Warning" not in err


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the project's root as Scrapy sees it."""
    shutil.copy(ROOT / "scrapy.cfg", tmp_path)
    return tmp_path


def test_scrapys_own_feeds(mock: MockForum, project: Path) -> None:
    parquet, lines = project / "posts.parquet", project / "posts.jsonl"
    args = (
        "crawl",
        "topic",
        "-a",
        f"url={mock.url}{mock.path(101)}",
        "-s",
        "DOWNLOAD_DELAY=0",
        "-O",
        parquet,
        "-O",
        lines,
    )
    code, _out, err = run(*args, name="scrapy", cwd=project)
    assert code == 0, err
    for got in (pq.read_table(parquet).to_pylist(), [json.loads(line) for line in lines.read_bytes().splitlines()]):
        assert sorted(row["post_id"] for row in got) == [post.post_id for post in mock.forum.thread(101).posts]
    polite(mock)


def test_feeds_use_a_store_of_their_own_that_goes_afterwards(
    mock: MockForum, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = project / "scratch"
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    args = ("crawl", "topic", "-a", f"url={mock.url}{mock.path(88)}", "-s", "DOWNLOAD_DELAY=0", "-O")
    for _ in range(2):  # a second run with the first one's state would have nothing to do
        code, _out, _err = run(*args, project / "posts.jsonl", name="scrapy", cwd=project)
        assert code == 0
        assert len((project / "posts.jsonl").read_bytes().splitlines()) == mock.forum.thread(88).n_posts
    assert list(scratch.iterdir()) == []


def test_scrapy_lists_the_spiders(project: Path) -> None:
    code, out, _err = run("list", name="scrapy", cwd=project)
    assert (code, out.split()) == (0, ["forum", "site", "topic"])
