"""Writes a pack's tables from Arrow: Parquet, JSONL (plain or zstd) and CSV, a new file when one is large enough."""

from __future__ import annotations

import contextlib
import os
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any, ClassVar, cast

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from crawler.items import Column, Table
from crawler.items.arrow import arrow_schema
from output.csv import CsvWriter
from output.manifest import FileEntry
from output.pack.json_lines import json_lines
from output.parquet import MAX_GROUP_BYTES, ROW_GROUP_ROWS, parquet_options
from output.writer import HashingSink

SHARD_BYTES = 300_000_000
"""A file that has grown to this size is the last of its group; files of 100 to 500 MB are handy everywhere."""

_BATCH = 10_000


class Shard(ABC):
    """One file on its way: :meth:`write` groups of rows, then :meth:`close`."""

    format: ClassVar[str]
    suffix: ClassVar[str]

    def __init__(self, path: Path, table: Table, columns: Sequence[Column]) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path, self.table, self.columns = path, table, tuple(columns)
        self.rows = 0
        self._file = path.open("xb")
        self.sink = HashingSink(self._file)

    @abstractmethod
    def write(self, rows: pa.Table) -> None:
        """Write some rows."""

    @abstractmethod
    def _end(self) -> None:
        """Complete the format."""

    def close(self) -> None:
        """Complete the file and flush it to the disk."""
        try:
            self._end()
            self._file.flush()
            os.fsync(self._file.fileno())
        finally:
            self._file.close()

    def abandon(self) -> None:
        """Close the file as it is: what was written goes with the work folder."""
        self._file.close()


class ParquetShard(Shard):
    """Parquet, with the settings of every dataset here."""

    format, suffix = "parquet", ".parquet"

    def __init__(self, path: Path, table: Table, columns: Sequence[Column]) -> None:
        super().__init__(path, table, columns)
        target = pa.PythonFile(self.sink, mode="w")
        self._writer = pq.ParquetWriter(target, arrow_schema(table, columns), **parquet_options(columns))

    def write(self, rows: pa.Table) -> None:
        """Write some rows."""
        self._writer.write_table(rows, row_group_size=ROW_GROUP_ROWS)
        self.rows += rows.num_rows

    def _end(self) -> None:
        self._writer.close()

    def abandon(self) -> None:
        """Close the file as it is, and its writer before, which Arrow would close when it is collected."""
        with contextlib.suppress(OSError, pa.ArrowException):
            self._writer.close()
        super().abandon()


class JsonlShard(Shard):
    """JSON Lines: flat objects, in column order."""

    format, suffix = "jsonl", ".jsonl"

    def write(self, rows: pa.Table) -> None:
        """Write some rows."""
        for batch in rows.to_batches(max_chunksize=_BATCH):
            self._out.write(json_lines(batch, self.columns))
            self.rows += batch.num_rows

    @property
    def _out(self) -> Any:
        return self.sink

    def _end(self) -> None:
        """Nothing follows the last line."""


class ZstdJsonlShard(JsonlShard):
    """JSON Lines in one zstd frame."""

    suffix = ".jsonl.zst"

    def __init__(self, path: Path, table: Table, columns: Sequence[Column]) -> None:
        super().__init__(path, table, columns)
        self._stream = pa.CompressedOutputStream(pa.PythonFile(self.sink, mode="w"), "zstd")

    @property
    def _out(self) -> Any:
        return self._stream

    def _end(self) -> None:
        self._stream.close()

    def abandon(self) -> None:
        """Close the file as it is, and the stream before."""
        with contextlib.suppress(OSError, pa.ArrowException):
            self._stream.close()
        super().abandon()


class CsvShard(Shard):
    """CSV that a spreadsheet does not run as formulas."""

    format, suffix = "csv", ".csv"

    def __init__(self, path: Path, table: Table, columns: Sequence[Column]) -> None:
        super().__init__(path, table, columns)
        self._writer = CsvWriter(cast("IO[bytes]", self.sink), table, columns)

    def write(self, rows: pa.Table) -> None:
        """Write some rows."""
        for batch in rows.to_batches(max_chunksize=_BATCH):
            values = [_plain(batch.column(rank)) for rank in range(batch.num_columns)]
            self._writer.write_records(list(zip(*values, strict=True)))
            self.rows += batch.num_rows

    def _end(self) -> None:
        self._writer.close()


