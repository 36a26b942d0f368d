"""Puts a table's batches in order, in bounded memory: what does not fit is dealt into files by ranges of the key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from crawler.items import Table
from output.pack.errors import PackError

BUCKET_BYTES = 96_000_000
"""Bytes that are sorted at a time, in Arrow's form; more only where one thread alone has more."""

_SAMPLE = 100_000
_OPTIONS = pa.ipc.IpcWriteOptions(compression="lz4")


def in_order(
    table: Table, schema: pa.Schema, batches: Iterable[pa.RecordBatch], spill: Path, *, bucket: int = BUCKET_BYTES
) -> Iterator[pa.Table]:
    """The rows of all batches in the table's order, as tables of some size.

    Raises :class:`PackError` for two rows with one key.
    """
    held: list[pa.RecordBatch] = []
    size = 0
    source = iter(batches)
    for batch in source:
        held.append(batch)
        size += batch.nbytes
        if size > bucket:
            yield from _dealt(table, schema, held, source, spill, bucket)
            return
    if held:
        yield _sorted(table, pa.Table.from_batches(held, schema))


def _dealt(  # noqa: PLR0917
    table: Table,
    schema: pa.Schema,
    held: list[pa.RecordBatch],
    rest: Iterator[pa.RecordBatch],
    spill: Path,
    bucket: int,
) -> Iterator[pa.Table]:
    folder = spill / table.name
    folder.mkdir(parents=True)
    whole = folder / "all"
    lead = _lead(table)
    sample, size = _Sample(), 0
    with pa.OSFile(str(whole), "wb") as sink, pa.ipc.new_file(sink, schema, options=_OPTIONS) as writer:
        for batch in chain(held, rest):
            writer.write_batch(batch)
            size += batch.nbytes
            sample.add(zip(*(batch.column(name).to_pylist() for name in lead), strict=True))
    cuts = sample.cuts(-(-size // bucket))
    paths = _deal(whole, schema, lead, cuts, folder)
    whole.unlink()
    for path in paths:
        with pa.memory_map(str(path)) as file, pa.ipc.open_file(file) as reader:
            rows = reader.read_all()
        if rows.num_rows:
            yield _sorted(table, rows)
        path.unlink()


def _deal(whole: Path, schema: pa.Schema, lead: list[str], cuts: list[tuple[Any, ...]], folder: Path) -> list[Path]:
    paths = [folder / f"{number:04}" for number in range(len(cuts) + 1)]
    sinks = [pa.OSFile(str(path), "wb") for path in paths]
    writers = [pa.ipc.new_file(sink, schema, options=_OPTIONS) for sink in sinks]
    try:
        with pa.memory_map(str(whole)) as file, pa.ipc.open_file(file) as reader:
            for number in range(reader.num_record_batches):
                batch = reader.get_batch(number)
                place = _bucket_of(batch, lead, cuts)
                for one in pc.unique(place).to_pylist():
                    writers[one].write_batch(batch.filter(pc.equal(place, one)))
    finally:
        for writer, sink in zip(writers, sinks, strict=True):
            writer.close()
            sink.close()
    return paths


def _bucket_of(batch: pa.RecordBatch, lead: list[str], cuts: list[tuple[Any, ...]]) -> Any:
    """For each row, how many cuts are not above it."""
    place: Any = pa.repeat(pa.scalar(0, pa.int64()), batch.num_rows)
    for cut in cuts:
        reached: Any = pa.repeat(pa.scalar(value=True), batch.num_rows)
        for name, value in reversed(list(zip(lead, cut, strict=True))):
            column = batch.column(name)
            reached = pc.or_(pc.greater(column, value), pc.and_(pc.equal(column, value), reached))
        place = pc.add(place, reached.cast(pa.int64()))
    return place


class _Sample:
    """Every n-th key, n growing with their number."""

    def __init__(self) -> None:
        self._keys: list[Any] = []
        self._step = 16
        self._count = 0

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
    return rows.take(order)
