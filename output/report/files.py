"""Puts the files of a report in their places: each whole or not at all, the one to open last."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from output.report.errors import ReportError
from output.swap import sync_directory

_OURS = re.compile(r"(?:thread-[0-9a-f]{8}-\d+(?:-\d+)?|threads-\d+)\.html")
_WORK = ".report-"


class Files:
    """Files on their way into the folder of ``to``: written beside it, then renamed. ``bytes`` is their size."""

    def __init__(self, to: Path, work: Path) -> None:
        self._to, self._work = to, work
        self.names: list[str] = []
        self.bytes = 0

    def write(self, name: str, text: str) -> None:
        """Write a file; its name is a path below the folder of the report."""
        content = text.encode("utf-8", "replace")
        path = self._work / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        self.names.append(name)
        self.bytes += len(content)

    def place(self) -> None:
        """Flush all, put all in place, the report itself last; take away threads that are there no more."""
        for name in self.names:
            with (self._work / name).open("rb+") as file:
                os.fsync(file.fileno())
        home, folder = self._to.parent, self._to.with_suffix("")
        for name in sorted(self.names, key=lambda name: name == self._to.name):
            (home / name).parent.mkdir(exist_ok=True)
            os.replace(self._work / name, home / name)  # noqa: PTH105
        clear_threads(folder, keep=self.names)
        if folder.is_dir():
            sync_directory(folder)
        sync_directory(home)


@contextmanager
def files_for(to: Path) -> Iterator[Files]:
    """A place to write to. Raises :class:`ReportError`; then what was there before is there still."""
    if to.suffix != ".html":
        raise ReportError(f"{to} is no name for a report", "give a file whose name ends in .html")
    if to.is_dir():
        raise ReportError(f"{to} is a folder", "give a file whose name ends in .html")
    work: Path | None = None
    try:
        to.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=_WORK, dir=to.parent))
        yield Files(to, work)
    except OSError as error:
        raise ReportError(
            f"{to} cannot be written: {error.strerror or error}", "make room, or give another file with --to"
        ) from error
    finally:
        if work is not None:
            shutil.rmtree(work, ignore_errors=True)


def clear_threads(folder: Path, *, keep: Collection[str]) -> None:
    """Take the threads of an older report out of its folder, but those that ``keep`` names, and the folder if empty."""
    if not folder.is_dir():
        return
    kept = set(keep)
    for path in folder.iterdir():
        if _OURS.fullmatch(path.name) and f"{folder.name}/{path.name}" not in kept:
            path.unlink()
    if not any(folder.iterdir()):
        folder.rmdir()


def clear_leftovers(folder: Path) -> None:
    """Take away what a report that was killed left; nothing else may be writing one there."""
    for path in folder.glob(f"{_WORK}*"):
        shutil.rmtree(path, ignore_errors=True)
