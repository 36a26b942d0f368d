"""`threadset link`: folders of ours, and any posts JSONL."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from crawl_help import Tool, rows
from mock_forum import MockForum

SAID = "The gates of the northern lock were painted twice, and nobody can say who paid for it."
POSTS: list[dict[str, Any]] = [
    {"post_id": 1, "thread_id": 5, "author_name": "Ann", "created_at": "2024-01-01T10:00:00Z", "text": SAID},
    {
        "post_id": 2, "thread_id": 5, "author_name": "Bob", "created_at": "2024-01-01T11:00:00Z", "text": "No.",
        "quotes": [{"cited_author_name": "Ann", "quoted_text": SAID[:60]}, {"quoted_text": "Never said."}],
    },
]  # fmt: skip


@pytest.fixture
def posts(tmp_path: Path) -> Path:
    return written(tmp_path / "mine.jsonl", POSTS)


def written(path: Path, lines: list[Any]) -> Path:
    content = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path


def test_a_file_of_posts(tool: Tool, posts: Path) -> None:
    result = tool("link", posts)
    target = posts.parent / "mine-linked"
    assert result.code == 0
    assert "1 author_exact" in result.out
    assert "site (2 lines)" in result.out
    found = rows(target, "quotes")
    assert [(row["target_post_id"], row["method"]) for row in found] == [(1, "author_exact"), (None, None)]
    assert all(row["linker_version"] >= 2 for row in found)
    linked = rows(target, "posts")
    assert (linked[1]["reply_to_post_id"], linked[1]["n_quotes"], len(linked[1]["quotes"])) == (1, 2, 2)
    assert (
        json.loads((target / "manifest.json").read_bytes())["linking"]["linker_version"] == found[0]["linker_version"]
    )
    assert tool("verify", target).code == 0


def test_a_packed_file_says_the_same(tool: Tool, posts: Path, tmp_path: Path) -> None:
    packed = written(tmp_path / "other.jsonl.gz", POSTS)
    assert tool("link", packed, "--out", tmp_path / "a", "-q").out == ""
    tool("link", posts, "--out", tmp_path / "b")
    assert rows(tmp_path / "a", "quotes") == rows(tmp_path / "b", "quotes")


def test_json_says_what_is_missing_and_what_was_not_kept(tool: Tool, tmp_path: Path) -> None:
    path = written(tmp_path / "mine.jsonl", [{"post_id": 1, "thread_id": 5, "mood": "good"}])
    facts = tool("link", path, "--json").json
    assert facts["lines_without"] == {"author_name": 1, "created_at": 1, "quotes": 1, "site": 1, "text": 1}
    assert facts["not_kept"] == ["mood"]
    assert (facts["posts"], facts["quotes"], facts["folder"]) == (1, 0, str(tmp_path / "mine-linked"))


def test_what_the_lines_say_stays(tool: Tool, tmp_path: Path) -> None:
    more = {"site": "f.example", "status": "removed", "url": "https://f.example/t/5#c1", "author_group": "Pilots",
            "author_id": 7, "n_reactions": 3, "position": None, "first_seen_at": "2024-02-01T00:00:00Z"}  # fmt: skip
    lines = [POSTS[0] | more, POSTS[1] | {"site": "f.example", "position": 1}]
    tool("link", written(tmp_path / "mine.jsonl", lines), "--out", tmp_path / "out")
    first, second = rows(tmp_path / "out", "posts")
    assert {name: first[name] for name in more} == more
    assert second["quotes"][0]["target_state"] == "missing"
    assert tool("verify", tmp_path / "out").code == 0


def test_a_quote_of_another_thread_by_number(tool: Tool, tmp_path: Path) -> None:
    quote = {"cited_post_id": 1, "cited_thread_id": 5, "cited_author_name": "Ann", "quoted_text": SAID}
    path = written(tmp_path / "mine.jsonl", [POSTS[0], {"post_id": 3, "thread_id": 6, "quotes": [quote]}])
    tool("link", path, "--out", tmp_path / "out")
    (row,) = rows(tmp_path / "out", "quotes")
    assert (row["target_thread_id"], row["target_state"], row["method"]) == (5, "seen", "explicit_id")


def test_a_folder_of_ours(tool: Tool, mock: MockForum, data: Path, tmp_path: Path) -> None:
    tool.grab(mock.url + mock.path(101))
    before = (data / "jsonl/quotes.jsonl").read_bytes()
    (data / "jsonl/quotes.jsonl").write_bytes(b"")
    result = tool("link", data, "--json")
    assert (result.code, result.json["quotes"]) == (0, len(before.splitlines()))
    assert (data / "jsonl/quotes.jsonl").read_bytes() == before
    assert tool("link", data, "--out", tmp_path / "other").code == 0
    assert (tmp_path / "other/jsonl/quotes.jsonl").read_bytes() == before
    assert tool("verify", data).code == 0


def test_a_published_folder_without_its_store(tool: Tool, mock: MockForum, data: Path, tmp_path: Path) -> None:
    tool.grab(mock.url + mock.path(101))
    before = [(row["target_post_id"], row["method"]) for row in rows(data, "quotes")]
    (data / "state.sqlite").unlink()
    refused = tool("link", data)
    assert (refused.code, "--out" in refused.error) == (2, True)
    assert tool("link", data, "--out", tmp_path / "other").code == 0
    assert [(row["target_post_id"], row["method"]) for row in rows(tmp_path / "other", "quotes")] == before
    assert tool("verify", tmp_path / "other").code == 0


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        (b"", 2, "no post"),
        (b"{}\n", 1, "line 1: post_id is missing"),
        (b'{"post_id": 1, "thread_id": 2}\nnonsense\n', 1, "line 2: it is no JSON"),
        (b"[1]\n", 1, "line 1: it is no object"),
        (b'{"post_id": "1", "thread_id": 2}\n', 1, "post_id is no int64"),
        (b'{"post_id": true, "thread_id": 2}\n', 1, "post_id is no int64"),
        (b'{"post_id": 1, "thread_id": 2, "created_at": "yesterday"}\n', 1, "created_at is no ISO 8601 time"),
        (b'{"post_id": 1, "thread_id": 2, "created_at": "2024-01-01T00:00:00"}\n', 1, "no time zone"),
        (b'{"post_id": 1, "thread_id": 2, "quotes": {}}\n', 1, "quotes is no list"),
        (b'{"post_id": 1, "thread_id": 2, "quotes": [{"parent_quote_index": 0}]}\n', 1, "out of order"),
        (b'{"post_id": 1, "thread_id": 2}\n{"post_id": 1, "thread_id": 2}\n', 1, "line 2: post 1 is there twice"),
    ],
)
def test_bad_files(tool: Tool, tmp_path: Path, content: bytes, code: int, words: str) -> None:
    path = tmp_path / "mine.jsonl"
    path.write_bytes(content)
    result = tool("link", path)
    assert result.code == code
    assert words in result.error
    assert not (tmp_path / "mine-linked").exists()


def test_wrong_usage(tool: Tool, posts: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "cut.jsonl.gz").write_bytes(b"nonsense")
    for source in ("nowhere", "empty", "cut.jsonl.gz"):
        assert tool("link", tmp_path / source).code == 2
    assert tool("link", posts, "--out", posts).code == 2


def test_nothing_is_put_among_the_tables_of_a_dataset(tool: Tool, mock: MockForum, data: Path, tmp_path: Path) -> None:
    tool.grab(mock.url + mock.path(88))
    refused = tool("link", data / "jsonl/posts.jsonl")
    assert (refused.code, str(data) in refused.error, "--out" in refused.error) == (2, True, True)
    assert tool("link", data / "jsonl/posts.jsonl", "--out", tmp_path / "other").code == 0
    assert tool("verify", data).code == 0


def test_a_dataset_is_not_overwritten_by_a_file(tool: Tool, mock: MockForum, data: Path, posts: Path) -> None:
    tool.grab(mock.url + mock.path(88))
    before = (data / "manifest.json").read_bytes()
    result = tool("link", posts, "--out", data)
    assert (result.code, "dataset of its own" in result.error) == (2, True)
    assert (data / "manifest.json").read_bytes() == before
