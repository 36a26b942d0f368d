"""Lines of JSON that are made column by column are those that orjson writes row by row."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.items import TABLES
from crawler.items.arrow import arrow_schema
from output.pack.json_lines import json_lines

words = st.text(alphabet='",\\\n\t\r\x00\x1f\x7f null[]ab é😀\u2028', max_size=8)
times = st.datetimes(datetime(1600, 1, 1), datetime(2400, 1, 1)).map(lambda time: time.replace(tzinfo=UTC))  # noqa: DTZ001
KINDS: dict[str, Any] = {
    "string": words,
    "int64": st.integers(-(2**63), 2**63 - 1),
    "bool": st.booleans(),
    "double": st.floats(allow_nan=False, allow_infinity=False),
    "timestamp": st.one_of(times, times.map(lambda time: time.replace(microsecond=0))),
    "list<string>": st.lists(words, max_size=3),
}


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_rows(data: st.DataObject) -> None:
    for name in ("posts", "threads", "quotes"):
        columns = TABLES[name].columns
        row = st.fixed_dictionaries({
            column.name: st.one_of(st.none(), KINDS[column.kind]) if column.nullable else KINDS[column.kind]
            for column in columns
        })  # fmt: skip
        rows = [{column.name: one[column.name] for column in columns} for one in data.draw(st.lists(row, max_size=4))]
        for one in rows:
            if name == "posts" and one["text"] and data.draw(st.booleans()):
                one["full_text"] = one["text"]
        for column in data.draw(st.sets(st.sampled_from([column.name for column in columns]))):
            for one in rows:  # a value that all rows have is written once
                one[column] = rows[0][column]
        batch = pa.RecordBatch.from_pylist([{}, *rows], arrow_schema(TABLES[name])).slice(1)
        options = orjson.OPT_APPEND_NEWLINE | orjson.OPT_UTC_Z
        assert bytes(json_lines(batch, columns)) == b"".join(orjson.dumps(one, option=options) for one in rows)
