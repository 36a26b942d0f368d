"""Pagers that contradict themselves and pages that repeat: the crawl ends, and the thread does not pass for whole."""

from __future__ import annotations

from pathlib import Path

from crawl_help import Tool, by_id, facts, manifest, polite, rows, truth
from mock_forum import HUGE, Answer, MockForum, edited

from crawler.demo.render.pager import pager

MAIN = 101


def with_pagers(*n_pages: int) -> object:
    """The honest page with other pagers before its posts, each of so many pages."""

    def change(body: bytes, forum: MockForum, path: str) -> bytes:
        first, _, rest = path.partition("page/")
        page = int(rest.strip("/") or 1)
        bars = [pager(forum.url + first, page, n, per_page=25, anchor="#comments").encode() for n in n_pages]
        return body.replace(b'<div id="elPostFeed"', b"".join(bars) + b'<div id="elPostFeed"', 1)

    return edited(change)


def whole(data: Path, mock: MockForum) -> None:
    got = by_id(rows(data, "posts"))
    assert [facts(row) for row in got.values()] == [truth(post) for post in mock.forum.thread(MAIN).posts]


def test_two_pagers_that_disagree(tool: Tool, mock: MockForum, data: Path) -> None:
    """The one that says less hides no page, the one that says more leads to no end of requests."""
    assert mock.forum.n_pages(mock.forum.thread(MAIN)) == 3
    for n_pages in ((1, 2), (2, 5), (3, HUGE)):
        mock.clear_log()
        mock.override(mock.path(MAIN) + "*", with_pagers(*n_pages))
        folder = data / f"{n_pages[0]}"
        result = tool("grab", mock.url + mock.path(MAIN), "--out", folder, "--delay", 0)
        assert len(polite(mock)) < 60
        whole(folder, mock)
        assert result.code in {0, 3}
        assert result.code == 3 or manifest(folder)["completeness"]["complete"]


def test_the_next_page_is_this_page_again(tool: Tool, mock: MockForum, data: Path) -> None:
    """Page 3 has the posts of page 2, as where a cache mixes up its entries: its own posts are missed."""
    mock.override(mock.path(MAIN, 3), lambda forum, _path: Answer(body=forum.honest(forum.path(MAIN, 2)).body))
    result = tool.grab(mock.url + mock.path(MAIN))
    assert result.code == 3, result.err
    assert mock.count(mock.path(MAIN, 3)) <= 3
    got = by_id(rows(data, "posts"))
    assert 0 < len(got) < mock.forum.thread(MAIN).n_posts
    [row] = rows(data, "threads")
    assert not row["complete"]
    assert not manifest(data)["completeness"]["complete"]
    mock.restore()
    assert tool.grab(mock.url + mock.path(MAIN), "--refresh").code == 0
    whole(data, mock)


def test_a_page_from_a_cache_that_is_older_than_the_others(tool: Tool, mock: MockForum, data: Path) -> None:
    """A first page from before the last posts: it knows of fewer, and its pager of fewer pages."""
    thread = mock.forum.thread(MAIN)
    fresh = mock.forum.n_pages(thread)
    old = thread.posts.copy()
    stale_count = f'"userInteractionCount": {thread.n_posts - 1}'
    page = mock.honest(mock.path(MAIN)).body.decode()
    assert tool.grab(mock.url + mock.path(MAIN)).code == 0
    stale = page.replace(stale_count, '"userInteractionCount": 2').replace(f'data-pages="{fresh}"', 'data-pages="1"')
    stale = stale.replace(f"data-pages='{fresh}'", "data-pages='1'").replace(f'"pageEnd": {fresh}', '"pageEnd": 1')
    assert stale.count('data-pages="1"') + stale.count("data-pages='1'") > 0, "the replacing took place"
    mock.override(mock.path(MAIN), Answer(body=stale.encode()))
    assert tool.grab(mock.url + mock.path(MAIN), "--refresh").code in {0, 3}
    got = by_id(rows(data, "posts"))
    assert set(got) == {post.post_id for post in old}, "nothing that was seen is forgotten"
    [row] = rows(data, "threads")
    assert not row["complete"] or all(post["status"] == "active" for post in got.values())
    assert {post["status"] for post in got.values()} <= {"active", "missing"}
    mock.restore()
    assert tool.grab(mock.url + mock.path(MAIN), "--refresh").code == 0
    assert {post["status"] for post in rows(data, "posts")} == {"active"}
