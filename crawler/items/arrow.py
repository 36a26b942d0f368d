"""Arrow schemas of the tables."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from crawler.items._schema import Column, Kind, Table
from crawler.items.versioning import SCHEMA_VERSION

_TYPES: dict[Kind, pa.DataType] = {
    "string": pa.string(),
    "int64": pa.int64(),
    "bool": pa.bool_(),
    "double": pa.float64(),
    "timestamp": pa.timestamp("us", tz="UTC"),
    "date": pa.date32(),
    "binary": pa.binary(),
    "list<string>": pa.list_(pa.string()),
    "list<int64>": pa.list_(pa.int64()),
}


def arrow_type(kind: Kind) -> pa.DataType:
    """The Arrow type of a column kind."""
    return _TYPES[kind]


def arrow_schema(table: Table, columns: Sequence[Column] | None = None) -> pa.Schema:
    """The schema of a table, or of some of its columns; descriptions stand in the field metadata."""
    chosen = table.columns if columns is None else columns
    return pa.schema([_field(column) for column in chosen], metadata=_table_metadata(table))


def _field(column: Column) -> pa.Field:
    metadata = {
        "description": column.description,
        "role": "observation" if column.observation else "fact",
    }
    return pa.field(column.name, arrow_type(column.kind), nullable=column.nullable, metadata=metadata)


def _table_metadata(table: Table) -> dict[str, str]:
    return {
        "table": table.name,
        "description": table.description,
        "key": ",".join(table.key),
        "sort": ",".join(table.sort),
        "schema_version": str(SCHEMA_VERSION),
    }
