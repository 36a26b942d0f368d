"""Publishes a dataset: every table in every format, sorted, and the manifest; all at once or not at all."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from operator import eq
from pathlib import Path
from types import TracebackType
from typing import Self

from crawler.items import TABLES, Table, tool_version
from output.collection import no_collection
from output.csv import CsvWriter
from output.errors import ManifestError, PublishError
from output.jsonl import JsonlWriter
from output.manifest import FORMATS, MANIFEST, FileEntry, Manifest, Tool, read_manifest, with_sections
from output.nesting import nest, nested_names
from output.parquet import ParquetWriter
from output.records import BATCH_ROWS, Record, Recorder, batches
from output.sorting import MAX_ROWS, ExternalSorter, sort_key
from output.swap import Swap, write_synced
from output.writer import TableWriter

WRITERS: dict[str, type[TableWriter]] = {writer.format: writer for writer in (ParquetWriter, JsonlWriter, CsvWriter)}
"""The writer of each format."""


def _now() -> datetime:
    return datetime.now(UTC)


class Publisher:
    """Writes a dataset into a folder; a context manager.

    ``formats`` are some of parquet, jsonl and csv. ``canonical`` leaves out the observations (columns, tables, times
    and versions), so that the same facts give the same bytes (with the same Arrow library, which writes its version
    into Parquet). ``max_rows`` is how many rows of a table wait in memory.

    Nothing in the folder changes before :meth:`finish`; leaving the block without it discards everything. One
    publisher a folder at a time: the caller holds the dataset's lock.
    """

    def __init__(
        self,
        directory: Path,
        *,
        formats: Sequence[str] = ("parquet", "jsonl"),
        canonical: bool = False,
        max_rows: int = MAX_ROWS,
        now: Callable[[], datetime] = _now,
    ) -> None:
        unknown = [name for name in formats if name not in WRITERS]
        if unknown or not formats:
            raise PublishError(f"unknown format {', '.join(unknown) or '(none)'}", f"choose of {', '.join(FORMATS)}")
        self.directory = directory
        self._formats = tuple(name for name in FORMATS if name in formats)
        self._canonical = canonical
        self._max_rows = max_rows
        self._now = now
        self._swap = Swap(directory)
        self._lanes: dict[str, _Lane] = {}
        self._quiet = contextlib.ExitStack()

    def __enter__(self) -> Self:
        self._swap.begin()
        self._quiet.enter_context(no_collection())
        for table in TABLES.values():
            if not (self._canonical and table.observation):
                self._lanes[table.name] = _Lane(table, self._canonical, self._swap.spill, self._max_rows)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._quiet:
            self._lanes.clear()
            self._swap.end()

    def add(self, rows: Mapping[str, Sequence[object]]) -> None:
        """Take rows of one or several tables, in any order; the quotes of a post come in the same call as the post.

        Raises :class:`RowError` for a row that its table does not allow, :class:`PublishError` for an unknown table
        and for a quote whose post is not in the call.
        """
        self._check_open()
        for name in rows:
            if name not in TABLES:
                raise PublishError(f"unknown table {name!r}", f"choose of {', '.join(TABLES)}")
        records = {}
        for name, given in rows.items():
            if name in self._lanes and given:
                records[name] = self._lanes[name].records(given)
        if "posts" in records or "quotes" in records:
            posts, quotes = records.get("posts", []), records.get("quotes", [])
            records["posts"] = nest(posts, self._lanes["posts"].columns, quotes, self._lanes["quotes"].columns)
        for name, taken in records.items():
            self._lanes[name].add(taken)

    def finish(self, manifest: Mapping[str, object]) -> Path:
        """Write all files and put them in place; returns the manifest's path.

        ``manifest`` holds the caller's parts: sites, runs, completeness, linking, repairs, and further sections.
        Raises :class:`OutputError` (of two rows with one key, for instance); the folder is as before then.
        """
        self._check_open()
        head = with_sections(self._head(), manifest)
        stale = self._published()
        try:
            entries = [entry for lane in self._lanes.values() for entry in self._write(lane)]
            repaired = sum(lane.recorder.repaired for lane in self._lanes.values())
            complete = dataclasses.replace(
                head,
                files=entries,
                tables={lane.table.name: lane.rows for lane in self._lanes.values()},
                repairs={**head.repairs, "surrogates_replaced": repaired},
            )
            write_synced(self._swap.new / MANIFEST, complete.to_json())
            paths = [entry.path for entry in entries]
            self._swap.commit(paths, sorted(stale - set(paths)))
        except OSError as error:
            raise PublishError(
                f"{self.directory} could not be written: {error.strerror or error}",
                "make room or choose another folder; what was published before is untouched",
            ) from error
        self._lanes.clear()
        return self.directory / MANIFEST

    def _check_open(self) -> None:
        if not self._lanes:
            raise PublishError(
                "the publisher is not open", "use it as `with Publisher(…) as publisher:`, finish it once"
            )

    def _head(self) -> Manifest:
        if self._canonical:
            return Manifest(canonical=True)
        created = self._now().astimezone(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")
        return Manifest(tool=Tool(version=tool_version()), created_at=created)

    def _published(self) -> set[str]:
        """Table files that are there from before: those of the old manifest, and those of the usual names."""
        names = {_path(table, writer) for table in TABLES for writer in WRITERS.values()}
        if (self.directory / MANIFEST).exists():
            try:
                names |= {entry.path for entry in read_manifest(self.directory).files}
            except ManifestError as error:
                if "schema version" in error.reason:
                    raise
        return {name for name in names if (self.directory / name).is_file()}

    def _write(self, lane: _Lane) -> list[FileEntry]:
        table = lane.table
        with contextlib.ExitStack() as stack:
            writers = [stack.enter_context(self._writer(lane, name)) for name in self._formats]
            for records in lane.batches():
                for writer in writers:
                    writer.write_records(records)
            infos = [(writer, writer.close()) for writer in writers]
        return [
            FileEntry(
                path=_path(table.name, type(writer)),
                table=table.name,
                format=writer.format,
                rows=info.rows,
                bytes=info.bytes,
                sha256=info.sha256,
            )
            for writer, info in infos
        ]

    def _writer(self, lane: _Lane, file_format: str) -> TableWriter:
        path = self._swap.new / _path(lane.table.name, WRITERS[file_format])
        path.parent.mkdir(exist_ok=True)
        if file_format == "jsonl" and lane.table.name == "posts":
            inner = nested_names(self._lanes["quotes"].columns)
            return JsonlWriter(path, lane.table, lane.columns, nested=("quotes", inner))
        return WRITERS[file_format](path, lane.table, lane.columns)


class _Lane:
    """One table on its way: checked, sorted, guarded against two rows of one key."""

    def __init__(self, table: Table, canonical: bool, spill: Path, max_rows: int) -> None:
        self.table = table
        self.columns = table.facts if canonical else table.columns
        self.recorder = Recorder(table, self.columns)
        self.rows = 0
        self._key = sort_key(table, self.columns)
        self._sorter = ExternalSorter(self._key, spill / table.name, max_rows=max_rows)
        self._chars = 0

    def records(self, rows: Sequence[object]) -> list[Record]:
        return self.recorder.records(rows)

    def add(self, records: list[Record]) -> None:
        self._sorter.add(records, self.recorder.chars - self._chars)
        self._chars = self.recorder.chars
        self.rows += len(records)

    def batches(self) -> Iterator[list[Record]]:
        """All records in order. Raises :class:`PublishError` for two of one key: in order, they are neighbours."""
        last = None
        for batch in batches(self._sorter, BATCH_ROWS):
            keys = [last, *map(self._key, batch)]
            if any(map(eq, keys, keys[1:])):
                raise self._twice(next(r for r, one, other in zip(batch, keys, keys[1:], strict=False) if one == other))
            last = keys[-1]
            yield batch

    def _twice(self, record: Record) -> PublishError:
        place = ", ".join(f"{name}={record[self.recorder.names.index(name)]}" for name in self.table.key)
        return PublishError(f"{self.table.name}: two rows of ({place})", "give each row once")


def _path(table: str, writer: type[TableWriter]) -> str:
    return f"{writer.format}/{table}{writer.suffix}"
