"""Whole packs: what must not be in them, what must, and that nothing is lost when it fails."""

from __future__ import annotations

import locale
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from failing_disk import Faults
from pack_made import ADDRESSES, SECRETS, crawl

from output.errors import OutputError
from output.pack import LeakError, PackError, Rules, Statement, Where, verify_pack
from output.pack.profile import Profile
from output.pack.pseudonyms import FIRST

Packed = Callable[..., Path]
ALL = ("parquet", "jsonl", "csv", "convokit")


def rows(folder: Path, table: str) -> list[dict[str, Any]]:
    return [row for path in sorted((folder / "parquet").glob(f"{table}-*")) for row in pq.read_table(path).to_pylist()]


def readable(folder: Path) -> dict[str, bytes]:
    """All bytes of a pack; of Parquet also what is compressed in it."""
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    for path in folder.rglob("*.parquet"):
        found[path.name] = orjson.dumps(pq.read_table(path).to_pylist(), option=orjson.OPT_NON_STR_KEYS)
    return found


def test_no_byte_leads_to_anybody(packed: Packed) -> None:
    folder = packed(formats=ALL)
    found = readable(folder)
    assert len(found) > 40
    for name, content in found.items():
        for secret in (*SECRETS, *ADDRESSES, "/profile/", "comment-1", "me@example.org", "<p>"):
            assert secret.encode() not in content, (name, secret)
            assert secret.casefold().encode() not in content.lower(), (name, secret)
    assert verify_pack(folder) == []


def test_numbers_are_pseudonyms_everywhere_and_hold_together(packed: Packed) -> None:
    folder = packed()
    for path in (folder / "parquet").iterdir():
        for row in pq.read_table(path).to_pylist():
            numbers = [v for k, v in row.items() if (k.endswith("_id")) and v is not None]
            assert all(FIRST <= number < 2**53 for number in numbers), (path.name, row)
    posts = {row["post_id"]: row for row in rows(folder, "posts")}
    authors = {row["author_id"]: row["author_name"] for row in rows(folder, "authors")}
    assert {(p["author_id"], p["author_name"]) for p in posts.values() if p["author_id"]} == set(authors.items())
    quotes = rows(folder, "quotes")
    assert {q["target_post_id"] for q in quotes} <= set(posts)
    assert {q["cited_author_name"] for q in quotes if q["cited_author_id"]} <= set(authors.values())


def test_articles_and_recovered_words_are_left_out_unless_asked_for(packed: Packed) -> None:
    without, having = packed("a"), packed("b", rules=Rules(article_bodies=True, recovered_text=True))
    words = "article's own body"
    assert not any(words.encode() in content for content in readable(without).values())
    assert not any(b"recovered words" in content for content in readable(without).values())
    assert not any(b"A caption" in content for content in readable(without).values())
    assert any(words in (row["text"] or "") for row in rows(having, "posts"))
    assert any(row["text"] == "recovered words" for row in rows(having, "versions"))
    assert rows(without, "articles")[0]["headline"] == "Rain"
    assert verify_pack(having) == []


def test_names_in_prose_are_replaced_or_counted(tmp_path: Path, make: Any, publish: Any, packed: Packed) -> None:
    named = make.dataset()
    named["posts"][1].text = named["versions"][2].text = "I met Bobolink there, a bobolink"
    named["authors"][1].known_names = ["Bobolink"]
    source = publish(tmp_path / "named", named)
    kept = packed("kept", source, rules=Rules(names_in_prose="keep"))
    assert told(kept) == {"by_column": {"posts.text": 2, "versions.text": 2}, "different_names": 1, "replaced": 0}
    assert "stand 4 times" in (kept / "README.md").read_text()
    replaced = packed("replaced", source)
    assert told(replaced) == {"by_column": {"posts.text": 1, "versions.text": 1}, "different_names": 1, "replaced": 2}
    assert not any(b"Bobolink" in content for content in readable(replaced).values())
    text = next(row["text"] for row in rows(replaced, "posts") if row["text"] and "I met" in row["text"])
    assert text.startswith("I met user-")
    assert text.endswith(" there, a bobolink")
    assert verify_pack(replaced) == verify_pack(kept) == []


def told(folder: Path) -> dict[str, Any]:
    found = orjson.loads((folder / "manifest.json").read_bytes())["pack"]["names_in_prose"]
    return {name: value for name, value in found.items() if name != "words_of_the_form"}


