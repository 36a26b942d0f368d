"""The folder of a dataset: made, locked, looked into, before anything is fetched."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from crawler.archive import FOLDER as ARCHIVE
from crawler.archive import archive_files
from crawler.commands._errors import CommandError
from crawler.commands._forgotten import finish_forgetting
from crawler.items import PageRef
from crawler.outcome import LOCKED, USAGE
from crawler.store import STATE_FILE, Store, StoreError
from output.manifest import MANIFEST

_LOCK_FILE = ".lock"
_FILES = {STATE_FILE, f"{STATE_FILE}-wal", f"{STATE_FILE}-shm", _LOCK_FILE}
_OURS = _FILES | {ARCHIVE}
_PLAIN = re.compile(r"[^a-z0-9.-]+")


def default_folder(refs: Sequence[PageRef]) -> Path:
    """``data/<site>-<topic or forum>-<id>``; with more than one address, how many more there are."""
    first = refs[0]
    site = _PLAIN.sub("-", first.site).strip(".-") or "site"
    more = f"-and-{len(refs) - 1}-more" if len(refs) > 1 else ""
    return Path("data") / f"{site}-{first.kind}-{first.item_id}{more}"


@contextmanager
def opened_folder(folder: Path, *, create: bool) -> Iterator[None]:
    """Make and lock the folder, and see that its store can be used.

    A new folder in which no table was written is taken away again, however the work in it ended.
    """
    made = _prepare(folder, create=create)
    try:
        with locked(folder):
            _check_store(folder)
            try:
                Store(folder / STATE_FILE, create=create).close()
            except StoreError as error:
                raise CommandError(error.what, error.reason, error.fix, error.exit_code) from None
            finish_forgetting(folder)
            yield
    finally:
        if made and _is_bare(folder):
            _remove(folder, made)


@contextmanager
def target_folder(folder: Path) -> Iterator[None]:
    """Make and lock a folder for tables alone. One with a store is a dataset, which would lose its own tables."""
    _prepare(folder, create=True)
    if (folder / STATE_FILE).exists():
        raise CommandError(str(folder), "it holds a dataset of its own", "give another folder with --out", USAGE)
    with locked(folder):
        yield


def _check_store(folder: Path) -> None:
    """A dataset whose store is gone would be begun anew, and lose all that was ever read."""
    state = folder / STATE_FILE
    if (folder / MANIFEST).exists() and not (state.is_file() and state.stat().st_size):
        raise CommandError(
            str(folder),
            f"it holds a dataset, but its {STATE_FILE} is gone",
            "put it back, or give another folder",
            USAGE,
        )


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a folder that is there; who holds it may again. Raises `CommandError` where another run is at work in it."""
    try:
        with FileLock(folder / _LOCK_FILE, timeout=0, is_singleton=True):
            yield
    except Timeout:
        raise CommandError(
            str(folder), "another run is at work in this folder", "wait until it ends, or give another folder", LOCKED
        ) from None
    except PermissionError as error:
        raise _not_writable(folder, error) from None


def existing(folder: Path) -> Path:
    """A folder that is there. Raises `CommandError`."""
    if not folder.exists():
        raise CommandError(str(folder), "there is no such folder", "give the folder of a dataset", USAGE)
    if not folder.is_dir():
        raise CommandError(str(folder), "it is a file", "give a folder", USAGE)
    return folder


def _prepare(folder: Path, *, create: bool) -> list[Path]:
    """Make the folder; which folders were made, the innermost first."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    if folder.exists() or not create:
        existing(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _not_writable(folder, error) from None
    if not os.access(folder, os.W_OK | os.X_OK):
        raise _not_writable(folder, PermissionError("no permission to write"))
    return missing


def _not_writable(folder: Path, error: OSError) -> CommandError:
    cause = error.strerror or str(error)
    return CommandError(
        str(folder), f"the folder cannot be written ({cause})", "give another folder, or mend its permissions", USAGE
    )


def worth_publishing(store: Store) -> bool:
    """True where a page was read, or a thread is known to be gone: an empty dataset is none."""
    found = store.db.execute(
        "SELECT EXISTS (SELECT 1 FROM pages_seen) OR EXISTS "
        "(SELECT 1 FROM frontier WHERE state = 'done' AND kind = 'topic')"
    ).fetchone()
    return bool(found[0])


def _is_bare(folder: Path) -> bool:
    """True for a folder that holds nothing but our own state, and no page in it."""
    if not {path.name for path in folder.iterdir()} <= _OURS:
        return False
    try:
        with Store(folder / STATE_FILE) as store:
            return not worth_publishing(store)
    except StoreError:
        return True


def _remove(folder: Path, made: Sequence[Path]) -> None:
    for path in (*archive_files(folder / ARCHIVE).values(), *(folder / name for name in _FILES)):
        path.unlink(missing_ok=True)
    with suppress(OSError):  # somebody else has put something there
        if (folder / ARCHIVE).exists():
            (folder / ARCHIVE).rmdir()
        for path in made:
            path.rmdir()
