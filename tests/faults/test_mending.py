"""What the disk changes in the store is found by its checksums, and read again: from the archive, or from the site."""

from __future__ import annotations

import random
import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet
from crawl_help import Result, Tool, manifest, rows
from damage_help import FORMATS, damaged, flip, process, url
from forget_help import holding, quoted_post
from growing_forum import edit
from mock_forum import MockForum

from crawler.commands import main
from crawler.demo import build_many
from crawler.store import STATE_FILE

PARTS = {
    "words": rb"<p>\s",
    "state": rb'\{"is_first_post":',
    "thread": rb'"title":"',
    "count": rb'"n_posts_declared":',
    "listing": rb'"last_post_at":"',
    "address": rb"http://127\.0\.0\.1",
    "hash": rb"[0-9a-f]{60}",
    "outcome": rb"ok(?=\x01|http)",
}
"""Where rows of the store are told from the rest of the file."""

TABLES = {
    "frontier": "UPDATE frontier SET {} WHERE kind = 'topic' AND page = 2 AND item_id % 2",
    "pages_seen": "UPDATE pages_seen SET {} WHERE kind = 'topic' AND page = 2",
    "sightings": "UPDATE sightings SET {} WHERE row_index = 2",
    "listings_seen": "UPDATE listings_seen SET {} WHERE row_index = 1",
    "fetches": "UPDATE fetches SET {} WHERE page = 2",
    "post_states": "UPDATE post_states SET {} WHERE rowid % 5 = 0",
    "contents": "UPDATE contents SET {} WHERE rowid % 5 = 0",
    "seals": "UPDATE seals SET {} WHERE fetch_id % 3 = 0",
    "aliases": "UPDATE aliases SET {}",
}
CHANGES = [
    ("frontier", "url = url || 'x'"), ("frontier", "state = 'todo'"), ("frontier", "outcome = 'gone'"),
    ("frontier", "page = 7"), ("frontier", "sweep = 5"), ("frontier", "depth = depth + 2"),
    ("pages_seen", "facts = replace(facts, 'n_pages\":3', 'n_pages\":1')"), ("pages_seen", "item_id = item_id + 1"),
    ("pages_seen", "kind = 'forum'"), ("pages_seen", "page = 1"),
    ("sightings", "post_id = post_id + 1000"), ("sightings", "row_index = 77"), ("sightings", "state_hash = x'00'"),
    ("sightings", "content_hash = zeroblob(16)"),
    ("listings_seen", "thread_id = thread_id + 1"), ("listings_seen", "facts = replace(facts, '2', '3')"),
    ("fetches", "run_id = 9"), ("fetches", "thread_id = thread_id + 1"), ("fetches", "fetched_at = fetched_at + 1"),
    ("fetches", "site = 'other.example'"),
    ("post_states", "facts = replace(facts, 'a', 'b')"), ("post_states", "state_hash = zeroblob(16)"),
    ("contents", "text = text || '.'"), ("contents", "checksum = 4"),
    ("seals", "entries = entries + 1"), ("seals", "fetch = NULL"), ("seals", "page = 3"),
]  # fmt: skip


def some(changes: list[tuple[str, str]], *quick: int) -> list[ParameterSet]:
    """All of them, the others than these marked as slow."""
    marks = [() if place in quick else pytest.mark.slow for place in range(len(changes))]
    return [pytest.param(change, id=": ".join(change), marks=mark) for change, mark in zip(changes, marks, strict=True)]


