"""What others read of a pack. Packs of whole forums: see tests/commands/test_pack_loaders.py."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest


@pytest.fixture
def folder(packed: Callable[..., Path]) -> Path:
    return packed(formats=("parquet", "jsonl", "csv"))


@pytest.mark.filterwarnings("ignore")
def test_a_table_in_several_files_is_read_as_one(packed: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    mlcroissant = pytest.importorskip("mlcroissant", reason="mlcroissant is not installed (the extra [interop])")
    pandas = pytest.importorskip("pandas", reason="pandas is not installed (the extra [interop])")
    folder = packed("cut", shard_bytes=1)
    paths = sorted((folder / "parquet").glob("posts-*"))
    assert len(paths) > 1
    ids = [number for path in paths for number in pandas.read_parquet(path)["post_id"]]
    found = mlcroissant.Dataset(jsonld=str(folder / "croissant.json")).records("posts")
    assert [row["posts/post_id"] for row in found] == ids
    monkeypatch.chdir(folder)
    snippet = re.search(r"```python\n# pandas\n(.*?)```", (folder / "README.md").read_text(), re.DOTALL)
    assert snippet is not None
    scope: dict[str, Any] = {}
    exec(snippet[1], scope)
    assert scope["posts"]["post_id"].tolist() == ids


@pytest.mark.filterwarnings("ignore")
def test_frictionless_without_csv(packed: Callable[..., Path]) -> None:
    frictionless = pytest.importorskip("frictionless", reason="frictionless is not installed (the extra [interop])")
    folder = packed("flat", formats=("parquet", "jsonl"))
    report = frictionless.Package(str(folder / "datapackage.json")).validate()
    assert report.valid, report.flatten(["name", "type", "note"])


def test_phantoms_stand_for_posts_that_were_never_seen(
    tmp_path: Path, make: Any, publish: Any, packed: Callable[..., Path]
) -> None:
    rows = make.dataset()
    rows["posts"][2].reply_to_post_id = None
    for quote in rows["quotes"][1:]:
        quote.target_state, quote.target_post_id, quote.target_thread_id, quote.cited_post_id = "unseen", None, None, 4
    folder = packed("p", publish(tmp_path / "c", rows), formats=("convokit",))
    lines = [orjson.loads(line) for line in (folder / "convokit/utterances.jsonl").read_bytes().splitlines()]
    phantom = next(line for line in lines if line["meta"]["phantom"])
    answer = next(line for line in lines if line["reply-to"] == phantom["id"])
    assert answer["text"] == "words 12"
    assert (phantom["text"], answer["meta"]["reply_is_implicit"]) == ("", False)
    assert [line["meta"]["reply_is_implicit"] for line in lines if line["text"] == "new words"] == [False]


def test_what_catalogues_need_is_there_and_true(folder: Path) -> None:
    """Croissant's own validator lets a wrong hash and a missing licence pass."""
    from output.swap import sha256_of

    croissant = orjson.loads((folder / "croissant.json").read_bytes())
    for name in "name description license url creator datePublished distribution".split():
        assert croissant[name]
    files = [entry for entry in croissant["distribution"] if entry["@type"] == "cr:FileObject"]
    assert {entry["contentUrl"] for entry in files} == {
        path.relative_to(folder).as_posix()
        for name in ("parquet", "jsonl", "csv")
        for path in (folder / name).iterdir()
    }
    for entry in files:
        assert sha256_of(folder / entry["contentUrl"]) == entry["sha256"]
    package = orjson.loads((folder / "datapackage.json").read_bytes())
    assert package["licenses"][0]["name"] == "CC-BY-4.0"
    assert {resource["hash"] for resource in package["resources"]} == {
        f"sha256:{sha256_of(folder / resource['path'])}" for resource in package["resources"]
    }
    assert "cff-version: 1.2.0" in (folder / "CITATION.cff").read_text()
