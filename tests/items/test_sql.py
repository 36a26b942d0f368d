"""SQLite tables."""

from __future__ import annotations

import sqlite3

import pytest

from crawler.items import STORE_TABLES, TABLES, Table
from crawler.items.sql import create_table, quoted

ALL = {**TABLES, **STORE_TABLES}
TYPES = {
    "string": "TEXT",
    "int64": "INTEGER",
    "bool": "INTEGER",
    "double": "REAL",
    "timestamp": "INTEGER",
    "binary": "BLOB",
    "list<string>": "TEXT",
    "list<int64>": "TEXT",
}


def made(table: Table) -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    connection.execute(create_table(table))
    return connection


@pytest.mark.parametrize("name", ALL)
def test_the_statement_makes_a_table_of_the_same_columns(name: str) -> None:
    table = ALL[name]
    connection = made(table)
    rows = connection.execute(f"PRAGMA table_info({quoted(name)})").fetchall()
    connection.close()
    assert [row[1] for row in rows] == list(table.names)
    assert [row[2] for row in rows] == [TYPES[column.kind] for column in table.columns]
    keys = {row[1] for row in rows if row[5]}
    assert keys == set(table.key)
    assert all(row[3] for row, column in zip(rows, table.columns, strict=True) if not column.nullable and not row[5])


def test_tables_are_strict() -> None:
    connection = made(STORE_TABLES["sightings"])
    with pytest.raises(sqlite3.IntegrityError, match="cannot store TEXT"):
        connection.execute("INSERT INTO sightings VALUES (1, 'x', 2, x'00', x'00')")
    connection.close()


def test_a_key_is_held_once() -> None:
    connection = made(STORE_TABLES["meta"])
    connection.execute("INSERT INTO meta (key, value) VALUES ('a', '1')")
    with pytest.raises(sqlite3.IntegrityError, match="UNIQUE"):
        connection.execute("INSERT INTO meta (key, value) VALUES ('a', '2')")
    connection.close()


def test_a_single_number_is_the_rowid() -> None:
    connection = made(STORE_TABLES["fetches"])
    columns = "run_id, site, url, fetched_at, page_kind, outcome"
    cursor = connection.execute(f"INSERT INTO fetches ({columns}) VALUES (1, 's', 'u', 0, 'topic', 'ok')")
    assert cursor.lastrowid == 1
    connection.close()


def test_quoted() -> None:
    assert quoted('a"b') == '"a""b"'
