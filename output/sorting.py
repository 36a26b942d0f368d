"""External merge sort: records in any order, out in a table's order, in bounded memory."""

from __future__ import annotations

import heapq
import pickle
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from operator import itemgetter
from pathlib import Path
from typing import Any

from crawler.items import Column, Table
from output.records import Record, batches

MAX_ROWS = 50_000
MAX_CHARS = 64_000_000
FAN_IN = 64
"""Runs merged at a time: each is an open file."""

_SPILL_ROWS = 500  # records a pickle: what a merge holds of each run


def sort_key(table: Table, columns: Sequence[Column] | None = None) -> Callable[[Record], Any]:
    """A function from a record to what it is sorted by: the columns of ``table.sort``, null before any value.

    Strings compare by code point, which is also the order of their UTF-8 bytes.
    """
    values = sort_values(table, columns)
    if not any(table.column(name).nullable for name in table.sort):
        return values
    if len(table.sort) == 1:
        return lambda record: _FIRST if values(record) is None else values(record)

    def key(record: Record) -> Any:
        found = values(record)
        return tuple([_FIRST if value is None else value for value in found]) if None in found else found

    return key


def sort_values(table: Table, columns: Sequence[Column] | None = None) -> Callable[[Record], Any]:
    """A function from a record to its values in the columns of ``table.sort``: equal where the keys are."""
    ranks = {column.name: rank for rank, column in enumerate(table.columns if columns is None else columns)}
    return itemgetter(*(ranks[name] for name in table.sort))


class _First:
    """Comes before any other value."""

    def __lt__(self, other: object) -> bool:
        return other is not self

    def __gt__(self, other: object) -> bool:
        return False


_FIRST = _First()


class ExternalSorter:
    """Sorts records; those beyond ``max_rows`` rows or ``max_chars`` characters wait in files in ``folder``.

    The sort is stable. The folder is made when it is needed, and the caller removes it; it must be
    private, since the files in it are pickles. Iterate once, after the last :meth:`add`.
    """

    def __init__(
        self,
        key: Callable[[Record], Any],
        folder: Path,
        *,
        max_rows: int = MAX_ROWS,
        max_chars: int = MAX_CHARS,
    ) -> None:
        if max_rows < 1:
            raise ValueError(f"max_rows is {max_rows}; at least one row must fit")
        self.rows = 0
        self._key = key
        self._folder = folder
        self._max_rows = max_rows
        self._max_chars = max_chars
        self._held: list[Record] = []
        self._chars = 0
        self._runs: list[Path] = []
        self._n_files = 0

    def add(self, records: Iterable[Record], chars: int = 0) -> None:
        """Take records; ``chars`` is how much text they hold together, where that is known."""
        rest = iter(records)
        while taken := list(islice(rest, self._max_rows - len(self._held))):
            self._held += taken
            if len(self._held) >= self._max_rows:
                self._spill()
        self._chars += chars
        if self._chars > self._max_chars:
            self._spill()

    def __iter__(self) -> Iterator[Record]:
        self._held.sort(key=self._key)
        held, self._held = self._held, []
        self.rows += len(held)
        return self._merged(held) if self._runs else iter(held)

    def _merged(self, held: list[Record]) -> Iterator[Record]:
        """What waits in files, with what is held."""
        while len(self._runs) > FAN_IN:
            self._runs = [self._merge_files(runs) for runs in batches(self._runs, FAN_IN)]
        streams = [_read(path) for path in self._runs]
        yield from heapq.merge(*streams, held, key=self._key)
        for path in self._runs:
            path.unlink()
        self._runs = []

    def _spill(self) -> None:
        self._held.sort(key=self._key)
        self.rows += len(self._held)
        if self._held:
            self._runs.append(self._write(self._held))
        self._held = []
        self._chars = 0

    def _merge_files(self, runs: list[Path]) -> Path:
        if len(runs) == 1:
            return runs[0]
        merged = self._write(heapq.merge(*map(_read, runs), key=self._key))
        for path in runs:
            path.unlink()
        return merged

    def _write(self, records: Iterable[Record]) -> Path:
        path = self._folder / f"run-{self._n_files:06}"
        self._n_files += 1
        self._folder.mkdir(exist_ok=True)
        with path.open("xb") as file:
            for batch in batches(records, _SPILL_ROWS):
                pickle.dump(batch, file, protocol=pickle.HIGHEST_PROTOCOL)
        return path


def _read(path: Path) -> Iterator[Record]:
    with path.open("rb") as file:
        while True:
            try:
                batch = pickle.load(file)  # noqa: S301  our own file of a moment ago, in a folder that is ours alone
            except EOFError:
                return
            yield from batch
