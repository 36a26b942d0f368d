from __future__ import annotations

import json

import pytest

from crawler.items import TABLES
from output.errors import DatasetError, ManifestError
from output.manifest import MANIFEST
from output.read import read_dataset


@pytest.mark.parametrize("formats", [("parquet",), ("jsonl",), ("parquet", "jsonl")])
def test_rows_come_back(tmp_path, make, publish, formats):
    dataset = read_dataset(publish(tmp_path, formats=formats))
    assert dataset.tables == tuple(TABLES)
    for name, rows in make.dataset().items():
        got = list(dataset.rows(name))
        key = lambda row: repr([getattr(row, column) for column in TABLES[name].key])  # noqa: B023, E731
        assert sorted(got, key=key) == sorted(rows, key=key)
        assert dataset.table(name).num_rows == dataset.manifest.tables[name]


def test_both_formats_are_the_same_table(tmp_path, publish):
    one = read_dataset(publish(tmp_path / "a", formats=("parquet",)))
    two = read_dataset(publish(tmp_path / "b", formats=("jsonl",)))
    for name in TABLES:
        assert one.table(name).equals(two.table(name), check_metadata=False)


def test_some_columns(published):
    table = read_dataset(published).table("posts", ["post_id", "text"])
    assert table.column_names == ["post_id", "text"]


def test_canonical_rows_have_no_observations(tmp_path, publish):
    dataset = read_dataset(publish(tmp_path, canonical=True))
    row = next(dataset.rows("posts"))
    assert (row.post_id, row.last_seen_at) == (10, None)
    assert "runs" not in dataset.tables


def test_several_files_a_table(tmp_path, make, publish):
    publish(tmp_path, formats=("jsonl",))
    document = json.loads((tmp_path / MANIFEST).read_bytes())
    (tmp_path / "jsonl/links").mkdir()
    (entry,) = [entry for entry in document["files"] if entry["table"] == "links"]
    document["files"].remove(entry)
    for number, line in enumerate((tmp_path / entry["path"]).read_bytes().splitlines(keepends=True)):
        path = f"jsonl/links/part-{number:05}.jsonl"
        (tmp_path / path).write_bytes(line)
        document["files"].append(entry | {"path": path, "rows": 1, "bytes": len(line)})
    (tmp_path / MANIFEST).write_text(json.dumps(document))
    assert list(read_dataset(tmp_path).rows("links")) == make.dataset()["links"]


def test_no_dataset(tmp_path):
    with pytest.raises(ManifestError, match="is not there"):
        read_dataset(tmp_path)


def test_a_missing_file(published):
    (published / "parquet/posts.parquet").unlink()
    with pytest.raises(DatasetError, match=r"posts\.parquet is not there; open the dataset again.*threadset verify"):
        read_dataset(published).table("posts")


def test_a_file_of_another_size(published):
    with (published / "parquet/posts.parquet").open("ab") as file:
        file.write(b"x")
    with pytest.raises(DatasetError, match="bytes, the manifest says"):
        read_dataset(published).table("posts")


def test_no_parquet_inside(published):
    path = published / "parquet/posts.parquet"
    path.write_bytes(b"x" * path.stat().st_size)
    with pytest.raises(DatasetError, match="cannot be read as Parquet"):
        read_dataset(published).table("posts")


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"{", "line 1: no JSON"),
        (b"[]", "line 1: no object"),
        (b"{}", "no column 'site'"),
        (b'{"site":null}', "null in site"),
        (b'{"site":5}', "lines from 1"),
    ],
)
def test_broken_lines(tmp_path, publish, line, why):
    path = publish(tmp_path, formats=("jsonl",)) / "jsonl/reactions.jsonl"
    path.write_bytes(line + b" " * (path.stat().st_size - len(line)))
    with pytest.raises(DatasetError, match=why):
        read_dataset(tmp_path).table("reactions")


def test_times_without_zone_are_refused(tmp_path, publish):
    path = publish(tmp_path, formats=("jsonl",)) / "jsonl/authors.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"first_post_at":null', b'"first_post_at":"20"'))
    with pytest.raises(DatasetError, match="no UTC time"):
        read_dataset(tmp_path).table("authors")


def test_unknown_tables(tmp_path, publish):
    dataset = read_dataset(publish(tmp_path, formats=("csv",)))
    with pytest.raises(DatasetError, match="no table posts in Parquet or JSONL"):
        dataset.table("posts")
    with pytest.raises(DatasetError, match="no table 'poems'"):
        dataset.table("poems")
