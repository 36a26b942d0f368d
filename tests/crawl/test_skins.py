"""The same forum in other clothes is the same dataset."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from crawl_help import Tool, rows
from mock_forum import MockForum

from crawler.demo import Forum, build_whole

LOOKS = {"posts": ("html", "author_group"), "versions": ("html",), "authors": ("author_group",)}
"""Columns that differ by skin and language by nature."""

TABLES = ("forums", "threads", "posts", "versions", "quotes", "events", "links", "reactions", "polls", "authors")


@pytest.fixture(scope="module")
def whole() -> Forum:
    return build_whole(seed=3, threads=12, posts_per_page=5, threads_per_page=8)


@pytest.fixture
def site(whole: Forum) -> Iterator[MockForum]:
    with MockForum(whole) as running:
        yield running


def facts(folder: Path) -> dict[str, list[dict[str, Any]]]:
    found = {}
    for name in TABLES:
        left_out = LOOKS.get(name, ())
        found[name] = [{k: v for k, v in row.items() if k not in left_out} for row in rows(folder / "canonical", name)]
    return found


def grab(tool: Tool, site: MockForum, data: Path) -> dict[str, list[dict[str, Any]]]:
    boards = [site.url + board.path for board in site.forum.boards if site.forum.listed(board)]
    tool.grab(*boards, "--subforums")
    assert tool("export", data, "--canonical", "-q").code == 0
    return facts(data)


SKINS = [(layout, lang) for layout in ("4.0", "4.7", "5.0") for lang in ("en", "th", "fr", "ru")]
SOON = {("5.0", "en"), ("4.0", "en"), ("5.0", "th"), ("4.7", "ru"), ("4.7", "fr")}


@pytest.mark.parametrize(
    ("layout", "lang"), [pytest.param(*skin, marks=() if skin in SOON else pytest.mark.slow) for skin in SKINS]
)
def test_another_skin_changes_no_fact(tool: Tool, site: MockForum, data: Path, layout: Any, lang: Any) -> None:
    before = grab(tool, site, data)
    site.show(layout=layout, lang=lang)
    after = grab(tool, site, data)
    assert {row["n_versions"] for row in after["posts"]} == {1}
    for name in TABLES:
        assert after[name] == before[name], name
    assert {row["layout"] for row in rows(data, "fetches") if row["page_kind"] == "topic"} > {"ips4"} or layout == "4.7"
