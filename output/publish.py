"""Publishes a dataset: every table in every format, sorted, and the manifest; all at once or not at all."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from crawler.items import TABLES, tool_version
from output.collection import no_collection
from output.errors import PublishError
from output.lane import Lane, flush_posts
from output.layout import BY_MONTH, SINGLE, WHOLE, Layout
from output.manifest import FORMATS, MANIFEST, FileEntry, Manifest, Tool, with_sections
from output.published import before, superseded, table_files
from output.records import Record
from output.sorting import MAX_ROWS
from output.swap import Swap, sha256_of, write_synced
from output.table_files import WRITERS, TableFiles


def _now() -> datetime:
    return datetime.now(UTC)


class Publisher:
    """Writes a dataset into a folder; a context manager.

    ``formats`` are some of parquet, jsonl and csv. ``canonical`` leaves out the observations (columns, tables, times
    and versions), so that the same facts give the same bytes (with the same Arrow library, which writes its version
    into Parquet). ``max_rows`` is how many rows of a table wait in memory. With ``purge``
    parts that are superseded go at once, whoever may be reading them.

    A ``layout`` in parts makes each table a folder. Rows of threads then come part by part, with :meth:`end_part`
    behind each; parts that did not change are named by :meth:`keep` instead of being written.

    Nothing in the folder changes before :meth:`finish`; leaving the block without it discards everything. One
    publisher a folder at a time: the caller holds the dataset's lock.
    """

    def __init__(
        self,
        directory: Path,
        *,
        formats: Sequence[str] = ("parquet", "jsonl"),
        canonical: bool = False,
        layout: Layout = SINGLE,
        max_rows: int = MAX_ROWS,
        purge: bool = False,
        now: Callable[[], datetime] = _now,
    ) -> None:
        unknown = [name for name in formats if name not in WRITERS]
        if unknown or not formats:
            raise PublishError(f"unknown format {', '.join(unknown) or '(none)'}", f"choose of {', '.join(FORMATS)}")
        self.directory = directory
        self.layout = layout
        self._formats = tuple(name for name in FORMATS if name in formats)
        self._canonical = canonical
        self._max_rows = max_rows
        self._purge = purge
        self._now = now
        self._swap = Swap(directory)
        self._lanes: dict[str, Lane] = {}
        self._entries: list[FileEntry] = []
        self._kept: set[tuple[str, int]] = set()
        self._quiet = contextlib.ExitStack()

    def __enter__(self) -> Self:
        self._swap.begin()
        self._quiet.enter_context(no_collection())
        for table in TABLES.values():
            if not (self._canonical and table.observation):
                self._lanes[table.name] = Lane(
                    table,
                    canonical=self._canonical,
                    by_month=self.layout.in_parts,
                    spill=self._swap.spill,
                    max_rows=self._max_rows,
                )
        if self._lanes:
            quotes = self._lanes["quotes"].columns
            self._files = TableFiles(self._swap.new, self._formats, quotes, in_parts=self.layout.in_parts)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._quiet:
            self._lanes.clear()
            self._swap.end()

    def add(self, rows: Mapping[str, Sequence[object]]) -> None:
        """Take rows of one or several tables, in any order; the quotes of a post come in the same call as the post.

        The rows are the publisher's from now on. They are checked some hundreds at a time, so this call, a later one
        or :meth:`finish` raises :class:`RowError` for a row that its table does not allow, and :class:`PublishError`
        for a quote whose post did not come with it; for an unknown table this call does.
        """
        self._check_open()
        for name in rows:
            if name not in TABLES:
                raise PublishError(f"unknown table {name!r}", f"choose of {', '.join(TABLES)}")
        due = {name for name, given in rows.items() if given and name in self._lanes and self._lanes[name].add(given)}
        if due:
            with self._failing():
                self._flush(due)

    def end_part(self, number: int) -> None:
        """All rows of a part's threads were added: write them. Without parts it does nothing."""
        self._check_open()
        if self.layout.in_parts:
            with self._failing():
                self._flush(self._lanes.keys())
                for lane in self._of_threads():
                    if lane.rows:
                        self._entries += self._files.write(lane, lane.batches(), number)

    def keep(self, table: str, parts: Iterable[int]) -> None:
        """These parts of a table stay as the manifest in the folder names them, in all of its formats."""
        self._kept |= {(table, number) for number in parts}

    def finish(self, manifest: Mapping[str, object]) -> Path:
        """Write all files and put them in place; returns the manifest's path.

        ``manifest`` holds the caller's parts: sites, runs, completeness, linking, repairs, and further sections.
        Raises :class:`OutputError` (of two rows with one key, for instance); the folder is as before then.
        """
        self._check_open()
        head = with_sections(self._head(), manifest)
        old = before(self.directory)
        with self._failing():
            self._flush(self._lanes.keys())
            entries = self._write_rest() if self.layout.in_parts else self._write_all()
            entries += self._still(old, entries)
            if self.layout.in_parts:
                entries += self._write_empty(entries)
            self._commit(head, old, entries)
        self._lanes.clear()
        return self.directory / MANIFEST

    def _commit(self, head: Manifest, old: Manifest | None, entries: list[FileEntry]) -> None:
        listed = {entry.path for entry in entries}
        left = [] if self._canonical or self._purge else superseded(old, self.layout, self._formats, listed)
        repaired = sum(lane.recorder.repaired for lane in self._lanes.values())
        complete = dataclasses.replace(
            head,
            files=entries,
            tables={name: self._count(entries, name) for name in self._lanes},
            superseded=left,
            repairs={**head.repairs, "surrogates_replaced": repaired},
        )
        write_synced(self._swap.new / MANIFEST, complete.to_json())
        stale = table_files(self.directory, old) - listed - set(left)
        self._swap.commit([entry.path for entry in entries if self._is_new(entry)], sorted(stale))

    def _is_new(self, entry: FileEntry) -> bool:
        """Whether a file was written that is not there yet: a part that came out as it was is left alone."""
        if not (self._swap.new / entry.path).exists():
            return False
        there = self.directory / entry.path
        return entry.part is None or not there.is_file() or sha256_of(there) != entry.sha256

    def _write_all(self) -> list[FileEntry]:
        return [entry for lane in self._lanes.values() for entry in self._files.write(lane, lane.batches())]

    def _write_rest(self) -> list[FileEntry]:
        """What goes by month, and what is gathered from all threads."""
        if any(lane.rows for lane in self._of_threads()):
            raise PublishError("rows of threads were added behind the last part", "call end_part before finish")
        for name in BY_MONTH.keys() & self._lanes.keys():
            lane = self._lanes[name]
            for month, batches in lane.months():
                self._entries += self._files.write(lane, batches, month)
        for name in WHOLE & self._lanes.keys():
            lane = self._lanes[name]
            if lane.rows:
                self._entries += self._files.write(lane, lane.batches(), 0)
        return self._entries

    def _still(self, old: Manifest | None, written: list[FileEntry]) -> list[FileEntry]:
        """What the old manifest says of the parts that are kept. Raises :class:`PublishError` for a part of both."""
        if twice := self._kept & {(entry.table, entry.part) for entry in written}:
            raise PublishError(f"part {min(twice)} is kept and written", "do one of them")
        files = old.files if old is not None else []
        return [e for e in files if (e.table, e.part) in self._kept and e.format in self._formats and e.rows]

    def _write_empty(self, entries: list[FileEntry]) -> list[FileEntry]:
        """A table without rows is an empty part."""
        full = {entry.table for entry in entries}
        empty: Iterator[list[Record]] = iter(())
        return [e for lane in self._lanes.values() if lane.table.name not in full
                for e in self._files.write(lane, empty, 0)]  # fmt: skip

    def _of_threads(self) -> list[Lane]:
        return [lane for name, lane in self._lanes.items() if name not in BY_MONTH and name not in WHOLE]

    def _count(self, entries: list[FileEntry], table: str) -> int:
        return sum(entry.rows for entry in entries if (entry.table, entry.format) == (table, self._formats[0]))

    def _flush(self, names: Iterable[str]) -> None:
        due = set(names)
        if due & {"posts", "quotes"}:
            flush_posts(self._lanes["posts"], self._lanes["quotes"])
        for name in due - {"posts", "quotes"}:
            self._lanes[name].flush()

    @contextlib.contextmanager
    def _failing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise PublishError(
                f"{self.directory} could not be written: {error.strerror or error}",
                "make room or choose another folder; what was published before is untouched",
            ) from error

    def _check_open(self) -> None:
        if not self._lanes:
            raise PublishError(
                "the publisher is not open", "use it as `with Publisher(…) as publisher:`, finish it once"
            )

    def _head(self) -> Manifest:
        size = self.layout.threads_per_part
        if self._canonical:
            return Manifest(canonical=True, threads_per_part=size)
        created = self._now().astimezone(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")
        return Manifest(tool=Tool(version=tool_version()), created_at=created, threads_per_part=size)
