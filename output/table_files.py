"""Writes the files of a table, one a format, under the names that the layout gives them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Sequence
from pathlib import Path

from crawler.items import Column
from output.csv import CsvWriter
from output.jsonl import JsonlWriter
from output.lane import Lane
from output.layout import part_path, single_path
from output.manifest import FileEntry
from output.nesting import nested_names
from output.parquet import ParquetWriter
from output.records import Record
from output.writer import TableWriter

WRITERS: dict[str, type[TableWriter]] = {writer.format: writer for writer in (ParquetWriter, JsonlWriter, CsvWriter)}
"""The writer of each format."""


class TableFiles:
    """Writes into ``folder``, in ``formats``; ``quotes`` are the columns of the quotes that `posts.jsonl` holds."""

    def __init__(self, folder: Path, formats: Sequence[str], quotes: Sequence[Column], *, in_parts: bool) -> None:
        self._folder = folder
        self._formats = formats
        self._nested = ("quotes", nested_names(quotes))
        self._in_parts = in_parts

    def write(self, lane: Lane, batches: Iterable[list[Record]], number: int = 0) -> list[FileEntry]:
        """Write records of a lane: a part of that number, or the table's only file."""
        with contextlib.ExitStack() as stack:
            writers = [stack.enter_context(self._writer(lane, name)) for name in self._formats]
            for records in batches:
                for writer in writers:
                    writer.write_records(records)
            return [self._entry(writer, number) for writer in writers]

    def _entry(self, writer: TableWriter, number: int) -> FileEntry:
        info, table = writer.close(), writer.table.name
        path = single_path(table, writer.format, writer.suffix)
        if self._in_parts:
            whole, path = path, part_path(table, writer.format, writer.suffix, number=number, sha256=info.sha256)
            (self._folder / path).parent.mkdir(exist_ok=True)
            (self._folder / whole).rename(self._folder / path)
        return FileEntry(
            path=path,
            table=table,
            format=writer.format,
            rows=info.rows,
            bytes=info.bytes,
            sha256=info.sha256,
            part=number if self._in_parts else None,
        )

    def _writer(self, lane: Lane, file_format: str) -> TableWriter:
        kind = WRITERS[file_format]
        path = self._folder / single_path(lane.table.name, file_format, kind.suffix)
        path.parent.mkdir(exist_ok=True)
        if kind is JsonlWriter and lane.table.name == "posts":
            return JsonlWriter(path, lane.table, lane.columns, nested=self._nested)
        return kind(path, lane.table, lane.columns)
