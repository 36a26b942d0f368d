"""The folder of a dataset: made, locked, looked into, before anything is fetched."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from crawler.commands._errors import CommandError
from crawler.items import PageRef
from crawler.outcome import LOCKED, USAGE
from crawler.store import STATE_FILE, Store, StoreError

_LOCK_FILE = ".lock"
_PLAIN = re.compile(r"[^a-z0-9.-]+")


def default_folder(refs: Sequence[PageRef]) -> Path:
    """``data/<site>-<topic or forum>-<id>``; with more than one address, how many more there are."""
    first = refs[0]
    site = _PLAIN.sub("-", first.site).strip(".-") or "site"
    more = f"-and-{len(refs) - 1}-more" if len(refs) > 1 else ""
    return Path("data") / f"{site}-{first.kind}-{first.item_id}{more}"


@contextmanager
def opened_folder(folder: Path, *, create: bool) -> Iterator[bool]:
    """Make and lock the folder, and see that its store can be used. Gives whether it is new.

    A new folder in which nothing was entered is taken away again.
    """
    new = _prepare(folder, create=create)
    lock = FileLock(folder / _LOCK_FILE, timeout=0)
    try:
        with lock:
            try:
                Store(folder / STATE_FILE, create=create).close()
            except StoreError as error:
                raise CommandError(error.what, error.reason, error.fix, error.exit_code) from None
            yield new
    except Timeout:
        raise CommandError(
            str(folder), "another run is at work in this folder", "wait until it ends, or give another folder", LOCKED
        ) from None
    except PermissionError as error:
        raise _not_writable(folder, error) from None


def _prepare(folder: Path, *, create: bool) -> bool:
    new = not folder.exists()
    if new and not create:
        raise CommandError(str(folder), "there is no such folder", "give the folder of a dataset", USAGE)
    if folder.exists() and not folder.is_dir():
        raise CommandError(str(folder), "it is a file", "give a folder", USAGE)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _not_writable(folder, error) from None
    if not os.access(folder, os.W_OK | os.X_OK):
        raise _not_writable(folder, PermissionError("no permission to write"))
    return new


def _not_writable(folder: Path, error: OSError) -> CommandError:
    cause = error.strerror or str(error)
    return CommandError(
        str(folder), f"the folder cannot be written ({cause})", "give another one with --out, or mend its permissions",
        USAGE,
    )  # fmt: skip


def remove_if_bare(folder: Path) -> None:
    """Take away a folder that holds nothing but our own state."""
    ours = {STATE_FILE, f"{STATE_FILE}-wal", f"{STATE_FILE}-shm", _LOCK_FILE}
    if folder.is_dir() and {path.name for path in folder.iterdir()} <= ours:
        for name in ours:
            (folder / name).unlink(missing_ok=True)
        folder.rmdir()
