"""The recipes run as they stand, and their figures are those of the tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from crawl_help import Tool, rows
from mock_forum import MockForum

from crawler.demo import build
from crawler.demo.model.ops import remove
from docs.examples import run

duckdb = pytest.importorskip("duckdb", reason="DuckDB is not installed: pip install 'threadset[interop]'")
pytest.importorskip("polars", reason="Polars is not installed: pip install 'threadset[interop]'")
pytest.importorskip("pandas", reason="pandas is not installed: pip install 'threadset[interop]'")


@pytest.fixture
def made(tool: Tool, data: Path) -> dict[str, Any]:
    """The names that the recipes make, on the demo forum."""
    demo = data.parent / "data" / "demo"
    assert tool("demo", "--out", demo, "-q").code == 0
    return run("docs/recipes.md") | {"folder": demo}


def test_figures(made: dict[str, Any]) -> None:
    posts = rows(made["folder"], "posts")
    thread = {post["post_id"]: post for post in posts if post["thread_id"] == 101}
    depth = {post_id: depth for depth, post_id, *_ in made["tree"]}
    assert sorted(depth) == sorted(thread), "each post once"
    first = next(post["post_id"] for post in thread.values() if post["is_first_post"])
    for post_id, post in thread.items():
        parent = post["reply_to_post_id"] or first
        assert depth[post_id] == (0 if post_id == first else depth[parent] + 1)

    assert sorted(made["edits"]["post_id"]) == sorted(post["post_id"] for post in posts if post["edited_at"])
    members = made["members"]
    assert members["posts"].sum() == sum(post["author_id"] is not None for post in posts)
    assert members["answers_received"].sum() <= sum(post["reply_to_post_id"] is not None for post in posts)
    assert made["by_hour"].to_numpy().sum() == len(posts)
    assert sum(row[1] for row in made["removals"](str(made["folder"]))) == len(posts)

    quoting = {
        quote["post_id"] for quote in rows(made["folder"], "quotes") if quote["target_post_id"] == first
    } & thread.keys()  # fmt: skip
    comments = made["comments"]
    assert len(comments) == len(thread) - 1
    assert comments["quotes_the_article"].sum() == len(quoting)
    assert comments["position"].to_list() == list(range(2, len(thread) + 1))


def test_removals_of_a_forum_that_was_read_twice(made: dict[str, Any], tool: Tool, data: Path) -> None:
    forum = build(threads_per_page=5)
    thread = forum.thread(61)
    gone = thread.posts[-1]
    with MockForum(forum) as site:
        assert tool.grab(site.url + site.path(61)).code == 0
        remove(forum, gone, forum.now)
        site.show(forum)
        assert tool.grab(site.url + site.path(61)).code == 0
    found = {group: (posts, gone, after) for group, posts, gone, after in made["removals"](str(data))}
    group = next(post["author_group"] for post in rows(data, "posts") if post["post_id"] == gone.post_id)
    assert sum(posts for posts, _, _ in found.values()) == thread.n_posts + 1
    assert {name: number for name, (_, number, _) in found.items() if number} == {group: 1}
    assert found[group][2] is not None
