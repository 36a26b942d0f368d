"""Checks the rows of each table by themselves: keys, order, empty strings."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from crawler.items import TABLES, Column
from output.verify.frames import ROW, Frames, place_of, where


def check_rows(frames: Frames) -> None:
    """Report keys that occur twice, rows out of order, and empty strings."""
    for name in frames.usable:
        _check_keys(frames, name)
        _check_order(frames, name)
        _check_empty(frames, name)


def _check_keys(frames: Frames, name: str) -> None:
    key = TABLES[name].key
    groups = frames.table(name, key).group_by(list(key)).aggregate([(ROW, "count"), (ROW, "max")])
    twice = where(groups, pc.greater(groups[f"{ROW}_count"], 1)).rename_columns({f"{ROW}_max": ROW})
    frames.flag("key", name, twice, lambda row: f"the key {place_of(row, key)} occurs {row[f'{ROW}_count']} times")


def _check_order(frames: Frames, name: str) -> None:
    sort = TABLES[name].sort
    table = frames.table(name, tuple(dict.fromkeys(sort)))
    start = 0
    for entry in frames.usable[name]:  # parts are ordered each by itself
        part = table.slice(start, entry.rows)
        start += entry.rows
        if part.num_rows > 1:
            later = where(part.slice(1), pc.invert(_in_order(part, sort)))
            frames.flag(
                "order", name, later, lambda _: f"it stands behind a row that should follow it, by {', '.join(sort)}"
            )


def _in_order(table: pa.Table, sort: tuple[str, ...]) -> Any:
    """For each row but the first: whether it may follow the one before it."""
    result: Any = pa.array([True] * (table.num_rows - 1))
    for name in reversed(sort):
        for values in reversed(_comparable(table[name])):
            before, after = values.slice(0, len(values) - 1), values.slice(1)
            result = pc.or_(pc.less(before, after), pc.and_(pc.equal(before, after), result))
    return result


def _comparable(column: Any) -> list[Any]:
    """The column as columns without null that compare in the same way, null first."""
    if column.null_count == 0:
        return [column]
    kind = column.type
    lowest = "" if pa.types.is_string(kind) else False if pa.types.is_boolean(kind) else 0
    return [column.is_valid().cast(pa.int8()), column.fill_null(pa.scalar(lowest).cast(kind))]


def _check_empty(frames: Frames, name: str) -> None:
    columns = [column for column in frames.dataset.columns(name) if column.kind in {"string", "list<string>"}]
    found: dict[str, list[int]] = {column.name: [] for column in columns}
    start = 0
    for entry in frames.usable[name]:
        for batch in frames.batches(entry, list(found)):
            for rank, rows in enumerate(found.values()):
                rows += [start + row for row in _empty_rows(batch.column(rank))]
            start += batch.num_rows
    for column in columns:
        _flag_empty(frames, name, column, found[column.name])


def _flag_empty(frames: Frames, name: str, column: Column, found: list[int]) -> None:
    missing = "missing is null" if column.kind == "string" else "what is missing is no element of the list"
    message = f"{column.name} holds an empty string; {missing}"
    frames.flag(f"empty {column.name}", name, pa.table({ROW: pa.array(found, pa.int64())}), lambda _: message)


def _empty_rows(array: Any) -> list[int]:
    if pa.types.is_list(array.type):
        owners = pc.list_parent_indices(array)
        return sorted(set(owners.filter(pc.equal(pc.list_flatten(array), "")).to_pylist()))
    rows: list[int] = pc.indices_nonzero(pc.fill_null(pc.equal(array, ""), False)).to_pylist()  # noqa: FBT003
    return rows
