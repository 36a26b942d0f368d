from __future__ import annotations

import contextlib
import hashlib
import json
import os
import random
import tempfile
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from failing_disk import Faults, no_links
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.items import TABLES
from output import swap
from output.errors import ManifestError, OutputError, PublishError, RowError
from output.manifest import MANIFEST, read_manifest
from output.publish import Publisher
from output.swap import WORK


def test_layout(tmp_path, publish, contents):
    publish(tmp_path / "d")
    expected = {f"{kind}/{name}.{kind}" for name in TABLES for kind in ("parquet", "jsonl")} | {MANIFEST}
    assert set(contents(tmp_path / "d")) == expected
    assert not (tmp_path / "d" / WORK).exists()


def test_posts_nest_their_quotes(tmp_path, make, publish):
    publish(tmp_path)
    posts = [json.loads(line) for line in (tmp_path / "jsonl/posts.jsonl").read_text().splitlines()]
    assert [[quote["target_post_id"] for quote in post["quotes"]] for post in posts] == [[], [10], [11, 10], [], []]
    assert next(iter(posts[1]["quotes"][0])) == "quote_index"
    assert {"site", "content_class", "post_id"}.isdisjoint(posts[1]["quotes"][0])


def test_manifest_counts(tmp_path, publish):
    publish(tmp_path)
    manifest = read_manifest(tmp_path)
    assert manifest.tables["posts"] == 5
    assert {entry.rows for entry in manifest.files if entry.table == "quotes"} == {3}
    assert manifest.created_at == "2026-03-01T12:00:00Z"
    assert manifest.tool.version
    assert manifest.repairs == {"surrogates_replaced": 0}


def test_a_table_without_rows_is_an_empty_file(tmp_path, publish):
    publish(tmp_path, {}, formats=("parquet", "jsonl", "csv"))
    assert pq.read_metadata(tmp_path / "parquet/links.parquet").num_rows == 0
    assert (tmp_path / "jsonl/links.jsonl").read_bytes() == b""
    assert (tmp_path / "csv/links.csv").read_text().startswith("site,content_class,post_id,link_index")


def test_canonical(tmp_path, make, publish, contents):
    first = contents(publish(tmp_path / "a", canonical=True))
    rows = make.dataset()
    for post in rows["posts"]:
        post.last_seen_at = make.t0.replace(year=2027)
    rows["runs"] *= 1
    rows["fetches"] = []
    second = contents(publish(tmp_path / "b", rows, canonical=True, now=lambda: make.t0.replace(year=2027)))
    assert first == second
    assert "parquet/fetches.parquet" not in first
    assert "last_seen_at" not in pq.read_schema(tmp_path / "a/parquet/posts.parquet").names
    assert read_manifest(tmp_path / "a").created_at is None


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(), max_rows=st.integers(1, 6))
def test_order_of_adding_does_not_show(make, publish, contents, seed, max_rows):
    chance = random.Random(seed)
    rows = make.dataset()
    thread = {name: rows.pop(name) for name in ("posts", "quotes")}
    calls = [{name: [row]} for name, items in rows.items() for row in items]
    calls += [
        {name: [r for r in items if (r.post_id == 50) == new] for name, items in thread.items()} for new in (0, 1)
    ]
    chance.shuffle(calls)
    for call in calls:
        for items in call.values():
            chance.shuffle(items)
    with tempfile.TemporaryDirectory() as folder:
        expected = contents(publish(Path(folder) / "a", formats=("parquet", "jsonl", "csv")))
        with Publisher(
            Path(folder) / "b", formats=("csv", "jsonl", "parquet"), max_rows=max_rows, now=lambda: make.t0
        ) as publisher:
            for call in calls:
                publisher.add(call)
            publisher.finish({"sites": ["forum.example"]})
        assert contents(Path(folder) / "b") == expected


def test_formats_not_asked_for_go(tmp_path, publish, contents):
    publish(tmp_path, formats=("parquet", "jsonl", "csv"))
    (tmp_path / "jsonl/mine.txt").write_text("not ours")
    (tmp_path / "state.sqlite").write_text("the store")
    publish(tmp_path, formats=("parquet",))
    expected = {f"parquet/{name}.parquet" for name in TABLES} | {MANIFEST, "jsonl/mine.txt", "state.sqlite"}
    assert set(contents(tmp_path)) == expected
    assert not (tmp_path / "csv").exists()


def test_parts_of_the_old_manifest_go(tmp_path, publish, contents):
    publish(tmp_path)
    document = json.loads((tmp_path / MANIFEST).read_bytes())
    entry = next(entry for entry in document["files"] if entry["path"] == "parquet/posts.parquet")
    entry["path"] = "parquet/posts/part-00001.parquet"
    (tmp_path / "parquet/posts").mkdir()
    (tmp_path / "parquet/posts.parquet").rename(tmp_path / entry["path"])
    (tmp_path / MANIFEST).write_text(json.dumps(document))
    publish(tmp_path)
    assert not (tmp_path / "parquet/posts").exists()
    assert (tmp_path / "parquet/posts.parquet").exists()


def test_a_broken_old_manifest_does_not_stop_it(tmp_path, publish):
    publish(tmp_path, formats=("csv",))
    (tmp_path / MANIFEST).write_text("{")
    publish(tmp_path, formats=("jsonl",))
    assert not (tmp_path / "csv").exists()


