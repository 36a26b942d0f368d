"""Checksums of rows, so that what the disk changes is found: SQLite itself looks at the form of its file only.

They are kept by triggers of the connection, so that no statement can forget one. A row of a table of the store's own
bears its checksum itself; what a fetch told is sealed in the table `seals`, a row a fetch.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from zlib import crc32

from crawler.items import STORE_TABLES
from crawler.items.sql import quoted

KEYED = ("meta", "frontier", "holds", "validators", "aliases")
"""Tables whose rows bear their own checksum."""

ENTRIES = ("sightings", "listings_seen")
"""Tables of which a fetch has many rows: these are sealed together, as a sum."""

RUN = "seal_of_run_"
"""Meta: the checksum of the row of `runs` with the number that follows."""

SUSPECT = "suspect"
"""Meta: 1 where somebody met what the disk has changed. Then the next run looks at all of the store."""

FETCH_COLUMNS = tuple(name for name in STORE_TABLES["fetches"].names if name not in {"warc_file", "warc_offset"})
"""What is sealed of a fetch. Where its record stands may change (`threadset prune`), and the archive tells it too."""


def columns(table: str) -> tuple[str, ...]:
    """The columns that are sealed."""
    if table == "fetches":
        return FETCH_COLUMNS
    return tuple(name for name in STORE_TABLES[table].names if name != "checksum")


def row_sum(*values: object) -> int:
    """CRC-32 of the values of a row."""
    return crc32("\0".join(map(str, values)).encode("utf-8", "surrogatepass"))


def know_sums(db: sqlite3.Connection) -> None:
    """Let statements of this connection call `row_sum`."""
    db.create_function("row_sum", -1, row_sum, deterministic=True)


def keep_seals(db: sqlite3.Connection) -> None:
    """From here on whatever this connection writes is sealed."""
    for name, statement in _triggers():
        db.execute(f"CREATE TEMP TRIGGER {name} {statement}")


def leave_seals(db: sqlite3.Connection) -> None:
    """What this connection writes leaves the seals as they are, until `keep_seals`."""
    for name, _statement in _triggers():
        db.execute(f"DROP TRIGGER temp.{name}")


def seal_all(db: sqlite3.Connection) -> None:
    """Seal all rows as they are: those of a store that had no seals."""
    for table in KEYED:
        db.execute(f"UPDATE {table} SET checksum = {_sum_of(table)}")
    db.execute("DELETE FROM seals")
    entries = " + ".join(
        f"coalesce((SELECT sum({_sum_of(table, 'e')}) FROM {table} e WHERE e.fetch_id = f.fetch_id), 0)"
        for table in ENTRIES
    )
    db.execute(
        f"INSERT INTO seals (fetch_id, fetch, page, entries) SELECT f.fetch_id, {_sum_of('fetches', 'f')}, "
        f"(SELECT {_sum_of('pages_seen', 'p')} FROM pages_seen p WHERE p.fetch_id = f.fetch_id), "
        f"({entries}) & 0xffffffff FROM fetches f"
    )
    db.execute("DELETE FROM meta WHERE key GLOB ?", (f"{RUN}*",))
    for run_id, found in db.execute(f"SELECT run_id, {_sum_of('runs')} FROM runs").fetchall():
        key = f"{RUN}{run_id}"
        db.execute("INSERT INTO meta (key, value, checksum) VALUES (?, ?, ?)", (key, str(found), row_sum(key, found)))


def holds_page(alias: str) -> str:
    """An SQL expression: is what the row of `pages_seen` under this name says what was entered?"""
    return f"(SELECT page FROM seals WHERE fetch_id = {alias}.fetch_id) IS {_sum_of('pages_seen', alias)}"


def holds_posts(alias: str) -> str:
    """An SQL expression: are the posts that stood on the page of this row of `pages_seen` those that were entered?"""
    own = f"fetch_id = {alias}.fetch_id"
    total = f"SELECT coalesce(sum({_sum_of('sightings', 'e')}), 0) & 0xffffffff FROM sightings e WHERE e.{own}"
    return f"(SELECT entries FROM seals WHERE {own}) IS ({total})"


def _sum_of(table: str, alias: str = "") -> str:
    """An SQL expression for the checksum of a row."""
    dot = f"{alias}." if alias else ""
    return f"row_sum({', '.join(dot + quoted(name) for name in columns(table))})"


def _triggers() -> Iterator[tuple[str, str]]:
    """Name and definition of each."""
    for table in KEYED:
        key = " AND ".join(f"{quoted(name)} = NEW.{quoted(name)}" for name in STORE_TABLES[table].key)
        seal = f"UPDATE {table} SET checksum = {_sum_of(table, 'NEW')} WHERE {key}"
        yield _trigger(table, "INSERT", seal)
        yield _trigger(table, "UPDATE", seal)
    for table in ENTRIES:
        for event in ("INSERT", "UPDATE", "DELETE"):
            more = f" + {_sum_of(table, 'NEW')}" if event != "DELETE" else ""
            less = f" - {_sum_of(table, 'OLD')}" if event != "INSERT" else ""
            at = "OLD" if event == "DELETE" else "NEW"
            seal = f"UPDATE seals SET entries = (entries{more}{less}) & 0xffffffff WHERE fetch_id = {at}.fetch_id"
            yield _trigger(table, event, seal)
    page = f"UPDATE seals SET page = {_sum_of('pages_seen', 'NEW')} WHERE fetch_id = NEW.fetch_id"
    yield _trigger("pages_seen", "INSERT", page)
    yield _trigger("pages_seen", "UPDATE", page)
    yield _trigger("pages_seen", "DELETE", "UPDATE seals SET page = NULL WHERE fetch_id = OLD.fetch_id")
    fetch = (
        f"INSERT INTO seals (fetch_id, fetch, entries) VALUES (NEW.fetch_id, {_sum_of('fetches', 'NEW')}, 0) "
        "ON CONFLICT (fetch_id) DO UPDATE SET fetch = excluded.fetch"
    )
    yield _trigger("fetches", "INSERT", fetch)
    yield _trigger("fetches", "UPDATE", fetch)
    yield _trigger("fetches", "DELETE", "DELETE FROM seals WHERE fetch_id = OLD.fetch_id")
    run = f"INSERT OR REPLACE INTO meta (key, value) VALUES ('{RUN}' || NEW.run_id, {_sum_of('runs', 'NEW')})"
    yield _trigger("runs", "INSERT", run)
    yield _trigger("runs", "UPDATE", run)
    yield _trigger("runs", "DELETE", f"DELETE FROM meta WHERE key = '{RUN}' || OLD.run_id")


def _trigger(table: str, event: str, seal: str) -> tuple[str, str]:
    only = f" OF {', '.join(map(quoted, columns(table)))}" if event == "UPDATE" else ""
    return f"seal_{table}_{event.lower()}", f"AFTER {event}{only} ON main.{table} BEGIN {seal}; END"
