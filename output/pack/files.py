"""Writes a pack's tables from Arrow: Parquet, JSONL (plain or zstd) and CSV, a new file when one is large enough."""

from __future__ import annotations

import contextlib
import os
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, ClassVar

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from crawler.items import Column, Table
from crawler.items.arrow import arrow_schema
from output.csv import CsvWriter
from output.jsonl import JsonlWriter
from output.manifest import FileEntry
from output.parquet import MAX_GROUP_BYTES, ROW_GROUP_ROWS, parquet_options
from output.writer import HashingSink, TableWriter

SHARD_BYTES = 300_000_000
"""A file that has grown to this size is the last of its group; files of 100 to 500 MB are handy everywhere."""


class Shard(ABC):
    """One file on its way: :meth:`write` groups of rows, then :meth:`close`."""

    format: ClassVar[str]
    suffix: ClassVar[str]

    def __init__(self, path: Path, table: Table, columns: Sequence[Column]) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path, self.table, self.columns = path, table, columns
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


class _Records(Shard):
    """Formats that are written record by record."""

    kind: ClassVar[type[TableWriter]]

    def __init__(self, path: Path, table: Table, columns: Sequence[Column]) -> None:
        super().__init__(path, table, columns)
        self._writer = self.kind(self._target(), table, columns)

    def _target(self) -> Any:
        return self.sink

    def write(self, rows: pa.Table) -> None:
        """Write some rows."""
        for batch in rows.to_batches(max_chunksize=10_000):
            values = [_plain(batch.column(rank)) for rank in range(batch.num_columns)]
            self._writer.write_records(list(zip(*values, strict=True)))
            self.rows += batch.num_rows

    def _end(self) -> None:
        self._writer.close()


class JsonlShard(_Records):
    """JSON Lines: flat objects, in column order."""

    format, suffix, kind = "jsonl", ".jsonl", JsonlWriter


class ZstdJsonlShard(_Records):
    """JSON Lines in one zstd frame."""

    format, suffix, kind = "jsonl", ".jsonl.zst", JsonlWriter

    def _target(self) -> Any:
        self._stream = pa.CompressedOutputStream(pa.PythonFile(self.sink, mode="w"), "zstd")
        return self._stream

    def _end(self) -> None:
        super()._end()
        self._stream.close()


class CsvShard(_Records):
    """CSV that a spreadsheet does not run as formulas."""

    format, suffix, kind = "csv", ".csv", CsvWriter


def write_table(
    folder: Path,
    table: Table,
    columns: Sequence[Column],
    chunks: Iterable[pa.Table],
    kinds: Sequence[type[Shard]],
    *,
    shard_bytes: int = SHARD_BYTES,
) -> list[FileEntry]:
    """Write a table's rows, which come in order, in several formats: ``parquet/posts-00000.parquet`` and so on.

    All formats begin a new file with the same row. The files are the same for the same rows, however these come.
    """
    done: list[FileEntry] = []
    shards: list[Shard] = []

    def begin() -> None:
        number = len(done) // len(kinds)
        for kind in kinds:
            path = folder / kind.format / f"{table.name}-{number:05}{kind.suffix}"
            shards.append(kind(path, table, columns))

    def finish() -> None:
        while shards:
            shard = shards.pop(0)
            shard.close()
            path = shard.path.relative_to(folder).as_posix()
            digest, size = shard.sink.sha256, shard.sink.size
            done.append(
                FileEntry(path=path, table=table.name, format=shard.format, rows=shard.rows, bytes=size, sha256=digest)
            )

    try:
        begin()
        for group in row_groups(chunks):
            if max(shard.sink.size for shard in shards) >= shard_bytes:
                finish()
                begin()
            for shard in shards:
                shard.write(group)
        finish()
    finally:
        for shard in shards:
            shard.abandon()
    return done


def row_groups(chunks: Iterable[pa.Table]) -> Iterable[pa.Table]:
    """The rows in groups of 50,000, or fewer where they are long: always the same, however the chunks were cut."""
    held: pa.Table | None = None
    for chunk in chunks:
        held = chunk if held is None else pa.concat_tables([held, chunk])
        while held.num_rows >= ROW_GROUP_ROWS:
            yield from _halves(held.slice(0, ROW_GROUP_ROWS))
            held = held.slice(ROW_GROUP_ROWS)
    if held is not None and held.num_rows:
        yield from _halves(held)


def _halves(group: pa.Table) -> Iterable[pa.Table]:
    if group.nbytes <= MAX_GROUP_BYTES or group.num_rows < 2:
        yield group.combine_chunks()
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
