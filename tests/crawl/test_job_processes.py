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
from typing import Any

import pytest
from crawl_help import Tool, rows
from growing_forum import begin, edit, say
from job_help import HEAD, forum_url, site, write_job
from mock_forum import MockForum

from crawler.demo import Forum, build_many

ROOT = Path(__file__).parents[2]
KILLED = 137
PROGRAM = Path(sys.executable).with_name("threadset")


@pytest.fixture
def large() -> Iterator[MockForum]:
    with MockForum(build_many(12, 10)) as running:
        running.forum.posts_per_page = 4
        running.refresh()
        yield running


def start(*args: object, die_at: str = "") -> subprocess.Popen[str]:
    if not PROGRAM.is_file():
        pytest.skip(f"threadset is not installed beside {sys.executable}")
    env = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "default", "THREADSET_KILL_AT": die_at}
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


@pytest.mark.parametrize(
    ("policy", "points"), [("off", ("before-commit:2", "after-lease:3")), ("all", ("after-parse:9",))]
)
def test_a_planned_run_killed_and_run_again(tool: Tool, large: MockForum, data: Path, policy: str, points: Any) -> None:
    """Killed and finished, a run that reads only what may have changed gives what it gives uninterrupted."""
    large.etags = True
    head = HEAD.replace('recheck = "all"', f'recheck = "{policy}"')
    found = []
    for name, kills in (("whole", ()), ("killed", points)):
        large.show(grown(0))
        (data.parent / name).mkdir()
        own = Tool(data.parent / name / "out", tool._capsys)
        job = write_job(own.folder.parent, site("forum.example", forums=[forum_url(large)]), head=head)
        assert own("crawl", job).code == 0
        large.show(grown(1))
        large.clear_log()
        for point in kills:
            process = start("crawl", job, die_at=point)
            process.communicate(timeout=90)
            assert process.returncode == KILLED
        process = start("crawl", job)
        _out, err = process.communicate(timeout=90)
        assert process.returncode == 0, err
        assert {entry.status for entry in large.log} == ({200, 304} if policy == "all" else {200})
        found.append((own.canonical(), rows(own.folder, "threads"), rows(own.folder, "events")))
    assert found[0][0] == found[1][0]
    assert [row["event"] for row in found[1][2]] == ["edited"]
    assert {row["complete"] for row in found[1][1]} == {True}


def grown(step: int) -> Forum:
    """The forum, then the forum after something has happened in it."""
    forum = build_many(12, 10, seed=4, posts_per_page=4)
    if step:
        for thread in forum.threads[2:7]:
            say(forum, thread, 5)
        begin(forum, 300)
        edit(forum, forum.threads[4].posts[-1], "I have changed my mind.")
    return forum


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
