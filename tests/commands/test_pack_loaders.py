"""Packs of the demo forum and of a real one, saved, as others read them: offline, with each of the libraries."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from filelock import FileLock

from output.pack import verify_pack
from output.swap import sha256_of

SERVE = Path(__file__).parents[3] / "shared" / "forums" / "serve.py"
THREADSET = Path(sys.executable).with_name("threadset")
MISSING = "is not installed (the extra [interop])"
pytestmark = pytest.mark.filterwarnings("ignore")  # of other people's libraries


@pytest.fixture(scope="module", params=["demo", "saved"])
def packed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pack in all formats; made once for all workers of a run. Only read."""
    if request.param == "saved" and not SERVE.is_file():
        pytest.skip(f"the saved forum is not there: {SERVE}")
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / f"loaders-{request.param}"
    with FileLock(f"{shared}.lock"):
        if not (shared / "pack/manifest.json").exists():
            shared.mkdir(exist_ok=True)
            make_pack(shared, request.param)
    return shared / "pack"


def make_pack(folder: Path, which: str) -> None:
    if which == "demo":
        run(folder, "demo", "--out", "data", "-q")
    else:
        command = [sys.executable, str(SERVE), "gopiratia", "--port", "0"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout is not None
            base = server.stdout.readline().split()[1]
            urls = [f"{base}/forum/9-x/", f"{base}/topic/9-x/"]
            run(folder, "grab", *urls, "--out", "data", "--delay", 0, "-q", "--no-archive")
            server.terminate()
    formats = ["--format", "parquet,jsonl,csv,convokit"]
    run(folder, "pack", "data", "--to", "pack", "--license", "CC-BY-4.0", "--creator", "A. Group", *formats)
    assert verify_pack(folder / "pack") == []


def run(folder: Path, *args: object) -> None:
    done = subprocess.run([THREADSET, *map(str, args)], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.fixture
def here(packed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The pack as working folder; caches elsewhere, and no way to the net."""
    for name in ("HF_HOME", "HF_DATASETS_CACHE", "CROISSANT_CACHE"):
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.chdir(packed)
    return packed


def tables(folder: Path) -> dict[str, pa.Table]:
    names = sorted({path.name.rpartition("-")[0] for path in (folder / "parquet").iterdir()})
    return {name: pa.concat_tables(map(pq.read_table, sorted(folder.glob(f"parquet/{name}-*")))) for name in names}


def with_pandas(pattern: str) -> tuple[int, list[str], Any]:
    pandas = pytest.importorskip("pandas", reason=f"pandas {MISSING}")
    frame = pandas.concat(pandas.read_parquet(path) for path in sorted(Path().glob(pattern)))
    return len(frame), list(frame.columns), lambda name: frame[name].tolist()


def with_polars(pattern: str) -> tuple[int, list[str], Any]:
    polars = pytest.importorskip("polars", reason=f"Polars {MISSING}")
    frame = polars.read_parquet(pattern)
    return frame.height, frame.columns, lambda name: frame[name].to_list()


def with_duckdb(pattern: str) -> tuple[int, list[str], Any]:
    duckdb = pytest.importorskip("duckdb", reason=f"DuckDB {MISSING}")
    found = duckdb.connect().sql(f"SELECT * FROM '{pattern}'")
    return found.shape[0], found.columns, lambda name: [row[0] for row in found.select(f'"{name}"').fetchall()]


def with_datasets(pattern: str) -> tuple[int, list[str], Any]:
    datasets = pytest.importorskip("datasets", reason=f"datasets {MISSING}")
    datasets.config.HF_DATASETS_CACHE = Path(os.environ["HF_DATASETS_CACHE"])
    found = datasets.load_dataset("parquet", data_files=pattern, split="train")
    return found.num_rows, found.column_names, lambda name: list(found[name])


@pytest.mark.parametrize("read", [with_pandas, with_polars, with_duckdb, with_datasets])
def test_every_table_is_read_as_it_is(here: Path, read: Callable[[str], tuple[int, list[str], Any]]) -> None:
    found = tables(here)
    assert found["posts"].num_rows > 3
    for name, table in found.items():
        if read is with_datasets and not table.num_rows:
            continue  # it cannot load a table without rows; the card does not offer it
        rows, columns, values = read(f"parquet/{name}-*.parquet")
        assert (rows, columns) == (table.num_rows, table.column_names), name
        keys = [column for column in ("post_id", "thread_id", "site") if column in columns][:2]
        for column in (*keys, *(["text"] if name == "posts" else [])):
            if not table[column].null_count:
                assert list(values(column)) == table[column].to_pylist(), (name, column)


LIBRARIES = {"pandas": "pandas", "Polars": "polars", "DuckDB": "duckdb", "Hugging Face datasets": "datasets"}


@pytest.mark.parametrize("name", LIBRARIES)
def test_the_snippets_of_the_card_run(here: Path, name: str) -> None:
    pytest.importorskip(LIBRARIES[name], reason=f"{LIBRARIES[name]} {MISSING}")
    snippet = re.search(rf"```python\n# {name}\n(.*?)```", (here / "README.md").read_text(), re.DOTALL)
    assert snippet is not None
    scope: dict[str, Any] = {}
    exec(snippet[1], scope)
    posts = scope["posts"]
    texts = posts.fetchall() if name == "DuckDB" else posts["text"]
    assert len(texts) == tables(here)["posts"].num_rows


def test_the_head_of_the_card_gives_every_table_with_rows(here: Path, tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets", reason=f"datasets {MISSING}")
    with_rows = {name: table.num_rows for name, table in tables(here).items() if table.num_rows}
    assert set(datasets.get_dataset_config_names(str(here))) == set(with_rows)
    for name in ("posts", "threads"):
        loaded = datasets.load_dataset(str(here), name, split="train", cache_dir=str(tmp_path / "hf"))
        assert loaded.num_rows == with_rows[name]


def croissant_of(folder: Path) -> Any:
    mlcroissant = pytest.importorskip("mlcroissant", reason=f"mlcroissant {MISSING}")
    return mlcroissant.Dataset(jsonld=str(folder / "croissant.json"))


def is_valid_package(folder: Path) -> Any:
    frictionless = pytest.importorskip("frictionless", reason=f"frictionless {MISSING}")
    return frictionless.Package(str(folder / "datapackage.json")).validate()


def test_croissant_is_valid_and_gives_the_rows(here: Path) -> None:
    made = croissant_of(here)
    issues = made.metadata.ctx.issues
    assert not issues.errors, issues.report()
    assert not issues.warnings, issues.report()
    found = tables(here)
    assert {one.uuid for one in made.metadata.record_sets} == set(found)
    posts = list(made.records("posts"))
    assert [row["posts/post_id"] for row in posts] == found["posts"]["post_id"].to_pylist()


def test_frictionless_is_valid(here: Path) -> None:
    report = is_valid_package(here)
    assert report.valid, report.flatten(["name", "type", "note"])


def test_what_their_validators_let_pass_ours_does_not(packed: Path, tmp_path: Path) -> None:
    """A wrong hash and a missing licence."""
    folder = shutil.copytree(packed, tmp_path / "pack")
    document = orjson.loads((folder / "croissant.json").read_bytes())
    entry = next(one for one in document["distribution"] if one.get("contentUrl") == "parquet/posts-00000.parquet")
    entry["sha256"] = "0" * 64
    del document["license"]
    (folder / "croissant.json").write_bytes(orjson.dumps(document))
    package = orjson.loads((folder / "datapackage.json").read_bytes())
    del package["licenses"]
    (folder / "datapackage.json").write_bytes(orjson.dumps(package))
    made = croissant_of(folder)
    assert not made.metadata.ctx.issues.errors
    assert len(list(made.records("posts"))) == tables(folder)["posts"].num_rows
    assert is_valid_package(folder).valid
    # Even where the manifest vouches for the changed documents.
    manifest = orjson.loads((folder / "manifest.json").read_bytes())
    for one in manifest["pack"]["documents"]:
        path = folder / one["path"]
        one.update(bytes=path.stat().st_size, sha256=sha256_of(path))
    (folder / "manifest.json").write_bytes(orjson.dumps(manifest))
    true = next(one["sha256"] for one in manifest["files"] if one["path"] == entry["contentUrl"])
    wrong = f"the SHA-256 of {entry['contentUrl']} is {'0' * 64}, the manifest says {true}"
    assert {(problem.file, problem.message) for problem in verify_pack(folder)} == {
        ("croissant.json", wrong),
        ("croissant.json", "no licence is stated"),
        ("datapackage.json", "no licence is stated"),
    }


def lines(folder: Path) -> Iterator[dict[str, Any]]:
    yield from map(orjson.loads, (folder / "utterances.jsonl").read_bytes().splitlines())


def test_convokit_keeps_its_rules(packed: Path) -> None:
    """What ConvoKit's integrity check asks: one root a conversation, replies to what is there, always a time."""
    folder = packed / "convokit"
    assert {path.name for path in folder.iterdir()} == set(
        "utterances.jsonl speakers.json conversations.json corpus.json index.json".split()
    )
    speakers, conversations, index = (
        orjson.loads((folder / f"{name}.json").read_bytes()) for name in ("speakers", "conversations", "index")
    )
    by_id = {line["id"]: line for line in lines(folder)}
    assert len(by_id) == sum(1 for _ in lines(folder))
    roots = Counter(line["conversation_id"] for line in by_id.values() if line["reply-to"] is None)
    assert roots == dict.fromkeys(conversations, 1)
    for line in by_id.values():
        assert isinstance(line["timestamp"], float)
        assert all(isinstance(line[name], str) for name in ("id", "text", "speaker", "conversation_id"))
        assert line["speaker"] in speakers
        assert set(line["meta"]) == set(index["utterances-index"])
        if line["reply-to"] is not None:
            assert by_id[line["reply-to"]]["conversation_id"] == line["conversation_id"]
        above, steps = line, 0
        while above["reply-to"] is not None:  # every one leads up to its root
            above, steps = by_id[above["reply-to"]], steps + 1
            assert steps <= len(by_id)
        assert above["id"] == line["conversation_id"]
    assert {"utterances-index", "overall-index", "speakers-index", "conversations-index", "version"} <= set(index)
    said = {line["id"] for line in by_id.values() if not line["meta"]["phantom"]}
    assert said == {f"{row['site']}:{row['post_id']}" for row in tables(packed)["posts"].to_pylist()}


def test_convokit_itself_reads_it(packed: Path) -> None:
    """ConvoKit is large: `make test-convokit` installs what this needs of it. Its rules are tested above."""
    convokit = pytest.importorskip("convokit", reason="ConvoKit is not installed (`make test-convokit`)")
    corpus = convokit.Corpus(filename=str(packed / "convokit"))
    utterances = list(corpus.iter_utterances())
    assert len(utterances) == len(list(lines(packed / "convokit")))
    walked = 0
    for conversation in corpus.iter_conversations():
        assert conversation.check_integrity(verbose=False)
        walked += len(list(conversation.traverse("bfs")))
        conversation.get_chronological_utterance_list()
    assert walked == len(utterances)
    assert len(corpus.get_utterances_dataframe()) == len(utterances)
