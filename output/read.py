"""Reads a published dataset, by its manifest."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import UTC, datetime
from os import PathLike
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from crawler.items import TABLES, Column, Table
from crawler.items.arrow import arrow_schema
from output.errors import DatasetError
from output.manifest import FileEntry, Manifest, read_manifest
from output.records import batches

READ_ROWS = 10_000
"""Rows read at a time."""

_BUFFER = 1 << 20  # bytes of a column that are in memory, packed; else all of a row group
_AGAIN = "check it with `threadset verify` and publish it again with `threadset export`"


def read_dataset(path: str | PathLike[str]) -> Dataset:
    """The dataset in a folder. Raises :class:`ManifestError` when there is none.

    >>> from tempfile import TemporaryDirectory
    >>> from crawler.items import Reaction
    >>> from output import Publisher
    >>> like = Reaction(site="forum.example", content_class="forums_Topic", post_id=7, reaction="Like", count=3)
    >>> with TemporaryDirectory() as folder:
    ...     with Publisher(Path(folder)) as publisher:
    ...         _ = publisher.add({"reactions": [like]}), publisher.finish({})
    ...     data = read_dataset(folder)
    ...     data.table("reactions", ["post_id", "count"]).to_pylist()
    ...     next(data.rows("reactions")) == like
    [{'post_id': 7, 'count': 3}]
    True
    """
    folder = Path(path)
    return Dataset(folder, read_manifest(folder))


class Dataset:
    """A published dataset. ``tables`` names its tables, in the order of the documentation.

    A table that lies in parts is read as one, part after part; ``parts`` are the numbers of those to read (default:
    all).
    """

    def __init__(self, path: Path, manifest: Manifest) -> None:
        self.path = path
        self.manifest = manifest
        there = {entry.table for entry in manifest.files}
        self.tables = tuple(name for name in TABLES if name in there)

    def columns(self, name: str) -> tuple[Column, ...]:
        """The columns that the table has here: a canonical dataset holds facts only."""
        table = self._table(name)
        return table.facts if self.manifest.canonical else table.columns

    def table(
        self, name: str, columns: Sequence[str] | None = None, *, parts: Collection[int] | None = None
    ) -> pa.Table:
        """A table, or some of its columns, as Arrow. Raises :class:`DatasetError`."""
        wanted = list(columns) if columns is not None else [column.name for column in self.columns(name)]
        schema = arrow_schema(self._table(name), [self._table(name).column(column) for column in wanted])
        return pa.Table.from_batches(list(self.batches(name, wanted, parts=parts)), schema)

    def rows(self, name: str, *, parts: Collection[int] | None = None) -> Iterator[Any]:
        """The rows of a table as dataclasses, in order; of a canonical dataset, observations are None."""
        table = self._table(name)
        names = [column.name for column in self.columns(name)]
        missing = {column.name: None for column in table.columns if column.name not in names}
        for batch in self.batches(name, parts=parts):
            values = [_plain(batch.column(rank)) for rank in range(len(names))]
            for record in zip(*values, strict=True):
                yield table.row(**dict(zip(names, record, strict=True)), **missing)

    def batches(
        self, name: str, columns: Sequence[str] | None = None, *, parts: Collection[int] | None = None
    ) -> Iterator[pa.RecordBatch]:
        """The table in batches of at most 10,000 rows. Raises :class:`DatasetError`."""
        wanted = list(columns) if columns is not None else [column.name for column in self.columns(name)]
        for entry in self.files(name):
            if parts is not None and entry.part not in parts:
                continue
            reader = read_parquet if entry.format == "parquet" else read_jsonl
            yield from reader(self.file(entry), self._table(name), wanted)

    def files(self, name: str) -> list[FileEntry]:
        """The files to read a table from: Parquet where there is Parquet, JSONL otherwise."""
        for file_format in ("parquet", "jsonl"):
            if files := self.manifest.files_of(name, file_format):
                return files
        have = ", ".join(self.tables) or "none"
        raise DatasetError(f"{self.path} has no table {name} in Parquet or JSONL (it has: {have})", "publish it as one")

    def file(self, entry: FileEntry) -> Path:
        """Where a file of the manifest is. Raises :class:`DatasetError` when it is missing or of another size."""
        path = self.path / entry.path
        try:
            size = path.stat().st_size
        except FileNotFoundError as error:
            fix = "open the dataset again, if it was published while you read it; else " + _AGAIN
            raise DatasetError(f"{path} is not there", fix) from error
        except OSError as error:
            raise DatasetError(f"{path} cannot be read: {error.strerror}", _AGAIN) from error
        if size != entry.bytes:
            raise DatasetError(f"{path} has {size} bytes, the manifest says {entry.bytes}", _AGAIN)
        return path

    def _table(self, name: str) -> Table:
        if name not in TABLES:
            raise DatasetError(f"there is no table {name!r}", f"choose of {', '.join(TABLES)}")
        return TABLES[name]


def read_parquet(
    path: Path, table: Table, columns: Sequence[str], groups: Sequence[int] | None = None, rows: int = READ_ROWS
) -> Iterator[pa.RecordBatch]:
    """A Parquet file, or some of its row groups, in batches, as the declared types. Raises :class:`DatasetError`."""
    schema = arrow_schema(table, [table.column(name) for name in columns])
    try:
        with pq.ParquetFile(path, buffer_size=_BUFFER) as file:
            there = set(file.schema_arrow.names)
            missing = [name for name in columns if name not in there]
            if missing:
                raise DatasetError(f"{path} has no column {', '.join(missing)}", _AGAIN)
            for batch in file.iter_batches(rows, row_groups=groups, columns=list(columns)):
                yield pa.record_batch([batch.column(name).cast(schema.field(name).type) for name in columns], schema)
    except (pa.ArrowException, OSError) as error:
        raise DatasetError(f"{path} cannot be read as Parquet: {error}", _AGAIN) from error


def read_jsonl(path: Path, table: Table, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
    """A JSONL file in batches, as the declared types. Raises :class:`DatasetError`, which names the line."""
    chosen = [table.column(name) for name in columns]
    schema = arrow_schema(table, chosen)
    for batch in batches(read_objects(path), READ_ROWS):
        number = batch[0][0]
        try:
            arrays = [_array(column, [row[column.name] for _, row in batch], schema) for column in chosen]
        except (KeyError, ValueError, TypeError, OverflowError, pa.ArrowException) as error:
            raise DatasetError(f"{path}, in the lines from {number}: {_reason(error)}", _AGAIN) from None
        yield pa.record_batch(arrays, schema)


def read_objects(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """The objects of a JSONL file with their line numbers, from 1. Raises :class:`DatasetError`."""
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                try:
                    value = orjson.loads(line)
                except orjson.JSONDecodeError as error:
                    raise DatasetError(f"{path}, line {number}: no JSON: {error}", _AGAIN) from None
                if not isinstance(value, dict):
                    raise DatasetError(f"{path}, line {number}: no object", _AGAIN)
                yield number, value
    except OSError as error:
        raise DatasetError(f"{path} cannot be read: {error.strerror}", _AGAIN) from error


def _array(column: Column, values: list[Any], schema: pa.Schema) -> pa.Array:
    convert = _FROM_JSON.get(column.kind)
    if convert is not None:
        values = [None if value is None else convert(value) for value in values]
    if not column.nullable and None in values:
        raise ValueError(f"null in {column.name}")
    return pa.array(values, schema.field(column.name).type)


def _time(value: Any) -> datetime:
    if not isinstance(value, str) or not value.endswith("Z"):
        raise ValueError(f"{value!r} is no UTC time")
    return datetime.fromisoformat(value)


_FROM_JSON: dict[str, Callable[[Any], Any]] = {"timestamp": _time}


def _plain(array: pa.Array) -> list[Any]:
    """Python values; times in ``datetime.UTC``, as everywhere else here."""
    values: list[Any] = array.to_pylist()
    if pa.types.is_timestamp(array.type):
        return [None if value is None else value.astimezone(UTC) for value in values]
    return values


def _reason(error: Exception) -> str:
    return f"no column {error}" if isinstance(error, KeyError) else str(error)
