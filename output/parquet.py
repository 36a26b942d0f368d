"""Parquet: zstd level 3, row groups of 50,000 rows, streamed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq

from crawler.items import Column, Table
from crawler.items.arrow import arrow_schema
from output.records import BATCH_ROWS, Record
from output.writer import TableWriter

ROW_GROUP_ROWS = 50_000
"""Rows of a group: a whole number of batches."""

MAX_GROUP_BYTES = 256_000_000
"""A group ends earlier where its rows are this big in memory."""

# Strings that hardly ever repeat: a dictionary would only cost time. All other strings get one.
UNIQUE_STRINGS = frozenset(
    {
        *("text", "full_text", "html", "quoted_text", "body_text", "title", "headline"),
        *("url", "final_url", "source_url", "text_hash", "body_sha256"),
    }
)


class ParquetWriter(TableWriter):
    """Writes a table as Parquet. Holds one row group in Arrow's form at the most."""

    format = "parquet"
    suffix = ".parquet"

    def __init__(self, target: Path | IO[bytes], table: Table, columns: Sequence[Column] | None = None) -> None:
        self._group: list[Any] = []
        self._group_bytes = 0
        self._writer: Any = None
        super().__init__(target, table, columns)

    def _start(self) -> None:
        self._schema = arrow_schema(self.table, self.columns)
        target = pa.PythonFile(self._sink, mode="w")
        self._writer = pq.ParquetWriter(target, self._schema, **parquet_options(self.columns))

    def _write(self, records: list[Record]) -> None:
        values = zip(*records, strict=False)  # records of posts may carry their quotes behind the last column
        arrays = [pa.array(column, field.type) for field, column in zip(self._schema, values, strict=False)]
        batch = pa.record_batch(arrays, schema=self._schema)
        self._group.append(batch)
        self._group_bytes += batch.nbytes
        if len(self._group) * BATCH_ROWS >= ROW_GROUP_ROWS or self._group_bytes >= MAX_GROUP_BYTES:
            self._flush()

    def _flush(self) -> None:
        group, self._group, self._group_bytes = self._group, [], 0
        self._writer.write_table(pa.Table.from_batches(group, self._schema), row_group_size=ROW_GROUP_ROWS)

    def _end(self) -> None:
        if self._group:
            self._flush()
        self._writer.close()

    def _abandon(self) -> None:
        self._group = []
        if self._writer is not None:
            self._writer.close()  # else Arrow closes it when it is collected, on a file that is closed


def parquet_options(columns: Sequence[Column]) -> dict[str, Any]:
    """How files with these columns are written: the keyword arguments of ``pyarrow.parquet.ParquetWriter``."""
    return {
        "compression": "zstd",
        "compression_level": 3,
        "write_page_checksum": True,  # so that `verify` can say where a file is damaged
        "use_dictionary": [column.name for column in columns if _has_dictionary(column)],
        "column_encoding": {column.name: "DELTA_BINARY_PACKED" for column in columns if _is_delta(column)},
    }


def _has_dictionary(column: Column) -> bool:
    if column.kind in {"string", "double"}:
        return column.name not in UNIQUE_STRINGS
    return column.kind == "int64" and not _is_delta(column)


def _is_delta(column: Column) -> bool:
    return column.kind == "timestamp" or (column.kind == "int64" and column.name.endswith("_id"))
