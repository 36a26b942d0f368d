"""Datasets in parts, as the commands see them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from crawler.commands._publish import publish
from output import Layout
from output.manifest import MANIFEST, read_manifest


def test_a_dataset_stays_in_parts(tool: Any, mock: Any, data: Path) -> None:
    """What is published once in parts is so with every command; facts alone are files."""
    url = mock.url + mock.path(101)
    assert tool("grab", url, "--out", data, "--delay", 0, "-q").code == 0
    publish(data, layout=Layout(threads_per_part=50))
    first = {path.name for path in data.glob("*/posts/*")}
    assert {name[:11] for name in first} == {"part-00002-"}
    assert not (data / "parquet/posts.parquet").exists()
    assert tool("verify", data).code == 0

    exported = tool("export", data)
    assert exported.code == 0
    assert f"open     {data}/parquet/posts/ or {data}/jsonl/posts/" in exported.out
    assert {path.name for path in data.glob("*/posts/*")} == first

    assert tool("grab", url, "--out", data, "--delay", 0, "-q").code == 0
    assert read_manifest(data).threads_per_part == 50
    assert tool("verify", data).code == 0
    assert tool("export", data, "--canonical", "-q").code == 0
    assert (data / "canonical/parquet/posts.parquet").is_file()

    (entry,) = read_manifest(data).files_of("posts", "parquet")
    part = data / entry.path
    part.write_bytes(part.read_bytes()[:-40])
    checked = tool("verify", data)
    assert checked.code == 1
    assert f"parquet/posts/{part.name}: " in checked.err
    assert tool("export", data, "-q").code == 0
    assert tool("verify", data).code == 0
    assert (data / MANIFEST).is_file()
