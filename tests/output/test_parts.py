"""Tables in parts: where rows go, what stays, and that a reader never sees half of it."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import resource
from datetime import timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from failing_disk import Faults, no_links

from crawler.items import TABLES
from output import SINGLE, Dataset, DatasetError, Layout, Publisher, PublishError, read_dataset
from output.layout import BY_MONTH, WHOLE
from output.manifest import MANIFEST, read_manifest
from output.swap import WORK, Swap
from output.verify import verify

TEN = Layout(10)
MONTHLY = BY_MONTH.keys()


def rows_of_thread(make, number, text="words"):
    """A thread of three posts, of which the second quotes the first; of the tables that there are."""
    first = 10 * number
    at = make.t0 + timedelta(days=number)
    posts = [make.post(first + n, number, text=text, position=n + 1, n_quotes=int(n == 1)) for n in range(3)]
    target = {"target_post_id": first, "target_thread_id": number, "target_state": "seen"}
    rows = {"posts": posts, "quotes": [make.quote(first + 1, 0, **target)]}
    if "threads" in TABLES:
        rows["threads"] = [make.thread(number, 3)]
        rows["versions"] = [make.version(post.post_id, text=text) for post in posts]
        rows["events"] = [make.row("events", thread_id=number, post_id=first, event="edited", changed_before=at)]
    return rows


def publish(make, folder, numbers, *, text="words", keep=(), layout=TEN, **options):
    """Publish these threads; ``keep`` are parts that stay."""
    with Publisher(folder, layout=layout, now=lambda: make.t0, **options) as publisher:
        for part in sorted({layout.part(number) for number in numbers}):
            for number in numbers:
                if layout.part(number) == part:
                    publisher.add(rows_of_thread(make, number, text))
            publisher.end_part(part)
        n_posts = 3 * len(numbers)
        if keep:
            for table in TABLES.keys() - MONTHLY - WHOLE:
                publisher.keep(table, keep)
            n_posts += sum(e.rows for e in read_manifest(folder).files_of("posts", "jsonl") if e.part in keep)
        if "authors" in TABLES:
            publisher.add({"authors": [make.row("authors", author_id=7, author_name="Ann", n_posts_seen=n_posts)]})
        publisher.finish({})
    return folder


def names(folder, pattern):
    return sorted(path.name for path in folder.glob(pattern))


def test_parts_are_named_by_number_and_hash(tmp_path, make):
    publish(make, tmp_path, [3, 7, 12, 425, 40])
    found = names(tmp_path, "parquet/posts/*")
    assert [name[:10] for name in found] == ["part-00000", "part-00001", "part-00004", "part-00042"]
    for path in tmp_path.glob("*/*/*"):
        assert re.fullmatch(r"part-\d{5,6}-[0-9a-f]{8}\.(parquet|jsonl)", path.name)
        assert hashlib.sha256(path.read_bytes()).hexdigest()[:8] == path.name.split("-")[2][:8]
    assert [name[:11] for name in names(tmp_path, "jsonl/events/*")] == ["part-202603", "part-202604", "part-202704"]
    assert {path.parent.name for path in tmp_path.glob("parquet/*/*")} == set(TABLES)
    manifest = read_manifest(tmp_path)
    assert (manifest.threads_per_part, manifest.tables["posts"], manifest.superseded) == (10, 15, [])
    assert verify(tmp_path) == []


def test_all_together_they_are_the_one_file(tmp_path, make):
    numbers = [3, 7, 12, 425, 40]
    parts = read_dataset(publish(make, tmp_path / "parts", numbers))
    single = read_dataset(publish(make, tmp_path / "single", numbers, layout=SINGLE))
    for name in TABLES:
        key = TABLES[name].key
        found, expected = (
            sorted(data.rows(name), key=lambda row, key=key: [str(getattr(row, column)) for column in key])
            for data in (parts, single)
        )
        assert found == expected
        assert parts.table(name).schema == single.table(name).schema
    assert [row.post_id for row in parts.rows("posts")] == [row.post_id for row in single.rows("posts")]
    assert [row.thread_id for row in parts.rows("threads", parts={0, 4})] == [3, 7, 40]


def test_what_is_kept_stays_and_what_is_not_goes_after_the_next(tmp_path, make):
    publish(make, tmp_path, [3, 12, 25])
    old = Dataset(tmp_path, read_manifest(tmp_path))
    first = {path: path.stat().st_ino for path in tmp_path.glob("*/posts/*")}
    publish(make, tmp_path, [12], text="new", keep={0})
    manifest = read_manifest(tmp_path)
    assert [entry.part for entry in manifest.files_of("posts", "parquet")] == [0, 1]
    assert [row.text for row in read_dataset(tmp_path).rows("posts")] == ["words"] * 3 + ["new"] * 3
    assert {row.text for row in old.rows("posts")} == {"words"}
    assert len(list(old.rows("posts"))) == 9
    for path, inode in first.items():
        assert path.stat().st_ino == inode
    assert verify(tmp_path) == []
    publish(make, tmp_path, [12], text="newer", keep={0})
    with pytest.raises(DatasetError, match="is not there; open the dataset again"):
        list(old.rows("posts"))
    assert not any((tmp_path / path).exists() for path in manifest.superseded)


def test_the_same_rows_touch_no_file(tmp_path, make):
    publish(make, tmp_path, [3, 12])
    before = {path: (path.stat().st_ino, path.read_bytes()) for path in tmp_path.glob("*/*/*")}
    publish(make, tmp_path, [3, 12])
    assert {path: (path.stat().st_ino, path.read_bytes()) for path in tmp_path.glob("*/*/*")} == before


def test_a_damaged_part_is_written_anew(tmp_path, make):
    publish(make, tmp_path, [3])
    (path,) = tmp_path.glob("jsonl/posts/*")
    good = path.read_bytes()
    path.write_bytes(good[:-5] + b"?????")
    publish(make, tmp_path, [3])
    assert path.read_bytes() == good


@pytest.mark.parametrize(("one", "other"), [(TEN, SINGLE), (SINGLE, TEN), (TEN, Layout(100))])
def test_another_layout_leaves_nothing_of_the_old(tmp_path, make, one, other):
    publish(make, tmp_path, [3, 12], layout=one)
    publish(make, tmp_path, [3, 12], layout=other)
    publish(make, tmp_path, [3, 12], layout=other)
    listed = {entry.path for entry in read_manifest(tmp_path).files}
    assert {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.*") if path.is_file()} == {
        *listed,
        MANIFEST,
    }
    assert verify(tmp_path) == []


def test_misuse(tmp_path, make):
    publish(make, tmp_path, [3])
    with Publisher(tmp_path, layout=TEN) as publisher:
        publisher.add(rows_of_thread(make, 12))
        with pytest.raises(PublishError, match="call end_part before finish"):
            publisher.finish({})
    with Publisher(tmp_path, layout=TEN) as publisher:
        publisher.add(rows_of_thread(make, 3))
        publisher.end_part(0)
        publisher.keep("posts", {0})
        with pytest.raises(PublishError, match="is kept and written"):
            publisher.finish({})
    with pytest.raises(PublishError, match="give at least 1"):
        Layout(0)
    assert verify(tmp_path) == []


def whole(folder):
    """The texts of the dataset that the manifest in the folder names, once every file of it is what it says."""
    manifest = read_manifest(folder)
    for entry in manifest.files:
        assert hashlib.sha256((folder / entry.path).read_bytes()).hexdigest() == entry.sha256
    return [row.text for row in Dataset(folder, manifest).rows("posts")]


@pytest.mark.parametrize("kill", [False, True], ids=["error", "kill"])
@pytest.mark.parametrize("links", [True, False], ids=["links", "no links"])
def test_a_reader_sees_one_state_at_any_step(*, tmp_path, make, few_tables, kill, links):
    """Also after a kill, and before anything is put right."""
    old, new = ["old"] * 6, ["old"] * 3 + ["new"] * 3
    step, finished = 0, False
    while not finished:
        step += 1
        folder = tmp_path / str(step)
        only = {"formats": ("jsonl",)}
        publish(make, folder, [3, 12], text="older", **only)
        publish(make, folder, [3, 12], text="old", **only)  # leaves superseded parts
        with pytest.MonkeyPatch.context() as patch:
            if not links:
                patch.setattr("os.link", no_links)
            faults = Faults(patch, step, kill)
            with contextlib.suppress(PublishError, Faults.Killed):
                publish(make, folder, [12], text="new", keep={0}, **only)
        assert whole(folder) in (old, new)
        with pytest.MonkeyPatch.context() as patch:  # what puts it right may be killed as well
            again = Faults(patch, 1 + step % 7, kill=True)
            with contextlib.suppress(Faults.Killed):
                Swap(folder).recover()
            assert again.calls < 60
        assert whole(folder) in (old, new)
        publish(make, folder, [3, 12], text="newest", **only)
        assert whole(folder) == ["newest"] * 6
        manifest = read_manifest(folder)
        listed = {entry.path for entry in manifest.files} | set(manifest.superseded)
        assert {path.relative_to(folder).as_posix() for path in folder.rglob("*.jsonl")} == listed
        finished = faults.calls < step
    assert step >= 15


@pytest.mark.parametrize("layout", [SINGLE, TEN], ids=["single", "parts"])
def test_a_full_disk_leaves_what_was_there(tmp_path, make, contents, layout):
    """The system refuses to make any file longer than a limit, at every limit that some file meets."""
    before = contents(publish(make, tmp_path, [3, 12], layout=layout))
    largest = max(map(len, before.values()))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    for limit in [0, 1, 100, *range(1000, largest, 1500)]:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
        try:
            with pytest.raises(PublishError, match=r"could not be written: .*untouched"):
                publish(make, tmp_path, [3, 12], text="n" * 99, layout=layout)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert contents(tmp_path) == before
        assert not (tmp_path / WORK).exists()


def test_what_waits_on_a_full_disk(tmp_path, make, contents):
    """Rows that are sorted on the disk."""
    before = contents(publish(make, tmp_path, [3, 12]))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    with Publisher(tmp_path, max_rows=1) as publisher:
        resource.setrlimit(resource.RLIMIT_FSIZE, (10, hard))
        try:
            with pytest.raises(PublishError, match="could not be written"):
                publisher.add({"threads": [make.thread(number) for number in range(2000)]})
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert contents(tmp_path) == before


@pytest.fixture
def in_groups(tmp_path, make, monkeypatch):
    """A dataset whose Parquet files have several row groups."""
    monkeypatch.setattr("output.parquet.ROW_GROUP_ROWS", 5000)
    rows = [make.row("reactions", post_id=n, reaction=f"r{n * 7919 % 10007}", count=n) for n in range(12_000)]
    with Publisher(tmp_path, formats=("parquet",), now=lambda: make.t0) as publisher:
        publisher.add({"reactions": rows})
        publisher.finish({})
    path = tmp_path / "parquet/reactions.parquet"
    assert pq.read_metadata(path).num_row_groups == 3
    return path


def said(folder):
    return "\n".join(str(problem) for problem in verify(folder))


def test_a_flipped_bit_is_found_in_its_row_group(in_groups):
    good = in_groups.read_bytes()
    column = pq.read_metadata(in_groups).row_group(1).column(3)
    place = column.data_page_offset + column.total_compressed_size // 2
    in_groups.write_bytes(good[:place] + bytes([good[place] ^ 4]) + good[place + 1 :])
    text = said(in_groups.parents[1])
    assert "parquet/reactions.parquet: its SHA-256 is" in text
    assert re.search(r"reactions\.parquet: damaged in row group 1 \(rows 5000 to 9999\), column reaction: .*CRC", text)
    assert text.count("damaged in") == 1
    assert "restore it from a copy, or publish it again with `threadset export`" in text


@pytest.mark.parametrize("keep", [0, 1, 100, 0.5, 0.99], ids=str)
def test_a_torn_file_is_named(in_groups, keep):
    good = in_groups.read_bytes()
    in_groups.write_bytes(good[: int(len(good) * keep) if keep < 1 else int(keep)])
    text = said(in_groups.parents[1])
    assert re.search(r"reactions\.parquet: \d+ bytes, the manifest says", text)
    assert re.search(r"reactions\.parquet: it cannot be read: .*restore it from a copy", text)


def test_a_file_of_zeros_is_named(in_groups):
    in_groups.write_bytes(bytes(in_groups.stat().st_size))
    assert re.search(r"reactions\.parquet: it cannot be read", said(in_groups.parents[1]))


def change(folder, edit):
    document = json.loads((folder / MANIFEST).read_bytes())
    edit(document)
    (folder / MANIFEST).write_text(json.dumps(document))


def test_rows_in_the_wrong_part(tmp_path, make):
    publish(make, tmp_path, [3, 7], formats=("jsonl",))

    def edit(document):
        document["threads_per_part"] = 5

    change(tmp_path, edit)
    text = said(tmp_path)
    assert re.search(r"jsonl/posts/part-00000-\w+\.jsonl, row 3: by its thread_id it belongs into part 1", text)

    def months(document):
        document["threads_per_part"] = 10
        for entry in document["files"]:
            if entry["table"] == "events":
                entry["part"] = 202601

    change(tmp_path, months)
    assert "by its changed_before it belongs into part 202603" in said(tmp_path)


def test_a_part_of_another_name(tmp_path, make):
    publish(make, tmp_path, [3], formats=("jsonl",))
    (path,) = tmp_path.glob("jsonl/posts/*")
    other = path.with_name("part-00000-00000000.jsonl")
    path.rename(other)
    change(
        tmp_path,
        lambda d: next(e for e in d["files"] if e["table"] == "posts").update(path=f"jsonl/posts/{other.name}"),
    )
    assert "part-00000-00000000.jsonl is not named after its SHA-256" in said(tmp_path)


def test_parts_left_by_a_kill_are_strays_until_the_next_publication(tmp_path, make):
    publish(make, tmp_path, [3], formats=("jsonl",))
    stray = Path(tmp_path / "jsonl/posts/part-00009-0123abcd.jsonl")
    stray.write_text("{}\n")
    mine = tmp_path / "jsonl/posts/notes.txt"
    mine.write_text("not ours")
    assert "part-00009-0123abcd.jsonl: it is not in the manifest" in said(tmp_path)
    publish(make, tmp_path, [3], formats=("jsonl",))
    assert not stray.exists()
    assert mine.exists()