def test_a_newer_dataset_is_left_alone(tmp_path, publish, contents):
    publish(tmp_path)
    document = json.loads((tmp_path / MANIFEST).read_bytes()) | {"schema_version": 99}
    (tmp_path / MANIFEST).write_text(json.dumps(document))
    before = contents(tmp_path)
    with pytest.raises(ManifestError, match="update threadset"):
        publish(tmp_path)
    assert contents(tmp_path) == before


def test_without_finish_nothing_changes(tmp_path, make, publish, contents):
    before = contents(publish(tmp_path))
    with Publisher(tmp_path) as publisher:
        publisher.add({"links": make.dataset()["links"][:1]})
    assert contents(tmp_path) == before
    with pytest.raises(RowError):
        publish(tmp_path, {"posts": [make.post(1, text=5)]})
    assert contents(tmp_path) == before


def test_outside_its_block_it_is_closed(tmp_path, make):
    publisher = Publisher(tmp_path)
    with pytest.raises(PublishError, match="not open"):
        publisher.add({})
    with publisher:
        publisher.finish({})
        with pytest.raises(PublishError, match="not open"):
            publisher.finish({})


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        (lambda make: {"poems": []}, "unknown table 'poems'"),
        (lambda make: {"quotes": [make.quote(3)]}, "without the post"),
        (lambda make: {"posts": [make.post(1), make.post(1)]}, r"two rows of .*post_id=1"),
        (lambda make: {"events": [make.row("events", post_id=None, thread_id=1)] * 2}, "two rows"),
    ],
)
def test_refused_rows(*, tmp_path, make, publish, contents, rows, why):
    before = contents(publish(tmp_path))
    with pytest.raises(PublishError, match=why):
        publish(tmp_path, rows(make))
    assert contents(tmp_path) == before


@pytest.mark.parametrize("formats", [(), ("parquet", "xml")])
def test_unknown_formats(tmp_path, formats):
    with pytest.raises(PublishError, match="unknown format"):
        Publisher(tmp_path, formats=formats)


def test_surrogates_are_counted_once(tmp_path, make, publish):
    post = make.post(1, n_quotes=1, text="\ud800 and \udc00")
    publish(tmp_path, {"posts": [post], "quotes": [make.quote(1, quoted_text="\ud800")]})
    assert read_manifest(tmp_path).repairs == {"surrogates_replaced": 3}
    (line,) = (tmp_path / "jsonl/posts.jsonl").read_text().splitlines()
    assert json.loads(line)["quotes"][0]["quoted_text"] == "\ufffd"


def test_a_folder_that_cannot_be_made(tmp_path, publish):
    (tmp_path / "file").write_text("")
    with pytest.raises(PublishError, match=r"cannot be written: .*choose a folder"):
        publish(tmp_path / "file" / "d")


def test_a_read_only_folder(tmp_path, publish, contents, monkeypatch):
    before = contents(publish(tmp_path))

    def refuse(self, *args, **options):
        if not self.exists():
            raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "mkdir", refuse)  # the tests may run as root, who is refused nothing
    with pytest.raises(PublishError, match=r"cannot be written: Permission denied; choose a folder"):
        publish(tmp_path)
    assert contents(tmp_path) == before


def test_a_link_in_place_of_the_work_folder(tmp_path, publish):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / WORK).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(PublishError, match="is a link"):
        publish(tmp_path / "d")


def only_posts(make, text):
    return {"posts": [make.post(1, text=text)]}


@pytest.mark.parametrize("kill", [False, True], ids=["error", "kill"])
@pytest.mark.parametrize(
    ("first", "links"), [(False, True), (False, False), (True, True)], ids=["again", "moves", "first"]
)
def test_failing_at_any_step(*, make, publish, contents, few_tables, kill, first, links):
    step, finished = 0, False
    while not finished:
        step += 1
        with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
            folder = Path(name)
            before = {} if first else contents(publish(folder, only_posts(make, "old"), formats=("csv", "jsonl")))
            if not links:
                patch.setattr(os, "link", no_links)
            faults = Faults(patch, step, kill)
            published = False
            with contextlib.suppress(PublishError, Faults.Killed):
                publish(folder, only_posts(make, "new"))
                published = True
            patch.undo()
            check_all_or_nothing(folder, before, contents, published)
            publish(folder, only_posts(make, "newer"), formats=("parquet",))
            assert set(contents(folder)) == {"parquet/posts.parquet", "parquet/quotes.parquet", MANIFEST}
            finished = faults.calls < step
    assert step >= 20


def check_all_or_nothing(folder, before, contents, published):
    """The folder is as before, at the latest when the next publication starts; or all of the new is there."""
    now = contents(folder)
    if not published and now == before:
        return
    swap.Swap(folder).recover()
    now = contents(folder)
    if published or now != before:
        paths = {f"{kind}/{name}.{kind}" for name in ("posts", "quotes") for kind in ("parquet", "jsonl")}
        assert set(now) == {*paths, MANIFEST}
        assert b'"new"' in now["jsonl/posts.jsonl"]
        for entry in read_manifest(folder).files:
            assert hashlib.sha256(now[entry.path]).hexdigest() == entry.sha256


def test_stale_work_is_cleared(tmp_path, publish):
    (tmp_path / WORK / "spill/posts").mkdir(parents=True)
    (tmp_path / WORK / "spill/posts/run-000000").write_text("left by a killed run")
    publish(tmp_path)
    assert not (tmp_path / WORK).exists()


def test_errors_are_of_the_package():
    assert issubclass(PublishError, OutputError)
    assert issubclass(RowError, OutputError)
