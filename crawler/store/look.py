"""Looking into a store while somebody else may be writing to it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from crawler.items import SCHEMA_VERSION
from crawler.store.check import damages
from crawler.store.db import APPLICATION_ID, check_version, unusable
from crawler.store.errors import StoreError
from crawler.store.migrate import version_of
from crawler.store.seals import know_sums


@contextmanager
def looked_into(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that can only read, within one transaction: all that it sees is of one moment.

    Nothing is written, neither to the file nor beside it where no run is at work. Raises `StoreError`.
    """
    if not path.is_file():
        raise StoreError(str(path), "there is no store here", "give the folder of a dataset made by grab or crawl", 2)
    # without a journal nobody writes: SQLite need not make one, which it could not in a folder that is read-only
    mode = "mode=ro" if path.with_name(f"{path.name}-wal").exists() else "immutable=1"
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?{mode}", uri=True, timeout=10)) as db:
            db.isolation_level = None
            db.execute("PRAGMA trusted_schema = OFF")
            know_sums(db)
            db.execute("BEGIN")
            _check(db, path)
            with _sense_of(db, path):
                yield db
    except sqlite3.DatabaseError as error:
        raise unusable(path, error) from None
    except UnicodeDecodeError:  # SQLite quotes the damage
        raise _damaged(path, "its schema cannot be read") from None


@contextmanager
def _sense_of(db: sqlite3.Connection, path: Path) -> Iterator[None]:
    """What makes no sense because the disk has changed it is told as damage."""
    try:
        yield
    except (LookupError, ArithmeticError, TypeError, ValueError) as error:
        if damage := damages(db, 1):
            raise _damaged(path, damage[0]) from error
        raise


def _damaged(path: Path, what: str) -> StoreError:
    fix = "run grab or crawl again: what can be mended is mended then; else put back a copy"
    return StoreError(str(path), f"it is damaged ({what})", fix)


def _check(db: sqlite3.Connection, path: Path) -> None:
    if db.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise StoreError(str(path), "it is a database, but no store of ours", "give another folder", 2)
    found = version_of(db)
    check_version(found, path)
    if found < SCHEMA_VERSION:
        reason = f"it is of the schema {found}, and this program has {SCHEMA_VERSION}"
        raise StoreError(str(path), reason, "run grab, crawl or export on the folder once: it is brought up then", 2)
