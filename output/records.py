"""From row dataclasses to records (plain tuples), checked and repaired: the gate before every file.

Arrow lets pass what a reader would stumble over (a null where none may be, a time without zone, bytes for a string);
so every value is checked here. It is done column by column with built-ins that loop in C, since it is done for all.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import chain, islice
from operator import attrgetter
from typing import Any, TypeAlias, TypeVar

from crawler.items import Column, Table
from output.errors import RowError

Record: TypeAlias = tuple[Any, ...]
"""One row's values, in the order of the columns."""

BATCH_ROWS = 5_000
"""Rows that are checked, sorted and written at a time: enough for column-wise work, little to hold."""

_NONE = type(None)
_INT64 = range(-(2**63), 2**63)
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_LONE = re.compile("[\ud800-\udfff]")

_T = TypeVar("_T")


class BadValueError(ValueError):
    """A value that its column does not allow: the rank of its row in the batch, and why."""

    def __init__(self, index: int, why: str) -> None:
        super().__init__(why)
        self.index = index
        self.why = why


class Recorder:
    """Turns rows of one table into records.

    ``columns`` are those to take (default: all of the table). ``repaired`` counts the lone surrogates that were
    replaced by U+FFFD; ``chars`` the characters of all strings so far, a measure of memory.
    """

    def __init__(self, table: Table, columns: Sequence[Column] | None = None) -> None:
        self.table = table
        self.columns = tuple(table.columns if columns is None else columns)
        self.names = tuple(column.name for column in self.columns)
        self.repaired = 0
        self.chars = 0
        self._values = attrgetter(*self.names)

    def records(self, rows: Sequence[object]) -> list[Record]:
        """The rows as records, in the same order. Raises :class:`RowError` for the first value that is not allowed."""
        result: list[Record] = []
        for batch in batches(rows, BATCH_ROWS):
            result += self._batch(batch)
        return result

    def _batch(self, rows: list[object]) -> list[Record]:
        self._check_class(rows)
        records = list(map(self._values, rows))
        if len(self.names) == 1:  # attrgetter gives no tuple then
            records = [(value,) for value in records]
        values: list[Sequence[Any]] = list(zip(*records, strict=True))
        dirty = False
        for rank, column in enumerate(self.columns):
            try:
                fixed = self._column(column, values[rank])
            except BadValueError as error:
                raise self.error(column, rows[error.index], error.why) from None
            if fixed is not None:
                values[rank] = fixed
                dirty = True
        return list(zip(*values, strict=True)) if dirty else records

    def error(self, column: Column, row: object, why: str) -> RowError:
        """The error for a value of that row."""
        key = ", ".join(f"{name}={_short(getattr(row, name))}" for name in self.table.key)
        return RowError(
            f"{self.table.name}.{column.name} of ({key}): {why}",
            f"the column holds {column.kind}{' or null' if column.nullable else ', never null'}: mend its maker",
        )

    def _check_class(self, rows: list[object]) -> None:
        wanted = self.table.row
        if set(map(type, rows)) != {wanted}:
            odd = next(row for row in rows if type(row) is not wanted)
            raise RowError(
                f"{self.table.name}: a row is {type(odd).__name__}, not {wanted.__name__}",
                f"give the rows of a table as crawler.items.{wanted.__name__}",
            )

    def _column(self, column: Column, values: Sequence[Any]) -> list[Any] | None:
        """The values to write in place of these; None when they are fine as they are."""
        if not column.nullable and _NONE in set(map(type, values)):  # `None in values` would compare times with it
            raise BadValueError(values.index(None), "null in a column that has none")
        if column.kind == "string":
            return self._strings(values)
        if column.kind == "list<string>":
            return _lists(values, self._strings)
        if column.kind == "list<int64>":
            return _lists(values, _integers)
        return _CHECKS[column.kind](values)

    def _strings(self, values: Sequence[Any]) -> list[Any] | None:
        odd = set(map(type, values)) - {str, _NONE}
        if odd:  # parsers hand out subclasses of str
            values = _converted(values, str, str)
        joined = "".join(filter(None, values))
        self.chars += len(joined)
        if joined.isascii() or _encodable(joined):
            return list(values) if odd else None
        return [None if value is None else self._repair(value) for value in values]

    def _repair(self, text: str) -> str:
        repaired, count = repair(text)
        self.repaired += count
        return repaired


