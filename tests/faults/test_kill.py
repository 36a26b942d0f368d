"""SIGKILL anywhere in a crawl: run again, and nothing tells that it ever happened.

The slow ones do it to more than a thousand pages.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import takewhile
from pathlib import Path

import pytest

from crawler.store.db import integrity
from crawler.store.killpoints import POINTS

ROOT = Path(__file__).parents[2]
THREADS, FEW, PAGES, POSTS = 105, 30, 10, 1
KILLED = 137


@contextmanager
def served(threads: int) -> Iterator[str]:
    """The address of a forum of small pages, ten a thread, and its listing, served by a process of its own."""
    command = [sys.executable, "-m", "benchmarks.server", *map(str, (threads, PAGES, POSTS))]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        lines = iter(server.stdout)
        first = next(lines).strip()
        n_pages = 1 + sum(1 for _ in takewhile(lambda line: not line.startswith("READY"), lines))
        assert n_pages > threads * PAGES
        yield first
        server.terminate()


@pytest.fixture(scope="module")
def board() -> Iterator[str]:
    with served(THREADS) as first:
        yield first


@pytest.fixture(scope="module")
def small() -> Iterator[str]:
    with served(FEW) as first:
        yield first


def tool(*args: object, die_at: str = "", seconds: float | None = None) -> int:
    """The exit code of `threadset`, 137 where it died; with ``seconds``, it is killed after so long."""
    env = os.environ | {"PYTHONPATH": str(ROOT), "THREADSET_KILL_AT": die_at}
    command = [sys.executable, "-c", "from crawler.commands import main; main()", *map(str, args)]
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        try:
            _out, err = process.communicate(timeout=seconds or 280)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.communicate()
            return KILLED
    assert process.returncode in {0, KILLED}, err
    return process.returncode


def grab(board: str, folder: Path, **how: object) -> int:
    return tool("grab", board, "--out", folder, "--delay", 0, "--format", "jsonl", "-q", **how)  # type: ignore[arg-type]


def canonical(folder: Path) -> dict[str, bytes]:
    target = folder.with_name(folder.name + "-canonical")
    shutil.rmtree(target, ignore_errors=True)
    assert tool("export", folder, "--canonical", "--format", "jsonl", "--to", target) == 0
    return {str(path.relative_to(target)): path.read_bytes() for path in sorted(target.rglob("*.json*"))}


@pytest.fixture(scope="module")
def whole(board: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What an uninterrupted run gives."""
    return uninterrupted(board, THREADS, tmp_path_factory.mktemp("whole") / "out")


def uninterrupted(board: str, threads: int, folder: Path) -> dict[str, bytes]:
    assert grab(board, folder) == 0
    found = canonical(folder)
    assert found["jsonl/posts.jsonl"].count(b"\n") == threads * PAGES * POSTS
    return found


@contextmanager
def sound(folder: Path) -> Iterator[None]:
    yield
    if (folder / "state.sqlite").exists():
        assert integrity(folder / "state.sqlite") == []


@pytest.mark.timeout(900)
def test_killed_a_dozen_times(small: str, tmp_path: Path) -> None:
    """At each point of the crawl, five times while it recovers from that, and twice while it publishes."""
    folder, where = tmp_path / "out", random.Random(11)
    for point in ("after-lease", "mid-body", "after-parse", "before-commit", "after-commit"):
        often = where.randint(1, 2) if point.endswith("commit") else where.randint(15, 45)
        with sound(folder):
            assert grab(small, folder, die_at=f"{point}:{often}") == KILLED, point
    for point in ("during-recovery",) * 5 + ("mid-export", "between-rename-and-fsync"):
        with sound(folder):
            assert grab(small, folder, die_at=point) == KILLED
    assert grab(small, folder) == 0
    assert canonical(folder) == uninterrupted(small, FEW, tmp_path / "whole")


@pytest.mark.slow
@pytest.mark.parametrize("point", POINTS)
def test_killed_at_each_point_again_and_again(board: str, whole: dict[str, bytes], tmp_path: Path, point: str) -> None:
    folder, where = tmp_path / "out", random.Random(point)
    for _ in range(4):
        often = 1 if point in POINTS[:1] + POINTS[-2:] else where.randint(1, 5 if "commit" in point else 250)
        with sound(folder):
            assert grab(board, folder, die_at=f"{point}:{often}") in {0, KILLED}
    assert grab(board, folder) == 0
    assert canonical(folder) == whole


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_killed_fifty_times_at_random(board: str, whole: dict[str, bytes], tmp_path: Path) -> None:
    where, kills, round_ = random.Random(5), 0, 0
    while kills < 50:
        round_ += 1
        folder = tmp_path / f"out{round_}"
        for _ in range(10):
            with sound(folder):
                kills += grab(board, folder, seconds=where.uniform(0.7, 3.5)) == KILLED
        assert grab(board, folder) == 0
        assert canonical(folder) == whole
        shutil.rmtree(folder)
