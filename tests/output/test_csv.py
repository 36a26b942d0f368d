from __future__ import annotations

import csv
import io

import pytest

from crawler.items import TABLES
from output.csv import CsvWriter, _cell


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_formulas_are_text(make, start):
    stream = io.BytesIO()
    with CsvWriter(stream, TABLES["posts"]) as writer:
        words = dict.fromkeys(("text", "author_name", "author_group", "edit_reason", "url"), start + "cmd")
        writer.write([make.post(1, **words, reply_confidence=0.5, author_id=-5)])
    (row,) = csv.DictReader(io.StringIO(stream.getvalue().decode(), newline=""))
    assert {row[name] for name in words} == {"'" + start + "cmd"}
    assert row["author_id"] == "-5"
    assert row["reply_confidence"] == "0.5"
    assert row["edited_by"] == ""
    assert row["author_is_guest"] == "false"
    assert row["created_at"] == "2026-03-01T12:01:00Z"


def test_header_names_are_safe_too():
    assert _cell("=a") == "'=a"


def test_lists_are_json(make):
    stream = io.BytesIO()
    with CsvWriter(stream, TABLES["threads"]) as writer:
        writer.write([make.thread(1, forum_path=["A, b", '"c"'])])
    (row,) = csv.DictReader(io.StringIO(stream.getvalue().decode(), newline=""))
    assert row["tags"] == '["a","b"]'
    assert row["forum_path"] == '["A, b","\\"c\\""]'
