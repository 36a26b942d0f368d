"""Releases: an earlier pack and the changes give the new one, and the version says what kind of step it was."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pack_made import crawl

from crawler.items import TABLES
from output.pack import PackError, Rules, Statement, verify_pack
from output.pack.differences import TALLIES, differences, required_in_order, windows
from output.swap import sha256_of

Packed = Callable[..., Path]
SNIPPET = re.search(
    r"```py\n(# the earlier pack.*?)```", (Path(__file__).parents[3] / "docs/releases.md").read_text(), re.DOTALL
)


def release(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads((folder / "manifest.json").read_bytes())["pack"]["release"]
    return found


def changes(folder: Path, table: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(folder / f"changes/{table}-00000.parquet").to_pylist()
    return rows


def facts(folder: Path, table: str) -> list[dict[str, Any]]:
    names = [c.name for c in TABLES[table].facts if c.name != "html" and "url" not in c.name]
    paths = sorted((folder / "parquet").glob(f"{table}-*"))
    found = pa.concat_tables(pq.read_table(path) for path in paths)
    return found.select([name for name in names if name in found.column_names]).to_pylist()


@pytest.fixture
def again(tmp_path: Path, make: Any, publish: Any) -> Callable[..., Path]:
    """The same crawl some time later; ``change`` gets its rows."""

    def do(change: Callable[[dict[str, list[Any]]], None], name: str = "later") -> Path:
        def publish_changed(folder: Path, rows: dict[str, list[Any]], **more: Any) -> Path:
            change(rows)
            made: Path = publish(folder, rows, **more)
            return made

        return crawl(make, publish_changed, tmp_path / name)

    return do


def _everything(make: Any) -> Callable[[dict[str, list[Any]]], None]:
    """A post less with all that hangs on it, one more, one edited, a thread that counts them, an event."""

    def change(rows: dict[str, list[Any]]) -> None:
        for table in rows.values():
            table[:] = [row for row in table if getattr(row, "post_id", None) != 50]
        rows["threads"][:] = [row for row in rows["threads"] if row.thread_id != 5]
        rows["events"][:] = [row for row in rows["events"] if row.thread_id != 5]
        rows["polls"][:] = [row for row in rows["polls"] if row.thread_id != 5]
        posts = {row.post_id: row for row in rows["posts"]}
        posts[12].text = posts[12].full_text = "other words"
        version = next(row for row in rows["versions"] if row.post_id == 12 and row.is_current)
        version.text = version.full_text = "other words"
        rows["posts"].insert(3, make.post(14, 1, position=4, author_name="Annika Vale", full_text=None))
        rows["versions"].append(make.version(14))
        rows["versions"].sort(key=lambda row: (row.post_id, row.version))
        thread = rows["threads"][0]
        thread.n_posts_seen += 1
        thread.tags, thread.last_seen_at = ["b", "c"], make.t0.replace(year=2027)
        rows["authors"][0].n_posts_seen += 1
        rows["events"].insert(0, make.row("events", thread_id=1, post_id=None, event="moved"))

    return change


@pytest.mark.parametrize("sizes", [{}, {"bucket_bytes": 1, "shard_bytes": 1}])
@pytest.mark.filterwarnings("ignore")
def test_the_earlier_pack_and_the_changes_give_the_new_one(  # noqa: PLR0917
    packed: Packed, again: Any, make: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sizes: dict[str, int]
) -> None:
    pytest.importorskip("pandas", reason="pandas is not installed (the extra [interop])")
    packed("release-1")
    folder = packed("release-2", again(_everything(make)), since=tmp_path / "release-1", **sizes)
    assert verify_pack(folder) == []
    monkeypatch.chdir(tmp_path)
    assert SNIPPET is not None
    seen: set[str] = set()
    for name, table in TABLES.items():
        if not list((folder / "changes").glob(f"{name}-*")):
            assert name in {"fetches", "runs", "article_spans"}
            continue
        code = SNIPPET[1].replace("posts", name)
        code = re.sub(r"^key = .*$", f"key = {list(table.key)}", code, flags=re.MULTILINE)
        scope: dict[str, Any] = {}
        exec(code, scope)
        made = pa.Table.from_pandas(scope[name], preserve_index=False)
        whole = facts(folder, name)
        columns = list(whole[0]) if whole else []
        order = [(key, "ascending") for key in table.key]
        found = made.sort_by(order).select(columns).to_pylist()
        wanted = pa.Table.from_pylist(whole, made.select(columns).schema).sort_by(order).to_pylist() if whole else []
        assert found == wanted, name
        seen |= {row["change"] for row in changes(folder, name)} if not sizes else {"changed"}
    assert sizes or seen == {"added", "changed", "counted", "removed"}


def test_what_changed_is_counted_and_told(packed: Packed, again: Any, make: Any, tmp_path: Path) -> None:
    old = packed("old")
    folder = packed("new", again(_everything(make)), since=old)
    told = release(folder)
    assert (told["version"], told["since"]["version"]) == ("2.0.0", "1.0.0")
    assert told["changes"]["posts"] == {"added": 1, "changed": 1, "counted": 0, "removed": 1}
    assert told["changes"]["threads"] == {"added": 0, "changed": 1, "counted": 0, "removed": 1}
    assert told["changes"]["authors"] == {"added": 0, "changed": 0, "counted": 1, "removed": 0}
    assert told["changes"]["links"] == dict.fromkeys(("added", "changed", "counted", "removed"), 0)
    removed = next(row for row in changes(folder, "posts") if row["change"] == "removed")
    assert {name for name, value in removed.items() if value is not None} == {
        "change", "site", "content_class", "post_id",
    }  # fmt: skip
    log = (folder / "CHANGELOG.md").read_text()
    assert "## 2.0.0" in log
    assert "| `posts` | 5 | 1 | 1 | 0 | 1 |" in log
    assert log.endswith((old / "CHANGELOG.md").read_text().removeprefix("# Changelog\n\n"))
    assert 'version: "2.0.0"' in (folder / "CITATION.cff").read_text()
    for name in ("croissant.json", "datapackage.json"):
        assert orjson.loads((folder / name).read_bytes())["version"] == "2.0.0"
    assert "2.0.0" in (folder / "README.md").read_text()


def test_the_kind_of_step_gives_the_version(packed: Packed, again: Any, make: Any) -> None:
    def more(rows: dict[str, list[Any]]) -> None:
        rows["posts"].insert(3, make.post(14, 1, position=4, author_name="Annika Vale", full_text=None))
        rows["versions"].append(make.version(14))
        rows["versions"].sort(key=lambda row: (row.post_id, row.version))
        rows["threads"][0].n_posts_seen += 1
        rows["authors"][0].n_posts_seen += 1

    def seen_again(rows: dict[str, list[Any]]) -> None:
        for row in (*rows["threads"], *rows["posts"]):
            row.last_seen_at = make.t0.replace(year=2028)

    first = packed("1")
    assert release(first) == {"version": "1.0.0", "since": None, "changes": None}
    assert "The first release." in (first / "CHANGELOG.md").read_text()
    minor = packed("2", again(more, "b"), since=first)
    patch = packed("3", again(lambda rows: (more(rows), seen_again(rows)), "c"), since=minor,
                   statement=Statement(license="CC0-1.0", title="t"))  # fmt: skip
    major = packed("4", since=patch)
    assert [release(one)["version"] for one in (minor, patch, major)] == ["1.1.0", "1.1.1", "2.0.0"]
    log = (major / "CHANGELOG.md").read_text()
    assert re.findall(r"^## (\S+)", log, re.MULTILINE) == ["2.0.0", "1.1.1", "1.1.0", "1.0.0"]
    assert all(verify_pack(one) == [] for one in (minor, patch, major))


def test_other_columns_are_a_major_step_without_tables(packed: Packed) -> None:
    old = packed("old")
    document = orjson.loads((old / "manifest.json").read_bytes())
    document["schema_version"] -= 1
    document["pack"]["tables"]["posts"].remove("n_reactions")
    del document["pack"]["tables"]["reposts"]
    (old / "manifest.json").write_bytes(orjson.dumps(document))
    folder = packed("new", since=old)
    assert release(folder)["version"] == "2.0.0"
    assert release(folder)["changes"]["posts"] == dict.fromkeys(("added", "changed", "counted", "removed"), 0)
    assert "other columns" in (folder / "CHANGELOG.md").read_text()
    assert not (folder / "changes").exists()
    assert verify_pack(folder) == []


def test_of_a_full_pack_removed_rows_are_counted_and_not_named(packed: Packed, again: Any, make: Any) -> None:
    options: dict[str, Any] = {"rules": Rules(profile="full"), "key": None}
    old = packed("old", **options)
    folder = packed("new", again(_everything(make)), since=old, **options)
    assert release(folder)["changes"]["posts"]["removed"] == 1
    for path in (folder / "changes").iterdir():
        assert 50 not in {row.get("post_id") for row in pq.read_table(path).to_pylist()}
        assert "removed" not in pq.read_table(path)["change"].to_pylist()
    assert verify_pack(folder) == []


@pytest.mark.parametrize("profile", ["pseudonymised", "full"])
def test_of_what_was_taken_down_a_release_has_no_word(packed: Packed, tmp_path: Path, profile: Any) -> None:
    options: dict[str, Any] = {"rules": Rules(profile=profile)} | ({"key": None} if profile == "full" else {})
    (tmp_path / "takedown.txt").write_text("post forum.example 11\n")
    old = packed("old", **options)
    was = next(row for row in facts(old, "posts") if "@" in (row["text"] or ""))
    folder = packed("new", since=old, takedown=tmp_path / "takedown.txt", **options)
    assert release(folder)["version"] == "2.0.0"
    assert release(folder)["changes"]["posts"]["removed"] == 1
    shown = [row for path in (folder / "changes").iterdir() for row in pq.read_table(path).to_pylist()]
    assert was["text"] not in str(shown)
    gone = {row["post_id"] for row in shown if row["change"] == "removed" and "post_id" in row}
    assert gone == ({was["post_id"]} if profile == "pseudonymised" else set())
    assert verify_pack(folder) == []


def test_the_same_packs_give_the_same_bytes(packed: Packed, again: Any, make: Any, contents: Any) -> None:
    old, later = packed("old"), again(_everything(make))
    one, other = packed("one", later, since=old), packed("other", later, since=old)
    assert contents(one) == contents(other)
    assert {path.name for path in one.iterdir()} >= {"changes", "CHANGELOG.md"}


def test_a_release_may_take_the_place_of_the_earlier_one(packed: Packed, again: Any, make: Any) -> None:
    old = packed("same")
    folder = packed("same", again(_everything(make)), since=old)
    assert release(folder)["version"] == "2.0.0"
    assert verify_pack(folder) == []
    packed("same", again(_everything(make), "still"))
    assert not (folder / "changes").exists()


class TestRefused:
    def test_another_key(self, packed: Packed, tmp_path: Path) -> None:
        old = packed("old", key=tmp_path / "other.key")
        with pytest.raises(PackError, match="was made under the key"):
            packed("new", since=old)
        assert not (tmp_path / "new").exists()

    def test_a_key_that_is_not_there_is_not_made(self, packed: Packed, tmp_path: Path) -> None:
        old = packed("old")
        with pytest.raises(PackError, match="is not there"):
            packed("new", since=old, key=tmp_path / "none.key")
        assert not (tmp_path / "none.key").exists()

    def test_another_profile(self, packed: Packed) -> None:
        old = packed("old", rules=Rules(profile="full"), key=None)
        with pytest.raises(PackError, match="has the profile full"):
            packed("new", since=old)

    def test_what_is_no_pack(self, packed: Packed, crawled: Path, tmp_path: Path) -> None:
        with pytest.raises(PackError, match="is no pack"):
            packed("new", since=crawled)
        with pytest.raises(PackError, match="is not there"):
            packed("new", since=tmp_path / "nothing")

    def test_a_damaged_one(self, packed: Packed, tmp_path: Path) -> None:
        old = packed("old")
        path = old / "jsonl/posts-00000.jsonl"
        path.write_bytes(path.read_bytes().replace(b"words", b"wards"))
        with pytest.raises(PackError, match="is damaged: jsonl/posts-"):
            packed("new", since=old)
        assert not (tmp_path / "new").exists()


def _swapped(rows: pa.Table) -> pa.Table:
    other = {"added": "removed", "removed": "added"}
    return _put(rows, "change", [other.get(kind, kind) for kind in rows["change"].to_pylist()])


def _put(rows: pa.Table, name: str, values: list[Any]) -> pa.Table:
    rank = rows.schema.names.index(name)
    field = rows.schema.field(rank)
    return rows.set_column(rank, field, pa.array(values, field.type))


def test_verify_tells_each_damage_of_the_changes(packed: Packed, again: Any, make: Any) -> None:
    folder = packed("new", again(_everything(make)), since=packed("old"))
    path = folder / "changes/posts-00000.parquet"
    whole, manifest = path.read_bytes(), orjson.loads((folder / "manifest.json").read_bytes())
    entry = next(one for one in manifest["pack"]["documents"] if one["path"] == "changes/posts-00000.parquet")
    rows = pq.read_table(path)
    for damage, told in (
        (rows.slice(1), ["the manifest says"]),
        (_swapped(rows), ["was removed, and is in the table", "the row that is added is not in the table"]),
        (_put(rows, "post_id", [10] * rows.num_rows), ["10, which is no pseudonym", "a key occurs twice"]),
        (rows.drop_columns(["text"]), ["its columns are not"]),
    ):
        pq.write_table(damage, path)
        entry.update(bytes=path.stat().st_size, sha256=sha256_of(path))
        (folder / "manifest.json").write_bytes(orjson.dumps(manifest))
        messages = " ".join(problem.message for problem in verify_pack(folder))
        assert all(one in messages for one in told), told
    path.write_bytes(whole)
    assert {problem.file for problem in verify_pack(folder)} == {"changes/posts-00000.parquet"}


def test_rows_out_of_order_and_twice_are_refused() -> None:
    table = TABLES["authors"]
    for numbers in ([1, 3, 2], [1, 2, 2], [2, 3, 1]):
        pieces = [pa.table({"site": ["a"], "author_id": [number]}) for number in numbers]
        with pytest.raises(PackError, match="not in the order"):
            list(required_in_order(table, iter(pieces)))
        with pytest.raises(PackError, match="not in the order"):
            list(required_in_order(table, iter([pa.concat_tables(pieces)])))
    assert len(list(required_in_order(table, iter([pa.table({"site": ["a", "b"], "author_id": [2, 1]})])))) == 1


def test_tallies_are_columns() -> None:
    for name, columns in TALLIES.items():
        assert columns <= {column.name for column in TABLES[name].facts}


@pytest.mark.parametrize("size", [1, 2, 7, 100])
def test_windows_hold_equal_keys_together(size: int) -> None:
    table = TABLES["authors"]
    columns = table.columns[:2]
    schema = pa.schema([("site", pa.string()), ("author_id", pa.int64())])

    def pieces(numbers: list[int]) -> Any:
        rows = pa.Table.from_pylist([{"site": "a", "author_id": n} for n in numbers], schema)
        return (rows.slice(at, size) for at in range(0, len(numbers), size))

    old, new = list(range(0, 60, 2)), list(range(0, 90, 3))
    pairs = list(windows(table, schema.empty_table(), pieces(old), pieces(new)))
    assert [n for before, _ in pairs for n in before["author_id"].to_pylist()] == old
    assert [n for _, after in pairs for n in after["author_id"].to_pylist()] == new
    for before, after in pairs:
        assert before.num_rows <= size
        assert after.num_rows <= size
    counts: Counter[str] = Counter()
    found = list(differences(table, columns, pieces(old), pieces(new), counts))
    assert counts == {"added": 20, "removed": 20, "changed": 0, "counted": 0}
    keys = [row["author_id"] for rows in found for row in rows.to_pylist()]
    assert keys == sorted(set(old) ^ set(new))
