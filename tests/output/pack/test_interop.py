"""What others read of a pack: offline, each where it is installed."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

LIBRARIES = {"pandas": "pandas", "Polars": "polars", "DuckDB": "duckdb", "Hugging Face datasets": "datasets"}


@pytest.fixture
def folder(packed: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    folder = packed(formats=("parquet", "jsonl", "csv", "convokit"))
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    monkeypatch.setenv("HF_DATASETS_CACHE", str(tmp_path / "hf"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.parametrize("name", LIBRARIES)
@pytest.mark.filterwarnings("default")
def test_the_snippets_of_the_card_run(folder: Path, name: str) -> None:
    pytest.importorskip(LIBRARIES[name], reason=f"{LIBRARIES[name]} is not installed (the extra [interop])")
    snippet = re.search(rf"```python\n# {name}\n(.*?)```", (folder / "README.md").read_text(), re.DOTALL)
    assert snippet is not None
    scope: dict[str, Any] = {}
    exec(snippet[1], scope)
    posts = scope["posts"]
    texts = posts.fetchall() if name == "DuckDB" else posts["text"]
    assert len(texts) == 5


@pytest.mark.filterwarnings("default")
def test_the_head_of_the_card_gives_every_table(folder: Path, tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets", reason="datasets is not installed (the extra [interop])")
    loaded = datasets.load_dataset(str(folder), "quotes", cache_dir=str(tmp_path / "hf"))
    assert loaded["train"].num_rows == 3


@pytest.mark.filterwarnings("default")
def test_croissant(folder: Path) -> None:
    mlcroissant = pytest.importorskip("mlcroissant", reason="mlcroissant is not installed (the extra [interop])")
    made = mlcroissant.Dataset(jsonld=str(folder / "croissant.json"))
    issues = made.metadata.ctx.issues
    assert not issues.errors, issues.report()
    assert len(list(made.records("posts"))) == 5


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("formats", [("parquet", "jsonl", "csv"), ("parquet", "jsonl")])
def test_frictionless(packed: Callable[..., Path], formats: tuple[str, ...]) -> None:
    frictionless = pytest.importorskip("frictionless", reason="frictionless is not installed (the extra [interop])")
    folder = packed("flat", formats=formats)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        report = frictionless.Package(str(folder / "datapackage.json")).validate()
    assert report.valid, report.flatten(["name", "type", "note"])


def test_convokit_keeps_its_rules(folder: Path) -> None:
    """What ConvoKit's integrity check asks: one root a conversation, no reply to nobody, always a time."""
    parts = folder / "convokit"
    assert {path.name for path in parts.iterdir()} == set(
        "utterances.jsonl speakers.json conversations.json corpus.json index.json".split()
    )
    lines = [orjson.loads(line) for line in (parts / "utterances.jsonl").read_bytes().splitlines()]
    speakers, conversations, index = (
        orjson.loads((parts / f"{name}.json").read_bytes()) for name in ("speakers", "conversations", "index")
    )
    by_id = {line["id"]: line for line in lines}
    assert len(by_id) == len(lines) >= 5
    roots = [line["conversation_id"] for line in lines if line["reply-to"] is None]
    assert sorted(roots) == sorted(conversations)
    for line in lines:
        assert isinstance(line["timestamp"], float)
        assert isinstance(line["text"], str)
        assert line["speaker"] in speakers
        assert set(line["meta"]) == set(index["utterances-index"])
        if line["reply-to"] is not None:
            assert by_id[line["reply-to"]]["conversation_id"] == line["conversation_id"]
    assert {"overall-index", "speakers-index", "conversations-index", "version"} <= set(index)


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
    for entry in croissant["distribution"]:
        assert sha256_of(folder / entry["contentUrl"]) == entry["sha256"]
    package = orjson.loads((folder / "datapackage.json").read_bytes())
    assert package["licenses"][0]["name"] == "CC-BY-4.0"
    assert {resource["hash"] for resource in package["resources"]} == {
        f"sha256:{sha256_of(folder / resource['path'])}" for resource in package["resources"]
    }
    assert "cff-version: 1.2.0" in (folder / "CITATION.cff").read_text()
