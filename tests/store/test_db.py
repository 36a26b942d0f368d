from __future__ import annotations

import gc
import re
import sqlite3
from contextlib import suppress
from pathlib import Path

import pytest
from pages_made import opened, post, ref, topic

from crawler.items import SCHEMA_VERSION, STORE_TABLES
from crawler.items.sql import create_table
from crawler.jobs.status import status_of
from crawler.store import STATE_FILE, Store, StoreError
from crawler.store import db as store_db
from crawler.store.db import integrity, micros, transaction
from crawler.store.look import looked_into


@pytest.fixture
def path(tmp_path: Path) -> Path:
    opened(tmp_path, seeds=[ref(1)]).close()
    return tmp_path / STATE_FILE


def refused(path: Path, *, create: bool = False) -> StoreError:
    with pytest.raises(StoreError) as caught:
        Store(path, create=create)
    gc.collect()  # a connection that was left open would be a ResourceWarning
    return caught.value


def test_the_tables_are_those_of_the_schema(path: Path) -> None:
    with Store(path) as store:
        found = dict(store.db.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'table'").fetchall())
    assert found == {name: create_table(table) for name, table in STORE_TABLES.items()}


def test_no_store_is_made_where_none_is_wanted(tmp_path: Path) -> None:
    assert refused(tmp_path / STATE_FILE).exit_code == 2
    (tmp_path / STATE_FILE).touch()
    assert refused(tmp_path / STATE_FILE).exit_code == 2
    assert (tmp_path / STATE_FILE).stat().st_size == 0
    Store(tmp_path / STATE_FILE, create=True).close()
    Store(tmp_path / STATE_FILE).close()


@pytest.mark.parametrize(("version", "code"), [(SCHEMA_VERSION + 1, 2), (0, 1), ("soon", 1)])
def test_another_schema_version_is_refused(path: Path, version: object, code: int) -> None:
    with Store(path) as store:
        store.db.execute("UPDATE meta SET value = ? WHERE key = 'schema_version'", (str(version),))
    error = refused(path, create=True)
    assert error.exit_code == code
    assert str(path) in str(error)


@pytest.mark.parametrize("part", [b"CREATE", b"frontier", b"schema_version", b"FORUM.EXAMPLE"])
def test_any_bit_of_what_is_only_looked_at(tmp_path: Path, part: bytes) -> None:
    """Damage is told as such, or changes nothing; whatever it is that makes no sense any more."""
    with opened(tmp_path, seeds=[ref(1)]) as store:
        store.commit(topic(1, [post(1)]))
    path = tmp_path / STATE_FILE
    held = path.read_bytes()
    starts = [found.start() for found in re.finditer(part, held, re.IGNORECASE)]
    assert starts
    told = 0
    for place in [start + n for start in starts[:30] for n in range(-6, len(part), 2)]:
        path.write_bytes(held[:place] + bytes([held[place] ^ 128 >> place % 3]) + held[place + 1 :])
        try:
            with looked_into(path) as db:
                status_of(db)
        except StoreError:
            told += 1
    assert told or part == b"FORUM.EXAMPLE"


def test_a_foreign_database_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / STATE_FILE
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE mine (x)")
    db.close()
    before = path.read_bytes()
    assert refused(path, create=True).exit_code == 2
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == [STATE_FILE]


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / STATE_FILE
    path.write_bytes(b"no database, but as long as a header has to be" * 100)
    assert refused(path, create=True).exit_code == 1
    assert integrity(path)


@pytest.mark.parametrize("keep", [0.3, 0.6, 0.9])
def test_a_torn_file_is_refused_or_found_out(tmp_path: Path, keep: float) -> None:
    with opened(tmp_path, seeds=[ref(n) for n in range(1, 400)]) as store:
        store.commit(topic(1, [post(n, "word " * 50) for n in range(1, 100)]))
    path = tmp_path / STATE_FILE
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * keep)])
    assert integrity(path)
    with suppress(StoreError):
        Store(path).close()


def test_integrity(path: Path, tmp_path: Path) -> None:
    assert integrity(path) == []
    with pytest.raises(StoreError):
        integrity(tmp_path / "none.sqlite")
    assert not (tmp_path / "none.sqlite").exists()


def test_a_folder_that_cannot_be_used(tmp_path: Path) -> None:
    assert refused(tmp_path / "none" / STATE_FILE, create=True).exit_code == 2
    (tmp_path / STATE_FILE).mkdir()
    assert refused(tmp_path / STATE_FILE, create=True).exit_code == 2


@pytest.mark.parametrize(
    ("code", "exit_code", "says"),
    [
        (sqlite3.SQLITE_READONLY, 2, "cannot be written"),
        (sqlite3.SQLITE_CANTOPEN, 2, "cannot be written"),
        (sqlite3.SQLITE_FULL, 1, "cannot be written"),
        (sqlite3.SQLITE_IOERR_WRITE, 1, "cannot be written"),
        (sqlite3.SQLITE_BUSY, 6, "another program"),
        (sqlite3.SQLITE_CORRUPT, 1, "damaged"),
    ],
)
def test_what_errors_of_sqlite_mean(code: int, exit_code: int, says: str) -> None:
    error = sqlite3.OperationalError("whatever it says")
    error.sqlite_errorcode = code
    found = store_db.unusable(Path("x"), error)
    assert (found.exit_code, says in found.reason) == (exit_code, True)


def test_a_store_that_another_program_writes_to(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *a, **k: connect(*a, **(k | {"timeout": 0.01})))
    with Store(path) as one, Store(path) as other:
        one.db.execute("BEGIN IMMEDIATE")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.frontier.add_seeds([ref(5)])
        one.db.execute("ROLLBACK")
        other.frontier.add_seeds([ref(5)])


def test_a_transaction_that_sqlite_ended_itself() -> None:
    db = sqlite3.connect(":memory:", isolation_level=None)
    db.execute("CREATE TABLE t (x PRIMARY KEY ON CONFLICT ROLLBACK)")
    with pytest.raises(sqlite3.IntegrityError), transaction(db):
        db.executemany("INSERT INTO t VALUES (?)", [(1,), (1,)])
    with transaction(db):
        db.execute("INSERT INTO t VALUES (2)")
    assert db.execute("SELECT x FROM t").fetchall() == [(2,)]
    db.close()


def test_a_commit_that_fails_leaves_no_transaction_open() -> None:
    db = sqlite3.connect(":memory:", isolation_level=None)
    db.executescript(
        "PRAGMA foreign_keys = ON; CREATE TABLE a (x PRIMARY KEY);"
        "CREATE TABLE b (x REFERENCES a (x) DEFERRABLE INITIALLY DEFERRED);"
    )
    with pytest.raises(sqlite3.IntegrityError), transaction(db):
        db.execute("INSERT INTO b VALUES (1)")
    assert not db.in_transaction
    assert db.execute("SELECT count(*) FROM b").fetchone() == (0,)
    db.close()


def test_times_keep_their_microseconds() -> None:
    from datetime import UTC, datetime

    for time in (
        datetime(1969, 7, 20, 20, 17, 40, 1, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    ):
        assert store_db.from_micros(micros(time)) == time
