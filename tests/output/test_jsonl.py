from __future__ import annotations

import io
import json
from datetime import timedelta

from crawler.items import TABLES
from output.jsonl import JsonlWriter


def lines(make, rows, table="posts", **options):
    stream = io.BytesIO()
    with JsonlWriter(stream, TABLES[table], **options) as writer:
        writer.write(rows)
    return stream.getvalue().decode().split("\n")


def test_column_order_and_times(make):
    first, second, end = lines(make, [make.post(1), make.post(2, created_at=make.t0 + timedelta(microseconds=5))])
    assert list(json.loads(first)) == list(TABLES["posts"].names)
    assert json.loads(first)["created_at"] == "2026-03-01T12:01:00Z"
    assert json.loads(second)["created_at"] == "2026-03-01T12:00:00.000005Z"
    assert end == ""


def test_line_separators_of_unicode_stay_in_the_line(make):
    text = "a\u2028b\u2029c\x85d\x0be\x00f"
    stream = io.BytesIO()
    with JsonlWriter(stream, TABLES["posts"]) as writer:
        writer.write([make.post(1, text=text)])
    (line,) = stream.getvalue().removesuffix(b"\n").split(b"\n")
    assert json.loads(line)["text"] == text


def test_nested(make):
    stream = io.BytesIO()
    with JsonlWriter(stream, TABLES["reactions"], nested=("who", ("name", "age"))) as writer:
        record = writer.recorder.records([make.row("reactions", post_id=1, reaction="Like", count=2)])[0]
        writer.write_records([(*record, (("Ann", 3), ("Bob", 4)))])
    assert json.loads(stream.getvalue())["who"] == [{"name": "Ann", "age": 3}, {"name": "Bob", "age": 4}]
