"""SIGKILL while pages are archived, in the program as it is installed."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from crawl_help import Tool, rows
from extract_help import archive, boards, extract
from mock_forum import MockForum
from records_made import check, records

from crawler.demo import build_many

ROOT = Path(__file__).parents[2]


@pytest.fixture
def large() -> Iterator[MockForum]:
    with MockForum(build_many(20, 12)) as running:
        running.forum.posts_per_page = 4
        running.refresh()
        yield running


def grab(mock: MockForum, folder: Path) -> subprocess.Popen[bytes]:
    program = Path(sys.executable).parent / "threadset"
    if not program.is_file():
        pytest.skip(f"threadset is not installed beside {sys.executable}")
    command = [program, "grab", *boards(mock), "--out", folder, "--delay", "0", "-q", "--no-report"]
    return subprocess.Popen(command, env=os.environ | {"PYTHONPATH": str(ROOT)}, stderr=subprocess.PIPE)


def test_several_kills_leave_a_valid_archive(tool: Tool, large: MockForum, data: Path) -> None:
    where = random.Random(11)
    for _kill in range(3):
        before = len(large.log)
        with grab(large, data) as process:
            deadline = time.monotonic() + 60
            while len(large.log) < before + where.randint(5, 25) and time.monotonic() < deadline:
                time.sleep(0.005)
            time.sleep(where.uniform(0, 0.3))
            process.send_signal(signal.SIGKILL)
    assert tool.grab(*boards(large)).code == 0
    assert archive(tool), "of a run that is killed before its first commit there is no file"
    found = {}
    for path in archive(tool):
        check(path)
        found |= {(f"archive/{path.name}", record.offset): record.url for record in records(path)}
    named = {(fetch["warc_file"], fetch["warc_offset"]): fetch["url"] for fetch in rows(data, "fetches")}
    assert found == named, "a record for every fetch, and no other"
    assert tool("verify", data).code == 0
    done, there = extract(tool, data / "archive")
    assert done.code == 0
    assert there.canonical() == tool.canonical()
