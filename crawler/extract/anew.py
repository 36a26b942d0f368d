"""A store that is filled at one go, and takes its place when it is whole."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from crawler.archive.files import sync_folder
from crawler.store import Store

_AT_ONE_GO = (
    "journal_mode = MEMORY",  # each page of the file is written once: what breaks it off leaves nothing to recover
    "synchronous = OFF",
    "cache_size = -32768",  # kB: hashes go all over their indexes
)


@contextmanager
def store_anew(path: Path) -> Iterator[Store]:
    """A new store, which takes its name, in the place of any there, once the block has ended well.

    Until then it has another one, and a transaction outlives neither a kill nor the power: broken off, it is begun
    anew. Raises what a `Store` raises, and ``OSError``.
    """
    making = path.with_name(f".{path.name}.new")
    _remove(making)
    try:
        with Store(making, create=True) as store:
            for setting in _AT_ONE_GO:
                store.db.execute(f"PRAGMA {setting}")
            yield store
        with making.open("rb+") as file:
            os.fsync(file.fileno())
        _remove(path)
        making.replace(path)
        sync_folder(path.parent)
    except BaseException:
        _remove(making)
        raise


def _remove(path: Path) -> None:
    """Take a store away, and what SQLite has beside it."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
