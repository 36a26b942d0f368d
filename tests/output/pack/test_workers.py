"""Packs that several processes make: the same bytes, the same errors, and nobody left behind."""

from __future__ import annotations

import os
import pickle
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from output.pack import LeakError
from output.pack.making import shards_of
from output.pack.sorter import Slice

Packed = Callable[..., Path]
ALL = ("parquet", "jsonl", "csv", "convokit")
PACK = [sys.executable, "-c", "from crawler.commands import main; main()", "pack", "--workers", "2"]


def command(crawled: Path, key: Path, to: Path) -> list[str]:
    return [*PACK, str(crawled), "--to", str(to), "--key", str(key), "--license", "MIT"]


def test_two_processes_make_the_same_bytes_as_one(packed: Packed, contents: Any) -> None:
    sizes = {"formats": ALL, "bucket_bytes": 1, "shard_bytes": 200}
    one, two = packed("one", **sizes), packed("two", **sizes, workers=2)
    assert len(list((one / "parquet").glob("posts-*"))) > 1
    assert contents(one) == contents(two)


def test_a_disk_that_is_full_for_another_process(
    crawled: Path, key: Path, tmp_path: Path, packed: Packed, contents: Any
) -> None:
    before = contents(packed())

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (3_000, 3_000))

    failed = subprocess.run(
        command(crawled, key, tmp_path / "pack"), capture_output=True, text=True, check=False, preexec_fn=limited
    )
    assert failed.returncode == 1, failed.stderr
    assert len(failed.stderr.splitlines()) == 1
    assert "what was there before is untouched" in failed.stderr
    assert contents(tmp_path / "pack") == before


def test_an_error_comes_out_of_another_process_as_it_was() -> None:
    again = pickle.loads(pickle.dumps(LeakError("posts, row 3: holds a name", "report it")))
    assert (type(again), again.reason, again.fix) == (LeakError, "posts, row 3: holds a name", "report it")


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are looked up in /proc")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGKILL, -signal.SIGKILL), (signal.SIGINT, 130)])
def test_nobody_is_left_behind(crawled: Path, key: Path, tmp_path: Path, number: signal.Signals, code: int) -> None:
    """Whether the main process is killed or the terminal's Ctrl-C reaches all of them."""
    to = tmp_path / "pack"
    with subprocess.Popen(command(crawled, key, to), start_new_session=True, stderr=subprocess.DEVNULL) as process:
        until(lambda: len(of_session(process.pid)) > 3)  # itself, the one that begins others, and two of these
        if number == signal.SIGINT:
            os.killpg(process.pid, number)
        else:
            process.send_signal(number)
        assert process.wait(60) == code
        until(lambda: not of_session(process.pid))
    assert not (to / "manifest.json").exists()
    assert (to / ".publish").exists() == (number == signal.SIGKILL)  # the next packing clears it away


def of_session(leader: int) -> list[int]:
    """The processes that a session has, those that have ended but for their parent's notice left out."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _parent, _group, session = path.read_text().rpartition(")")[2].split()[:4]
        except OSError:
            continue
        if int(session) == leader and state != "Z":
            found.append(int(path.parent.name))
    return found


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_files_are_no_more_than_there_must_be_and_of_one_size() -> None:
    def sizes(given: list[int], limit: int) -> list[list[int]]:
        buckets = [[Slice("x", 0, number, 1, size)] for number, size in enumerate(given)]
        return [[sum(one.bytes for one in slices) for slices in shard] for shard in shards_of(buckets, limit)]

    assert sizes([10] * 7, 30) == [[10, 10, 10], [10, 10], [10, 10]]
    assert sizes([10] * 7, 1000) == [[10] * 7]
    assert sizes([100, 1, 1, 1], 60) == [[100], [1, 1, 1]]
    assert sizes([], 60) == [[]]
