"""Damage to the files of a dataset, and a forum that is small enough to be read again and again."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from mock_forum import MockForum

ROOT = Path(__file__).parents[2]
FORMATS = ("--format", "parquet,jsonl,csv")
Damage = Callable[[Path], None]


def cut(size: int) -> Damage:
    def damage(path: Path) -> None:
        os.truncate(path, max(path.stat().st_size - size, 0))

    return damage


def zeros(size: int) -> Damage:
    def damage(path: Path) -> None:
        held = path.read_bytes()
        path.write_bytes(held[:-size] + bytes(min(size, len(held))))

    return damage


def flip(place: int, bit: int = 1) -> Damage:
    """Change a bit of the byte at that place; one behind the end is counted on from the start."""

    def damage(path: Path) -> None:
        held = bytearray(path.read_bytes())
        held[place % len(held)] ^= bit
        path.write_bytes(held)

    return damage


def damaged(folder: Path, name: str, damage: Damage, data: Path) -> bool:
    """A copy of the folder with one file damaged; false where that changed nothing."""
    shutil.rmtree(data, ignore_errors=True)
    shutil.copytree(folder, data)
    before = (data / name).read_bytes()
    damage(data / name)
    return (data / name).read_bytes() != before


def url(site: MockForum) -> str:
    return site.url + max(site.forum.boards, key=lambda board: len(site.forum.listed(board))).path


def process(site: MockForum, folder: Path, *options: str, die_at: str = "") -> int:
    """`grab` in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", "from crawler.commands import main; main()", "grab", url(site), "--out", str(folder),
         "--delay", "0", "-q", "--no-report", *FORMATS, *options],
        env=os.environ | {"PYTHONPATH": str(ROOT), "THREADSET_KILL_AT": die_at}, check=False, timeout=120,
    ).returncode  # fmt: skip