def repair(text: str) -> tuple[str, int]:
    """The text without lone surrogates, and how many were replaced by U+FFFD; a pair becomes its character."""
    if text.isascii():
        return text, 0
    return _LONE.subn("\ufffd", _PAIR.sub(_join_pair, text))


def batches(items: Iterable[_T], size: int) -> Iterator[list[_T]]:
    """The items in lists of ``size``, the last one shorter."""
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch


def _join_pair(match: re.Match[str]) -> str:
    return match[0].encode("utf-16", "surrogatepass").decode("utf-16")


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 60 else text[:59] + "…"


def _converted(values: Sequence[Any], wanted: type, convert: Callable[[Any], Any]) -> list[Any]:
    """The values, those of a subclass of ``wanted`` as plain ones; a value of another type is an error."""
    result = []
    for index, value in enumerate(values):
        if value is not None and not isinstance(value, wanted):
            raise BadValueError(index, f"{_short(repr(value))} is {type(value).__name__}")
        result.append(value if value is None or type(value) is wanted else convert(value))
    return result


def _integers(values: Sequence[Any]) -> list[Any] | None:
    fixed = None
    types = set(map(type, values))
    if types - {int, _NONE}:
        for index, value in enumerate(values):
            if isinstance(value, bool):
                raise BadValueError(index, f"{value} is bool")
        values = fixed = _converted(values, int, int)
    numbers = [value for value in values if value is not None] if _NONE in types else values
    if numbers and (min(numbers) not in _INT64 or max(numbers) not in _INT64):
        wrong = next(value for value in numbers if value not in _INT64)
        raise BadValueError(values.index(wrong), "a number beyond 64 bits")
    return fixed


def _booleans(values: Sequence[Any]) -> list[Any] | None:
    if set(map(type, values)) - {bool, _NONE}:
        _converted(values, bool, bool)
    return None


def _doubles(values: Sequence[Any]) -> list[Any] | None:
    if set(map(type, values)) <= {float, _NONE}:
        fixed = None
    else:
        values = fixed = [float(v) if isinstance(v, int) and not isinstance(v, bool) else v for v in values]
        values = fixed = _converted(values, float, float)
    for index, value in enumerate(values):
        if value is not None and not math.isfinite(value):
            raise BadValueError(index, f"{value} is no finite number")
    return fixed


def _times(values: Sequence[Any]) -> list[Any] | None:
    if set(map(type, values)) - {datetime, _NONE}:
        _converted(values, datetime, _same)
    if {value.tzinfo for value in values if value is not None} <= {UTC}:
        return None
    return [None if value is None else _utc(index, value) for index, value in enumerate(values)]


def _utc(index: int, value: datetime) -> datetime:
    if value.utcoffset() is None:
        raise BadValueError(index, f"the time {value.isoformat()} has no time zone")
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise BadValueError(index, f"the time {value.isoformat()} lies outside the calendar in UTC") from None


def _same(value: Any) -> Any:
    return value


def _lists(values: Sequence[Any], check: Callable[[Sequence[Any]], list[Any] | None]) -> list[Any] | None:
    odd = set(map(type, values)) - {list, _NONE}
    if odd:
        values = _converted([list(v) if isinstance(v, tuple) else v for v in values], list, list)
    present = [value or () for value in values]
    items = list(chain.from_iterable(present))
    try:
        fixed = check(_no_nulls(items))
    except BadValueError as error:
        raise BadValueError(_owner(present, error.index), error.why) from None
    if fixed is None:
        return list(values) if odd else None
    iterator = iter(fixed)
    return [None if value is None else list(islice(iterator, len(value))) for value in values]


def _no_nulls(items: list[Any]) -> list[Any]:
    if None in items:
        raise BadValueError(items.index(None), "null inside a list")
    return items


def _owner(lists: Sequence[Sequence[Any]], index: int) -> int:
    """Which list holds the item of that rank in all of them together."""
    for rank, items in enumerate(lists):
        index -= len(items)
        if index < 0:
            return rank
    raise IndexError(index)


_CHECKS: dict[str, Callable[[Sequence[Any]], list[Any] | None]] = {
    "int64": _integers,
    "bool": _booleans,
    "double": _doubles,
    "timestamp": _times,
}
