"""Compares a table of two packs in the order of its key, window by window: neither is ever held as a whole."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from crawler.items import Column, Table
from crawler.items.arrow import arrow_schema
from output.pack.errors import PackError
from output.pack.roles import CHANGE

CHANGES: Final = "changes"
"""Folder of the tables of changes."""

KINDS: Final = ("added", "changed", "counted", "removed")

TALLIES: Final[dict[str, frozenset[str]]] = {
    "forums": frozenset({"n_threads_declared", "n_threads_seen", "complete"}),
    "threads": frozenset({"last_post_at", "n_posts_declared", "n_posts_seen", "n_pages", "complete"}),
    "posts": frozenset({"position", "page", "n_reactions"}),
    "authors": frozenset({"n_posts_seen", "first_post_at", "last_post_at"}),
    "reactions": frozenset({"count"}),
    "polls": frozenset({"votes"}),
}
"""Columns that move when something is added elsewhere: a reply changes the counts of its thread, forum and author.

A row in which nothing else differs is ``counted``, and does not make a release a major one.
"""

_CHANGE: Final = Column(
    CHANGE, "string", nullable=False, key=False, observation=False,
    description="added, changed, counted (only tallies moved) or removed (only the key is given).",
)  # fmt: skip


def changes_table(table: Table, columns: Sequence[Column]) -> Table:
    """A table of changes: ``change``, then the columns of ``table``, which are null where a row was removed.

    Its rows are in the order of the key.
    """
    loose = [column if column.key else dataclasses.replace(column, nullable=True) for column in columns]
    return dataclasses.replace(table, columns=(_CHANGE, *loose), sort=table.key)


def differences(
    table: Table,
    columns: Sequence[Column],
    old: Iterator[pa.Table],
    new: Iterator[pa.Table],
    counts: Counter[str],
    *,
    name_removed: bool = True,
) -> Iterator[pa.Table]:
    """The rows of :func:`changes_table`; ``old`` and ``new`` come in the order of the key.

    Only facts are compared: that a row was looked at again is no change. ``counts`` is raised by kind. Without
    ``name_removed``, rows that are gone are counted and not named.
    """
    schema = arrow_schema(changes_table(table, columns))
    empty = arrow_schema(table, columns).empty_table()
    for before, after in windows(table, empty, old, new):
        gone, was, now, fresh = align(table, before, after)
        kinds = _kinds(table, columns, _Pairs(before, was), _Pairs(after, now))
        found = {
            "added": after.take(fresh),
            "changed": after.take(now.filter(pc.equal(kinds, "changed"))),
            "counted": after.take(now.filter(pc.equal(kinds, "counted"))),
            "removed": before.take(gone),
        }
        for kind, rows in found.items():
            counts[kind] += rows.num_rows
        if not name_removed:
            del found["removed"]
        made = pa.concat_tables(_marked(table, schema, kind, rows) for kind, rows in found.items())
        if made.num_rows:
            yield made.take(_order(_comparable_keys(table, made)))


def windows(
    table: Table, empty: pa.Table, old: Iterator[pa.Table], new: Iterator[pa.Table]
) -> Iterator[tuple[pa.Table, pa.Table]]:
    """Pairs of pieces, such that equal keys are always in one pair; ``empty`` stands for what is not there.

    Both come in the order of the key.
    """
    before, after = _Cursor(table, empty, old), _Cursor(table, empty, new)
    while before.rows is not None or after.rows is not None:
        bounds = [cursor.last() for cursor in (before, after) if cursor.rows is not None]
        yield before.take_until(min(bounds)), after.take_until(min(bounds))


def required_in_order(table: Table, pieces: Iterator[pa.Table]) -> Iterator[pa.Table]:
    """The pieces as they come. Raises :class:`PackError` where a row does not come behind the one before, by key."""
    last: pa.Table | None = None
    for piece in pieces:
        keys = _comparable_keys(table, piece)
        rows = keys if last is None else pa.concat_tables([last, keys]).combine_chunks()
        rises: Any = pa.array([False] * max(rows.num_rows - 1, 0), pa.bool_())
        for name in reversed(rows.column_names):
            values = rows[name].combine_chunks()
            one, other = values[:-1], values[1:]
            rises = pc.or_(pc.less(one, other), pc.and_(pc.equal(one, other), rises))
        if not pc.all(rises, min_count=0).as_py():
            raise PackError(f"{table.name}: rows are not in the order of their keys", "make the earlier pack again")
        last = rows.slice(max(rows.num_rows - 1, 0))
        yield piece


class _Cursor:
    """What is left of a stream of rows in order; ``rows`` is None at its end, and never empty before."""

    def __init__(self, table: Table, empty: pa.Table, pieces: Iterator[pa.Table]) -> None:
        self._key, self._empty, self._pieces = table.key, empty, pieces
        self.rows: pa.Table | None = empty
        self._skip_empty()

    def last(self) -> tuple[Any, ...]:
        """The key of the last row at hand."""
        assert self.rows is not None
        return self._at(self.rows, self.rows.num_rows - 1)

    def take_until(self, bound: tuple[Any, ...]) -> pa.Table:
        """The rows up to that key."""
        if self.rows is None:
            return self._empty
        low, high = 0, self.rows.num_rows
        while low < high:
            middle = (low + high) // 2
            if self._at(self.rows, middle) <= bound:
                low = middle + 1
            else:
                high = middle
        taken, self.rows = self.rows.slice(0, low), self.rows.slice(low)
        self._skip_empty()
        return taken

    def _skip_empty(self) -> None:
        while self.rows is not None and not self.rows.num_rows:
            self.rows = next(self._pieces, None)

    def _at(self, rows: pa.Table, rank: int) -> tuple[Any, ...]:
        """A key that compares, null first."""
        values = (rows[name][rank].as_py() for name in self._key)
        return tuple(chain.from_iterable((value is not None, 0 if value is None else value) for value in values))


def align(table: Table, before: pa.Table, after: pa.Table) -> tuple[pa.Array, pa.Array, pa.Array, pa.Array]:
    """Row numbers by key: of ``before`` alone, of both (in ``before``, in ``after``: pair by pair), of ``after`` alone.

    In each, a key occurs once.
    """
    parts = []
    for side, rows in enumerate((before, after)):
        count = rows.num_rows
        part = _comparable_keys(table, rows)
        part = part.append_column("side", pa.array([side] * count, pa.int8()))
        parts.append(part.append_column("row", pa.array(range(count), pa.int64())))
    keys = pa.concat_tables(parts)
    keys = keys.take(_order(keys.drop_columns(["row"]))).combine_chunks()
    again: Any = pa.array([True] * max(keys.num_rows - 1, 0), pa.bool_())
    for name in keys.column_names[:-2]:
        values = keys[name].combine_chunks()
        again = pc.and_(again, pc.equal(values[:-1], values[1:]))
    no = pa.array([False] * min(keys.num_rows, 1), pa.bool_())
    goes_on, went_before = pa.concat_arrays([again, no]), pa.concat_arrays([no, again])
    is_new = pc.equal(keys["side"], 1)
    is_old = pc.invert(is_new)
    masks = (
        pc.and_(is_old, pc.invert(goes_on)),
        pc.and_(is_old, goes_on),
        pc.and_(is_new, went_before),
        pc.and_(is_new, pc.invert(went_before)),
    )
    gone, was, now, fresh = (keys["row"].filter(mask).combine_chunks() for mask in masks)
    return gone, was, now, fresh


def _comparable_keys(table: Table, rows: pa.Table) -> pa.Table:
    """The key as columns without null that compare in the same way, null first."""
    columns: list[Any] = []
    for name in table.key:
        if table.column(name).nullable:
            columns += [rows[name].is_valid().cast(pa.int8()), rows[name].fill_null(0)]
        else:
            columns.append(rows[name])
    return pa.table(columns, names=[str(rank) for rank in range(len(columns))])


def _order(keys: pa.Table) -> pa.Array:
    return pc.sort_indices(keys, sort_keys=[(name, "ascending") for name in keys.column_names])


class _Pairs:
    """Some rows of a table, of which one column at a time is taken out."""

    def __init__(self, rows: pa.Table, ranks: pa.Array) -> None:
        self._rows, self._ranks = rows, ranks

    def __len__(self) -> int:
        return len(self._ranks)

    def __getitem__(self, name: str) -> pa.ChunkedArray:
        return self._rows[name].take(self._ranks)


def _kinds(table: Table, columns: Sequence[Column], was: _Pairs, now: _Pairs) -> pa.Array:
    """For each pair of rows: changed, counted or same."""
    tallies = TALLIES.get(table.name, frozenset())
    facts = [column.name for column in columns if not column.observation and not column.key]
    changed, counted = (
        _any_differs(was, now, [name for name in facts if (name in tallies) == wanted]) for wanted in (False, True)
    )
    return pc.if_else(changed, "changed", pc.if_else(counted, "counted", "same"))


def _any_differs(was: _Pairs, now: _Pairs, names: Sequence[str]) -> Any:
    found: Any = pa.array([False] * len(was), pa.bool_())
    for name in names:
        found = pc.or_(found, _differs(was[name], now[name]))
    return found


def _differs(was: pa.ChunkedArray, now: pa.ChunkedArray) -> Any:
    if pa.types.is_list(was.type):  # Arrow does not compare lists
        pairs = zip(was.to_pylist(), now.to_pylist(), strict=True)
        return pa.array([one != other for one, other in pairs], pa.bool_())
    other = pc.fill_null(pc.not_equal(was, now), pc.xor(was.is_null(), now.is_null()))
    return other.combine_chunks()


def _marked(table: Table, schema: pa.Schema, kind: str, rows: pa.Table) -> pa.Table:
    values: list[Any] = [pa.array([kind] * rows.num_rows, pa.string())]
    for field in list(schema)[1:]:
        left_out = kind == "removed" and field.name not in table.key
        values.append(pa.nulls(rows.num_rows, field.type) if left_out else rows[field.name])
    return pa.table(values, schema=schema)
