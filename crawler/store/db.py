"""The SQLite file: opening, creating, checking."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from crawler.items import SCHEMA_VERSION, STORE_TABLES, TOOL
from crawler.items.sql import create_table
from crawler.store.errors import StoreError
from crawler.store.migrate import INDEXES, OLDEST, migrate, version_of
from crawler.store.seals import keep_seals, know_sums, seal_all

APPLICATION_ID = 0x54485345  # "THSE": tells our files from other SQLite files

_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}

_HEADER = 100  # bytes
_ROWS = 50  # in one statement

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def open_db(path: Path, *, create: bool) -> sqlite3.Connection:
    """Open the store, or make it where ``create`` says so.

    One of an older schema version is copied aside and brought up to this one. Raises `StoreError`: not there, not
    writable, no store of ours, torn, or of a newer schema version. A file that is no store of ours is left as it is.
    """
    if not create and not path.is_file():
        raise _nothing(path)
    with _errors(path):
        _look_at(path)
        db = sqlite3.connect(path, isolation_level=None, timeout=10, check_same_thread=False)
        try:
            _prepare(db, path, create=create)
        except BaseException:
            db.close()
            raise
    return db


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """One transaction: all of it or nothing."""
    try:
        db.execute("BEGIN IMMEDIATE")
        yield
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:  # SQLite itself ends it where the disk is full or fails
            db.execute("ROLLBACK")
        raise


def insert_many(db: sqlite3.Connection, head: str, rows: Sequence[Sequence[object]], tail: str = "") -> int:
    """``head`` is ``INSERT INTO …``, ``tail`` what follows the values; how many rows were written.

    One statement for many rows, as Python lets other threads run at each step of one, and then waits for its turn.
    """
    written = 0
    for start in range(0, len(rows), _ROWS):
        chunk = rows[start : start + _ROWS]
        marks = ", ".join([f"({', '.join('?' * len(chunk[0]))})"] * len(chunk))
        values = [value for row in chunk for value in row]
        written += db.execute(f"{head} VALUES {marks} {tail}", values).rowcount
    return written


def micros(time: datetime) -> int:
    """Microseconds since 1970."""
    return (time - _EPOCH) // _MICROSECOND


def from_micros(value: int) -> datetime:
    """The time of so many microseconds since 1970."""
    return _EPOCH + timedelta(microseconds=value)


def _prepare(db: sqlite3.Connection, path: Path, *, create: bool) -> None:
    db.execute("PRAGMA trusted_schema = OFF")
    know_sums(db)
    db.execute("PRAGMA synchronous = FULL")  # what is committed outlives the power, too
    db.execute("PRAGMA wal_autocheckpoint = 4000")  # 16 MB: pages that are written often go into the file once
    application = db.execute("PRAGMA application_id").fetchone()[0]
    tables = {name for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    if not tables and not application:
        if not create:
            raise _nothing(path)
        db.execute("PRAGMA journal_mode = WAL")
        _create(db)
        keep_seals(db)
        return
    if application != APPLICATION_ID or "meta" not in tables:
        raise StoreError(str(path), "it is a database, but no store of ours", "give another folder", 2)
    found = version_of(db)
    if not found:
        raise _damaged(path, "it does not say its schema version")
    check_version(found, path)
    db.execute("PRAGMA journal_mode = WAL")
    if found < SCHEMA_VERSION:
        migrate(db, path)
    elif missing := set(STORE_TABLES) - tables:
        raise _damaged(path, f"it has no table {min(missing)}")
    keep_seals(db)


def check_version(found: int, path: Path) -> None:
    """Refuse a store of a version that this one does not know."""
    if found > SCHEMA_VERSION:
        raise StoreError(
            str(path),
            f"it was written by a newer {TOOL} (schema {found}, this one knows {SCHEMA_VERSION})",
            f"install the newer {TOOL}, or give another folder",
            2,
        )
    if found < OLDEST:
        raise StoreError(
            str(path), f"its schema {found} is older than {OLDEST}", "give another folder and grab again", 2
        )


def _look_at(path: Path) -> None:
    """Refuse a file that is shorter than it says, and one that a run left behind in the middle of things and is torn.

    Raises `StoreError`. A file of no length is a new one.
    """
    if not path.is_file() or not path.stat().st_size:
        return
    with path.open("rb") as file:
        header = file.read(_HEADER)
    size, pages = int.from_bytes(header[16:18], "big"), int.from_bytes(header[28:32], "big")
    same = header[24:28] == header[92:96]  # else an older SQLite wrote it, and the number of pages says nothing
    journal = path.with_name(f"{path.name}-wal")
    left = journal.is_file() and journal.stat().st_size > 0
    ours = header.startswith(b"SQLite format 3") and same and not left
    if ours and path.stat().st_size < pages * (65536 if size == 1 else size):
        raise _damaged(path, "its end is missing")
    if left and (wrong := integrity(path)):
        raise _damaged(path, wrong[0])


def _create(db: sqlite3.Connection) -> None:
    with transaction(db):
        for table in STORE_TABLES.values():
            db.execute(create_table(table))
        for index in INDEXES:
            db.execute(index)
        db.execute("INSERT INTO meta (key, value) VALUES ('schema_version', ?)", (str(SCHEMA_VERSION),))
        seal_all(db)
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")


def integrity(path: Path) -> list[str]:
    """What SQLite's own check finds; empty when all is well. Raises `StoreError` where there is no file to check."""
    if not path.is_file():
        raise _nothing(path)
    try:
        with closing(sqlite3.connect(path, isolation_level=None, timeout=10)) as db:
            rows = [str(row[0]) for row in db.execute("PRAGMA quick_check(10)")]
    except UnicodeDecodeError:
        return ["its schema cannot be read"]
    except sqlite3.DatabaseError as error:
        if _code(error) in _DAMAGED:
            return [str(error)]
        raise unusable(path, error) from None
    return [] if rows == ["ok"] else rows


@contextmanager
def _errors(path: Path) -> Iterator[None]:
    """SQLite's errors as what they mean for the user."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise unusable(path, error) from None
    except UnicodeDecodeError:  # SQLite quotes the damage
        raise _damaged(path, "its schema cannot be read") from None


def unusable(path: Path, error: sqlite3.Error) -> StoreError:
    """An error of SQLite as what it means for the user."""
    code, text = _code(error), str(error)
    if code in {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM}:
        return StoreError(str(path), f"it cannot be written ({text})", "check the folder and its permissions", 2)
    if code in {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}:
        return StoreError(str(path), f"it cannot be written ({text})", "check the disk and its free space")
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return StoreError(str(path), "another program holds it", "wait until it ends", 6)
    return _damaged(path, text)


def is_fatal(error: BaseException) -> bool:
    """True where the disk or the file failed, false where one row was refused: then the others can go on."""
    return isinstance(error, OSError | MemoryError | sqlite3.OperationalError) or _code(error) in _DAMAGED


def _code(error: BaseException) -> int:
    """The primary code of an error; 0 where SQLite gave none."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _damaged(path: Path, what: str) -> StoreError:
    return StoreError(str(path), f"it is damaged ({what})", "put back a copy, or give another folder")


def _nothing(path: Path) -> StoreError:
    return StoreError(str(path), "there is no store here", "give the folder of a dataset made by grab or crawl", 2)
