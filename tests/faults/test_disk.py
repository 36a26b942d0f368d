"""Disks that are full or change what they hold, and waits that outlive a run."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from crawl_help import Tool, manifest
from mock_forum import MockForum, rate_limit

from crawler.store import STATE_FILE

ROOT = Path(__file__).parents[2]


def limited(size: int, *args: object) -> subprocess.CompletedProcess[str]:
    """`threadset` with no file larger than that many bytes."""
    return subprocess.run(
        [sys.executable, "-c", "from crawler.commands import main; main()", *map(str, args)],
        env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False, timeout=120,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)),
    )  # fmt: skip


@pytest.mark.parametrize("size", [150_000, 250_000])
def test_no_more_space(tool: Tool, mock: MockForum, data: Path, size: int) -> None:
    url = mock.url + max(mock.forum.boards, key=lambda board: len(mock.forum.listed(board))).path
    done = limited(size, "grab", url, "--out", data, "--delay", 0, "-q")
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    lines = done.stderr.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("threadset: ")
    whole = Tool(data.with_name("whole"), tool._capsys)
    assert whole.grab(url).code == tool.grab(url).code == 0
    assert tool.canonical() == whole.canonical()


def test_a_changed_bit_is_found(tool: Tool, mock: MockForum, data: Path) -> None:
    assert tool.grab(mock.url + mock.path(88)).code == 0
    path = data / STATE_FILE
    held = bytearray(path.read_bytes())
    at = held.rindex(b"<p>") + 4
    held[at] ^= 1
    path.write_bytes(held)
    before = manifest(data)
    found = tool("export", data)
    assert found.code == 1
    assert STATE_FILE in found.error
    assert "changed" in found.error
    assert manifest(data) == before, "what was published stays"


@pytest.mark.parametrize("cut", [1, 4096, 20_000])
def test_a_file_that_lost_its_end_is_refused(tool: Tool, mock: MockForum, data: Path, cut: int) -> None:
    assert tool.grab(mock.url + mock.path(88)).code == 0
    path = data / STATE_FILE
    path.write_bytes(path.read_bytes()[:-cut])
    for command in (("grab", mock.url + mock.path(88), "--out", data), ("export", data)):
        found = tool(*command)
        assert found.code == 1
        assert STATE_FILE in found.error
        assert "damaged" in found.error


def test_a_wait_that_outlives_the_run_is_backlog(tool: Tool, mock: MockForum, data: Path) -> None:
    path = mock.path(101, 2)
    mock.override(path, rate_limit("3000"))
    assert tool.grab(mock.url + mock.path(101)).code == 3
    asked = mock.count(path)
    assert asked == 1
    assert tool.grab(mock.url + mock.path(101)).code == 3
    assert mock.count(path) == asked, "it is not due yet"
    assert manifest(data)["completeness"]["complete"] is False
