"""Puts a table's batches in order, in bounded memory: what does not fit is dealt into files by ranges of the key."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from crawler.items import Table
from output.pack.errors import PackError

BUCKET_BYTES = 32_000_000
"""Bytes that are sorted at a time, in Arrow's form; more only where one thread alone has more."""

_SAMPLE = 100_000
_OPTIONS = pa.ipc.IpcWriteOptions(compression="lz4")


def in_order(
    table: Table,
    schema: pa.Schema,
    batches: Iterable[pa.RecordBatch],
    spill: Path,
    *,
    bucket: int = BUCKET_BYTES,
    scattered: int | None = None,
) -> Iterator[pa.Table]:
    """The rows of all batches in the table's order, as tables of some size.

    ``scattered`` is about how many rows will come, where their numbers are pseudonyms: then the first ones tell how all
    of them lie, and they are dealt as they come. Else they are all put down first. Raises :class:`PackError` for two
    rows with one key.
    """
    held: list[pa.RecordBatch] = []
    size = 0
    source = iter(batches)
    for batch in source:
        held.append(batch)
        size += batch.nbytes
        if size > bucket:
            sample, parts = None, 0
            if scattered is not None:
                sample = _Sample(one for many in held for one in _keys(many, _lead(table)))
                parts = -(-size * scattered // (sum(one.num_rows for one in held) * bucket))
            yield from _dealt(table, schema, _drained(held, source), spill, bucket=bucket, sample=sample, parts=parts)
            return
    if held:
        yield _sorted(table, pa.Table.from_batches(held, schema))


def _drained(held: list[pa.RecordBatch], rest: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """What is held, which is let go of on the way, and the rest."""
    while held:
        yield held.pop(0)
    yield from rest


def _dealt(
    table: Table,
    schema: pa.Schema,
    batches: Iterable[pa.RecordBatch],
    spill: Path,
    *,
    bucket: int,
    sample: _Sample | None,
    parts: int,
) -> Iterator[pa.Table]:
    """The batches are dealt into so many parts, as the sample lies; without one they are put down and sampled first."""
    folder, lead = spill / table.name, _lead(table)
    folder.mkdir(parents=True)
    whole = folder / "all"
    if sample is None:
        sample, size = _Sample(), 0
        with pa.OSFile(str(whole), "wb") as sink, pa.ipc.new_file(sink, schema, options=_OPTIONS) as writer:
            for batch in batches:
                writer.write_batch(batch)
                size += batch.nbytes
                sample.add(_keys(batch, lead))
        batches, parts = _put_down(whole), -(-size // bucket)
    paths = _deal(batches, schema, lead, sample.cuts(parts), folder)
    whole.unlink(missing_ok=True)
    for path in paths:
        with pa.memory_map(str(path)) as file, pa.ipc.open_file(file) as reader:
            rows = reader.read_all()
        if rows.num_rows:
            yield _sorted(table, rows)
        del rows
        path.unlink()


def _keys(batch: pa.RecordBatch, lead: list[str]) -> Iterable[Any]:
    return zip(*(batch.column(name).to_pylist() for name in lead), strict=True)


def _put_down(whole: Path) -> Iterator[pa.RecordBatch]:
    with pa.memory_map(str(whole)) as file, pa.ipc.open_file(file) as reader:
        for number in range(reader.num_record_batches):
            yield reader.get_batch(number)


def _deal(
    batches: Iterable[pa.RecordBatch], schema: pa.Schema, lead: list[str], cuts: list[tuple[Any, ...]], folder: Path
) -> list[Path]:
    paths = [folder / f"{number:04}" for number in range(len(cuts) + 1)]
    sinks = [pa.OSFile(str(path), "wb") for path in paths]
    writers = [pa.ipc.new_file(sink, schema, options=_OPTIONS) for sink in sinks]
    try:
        for batch in batches:
            rows = batch.take(pc.sort_indices(batch, sort_keys=[(name, "ascending") for name in lead]))
            ends = [0, *(_first_from(rows, lead, cut) for cut in cuts), rows.num_rows]
            for writer, (start, end) in zip(writers, pairwise(ends), strict=True):
                if end > start:
                    writer.write_batch(rows.slice(start, end - start))
    finally:
        for writer, sink in zip(writers, sinks, strict=True):
            writer.close()
            sink.close()
    return paths


def _first_from(rows: pa.RecordBatch, lead: list[str], cut: tuple[Any, ...]) -> int:
    """The first of the sorted rows that is not below the cut."""
    columns = [rows.column(name) for name in lead]
    return bisect_left(range(rows.num_rows), cut, key=lambda row: tuple(column[row].as_py() for column in columns))


class _Sample:
    """Every n-th key, n growing with their number."""

    def __init__(self, keys: Iterable[Any] = ()) -> None:
        self._keys: list[Any] = []
        self._step = 16
        self._count = 0
        self.add(keys)

    def add(self, keys: Iterable[Any]) -> None:
        for key in keys:
            if self._count % self._step == 0:
                self._keys.append(key)
            self._count += 1
        if len(self._keys) > _SAMPLE:
            self._keys = self._keys[::2]
            self._step *= 2

    def cuts(self, parts: int) -> list[Any]:
        """Keys that divide all into so many parts of about the same size."""
        keys = sorted(self._keys)
        found = {keys[len(keys) * number // parts] for number in range(1, parts)}
        return sorted(found)


def _lead(table: Table) -> list[str]:
    """The columns to sort by, up to the first number."""
    names = []
    for name in table.sort:
        names.append(name)
        if table.column(name).kind == "int64":
            break
    return names


def _sorted(table: Table, rows: pa.Table) -> pa.Table:
    key = [name for name in table.key if name in rows.column_names]
    distinct = rows.select(key).group_by(key).aggregate([]).num_rows
    if distinct != rows.num_rows:
        raise PackError(
            f"{table.name}: {rows.num_rows - distinct} rows have a key that another row has",
            "give each folder once; if they hold the same posts under different threads, crawl them into one folder; "
            "else two pseudonyms are equal by chance: take another key",
        )
    keys: list[Any] = []
    for name in table.sort:
        if table.column(name).nullable:  # null comes first
            keys.append(rows[name].is_valid().cast(pa.int8()))
        keys.append(rows[name])
    names = [str(rank) for rank in range(len(keys))]
    order = pc.sort_indices(pa.table(keys, names=names), sort_keys=[(name, "ascending") for name in names])
    return rows.combine_chunks().take(order)
