"""The installed command on a job: killed and run again, and a log that is JSON line by line."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from crawl_help import Tool, rows
from job_help import forum_url, site, write_job
from mock_forum import MockForum

from crawler.demo import build_many

ROOT = Path(__file__).parents[2]
PROGRAM = Path(sys.executable).with_name("threadset")


@pytest.fixture
def large() -> Iterator[MockForum]:
    with MockForum(build_many(12, 10)) as running:
        running.forum.posts_per_page = 4
        running.refresh()
        yield running


def start(*args: object) -> subprocess.Popen[str]:
    if not PROGRAM.is_file():
        pytest.skip(f"threadset is not installed beside {sys.executable}")
    env = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "default"}
    command = [str(PROGRAM), *map(str, args)]
    return subprocess.Popen(command, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_killed_and_run_again(tool: Tool, large: MockForum, data: Path) -> None:
    job = write_job(data.parent, site("forum.example", forums=[forum_url(large)]))
    process = start("crawl", job)
    deadline = time.monotonic() + 60
    while len(large.log) < 15:
        assert time.monotonic() < deadline, "the crawl does not get on"
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert not (data / "run.json").exists()
    assert tool("status", data, "--json").json["unfinished"] is True

    process = start("crawl", job, "--log-json", "-v", "-q")
    out, err = process.communicate(timeout=90)
    assert (process.returncode, out) == (0, "")
    events = [json.loads(line) for line in err.splitlines()]
    assert err.isascii()
    assert [events[0]["event"], events[-1]["event"]] == ["run_started", "run_finished"]
    assert events[-1]["outcome"] == "complete"
    assert [row["outcome"] for row in rows(data, "runs")] == [None, "complete"]

    killed = tool.canonical()
    (data.parent / "whole").mkdir()
    whole = Tool(data.parent / "whole" / "out", tool._capsys)
    again = write_job(data.parent / "whole", site("forum.example", forums=[forum_url(large)]))
    assert whole("crawl", again).code == 0
    assert whole.canonical() == killed


def test_pages_are_events(large: MockForum, data: Path) -> None:
    job = write_job(data.parent, site("forum.example", threads=[large.url + large.forum.threads[0].path]))
    process = start("crawl", job, "--log-json")
    _out, err = process.communicate(timeout=90)
    events = [json.loads(line) for line in err.splitlines()]
    pages = [event for event in events if event.get("outcome") == "ok"]
    assert [(event["site"], event["kind"], event["page"]) for event in pages] == [
        ("forum.example", "topic", number) for number in range(1, len(pages) + 1)
    ]
    assert pages
    assert {event["level"] for event in events} == {"info"}
