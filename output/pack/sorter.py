"""Puts a table's rows in order, in bounded memory: they are dealt into buckets by ranges of the key, on the disk."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Self

import pyarrow as pa
import pyarrow.compute as pc

from crawler.items import Table
from output.pack.errors import PackError

BUCKET_BYTES = 12_000_000
"""Bytes that are sorted at a time, in Arrow's form; more only where one thread alone has more."""

_RUN_BYTES = 16_000_000  # are gathered before they are dealt, so that a bucket gets more than a few rows at a time
_SAMPLE = 16_384
_OPTIONS = pa.ipc.IpcWriteOptions(compression="lz4")

Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Slice:
    """Rows of one bucket that lie together: batch number ``batch`` of the file ``path``, and about their size."""

    path: str
    batch: int
    bucket: int
    rows: int
    bytes: int


def lead(table: Table) -> list[str]:
    """The columns that tell the bucket: those to sort by, up to the first number."""
    names = []
    for name in table.sort:
        names.append(name)
        if table.column(name).kind == "int64":
            break
    return names


def sampled(batches: Iterable[pa.RecordBatch]) -> Iterator[Key]:
    """The rows of every n-th place as keys, some thousands of them; n grows with their number."""
    keys, step, seen = list[Key](), 1, 0
    for batch in batches:
        due = pa.array(range(-seen % step, batch.num_rows, step), pa.int64())
        seen += batch.num_rows
        keys += zip(*(column.take(due).to_pylist() for column in batch.columns), strict=True)
        while len(keys) > _SAMPLE:
            keys, step = keys[::2], 2 * step
    yield from keys


def cuts_of(keys: Iterable[Key], parts: int) -> list[Key]:
    """Keys that divide all into so many parts of about the same size, or fewer; ``keys`` are a sample of all."""
    known = sorted(keys)
    parts = min(parts, len(known))
    return sorted({known[len(known) * number // parts] for number in range(1, parts)})


class Dealer:
    """Deals a table's batches into buckets: bucket n holds what is not below cut n-1, and below cut n.

    All go into one file, a run of some batches at a time, each run in the order of the buckets.
    """

    def __init__(self, table: Table, schema: pa.Schema, cuts: Sequence[Key], path: Path) -> None:
        self._table, self._schema, self._cuts, self._path = table, schema, cuts, path
        self._held: list[pa.RecordBatch] = []
        self._size = 0
        self.slices: list[Slice] = []

    def __enter__(self) -> Self:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._sink = pa.OSFile(str(self._path), "wb")
        self._writer = pa.ipc.new_file(self._sink, self._schema, options=_OPTIONS)
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        try:
            if kind is None:
                self._deal()
        finally:
            try:
                self._writer.close()
            finally:
                self._sink.close()

    def add(self, batch: pa.RecordBatch) -> None:
        """Deal some rows."""
        self._held.append(batch)
        self._size += batch.nbytes
        if self._size >= _RUN_BYTES:
            self._deal()

    def _deal(self) -> None:
        if not self._held:
            return
        rows = pa.Table.from_batches(self._held, self._schema)
        self._held, self._size = [], 0
        rows = rows.combine_chunks()
        names = lead(self._table)
        order = pc.sort_indices(rows, sort_keys=[(name, "ascending") for name in names])
        keys = rows.select(names).take(order).combine_chunks()
        ends = [0, *(_first_from(keys, cut) for cut in self._cuts), rows.num_rows]
        for bucket, (start, end) in enumerate(pairwise(ends)):
            if end > start:
                self._put(bucket, rows.take(order[start:end]))

    def _put(self, bucket: int, rows: pa.Table) -> None:
        for batch in rows.to_batches():
            self._writer.write_batch(batch)
            number = len(self.slices)
            self.slices.append(Slice(str(self._path), number, bucket, batch.num_rows, size_of(batch)))


def _first_from(keys: pa.Table, cut: Key) -> int:
    """The first of the sorted rows that is not below the cut."""
    return bisect_left(range(keys.num_rows), cut, key=lambda row: tuple(column[row].as_py() for column in keys.columns))


def gathered(table: Table, slices: Sequence[Slice]) -> pa.Table:
    """The rows of a bucket, in the table's order. Raises :class:`PackError` for two rows with one key."""
    batches = []
    for one in slices:
        with pa.OSFile(one.path) as file, pa.ipc.open_file(file) as reader:
            batches.append(reader.get_batch(one.batch))
    return in_order(table, pa.Table.from_batches(batches))


def by_bucket(slices: Iterable[Slice]) -> list[list[Slice]]:
    """The slices of each bucket that has any, in the order of the buckets."""
    found: defaultdict[int, list[Slice]] = defaultdict(list)
    for one in sorted(slices, key=lambda one: (one.path, one.batch)):
        found[one.bucket].append(one)
    return [found[bucket] for bucket in sorted(found)]


def sorted_again(
    table: Table, schema: pa.Schema, batches: Iterable[pa.RecordBatch], cuts: Sequence[Key], path: Path
) -> Iterator[pa.Table]:
    """The rows of all batches in the table's order, a bucket at a time; ``path`` is a file to put them down in."""
    with Dealer(table, schema, cuts, path) as dealer:
        for batch in batches:
            dealer.add(batch)
    for slices in by_bucket(dealer.slices):
        yield gathered(table, slices)
    path.unlink()


def size_of(batch: pa.RecordBatch) -> int:
    """Bytes of text and numbers, whatever the batch was cut out of."""
    return sum(map(_size, batch.columns))


def _size(values: pa.Array) -> int:
    if pa.types.is_list(values.type):
        return 4 * len(values) + _size(pc.list_flatten(values))
    if pa.types.is_string(values.type):
        return 4 * len(values) + (pc.sum(pc.binary_length(values)).as_py() or 0)
    return 8 * len(values)


def in_order(table: Table, rows: pa.Table) -> pa.Table:
    """The rows in the table's order. Raises :class:`PackError` for two rows with one key."""
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
    columns = (column.combine_chunks().take(order) for column in rows.columns)  # never two copies of all
    return pa.Table.from_arrays(list(columns), schema=rows.schema)
