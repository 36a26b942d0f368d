"""SQLite tables of the store."""

from __future__ import annotations

from crawler.items._schema import Column, Kind, Table

_TYPES: dict[Kind, str] = {
    "string": "TEXT",
    "int64": "INTEGER",
    "bool": "INTEGER",
    "double": "REAL",
    "timestamp": "INTEGER",  # microseconds since 1970, UTC
    "date": "TEXT",
    "binary": "BLOB",
    "list<string>": "TEXT",  # JSON
    "list<int64>": "TEXT",  # JSON
}


def create_table(table: Table) -> str:
    """The statement that makes the table: STRICT, keyed as declared.

    A single integer key becomes the rowid; every other table is kept WITHOUT ROWID, in the order of its key, unless its
    rows are large: kept in the order of a hash, each would dirty a page and fill another one of its own.
    """
    single = table.key[0] if len(table.key) == 1 and table.column(table.key[0]).kind == "int64" else None
    lines = [_column(column, column.name == single) for column in table.columns]
    if single is None:
        lines.append(f"PRIMARY KEY ({', '.join(quoted(name) for name in table.key)})")
    options = "STRICT" if single or table.large else "STRICT, WITHOUT ROWID"
    body = ",\n  ".join(lines)
    return f"CREATE TABLE {quoted(table.name)} (\n  {body}\n) {options}"


def quoted(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def _column(column: Column, is_rowid: bool) -> str:
    null = "" if column.nullable else " NOT NULL"
    return f"{quoted(column.name)} {_TYPES[column.kind]}{' PRIMARY KEY' if is_rowid else null}"