@pytest.fixture(scope="module")
def kept(site: MockForum, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dataset with an archive."""
    folder = tmp_path_factory.mktemp("kept") / "out"
    assert process(site, folder) == 0
    return folder


@pytest.fixture(scope="module")
def bare(site: MockForum, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same without one."""
    folder = tmp_path_factory.mktemp("bare") / "out"
    assert process(site, folder, "--no-archive") == 0
    return folder


@pytest.fixture
def expected(kept: Path, tool: Tool) -> dict[str, bytes]:
    own, tool.folder = tool.folder, kept
    found = tool.canonical()
    tool.folder = own
    return found


def changed(folder: Path, data: Path, statement: str) -> None:
    """A copy of the folder with rows changed behind the back of the program, as a disk would."""
    shutil.rmtree(data, ignore_errors=True)
    shutil.copytree(folder, data)
    with closing(sqlite3.connect(data / STATE_FILE, isolation_level=None)) as db:
        assert db.execute(statement.replace("UPDATE", "UPDATE OR IGNORE")).rowcount, statement


def mended(tool: Tool, site: MockForum, expected: dict[str, bytes], what: str, *options: str) -> Result:
    """Verify names it, the next run mends it, and all is as it was."""
    found = tool("verify", tool.folder)
    assert found.code == 1, what
    assert STATE_FILE in found.err, what
    result = tool.grab(url(site), *FORMATS, *options)
    assert result.code == 0, (what, result.err)
    assert "the disk had changed" in result.err, what
    assert (tool.folder / f"{STATE_FILE}.damaged-1").is_file()
    assert tool("verify", tool.folder).code == 0, what
    assert tool.canonical() == expected, what
    return result


@pytest.mark.parametrize("change", some(CHANGES, 0, 6, 10, 14, 16, 20, 22, 24))
def test_from_the_archive(
    tool: Tool, site: MockForum, kept: Path, expected: dict[str, bytes], change: tuple[str, str]
) -> None:
    changed(kept, tool.folder, TABLES[change[0]].format(change[1]))
    mended(tool, site, expected, str(change))


@pytest.mark.parametrize("change", some(CHANGES, 3, 11, 23))
def test_from_the_site(
    tool: Tool, site: MockForum, bare: Path, expected: dict[str, bytes], change: tuple[str, str]
) -> None:
    changed(bare, tool.folder, TABLES[change[0]].format(change[1]))
    mended(tool, site, expected, str(change), "--no-archive")


@pytest.mark.parametrize("table", ["meta", "runs"])
def test_what_nothing_else_tells_is_refused(tool: Tool, site: MockForum, kept: Path, data: Path, table: str) -> None:
    change = {"meta": "value = value + 1 WHERE key = 'sweep'", "runs": "started_at = started_at + 1"}[table]
    changed(kept, data, f"UPDATE {table} SET {change}")
    for command in (("verify", data), ("grab", url(site), "--out", data)):
        result = tool(*command)
        assert result.code == 1
        assert result.err.count("\n") == 1
        assert f"{STATE_FILE}: " in result.err
        assert f"{table} " in result.err
        assert "put back a copy" in result.err


def test_a_page_that_is_on_its_way_is_found_again(
    tool: Tool, site: MockForum, expected: dict[str, bytes], data: Path
) -> None:
    """The disk loses pages that nobody has read yet, in the middle of a first run."""
    assert tool.grab(url(site), "--max-pages", 6).code == 0
    with closing(sqlite3.connect(data / STATE_FILE, isolation_level=None)) as db:
        assert db.execute("UPDATE frontier SET item_id = item_id + 500 WHERE state = 'todo'").rowcount > 2
    mended(tool, site, expected, "frontier")


@pytest.mark.parametrize("n", [4, pytest.param(300, marks=pytest.mark.slow)])
@pytest.mark.timeout(3600)
def test_bits(tool: Tool, site: MockForum, kept: Path, expected: dict[str, bytes], n: int) -> None:
    """Of all that is stored: what is found is mended, and what is not found changes nothing."""
    held = (kept / STATE_FILE).read_bytes()
    starts = {name: [match.end() for match in re.finditer(part, held)] for name, part in PARTS.items()}
    found = 0
    for seed in range(n):
        where = random.Random(seed)
        kind = where.choice(sorted(name for name, places in starts.items() if places))
        place, bit = where.choice(starts[kind]) + where.randrange(4), 1 << where.randrange(8)
        damaged(kept, STATE_FILE, flip(place, bit), tool.folder)
        what = f"{kind}: bit {bit} at {place}"
        named = tool("verify", tool.folder).code
        result = tool.grab(url(site), *FORMATS)
        if result.code:
            assert (named, result.code) == (1, 1), what
            assert STATE_FILE in result.error, what
            assert "put back a copy" in result.error, what
            continue
        assert named == ("the disk had changed" in result.err), what
        assert tool.canonical() == expected, what
        assert tool("verify", tool.folder).code == 0, what
        found += named
    assert found > n / 2, "the others hit what was written over"


def test_what_was_said_once_is_kept(tool: Tool, data: Path) -> None:
    """Words that the site does not show any more are in the archive, and come back from there."""
    with MockForum(build_many(6, 12)) as site:
        assert tool.grab(url(site)).code == 0
        for thread in site.forum.threads:
            edit(site.forum, thread.posts[3], "I have changed my mind.")
        site.refresh()
        assert tool.grab(url(site)).code == 0
        whole = data.with_name("whole")
        shutil.copytree(data, whole)
        with closing(sqlite3.connect(data / STATE_FILE, isolation_level=None)) as db:
            first = "fetch_id IN (SELECT fetch_id FROM fetches WHERE run_id = 1 AND fetch_id % 2)"
            db.execute(f"UPDATE sightings SET post_id = post_id + 9000 WHERE {first}")
            db.execute(f"UPDATE listings_seen SET thread_id = thread_id + 1 WHERE {first}")
            db.execute("UPDATE contents SET text = 'x' WHERE rowid % 2")
            assert db.execute("SELECT changes()").fetchone()[0]
        result = tool.grab(url(site))
        assert "0 are fetched again" in result.err
        assert tool("verify", data).code == 0
        found, tool.folder = tool.canonical(), whole
        assert tool.grab(url(site)).code == 0
        assert tool.canonical() == found
        assert found["jsonl/versions.jsonl"].count(b'"is_current":false') == len(list(site.forum.threads))


@pytest.fixture(scope="module")
def cleaned(kept: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """A dataset that has forgotten a post, a thread and a member; and words by which these would be known."""
    folder = shutil.copytree(kept, tmp_path_factory.mktemp("cleaned") / "out")
    posts = rows(folder, "posts")
    post = quoted_post(folder)
    thread = next(row for row in rows(folder, "threads") if row["thread_id"] != post["thread_id"])
    member = next(row for row in rows(folder, "authors") if row["author_id"] != post["author_id"])
    gone = [
        row for row in posts
        if row["post_id"] == post["post_id"] or row["thread_id"] == thread["thread_id"]
        or row["author_id"] == member["author_id"]
    ]  # fmt: skip
    said = "\n".join(str(row["full_text"]) for row in posts if row not in gone)
    lines = {line for row in gone for line in str(row["text"]).split("\n") if len(line) > 30 and line not in said}
    words = [f"/topic/{thread['thread_id']}-", member["author_name"], *lines]
    for what in (("--post", post["post_id"]), ("--thread", thread["thread_id"]), ("--author-id", member["author_id"])):
        with pytest.raises(SystemExit) as ended:
            main(["forget", str(folder), *map(str, what), "--yes", "-q"])
        assert ended.value.code == 0
    assert len(lines) > 5
    assert holding(folder, *words) == []
    assert len(rows(folder, "posts")) == len(posts) - len(gone)
    return folder, words


@pytest.mark.parametrize("change", some([one for one in CHANGES if one[0] != "aliases"], 11, 17))
def test_what_was_erased_does_not_come_back(
    tool: Tool, site: MockForum, cleaned: tuple[Path, list[str]], change: tuple[str, str]
) -> None:
    """From the archive, which has lost the records that told of it, nor from the site, which shows it still."""
    folder, words = cleaned
    data, tool.folder = tool.folder, folder
    expected, told = tool.canonical(), manifest(folder)["forgotten"]
    tool.folder = data
    changed(folder, data, TABLES[change[0]].format(change[1]))
    mended(tool, site, expected, str(change))
    assert holding(data, *words) == []
    assert manifest(data)["forgotten"] == told
    assert all(row["complete"] for row in rows(data, "threads"))
