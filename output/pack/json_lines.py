"""JSON Lines out of Arrow, column by column: no Python object a row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from crawler.items import Column
from output.parquet import UNIQUE_STRINGS


def json_lines(batch: pa.RecordBatch, columns: tuple[Column, ...]) -> memoryview:
    """The rows as flat objects, a line each, in the order of the columns: the bytes that orjson would write.

    Times are ISO 8601 with ``Z``, with microseconds only where there are some.
    """
    if not batch.num_rows:
        return memoryview(b"")
    parts: list[Any] = []
    written: dict[str, pa.Array] = {}
    said = "{"
    for column in columns:
        values = batch.column(column.name)
        said += f'"{column.name}":'
        if column is not columns[-1] and _is_constant(values):
            said += f"{_values(column, values.slice(0, 1))[0].as_py() or 'null'},"
            continue
        if column.name == "full_text" and "text" in written:
            written[column.name] = _mostly(values, batch.column("text"), written["text"])
        else:
            written[column.name] = _values(column, values)
        parts += [said, written[column.name]]
        said = ","
    lines = pc.binary_join_element_wise(*parts, "}\n", "", null_handling="replace", null_replacement="null")
    _, offsets, content = lines.buffers()
    ends = memoryview(offsets).cast("B").cast("i")
    return memoryview(content).cast("B")[ends[lines.offset] : ends[lines.offset + len(lines)]]


def _is_constant(values: pa.Array) -> bool:
    """Whether all rows have the same value: half of the columns do in most batches."""
    if values.null_count or pa.types.is_list(values.type) or pa.types.is_floating(values.type):  # 0.0 equals -0.0
        return bool(values.null_count == len(values))
    same: Any = values[0].equals(values[-1]) and pc.all(pc.equal(values, values[0])).as_py()
    return bool(same)


def _values(column: Column, values: pa.Array) -> pa.Array:
    """The values of a column as JSON; null stays null."""
    if column.kind == "string":
        return _strings(values) if column.name in UNIQUE_STRINGS else _few(values)
    return _BY_KIND[column.kind](values)


def _strings(values: pa.Array) -> pa.Array:
    """All strings written as one list, item below item, and cut at the line breaks: inside a string there is none."""
    texts = values.drop_null().to_pylist()
    if not texts:
        return values
    listed = orjson.dumps(texts, option=orjson.OPT_INDENT_2)
    ends = pa.array([len("[\n  "), len(listed) - len("\n]")], pa.int32()).buffers()[1]
    written = pc.split_pattern(pa.StringArray.from_buffers(1, ends, pa.py_buffer(listed)), ",\n  ").flatten()
    return written if not values.null_count else pc.replace_with_mask(values, values.is_valid(), written)


def _mostly(values: pa.Array, others: pa.Array, written: pa.Array) -> pa.Array:
    """Strings of which most are those of another column, which are written already."""
    differ = pc.fill_null(pc.not_equal(values, others), fill_value=True)
    return pc.replace_with_mask(written, differ, _strings(values.filter(differ)))


def _few(values: pa.Array) -> pa.Array:
    """Strings that repeat: each is written once."""
    coded = values.dictionary_encode()
    return _strings(coded.dictionary).take(coded.indices)


def _doubles(values: pa.Array) -> pa.Array:
    coded = values.dictionary_encode()
    return _lists(coded.dictionary).take(coded.indices)


def _lists(values: pa.Array) -> pa.Array:
    written = [None if value is None else orjson.dumps(value).decode() for value in values.to_pylist()]
    return pa.array(written, pa.string())


def _plain(values: pa.Array) -> pa.Array:
    return values.cast(pa.string())


def _times(values: pa.Array) -> pa.Array:
    fine = values.cast(pa.timestamp("us"))
    whole = pc.floor_temporal(fine, unit="second")
    text = _iso(whole.cast(pa.timestamp("s")))
    round_ = pc.equal(whole, fine)
    return text if pc.all(round_).as_py() else pc.if_else(round_, text, _iso(fine))


def _iso(times: pa.Array) -> pa.Array:
    return pc.binary_join_element_wise('"', pc.binary_replace_slice(times.cast(pa.string()), 10, 11, "T"), 'Z"', "")


_BY_KIND: dict[str, Callable[[pa.Array], pa.Array]] = {
    "int64": _plain,
    "bool": _plain,
    "double": _doubles,
    "timestamp": _times,
    "list<string>": _lists,
    "list<int64>": _lists,
}
