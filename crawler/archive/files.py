"""The archive's folder: names out of integers, and the position that the store vouches for."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

import orjson

FOLDER = "archive"
PART = ".part"
"""Ending of a file that is being rewritten."""

_NAME = re.compile(r"([0-9]{5,12})\.warc\.gz")


@dataclass(frozen=True, slots=True)
class Position:
    """How far the archive goes: number of its last file, and how many bytes of that file count."""

    number: int = 0
    length: int = 0

    def dump(self) -> str:
        """For the store's table `meta`."""
        return orjson.dumps([self.number, self.length]).decode()

    @classmethod
    def load(cls, text: str | None) -> Position:
        """Out of the store; the beginning where nothing was archived yet."""
        number, length = orjson.loads(text) if text else (0, 0)
        return cls(int(number), int(length))


def name_of(number: int) -> str:
    """The name of a file: ``00001.warc.gz``."""
    return f"{number:05d}.warc.gz"


def column_of(number: int) -> str:
    """A file as the column ``warc_file`` of `fetches` names it: ``archive/00001.warc.gz``."""
    return f"{FOLDER}/{name_of(number)}"


def number_of(name: str) -> int | None:
    """The number in a file's name; ``None`` for files that are not ours."""
    found = _NAME.fullmatch(name)
    return int(found[1]) if found and name_of(int(found[1])) == name else None


def archive_files(folder: Path) -> dict[int, Path]:
    """The archive's files by number."""
    found = {number_of(path.name): path for path in folder.iterdir()} if folder.is_dir() else {}
    return {number: path for number, path in sorted(found.items(), key=lambda item: item[0] or 0) if number is not None}


def sync_folder(folder: Path) -> None:
    """Make names durable, where the system can."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:  # Windows opens no folders
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
