from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from crawler.items import TABLES
from crawler.items.arrow import arrow_schema
from output import parquet
from output.parquet import ParquetWriter

POSTS = TABLES["posts"]


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_schema_is_the_declared_one(tmp_path, make, table):
    with ParquetWriter(tmp_path / "t", table) as writer:
        writer.write(make.dataset()[table.name])
    assert pq.read_schema(tmp_path / "t").equals(arrow_schema(table), check_metadata=False)
    metadata = pq.read_schema(tmp_path / "t")
    assert metadata.metadata[b"table"] == table.name.encode()
    assert metadata.field(0).metadata[b"description"]


def test_rows_leave_in_groups(tmp_path, make, monkeypatch):
    monkeypatch.setattr("output.writer.BATCH_ROWS", 10)
    monkeypatch.setattr(parquet, "BATCH_ROWS", 10)
    monkeypatch.setattr(parquet, "ROW_GROUP_ROWS", 50)
    with ParquetWriter(tmp_path / "t", POSTS) as writer:
        for number in range(126):
            writer.write([make.post(number)])
            assert len(writer._group) <= 5
    metadata = pq.read_metadata(tmp_path / "t")
    assert [metadata.row_group(rank).num_rows for rank in range(metadata.num_row_groups)] == [50, 50, 26]


def test_big_rows_end_a_group_early(tmp_path, make, monkeypatch):
    monkeypatch.setattr("output.writer.BATCH_ROWS", 10)
    monkeypatch.setattr(parquet, "MAX_GROUP_BYTES", 100_000)
    with ParquetWriter(tmp_path / "t", POSTS) as writer:
        writer.write([make.post(number, text="long " * 2_500) for number in range(25)])
    assert pq.read_metadata(tmp_path / "t").num_row_groups == 3


def test_compression_and_encodings(tmp_path, make):
    with ParquetWriter(tmp_path / "t", POSTS) as writer:
        writer.write([make.post(number) for number in range(100)])
    group = pq.read_metadata(tmp_path / "t").row_group(0)
    chunks = {group.column(rank).path_in_schema: group.column(rank) for rank in range(group.num_columns)}
    assert {chunk.compression for chunk in chunks.values()} == {"ZSTD"}
    assert "DELTA_BINARY_PACKED" in chunks["post_id"].encodings
    assert "DELTA_BINARY_PACKED" in chunks["created_at"].encodings
    assert "RLE_DICTIONARY" in chunks["author_name"].encodings
    assert "RLE_DICTIONARY" not in chunks["text"].encodings


def test_an_arrow_error_leaves_no_file(tmp_path, make, monkeypatch):
    def fail(*args, **kwargs):
        raise pa.ArrowInvalid("no")

    monkeypatch.setattr(parquet.pa, "record_batch", fail)
    with pytest.raises(pa.ArrowInvalid), ParquetWriter(tmp_path / "t", POSTS) as writer:
        writer.write([make.post(1)])
    assert not (tmp_path / "t").exists()
