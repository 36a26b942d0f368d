"""`threadset pack`: from a crawl to what can be handed over, and back through `verify`."""

from __future__ import annotations

import stat
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from crawl_help import Tool, rows
from mock_forum import MockForum
from pack_bytes import known_names, pages, spellings

MAIN = 101


@pytest.fixture
def crawled(tool: Tool, mock: MockForum, data: Path) -> Path:
    assert tool.grab(mock.url + mock.forum_path(4)).code == 0
    return data


def test_pack_verify_and_again(tool: Tool, crawled: Path, tmp_path: Path) -> None:
    to = tmp_path / "pack"
    made = tool("pack", crawled, "--to", to, "--license", "CC-BY-4.0", "--names-in-prose", "replace", "--json")
    assert made.code == 0, made.err
    key = tmp_path / "pack.key"
    assert made.json["key_made"] == str(key)
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert made.json["tables"]["posts"] == len(rows(crawled, "posts"))
    assert tool("verify", to).code == 0
    again = tool("pack", crawled, "--to", to, "--license", "CC-BY-4.0")
    assert again.code == 0
    assert "the leak test found nothing" in again.out
    assert "a key was made" not in again.out


@pytest.mark.parametrize("more", [(), ("--compress",)])
def test_no_member_of_the_forum_is_in_it(tool: Tool, crawled: Path, tmp_path: Path, more: tuple[str, ...]) -> None:
    to = tmp_path / "pack"
    options = ["--license", "CC-BY-4.0", "--format", "parquet,jsonl,csv,convokit", *more]
    assert tool("pack", crawled, "--to", to, *options).code == 0
    names = known_names(crawled)
    ids = {str(row["post_id"]) for row in rows(crawled, "posts")}
    assert len(names) > 5
    for page, content in pages(to).items():
        # One member of the demo forum is called "said", and so says a description of a column.
        is_table = page.startswith(("jsonl/", "csv/", "convokit/utterances"))
        known = names if is_table else names - {"said"}
        assert [way for name in known for way in spellings(name) if way in content] == [], page
        assert "/profile/" not in content
        assert not any(f'"post_id": {number},' in content or f'"post_id":{number},' in content for number in ids)


def test_what_a_takedown_list_names_is_left_out(tool: Tool, crawled: Path, tmp_path: Path) -> None:
    posts, listed, to = rows(crawled, "posts"), tmp_path / "takedown.txt", tmp_path / "pack"
    listed.write_text(f"post 127.0.0.1 {posts[1]['post_id']}\nauthor 127.0.0.1 {posts[0]['author_name']}\n")
    made = tool("pack", crawled, "--to", to, "--license", "MIT", "--takedown", listed, "--json")
    assert made.code == 0, made.err
    assert made.json["takedown"]["posts"] >= 2
    assert made.json["tables"]["posts"] == len(posts) - made.json["takedown"]["posts"]
    assert tool("verify", to).code == 0
    listed.write_text("post 127.0.0.1 987654321\n")
    refused = tool("pack", crawled, "--to", to, "--license", "MIT", "--takedown", listed)
    assert (refused.code, "line 1: `post 127.0.0.1 987654321` matches nothing" in refused.error) == (2, True)
    assert tool("verify", to).code == 0


def test_two_folders_of_one_forum_are_linked(tool: Tool, mock: MockForum, data: Path, tmp_path: Path) -> None:
    first = mock.forum.thread(MAIN)
    assert tool.grab(mock.url + first.path).code == 0
    apart = [row for row in rows(data, "quotes") if row["target_state"] == "unseen"]
    read = {post.post_id for post in mock.forum.posts}
    others = sorted({row["cited_thread_id"] for row in apart if row["cited_post_id"] in read})
    assert others
    rest = tmp_path / "rest"
    urls = [mock.url + mock.forum.thread(number).path for number in others]
    assert tool("grab", *urls, "--out", rest, "--delay", 0).code == 0
    to = tmp_path / "pack"
    options = ["--license", "CC-BY-4.0", "--profile", "full", "--format", "parquet"]
    assert tool("pack", data, rest, "--to", to, *options).code == 0
    assert tool("verify", to).code == 0
    quotes = pq.read_table(to / "parquet/quotes-00000.parquet").to_pylist()
    found = {(row["post_id"], row["quote_index"]): row for row in quotes}
    thread_of = {post.post_id: post.thread.thread_id for post in mock.forum.posts}
    for row in apart:
        now = found[row["post_id"], row["quote_index"]]
        there = row["cited_post_id"] in read
        assert now["target_state"] == ("seen" if there else "unseen")
        if there:
            assert (now["target_post_id"], now["method"]) == (row["cited_post_id"], "explicit_id")
            assert now["target_thread_id"] == thread_of[row["cited_post_id"]]


def test_a_release_goes_on_from_the_earlier_pack_under_its_key(tool: Tool, crawled: Path, tmp_path: Path) -> None:
    old, new = tmp_path / "one", tmp_path / "two"
    options = ["--license", "CC-BY-4.0", "--format", "parquet"]
    assert tool("pack", crawled, "--to", old, *options).code == 0
    (tmp_path / "about.md").write_text("Made for a test.\n")
    made = tool("pack", crawled, "--to", new, "--since", old, "--about", tmp_path / "about.md", *options)
    assert made.code == 0, made.err
    assert "version 1.0.1, against 1.0.0: rows 0 added, 0 changed, 0 counted, 0 removed" in made.out
    assert not (tmp_path / "two.key").exists()
    assert "Made for a test." in (new / "README.md").read_text()
    assert tool("verify", new).code == 0
    refused = tool("pack", crawled, "--to", tmp_path / "three", "--since", crawled, *options)
    assert (refused.code, "is no pack" in refused.error) == (2, True)


class TestBadInput:
    def test_no_licence(self, tool: Tool, crawled: Path, tmp_path: Path) -> None:
        result = tool("pack", crawled, "--to", tmp_path / "pack")
        assert (result.code, "--license" in result.error) == (2, True)
        assert not (tmp_path / "pack").exists()

    def test_a_licence_that_is_none(self, tool: Tool, crawled: Path, tmp_path: Path) -> None:
        result = tool("pack", crawled, "--to", tmp_path / "pack", "--license", "free for all")
        assert (result.code, "SPDX" in result.error) == (2, True)

    def test_no_dataset(self, tool: Tool, tmp_path: Path) -> None:
        result = tool("pack", tmp_path, "--to", tmp_path / "pack", "--license", "MIT")
        assert (result.code, "manifest.json is not there" in result.error) == (2, True)

    def test_a_key_that_others_can_read(self, tool: Tool, crawled: Path, tmp_path: Path) -> None:
        key = tmp_path / "k"
        key.write_text("ab" * 32)
        key.chmod(0o644)
        result = tool("pack", crawled, "--to", tmp_path / "pack", "--license", "MIT", "--key", key)
        assert (result.code, "others can read" in result.error) == (1, True)
        assert not (tmp_path / "pack").exists()

    def test_an_unknown_format(self, tool: Tool, crawled: Path, tmp_path: Path) -> None:
        result = tool("pack", crawled, "--to", tmp_path / "pack", "--license", "MIT", "--format", "xlsx")
        assert (result.code, "convokit" in result.error) == (2, True)

    def test_where_nothing_is(self, tool: Tool, crawled: Path, tmp_path: Path) -> None:
        options = ["--license", "MIT", "--where", "thread=1"]
        result = tool("pack", crawled, "--to", tmp_path / "pack", *options)
        assert (result.code, "no thread is left" in result.error) == (1, True)
