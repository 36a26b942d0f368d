"""Puts a set of finished files in the place of another: all of them or none.

The new files wait in a work folder inside the dataset's folder. The old ones are kept there, too, until the last new
one, the manifest, is in place; when something fails before that, they go back. A process that is killed on the way
leaves the work folder behind, and the next one finishes its undoing (:meth:`Swap.recover`).
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

import orjson

from crawler.store.killpoints import reach
from output.errors import PublishError
from output.manifest import MANIFEST

WORK = ".publish"
_JOURNAL = "journal.json"


class Swap:
    """One publication into ``directory``. Only one may run at a time: the caller holds the dataset's lock."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.work = directory / WORK
        self.new = self.work / "new"
        self.spill = self.work / "spill"
        self._old = self.work / "old"
        self._journal = self.work / _JOURNAL

    def begin(self) -> None:
        """Clear away what a killed run left, and make the work folder. Raises :class:`PublishError`."""
        try:
            self.directory.mkdir(parents=True, exist_ok=True)
            self.recover()
            self.work.mkdir(mode=0o700)
            for folder in (self.new, self.spill, self._old):
                folder.mkdir()
        except OSError as error:
            raise PublishError(
                f"{self.directory} cannot be written: {error.strerror or error}",
                "choose a folder that you may write to",
            ) from error

    def recover(self) -> None:
        """Undo a publication that was killed before its manifest was in place, and remove its work folder."""
        if self.work.is_symlink():
            raise PublishError(f"{self.work} is a link", "remove it")
        if not self.work.exists():
            return
        if self._journal.exists():
            self._undo()
        shutil.rmtree(self.work)

    def commit(self, files: Sequence[str], stale: Iterable[str]) -> None:
        """Move the new ``files`` (paths below :attr:`new`) and then the manifest into place; remove ``stale`` ones.

        On an error everything is put back.
        """
        stale = [name for name in stale if (self.directory / name).exists()]
        try:
            self._write_journal([name for name in [*files, MANIFEST] if not (self.directory / name).exists()])
            for name in [*files, *stale, MANIFEST]:
                self._keep(name)
            for name in files:
                self._place(name)
                reach("mid-export")
            for name in stale:
                (self.directory / name).unlink(missing_ok=True)
            for folder in sorted({(self.directory / name).parent for name in [*files, *stale]}):
                sync_directory(folder)
            self._place(MANIFEST)
            reach("between-rename-and-fsync")
            sync_directory(self.directory)
        except BaseException:
            # If undoing fails as well, the journal stays, and the next publication undoes it.
            with contextlib.suppress(OSError):
                self._undo()
            raise
        self._journal.unlink()
        for folder in {(self.directory / name).parent for name in stale}:
            with contextlib.suppress(OSError):
                folder.rmdir()  # only when it is empty

    def end(self) -> None:
        """Remove the work folder, unless it still holds files that have to go back."""
        if not self._journal.exists():
            shutil.rmtree(self.work, ignore_errors=True)

    def _write_journal(self, fresh: list[str]) -> None:
        draft = self._journal.with_suffix(".tmp")
        write_synced(draft, orjson.dumps({"fresh": fresh}))
        os.replace(draft, self._journal)  # noqa: PTH105
        sync_directory(self.work)

    def _keep(self, name: str) -> None:
        """Keep the old file for undoing: by a second name where the file system has them, else by moving it."""
        source, kept = self.directory / name, self._old / name
        if not source.exists():
            return
        kept.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(source, kept)
        except OSError:
            if name == MANIFEST:  # whoever reads meanwhile needs it
                write_synced(kept, source.read_bytes())
            else:
                os.replace(source, kept)  # noqa: PTH105

    def _place(self, name: str) -> None:
        target = self.directory / name
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(self.new / name, target)  # noqa: PTH105

    def _undo(self) -> None:
        """Put the old files back, the manifest first, so that it never names what is gone; may be repeated."""
        fresh = orjson.loads(self._journal.read_bytes())["fresh"]
        if MANIFEST in fresh:
            (self.directory / MANIFEST).unlink(missing_ok=True)
        manifest = self._old / MANIFEST
        kept = sorted(path for path in self._old.rglob("*") if path.is_file() and path != manifest)
        for path in [*([manifest] if manifest.exists() else []), *kept]:
            os.replace(path, self.directory / path.relative_to(self._old))  # noqa: PTH105
        for name in fresh:
            (self.directory / name).unlink(missing_ok=True)
        self._journal.unlink()


def write_synced(path: Path, content: bytes) -> None:
    """Write a new file and flush it to the disk."""
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync_directory(path: Path) -> None:
    """Flush a folder's entries to the disk, where the system can open folders."""
    if os.name == "nt":
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
