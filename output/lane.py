"""One table on its way into its files: checked, sorted, guarded against two rows of one key."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from operator import eq
from pathlib import Path
from typing import Any

from crawler.items import Table
from output.errors import PublishError
from output.layout import BY_MONTH, month_getter
from output.nesting import nest
from output.records import BATCH_ROWS, Record, Recorder, batches
from output.sorting import ExternalSorter, sort_key, sort_values

WAITING_ROWS = 1000
"""Rows that wait to be checked together: to look at 28 columns costs as much for ten rows as for hundreds."""


class Lane:
    """Takes rows of one table with :meth:`add`; once flushed, :meth:`batches` gives them in order, and it is empty."""

    def __init__(self, table: Table, *, canonical: bool, by_month: bool, spill: Path, max_rows: int) -> None:
        self.table = table
        self.columns = table.facts if canonical else table.columns
        self.recorder = Recorder(table, self.columns)
        self.rows = 0
        self.waiting: list[object] = []
        self._month = month_getter(table, self.recorder.names) if by_month and table.name in BY_MONTH else None
        self._key = self._sort_key()
        self._values = sort_values(table, self.columns)
        self._spill = spill / table.name
        self._max_rows = max_rows
        self._sorter = self._new_sorter()
        self._chars = 0

    def _sort_key(self) -> Callable[[Record], Any]:
        key, month = sort_key(self.table, self.columns), self._month
        return key if month is None else lambda record: (month(record), key(record))

    def _new_sorter(self) -> ExternalSorter:
        return ExternalSorter(self._key, self._spill, max_rows=self._max_rows)

    def add(self, rows: Sequence[object]) -> bool:
        """Take rows; they are checked when the lane is flushed, which is due where this returns True."""
        self.waiting += rows
        return len(self.waiting) >= WAITING_ROWS

    def flush(self) -> None:
        """Check the rows that wait. Raises :class:`RowError`."""
        self.sort(self.records())

    def records(self) -> list[Record]:
        """The rows that wait as records; then none waits."""
        rows, self.waiting = self.waiting, []
        return self.recorder.records(rows) if rows else []

    def sort(self, records: list[Record]) -> None:
        """Take records of the lane's columns."""
        self._sorter.add(records, self.recorder.chars - self._chars)
        self._chars = self.recorder.chars
        self.rows += len(records)

    def months(self) -> Iterator[tuple[int, Iterator[list[Record]]]]:
        """Number and batches of each month, in order, where the table goes by month. The lane is empty then."""
        assert self._month is not None
        for month, records in groupby((one for batch in self.batches() for one in batch), key=self._month):
            yield month, batches(records, BATCH_ROWS)

    def batches(self) -> Iterator[list[Record]]:
        """All records in order; the lane is empty then.

        Raises :class:`PublishError` for two of one key: in order, they are neighbours.
        """
        sorter, self._sorter, self.rows = self._sorter, self._new_sorter(), 0
        last = None
        for batch in batches(sorter, BATCH_ROWS):
            keys = [last, *map(self._values, batch)]
            if any(map(eq, keys, keys[1:])):
                raise self._twice(next(r for r, one, other in zip(batch, keys, keys[1:], strict=False) if one == other))
            last = keys[-1]
            yield batch

    def _twice(self, record: Record) -> PublishError:
        place = ", ".join(f"{name}={record[self.recorder.names.index(name)]}" for name in self.table.key)
        return PublishError(f"{self.table.name}: two rows of ({place})", "give each row once")


def flush_posts(posts: Lane, quotes: Lane) -> None:
    """Flush posts and their quotes, which go into the posts' records. Raises :class:`OutputError`."""
    quoted = quotes.records()
    posts.sort(nest(posts.records(), posts.columns, quoted, quotes.columns))
    quotes.sort(quoted)