def write_table(
    folder: Path,
    table: Table,
    columns: Sequence[Column],
    chunks: Iterable[pa.Table],
    kind: type[Shard] = ParquetShard,
    *,
    shard_bytes: int = SHARD_BYTES,
) -> list[FileEntry]:
    """Write a table's rows, which come in order: ``parquet/posts-00000.parquet`` and so on.

    A file ends where it has grown to ``shard_bytes``, or would have as JSON Lines. The files are the same for the same
    rows, however these come.
    """
    done: list[FileEntry] = []
    shard = _begin(kind, folder, table, columns, 0)
    try:
        as_lines = 0
        for group in row_groups(chunks):
            if max(shard.sink.size, as_lines) >= shard_bytes:
                done.append(_finished(shard, folder))
                shard, as_lines = _begin(kind, folder, table, columns, len(done)), 0
            shard.write(group)
            as_lines += group.nbytes + group.num_rows * sum(len(column.name) + 4 for column in columns)
        done.append(_finished(shard, folder))
    finally:
        shard.abandon()
    return done


def write_shard(
    folder: Path, table: Table, columns: Sequence[Column], chunks: Iterable[pa.Table], number: int
) -> FileEntry:
    """Write one Parquet file of a table: the rows, which come in order. Raises what writing raises."""
    shard = _begin(ParquetShard, folder, table, columns, number)
    try:
        for group in row_groups(chunks):
            shard.write(group)
            del group  # before the next one is put together
        return _finished(shard, folder)
    finally:
        shard.abandon()


def write_copies(  # noqa: PLR0917
    folder: Path,
    entry: FileEntry,
    table: Table,
    columns: Sequence[Column],
    batches: Iterable[pa.RecordBatch],
    kinds: Sequence[type[Shard]],
) -> list[FileEntry]:
    """Write the rows of a finished Parquet file, as they were read back from it, in other formats."""
    name = Path(entry.path).stem
    shards: list[Shard] = []
    try:
        for kind in kinds:  # one by one: those that are open already are closed when the next cannot be made
            shards.append(kind(folder / kind.format / f"{name}{kind.suffix}", table, columns))  # noqa: PERF401
        for batch in batches:
            for shard in shards:
                shard.write(pa.Table.from_batches([batch]))
        return [_finished(shard, folder) for shard in shards]
    finally:
        for shard in shards:
            shard.abandon()


def _begin(kind: type[Shard], folder: Path, table: Table, columns: Sequence[Column], number: int) -> Shard:
    return kind(folder / kind.format / f"{table.name}-{number:05}{kind.suffix}", table, columns)


def _finished(shard: Shard, folder: Path) -> FileEntry:
    shard.close()
    return FileEntry(
        path=shard.path.relative_to(folder).as_posix(),
        table=shard.table.name,
        format=shard.format,
        rows=shard.rows,
        bytes=shard.sink.size,
        sha256=shard.sink.sha256,
    )


def row_groups(chunks: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """The rows in groups of 50,000, or fewer where they are long: always the same, however the chunks were cut."""
    held: list[pa.Table] = []
    for chunk in chunks:
        held.append(chunk)
        del chunk
        while sum(part.num_rows for part in held) >= ROW_GROUP_ROWS:
            yield from _halves(_taken(held, ROW_GROUP_ROWS))
    if any(part.num_rows for part in held):
        yield from _halves(_taken(held, ROW_GROUP_ROWS))


def _taken(held: list[pa.Table], count: int) -> pa.Table:
    """The first rows, which are let go of column by column while they are put together."""
    parts: list[pa.Table] = []
    while held and count:
        first = held.pop(0)
        parts.append(first.slice(0, count))
        if first.num_rows > count:
            held.insert(0, first.slice(count))
        count -= parts[-1].num_rows
    schema = parts[0].schema
    columns = [[column for part in parts for column in part.column(rank).chunks] for rank in range(len(schema))]
    del parts, first
    made = []
    for field, chunks in zip(schema, columns, strict=True):
        made.append(pa.concat_arrays(chunks) if chunks else pa.array([], field.type))
        chunks.clear()
    return pa.Table.from_arrays(made, schema=schema)


def _halves(group: pa.Table) -> Iterable[pa.Table]:
    if group.nbytes <= MAX_GROUP_BYTES or group.num_rows < 2:
        yield group
        return
    middle = group.num_rows // 2
    yield from _halves(group.slice(0, middle))
    yield from _halves(group.slice(middle))


def _plain(array: pa.Array) -> list[Any]:
    """Python values; times as text, with microseconds only in a column that has some."""
    if not pa.types.is_timestamp(array.type):
        values: list[Any] = array.to_pylist()
        return values
    return [
        None if value is None else _time(value) for value in pc.strftime(_naive(array), "%Y-%m-%dT%H:%M:%S").to_pylist()
    ]


def _naive(array: pa.Array) -> pa.Array:
    return array.cast(pa.timestamp("us"))


def _time(text: str) -> str:
    return f"{text[:19]}Z" if text.endswith(".000000") else f"{text}Z"
