"""One test class for all writers; what is particular to a format stands in its own file."""

from __future__ import annotations

import hashlib
import io
import tempfile
from abc import ABC, abstractmethod
from datetime import UTC
from itertools import chain
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler.items import TABLES
from output.csv import CsvWriter
from output.errors import OutputError, RowError
from output.jsonl import JsonlWriter
from output.parquet import ParquetWriter
from output.read import read_jsonl, read_parquet

POSTS = TABLES["posts"]
TEXT = st.none() | st.text(
    st.characters(codec=None)
    | st.sampled_from("\x00\x01\x1b\x7f\x85\u2028\u2029\u202e\u2066\ufeff\ufffe\ud800\udfff\r\n")
)


# The classes below run one test for each writer, which is the point of them.
shared = settings(suppress_health_check=[HealthCheck.differing_executors], max_examples=40, deadline=None)


class WriterTests(ABC):
    writer: type

    @abstractmethod
    def read(self, path, table, columns):
        """The rows of a file, as lists by column."""

    @pytest.fixture
    def path(self, tmp_path):
        return tmp_path / f"table{self.writer.suffix}"

    def test_life_cycle(self, make, path):
        writer = self.writer(path, POSTS)
        writer.write([make.post(1), make.post(2)])
        writer.write([])
        writer.write([make.post(3)])
        info = writer.close()
        content = path.read_bytes()
        assert (info.rows, info.bytes, info.sha256) == (3, len(content), hashlib.sha256(content).hexdigest())
        assert writer.close() is info
        writer.abort()
        assert path.read_bytes() == content
        assert self.read(path, POSTS, ["post_id"]) == [[1, 2, 3]]

    def test_no_rows(self, path):
        with self.writer(path, POSTS) as writer:
            pass
        assert writer.info.rows == 0
        assert self.read(path, POSTS, ["post_id"]) in ([[]], [])

    @pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
    def test_every_table(self, make, path, table):
        rows = make.dataset()[table.name]
        with self.writer(path, table) as writer:
            writer.write(rows)
        key = list(table.key)
        expected = [[getattr(row, name) for row in rows] for name in key]
        assert self.read(path, table, key) == expected

    def test_facts_only(self, make, path):
        with self.writer(path, POSTS, POSTS.facts) as writer:
            writer.write([make.post(1)])
        with pytest.raises((OutputError, KeyError)):
            self.read(path, POSTS, ["first_seen_at"])

    @pytest.mark.parametrize("bad", [{"text": 5}, {"site": None}, {"created_at": "today"}])
    def test_a_bad_row_leaves_no_file(self, make, path, bad):
        writer = self.writer(path, POSTS)
        writer.write([make.post(1)])
        with pytest.raises(RowError):
            writer.write([make.post(2, **bad)])
        assert not path.exists()

    def test_an_exception_leaves_no_file(self, make, path):
        with pytest.raises(KeyError), self.writer(path, POSTS) as writer:  # noqa: PT012
            writer.write([make.post(1)])
            raise KeyError
        assert not path.exists()

    def test_an_existing_file_is_not_touched(self, path):
        path.write_bytes(b"precious")
        with pytest.raises(OutputError, match="exists already"):
            self.writer(path, POSTS)
        assert path.read_bytes() == b"precious"

    def test_a_folder_that_is_not_there(self, tmp_path):
        with pytest.raises(OutputError, match="cannot be written"):
            self.writer(tmp_path / "no" / "file", POSTS)

    def test_a_stream_stays_open(self, make):
        stream = io.BytesIO()
        with self.writer(stream, POSTS) as writer:
            writer.write([make.post(1)])
        assert hashlib.sha256(stream.getvalue()).hexdigest() == writer.info.sha256

    @shared
    @given(sizes=st.lists(st.integers(0, 40), max_size=6))
    def test_batches_do_not_show(self, make, sizes):
        rows = [make.post(number) for number in range(sum(sizes))]
        one, many = io.BytesIO(), io.BytesIO()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("output.writer.BATCH_ROWS", 16)
            with self.writer(one, POSTS) as writer:
                writer.write(rows)
            with self.writer(many, POSTS) as writer:
                for size in sizes:
                    writer.write(rows[:size])
                    del rows[:size]
        assert one.getvalue() == many.getvalue()


class RoundTrip(WriterTests):
    @shared
    @given(texts=st.lists(TEXT, max_size=5))
    def test_any_text_comes_back(self, make, texts):
        rows = [make.post(number, text=text) for number, text in enumerate(texts)]
        expected = [
            None if t is None else t.encode("utf-16", "surrogatepass").decode("utf-16", "replace") for t in texts
        ]
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "t"
            with self.writer(path, POSTS) as writer:
                writer.write(rows)
            got = self.read(path, POSTS, ["text"]) or [[]]
        assert len(got[0]) == len(texts)
        if writer.recorder.repaired == 0:
            assert got[0] == expected
        else:
            assert sum((text or "").count("\ufffd") for text in got[0]) >= writer.recorder.repaired

    def test_a_very_long_word(self, make, path):
        word = "ü\u0301" * 500_000
        with self.writer(path, POSTS) as writer:
            writer.write([make.post(1, text=word)])
        assert self.read(path, POSTS, ["text"]) == [[word]]

    @shared
    @given(times=st.lists(st.datetimes(timezones=st.timezones()), max_size=5))
    def test_any_time_comes_back(self, make, times):
        times = [moment for moment in times if 1 < moment.year < 9999]
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "t"
            with self.writer(path, POSTS) as writer:
                writer.write([make.post(number, created_at=moment) for number, moment in enumerate(times)])
            got = self.read(path, POSTS, ["created_at"]) or [[]]
        assert got[0] == [moment.astimezone(UTC) for moment in times]  # comparing two zones has its own rules

    def test_all_columns_come_back(self, make, path):
        rows = make.dataset()["threads"]
        with self.writer(path, TABLES["threads"]) as writer:
            writer.write(rows)
        names = list(TABLES["threads"].names)
        got = self.read(path, TABLES["threads"], names)
        assert got == [[getattr(row, name) for row in rows] for name in names]


def columns_of(batches):
    batches = list(batches)
    if not batches:
        return []
    ranks = range(batches[0].num_columns)
    return [list(chain.from_iterable(batch.column(rank).to_pylist() for batch in batches)) for rank in ranks]


class TestParquet(RoundTrip):
    writer = ParquetWriter

    def read(self, path, table, columns):
        return columns_of(read_parquet(path, table, columns))


class TestJsonl(RoundTrip):
    writer = JsonlWriter

    def read(self, path, table, columns):
        return columns_of(read_jsonl(path, table, columns))


class TestCsv(WriterTests):
    writer = CsvWriter

    def read(self, path, table, columns):
        import csv

        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        kinds = {column.name: column.kind for column in table.columns}
        return [[self.parse(kinds[name], row[name]) for row in rows] for name in columns]

    def parse(self, kind, text):
        from datetime import datetime

        if text == "":
            return None
        return int(text) if kind == "int64" else datetime.fromisoformat(text) if kind == "timestamp" else text
