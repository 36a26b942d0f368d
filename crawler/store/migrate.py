"""Bringing a store of an older schema up to this one, after a copy of it has been put aside."""

from __future__ import annotations

import dataclasses
import os
import sqlite3
from contextlib import closing
from pathlib import Path

from crawler.items import SCHEMA_VERSION, STORE_TABLES, Table
from crawler.items.sql import create_table, quoted
from crawler.store.seals import seal_all

INDEXES = (
    # the next page to fetch: started threads first, so that pages shift little while a thread is read
    "CREATE INDEX frontier_todo ON frontier (site, depth DESC, kind, item_id, page) WHERE state = 'todo'",
    "CREATE INDEX frontier_due ON frontier (site, not_before) WHERE state = 'todo' AND not_before > 0",
    "CREATE INDEX pages_item ON pages_seen (site, kind, item_id)",
    "CREATE INDEX listings_thread ON listings_seen (site, thread_id)",
    "CREATE INDEX sightings_post ON sightings (post_id)",
)

OLDEST = 1
"""The first schema version that can be brought up to this one."""

_STEPS = {
    1: ("UPDATE frontier SET state = 'todo' WHERE state = 'leased'",),  # leases are not written any more
}
"""Statements that turn the rows of a version into those of the next one, once the tables have their new columns."""


def backup_path(path: Path, version: int) -> Path:
    """Where the copy of a store of that version is put."""
    return path.with_name(f"{path.name}.bak-v{version}")


def migrate(db: sqlite3.Connection, path: Path) -> None:
    """Copy the store aside and bring it up to this schema, in one transaction.

    Tables whose definition has changed are made anew and filled from the old ones; a column that is new takes the
    default of its declaration. Killed anywhere, it leaves the old store as it was.
    """
    _back_up(db, path)
    db.execute("BEGIN IMMEDIATE")
    try:
        version = version_of(db)
        if version < SCHEMA_VERSION:  # else another process was faster
            for (name,) in db.execute(
                "SELECT name FROM sqlite_schema WHERE type = 'index' AND sql NOT NULL"
            ).fetchall():
                db.execute(f"DROP INDEX {quoted(name)}")
            for table in STORE_TABLES.values():
                _bring_up(db, table)
            for older in range(version, SCHEMA_VERSION):
                for statement in _STEPS.get(older, ()):
                    db.execute(statement)
            for index in INDEXES:
                db.execute(index)
            db.execute("UPDATE meta SET value = ? WHERE key = 'schema_version'", (str(SCHEMA_VERSION),))
            seal_all(db)  # what an older store holds is taken as it is
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def version_of(db: sqlite3.Connection) -> int:
    """The schema version that the store tells; 0 where it tells none."""
    found = db.execute("SELECT value FROM meta WHERE key = 'schema_version'").fetchone()
    return int(found[0]) if found is not None and str(found[0]).isdecimal() else 0


def _back_up(db: sqlite3.Connection, path: Path) -> None:
    target = backup_path(path, version_of(db))
    temporary = target.with_name(f".{target.name}.tmp")
    temporary.unlink(missing_ok=True)
    with closing(sqlite3.connect(temporary)) as copy:
        db.backup(copy)
    with temporary.open("rb+") as file:
        os.fsync(file.fileno())
    temporary.replace(target)


def _bring_up(db: sqlite3.Connection, table: Table) -> None:
    wanted = create_table(table)
    found = db.execute("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?", (table.name,)).fetchone()
    if found is None:
        db.execute(wanted)
        return
    if found[0] == wanted:
        return
    name, old = quoted(table.name), quoted(f"{table.name} of old")
    before = {row[1] for row in db.execute(f"PRAGMA table_info({name})")}
    db.execute(f"ALTER TABLE {name} RENAME TO {old}")
    db.execute(wanted)
    columns = ", ".join(quoted(column) for column in table.names)
    defaults = {field.name: field.default for field in dataclasses.fields(table.row)}
    values = ", ".join(quoted(column) if column in before else "?" for column in table.names)
    given = [defaults[column] for column in table.names if column not in before]
    db.execute(f"INSERT INTO {name} ({columns}) SELECT {values} FROM {old}", given)
    db.execute(f"DROP TABLE {old}")
