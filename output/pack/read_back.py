"""Reads the files of a pack back, in each format, as Arrow batches of the columns that are there."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from crawler.items import Table
from output.records import batches

ROWS = 5_000
_LINES = 1_000
_BUFFER = 1 << 20  # bytes of a column that are in memory, packed; else all of a row group


def read_back(path: Path, table: Table, file_format: str) -> Iterator[pa.RecordBatch]:
    """The rows of a file. Times are left out, and so are, but for Parquet, numbers with a point and flags."""
    if file_format == "parquet":
        with pq.ParquetFile(path, buffer_size=_BUFFER) as file:
            yield from file.iter_batches(ROWS, use_threads=False)
        return
    read = _jsonl if file_format == "jsonl" else _csv
    for rows in read(path, table):
        names = dict.fromkeys(name for row in rows for name in row)
        yield pa.record_batch({name: _array(table, name, [row.get(name) for row in rows]) for name in names})


_KINDS = {"string": pa.string(), "int64": pa.int64(), "list<string>": pa.list_(pa.string())}


def _array(table: Table, name: str, values: list[Any]) -> pa.Array:
    kind = _KINDS.get(table.column(name).kind) if name in table.names else None
    return pa.nulls(len(values)) if kind is None else pa.array(values, kind)


def _jsonl(path: Path, _table: Table) -> Iterator[list[dict[str, Any]]]:
    with pa.input_stream(str(path), compression="zstd" if path.suffix == ".zst" else None) as stream:
        for lines in batches(_lines(stream), _LINES):
            yield [orjson.loads(line) for line in lines]


def _lines(stream: Any) -> Iterator[bytes]:
    rest = b""
    while chunk := stream.read(1 << 20):
        *lines, rest = (rest + chunk).split(b"\n")
        yield from lines
    if rest:
        yield rest


def _csv(path: Path, table: Table) -> Iterator[list[dict[str, Any]]]:
    with path.open(encoding="utf-8", newline="") as file:
        for rows in batches(csv.DictReader(file), _LINES):
            yield [{name: _cell(table, name, text) for name, text in row.items()} for row in rows]


def _cell(table: Table, name: str, text: str) -> Any:
    kind = table.column(name).kind if text and name in table.names else None
    if kind == "list<string>":
        return orjson.loads(text)
    if kind == "int64":
        return int(text)
    return text.removeprefix("'") if kind else None