def test_the_full_profile_keeps_what_the_site_says(packed: Packed, crawled: Path) -> None:
    folder = packed(rules=Rules(profile="full", article_bodies=True, recovered_text=True), key=None)
    original = pq.read_table(crawled / "parquet/posts.parquet")
    assert pq.read_table(folder / "parquet/posts-00000.parquet").equals(original)
    assert "Profile `full`" not in (folder / "README.md").read_text().split("**")[0]
    assert verify_pack(folder) == []


def test_same_input_key_and_options_give_the_same_bytes(
    packed: Packed, contents: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = contents(packed("one", formats=ALL))
    monkeypatch.setenv("TZ", "Asia/Kathmandu")
    time.tzset()
    try:
        other = contents(packed("two", formats=ALL))
        for name in ("de_DE.UTF-8", "C.UTF-8", "C"):
            try:
                locale.setlocale(locale.LC_ALL, name)
            except locale.Error:
                continue
            assert contents(packed(f"in-{name}", formats=ALL)) == first
    finally:
        monkeypatch.undo()
        locale.setlocale(locale.LC_ALL, "C.UTF-8")
        time.tzset()
    assert first == other


def test_pseudonyms_stay_under_the_key_and_go_with_it(packed: Packed, tmp_path: Path) -> None:
    first, again, other = packed("1"), packed("2", formats=("parquet",)), packed("3", key=tmp_path / "new.key")
    one, two, three = ({row["author_name"] for row in rows(folder, "posts")} for folder in (first, again, other))
    assert one == two
    assert not one & three


def test_small_buckets_and_shards_hold_the_same_rows(packed: Packed) -> None:
    whole, cut = packed("whole"), packed("cut", bucket_bytes=1, shard_bytes=1)
    for table in ("posts", "quotes", "links", "events", "authors"):
        assert rows(whole, table) == rows(cut, table)


def test_zstd(packed: Packed) -> None:
    plain, small = packed("plain"), packed("small", compress=True)
    with pa.input_stream(str(small / "jsonl/posts-00000.jsonl.zst"), compression="zstd") as stream:
        assert stream.read() == (plain / "jsonl/posts-00000.jsonl").read_bytes()
    assert verify_pack(small) == []


def test_jsonl_says_what_parquet_says(packed: Packed) -> None:
    folder = packed()
    for line, row in zip(
        (folder / "jsonl/posts-00000.jsonl").read_bytes().splitlines(), rows(folder, "posts"), strict=True
    ):
        found = orjson.loads(line)
        assert list(found) == list(row)
        assert {k: v for k, v in found.items() if not k.endswith("_at")} == {
            k: v for k, v in row.items() if not k.endswith("_at")
        }
        assert found["created_at"] == row["created_at"].isoformat().replace("+00:00", "Z")


def test_several_sites(packed: Packed, tmp_path: Path, make: Any, publish: Any, crawled: Path) -> None:
    other = crawl(make, publish, tmp_path / "other", site="second.example")
    folder = packed("both", crawled, other)
    assert [row["site"] for row in rows(folder, "posts")] == ["forum.example"] * 5 + ["second.example"] * 5
    assert len({row["post_id"] for row in rows(folder, "posts")}) == 10
    assert verify_pack(folder) == []


def test_a_thread_in_two_folders_is_taken_from_the_later_one(
    packed: Packed, tmp_path: Path, make: Any, publish: Any, crawled: Path
) -> None:
    later = make.dataset()
    for thread in later["threads"]:
        thread.last_seen_at = make.t0.replace(year=2027)
    later = publish(tmp_path / "later", later)
    folder = packed("both", crawled, later)
    assert {row["text"] for row in rows(folder, "posts")} == {"new words", "words 12", None, "words 50"}
    assert verify_pack(folder) == []


@pytest.mark.parametrize(
    ("where", "count"), [("thread=5", 1), ("thread=1,5", 5), ("site=forum.example", 5), ("from=2026-03-01", 5)]
)
def test_where(packed: Packed, where: str, count: int) -> None:
    folder = packed(where=Where.parse([where]))
    assert len(rows(folder, "posts")) == count
    assert verify_pack(folder) == []


@pytest.mark.parametrize("where", ["thread=99", "site=other.example", "to=2026-03-01", "forum=3"])
def test_where_nothing_is(packed: Packed, where: str) -> None:
    with pytest.raises(PackError, match="no thread is left"):
        packed(where=Where.parse([where]))


@pytest.mark.parametrize(
    "words", [["thread"], ["thread=x"], ["colour=red"], ["from=then"], ["site=a", "site=b"], ["to="]]
)
def test_where_is_not_understood(words: list[str]) -> None:
    with pytest.raises(PackError, match="--where"):
        Where.parse(words)


def test_a_sample_is_the_same_under_its_seed_and_in_proportion(
    packed: Packed, tmp_path: Path, make: Any, publish: Any
) -> None:
    source = {table: [] for table in make.dataset()}
    source["forums"], source["runs"] = [], make.dataset()["runs"]
    for n in range(1, 61):
        size = 1 if n <= 30 else 12
        begun = make.t0.replace(year=2020 + n % 2)
        source["threads"].append(make.thread(n, size, created_at=begun, forum_id=2))
        for post in range(size):
            number = n * 100 + post
            source["posts"].append(make.post(number, n, position=post + 1, author_id=None))
            source["versions"].append(make.version(number))
    folder = publish(tmp_path / "many", source)
    one, same, other = (packed(f"s{i}", folder, sample=20, seed=seed) for i, seed in enumerate((1, 1, 2)))
    taken = [sorted(row["thread_id"] for row in rows(pack, "threads")) for pack in (one, same, other)]
    assert taken[0] == taken[1] != taken[2]
    assert len(taken[0]) == 20
    strata = orjson.loads((one / "manifest.json").read_bytes())["pack"]["selection"]["sample"]
    assert {name: entry["taken"] for name, entry in strata.items()} == {
        "1+ posts, 2020": 5, "1+ posts, 2021": 5, "10+ posts, 2020": 5, "10+ posts, 2021": 5,
    }  # fmt: skip
    assert verify_pack(one) == []


class TestRefused:
    def test_a_login(self, tmp_path: Path, make: Any, publish: Any, packed: Packed) -> None:
        folder = crawl(make, publish, tmp_path / "private", authenticated=True)
        with pytest.raises(PackError, match="crawled with a login"):
            packed("p", folder)
        assert not (tmp_path / "p").exists()
        allowed = packed("p", folder, allow_authenticated=True)
        assert "A run carried a login" in (allowed / "README.md").read_text()

    def test_what_is_no_dataset(self, tmp_path: Path, packed: Packed) -> None:
        with pytest.raises(OutputError, match="is not there"):
            packed("p", tmp_path / "nothing")
        assert not (tmp_path / "p").exists()

    def test_a_pack_of_a_pack(self, packed: Packed) -> None:
        with pytest.raises(PackError, match="is a pack already"):
            packed("again", packed("first"))

    @pytest.mark.parametrize("damage", ["cut", "changed"])
    def test_a_torn_table(self, crawled: Path, packed: Packed, contents: Any, damage: str) -> None:
        before = contents(packed())
        path = crawled / "parquet/quotes.parquet"
        content = path.read_bytes()
        path.write_bytes(content[:-9] if damage == "cut" else content[:40] + b"!" + content[41:])
        with pytest.raises(OutputError, match=r"quotes\.parquet"):
            packed()
        assert contents(crawled.parent / "pack") == before

    @pytest.mark.parametrize("license_name", ["", "my licence!", "CC BY", "A AND", "<b>"])
    def test_a_licence_that_is_none(self, license_name: str) -> None:
        with pytest.raises(PackError, match="SPDX"):
            Statement(license=license_name, title="x")

    def test_a_folder_with_something_else(self, tmp_path: Path, packed: Packed) -> None:
        (tmp_path / "pack").mkdir()
        (tmp_path / "pack/thesis.txt").write_text("mine")
        with pytest.raises(PackError, match="holds something that is no pack"):
            packed()
        assert (tmp_path / "pack/thesis.txt").read_text() == "mine"

    def test_the_crawl_itself_as_target(self, crawled: Path, packed: Packed) -> None:
        with pytest.raises(PackError, match="no pack"):
            packed(crawled.name)


def test_a_leak_stops_the_publication_and_says_where(
    packed: Packed, contents: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(packed())
    monkeypatch.setattr(Profile, "_names_of", lambda self, table, column, site, rows: rows.column(column.name))
    with pytest.raises(LeakError, match=r"parquet/threads-00000.parquet.*author_name holds a name"):
        packed()
    monkeypatch.undo()
    monkeypatch.setattr(Profile, "_prose", lambda self, site, values: values)
    with pytest.raises(LeakError, match=r"posts-00000.parquet.*(address|name)"):
        packed()
    assert contents(tmp_path / "pack") == before


@pytest.mark.parametrize("at", [1, 2, 5, 10, 20])
def test_a_full_disk_leaves_the_earlier_pack(
    packed: Packed, contents: Any, tmp_path: Path, at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(packed())
    with monkeypatch.context() as patch:
        faults = Faults(patch, at, kill=False)
        with pytest.raises(PackError, match="could not be written"):
            packed(rules=Rules(recovered_text=True))
        assert faults.calls >= at
    assert contents(tmp_path / "pack") == before


def test_a_smaller_pack_takes_the_place_of_a_larger_one(packed: Packed) -> None:
    packed(formats=ALL)
    folder = packed(formats=("parquet",))
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        "CHANGELOG.md CITATION.cff README.md croissant.json datapackage.json manifest.json parquet".split()
    )
    assert verify_pack(folder) == []


class TestVerify:
    """Each kind of damage is a line; done on a copy, away from crawl and key."""

    @pytest.fixture
    def folder(self, packed: Packed, tmp_path: Path) -> Path:
        moved = tmp_path / "elsewhere" / "handed-over"
        shutil.copytree(packed(formats=ALL), moved)
        shutil.rmtree(tmp_path / "crawl")
        (tmp_path / "pack.key").unlink()
        assert verify_pack(moved) == []
        return moved

    def test_a_changed_document(self, folder: Path) -> None:
        (folder / "README.md").write_text("all is open")
        assert {problem.file for problem in verify_pack(folder)} == {"README.md"}

    def test_a_stray_and_a_missing_file(self, folder: Path) -> None:
        (folder / "names.txt").write_text("x")
        (folder / "jsonl/posts-00000.jsonl").unlink()
        assert {problem.file for problem in verify_pack(folder)} == {"names.txt", "jsonl/posts-00000.jsonl"}

    def test_a_licence_taken_out(self, folder: Path) -> None:
        manifest = orjson.loads((folder / "manifest.json").read_bytes())
        manifest["pack"]["statement"]["license"] = None
        (folder / "manifest.json").write_bytes(orjson.dumps(manifest))
        assert [problem.message for problem in verify_pack(folder)] == ["no licence is stated"]

    def test_a_name_or_live_number_put_in(self, folder: Path) -> None:
        path = folder / "parquet/authors-00000.parquet"
        table = pq.read_table(path)
        changed = table.set_column(0, table.schema.field(0), table[0])
        names = pa.array(["Annika Vale"] * table.num_rows)
        changed = changed.set_column(2, table.schema.field(2), names)
        self.replaced(folder, path, changed)
        messages = " ".join(problem.message for problem in verify_pack(folder))
        assert "author_name holds a name" in messages

    def test_a_live_number_put_in(self, folder: Path) -> None:
        path = folder / "parquet/links-00000.parquet"
        table = pq.read_table(path)
        rank = table.schema.names.index("attachment_id")
        ids = pa.array([33] * table.num_rows, pa.int64())
        self.replaced(folder, path, table.set_column(rank, table.schema.field(rank), ids))
        assert any("33, which is no pseudonym" in problem.message for problem in verify_pack(folder))

    def test_a_dangling_reference(self, folder: Path) -> None:
        path = folder / "parquet/threads-00000.parquet"
        self.replaced(folder, path, pq.read_table(path).slice(1))
        assert any("is not in threads" in problem.message for problem in verify_pack(folder))

    @staticmethod
    def replaced(folder: Path, path: Path, table: Any) -> None:
        """Another table in the place of one, with a manifest that agrees."""
        from output.swap import sha256_of

        pq.write_table(table, path)
        manifest = orjson.loads((folder / "manifest.json").read_bytes())
        name = path.relative_to(folder).as_posix()
        entry = next(entry for entry in manifest["files"] if entry["path"] == name)
        entry.update(rows=table.num_rows, bytes=path.stat().st_size, sha256=sha256_of(path))
        manifest["tables"][entry["table"]] = table.num_rows
        (folder / "manifest.json").write_bytes(orjson.dumps(manifest))
