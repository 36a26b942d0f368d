"""Threads: whatever address was given, the whole thread and nothing but it, as the forum has it."""

from __future__ import annotations

from pathlib import Path

import pytest
from crawl_help import Tool, by_id, facts, manifest, polite, rows, truth
from mock_forum import MockForum

MAIN = 101


@pytest.mark.parametrize(
    "form",
    [
        "{path}",
        "{path}page/3/",
        "{path}?page=2",
        "{path}?do=findComment&comment=4010",
        "{path}page/2/#comment-4010",
        "{path}?tab=comments#elControls",
        "/topic/101-quite-another-slug/",
        "/topic/101/",
        "/index.php?/topic/101-x/",
        "/index.php?/topic/101-x/&page=2",
    ],
)
def test_any_address_of_a_thread(tool: Tool, mock: MockForum, data: Path, form: str) -> None:
    address = mock.url + form.format(path=mock.forum.thread(MAIN).path)
    assert tool.grab(address).code == 0
    paths = polite(mock)
    assert len(paths) - 1 - mock.forum.n_pages(mock.forum.thread(MAIN)) in {0, 1}, "at most one redirect"
    got = by_id(rows(data, "posts"))
    assert {number: facts(row) for number, row in got.items()} == {
        post.post_id: truth(post) for post in mock.forum.thread(MAIN).posts
    }
    assert [row["position"] for row in got.values()] == list(range(1, len(got) + 1))
    assert all("do=" not in row["url"] for row in got.values())


def test_quotes_point_at_what_they_quote(tool: Tool, mock: MockForum, data: Path) -> None:
    """On other pages of the thread and in other threads, once these are read."""
    urls = [mock.url + thread.path for thread in mock.forum.threads]
    assert tool.grab(*urls).code == 0
    polite(mock)
    thread_of = {post.post_id: post.thread.thread_id for post in mock.forum.posts}
    got = {(row["post_id"], row["quote_index"]): row for row in rows(data, "quotes")}
    wanted = {(post.post_id, quote.quote_index): quote for post in mock.forum.posts for quote in post.quotes}
    assert got.keys() == wanted.keys()
    across = 0
    for key, quote in wanted.items():
        row = got[key]
        for name in ("parent_quote_index", "depth", "quoted_text", "cited_author_name", "cited_author_id",
                     "cited_post_id", "cited_thread_id", "cited_class"):  # fmt: skip
            assert row[name] == getattr(quote, name), (key, name)
        if quote.cited_post_id in thread_of:
            assert row["target_post_id"] == quote.target_post_id == quote.cited_post_id
            assert (row["target_state"], row["method"]) == ("seen", "explicit_id")
            assert row["target_thread_id"] == thread_of[quote.cited_post_id]
            across += row["target_thread_id"] != thread_of[key[0]]
        elif quote.cited_post_id is not None:
            assert row["target_state"] == "unseen"
        if row["target_post_id"] is not None and quote.target_post_id is not None:
            assert row["target_post_id"] == quote.target_post_id, "a wrong link is worse than none"
    assert across


def test_a_quote_of_a_thread_that_was_not_read_is_unseen(tool: Tool, mock: MockForum, data: Path) -> None:
    tool.grab(mock.url + mock.forum.thread(MAIN).path)
    elsewhere = [row for row in rows(data, "quotes") if row["cited_thread_id"] not in {MAIN, None}]
    assert elsewhere
    assert {row["target_state"] for row in elsewhere} == {"unseen"}


def test_a_second_grab_changes_no_fact(tool: Tool, mock: MockForum, data: Path) -> None:
    url = mock.url + mock.forum.thread(MAIN).path
    tool.grab(url)
    before, posts = tool.canonical(), rows(data, "posts")
    assert tool.grab(url).code == 0
    assert tool.canonical() == before
    again = by_id(rows(data, "posts"))
    assert list(again) == [row["post_id"] for row in posts]
    assert all(row["last_seen_at"] > row["first_seen_at"] for row in again.values())
    assert [run["outcome"] for run in rows(data, "runs")] == ["complete", "complete"]


def test_an_edit_between_two_grabs_is_a_version(tool: Tool, mock: MockForum, data: Path) -> None:
    path = mock.path(88)
    tool.grab(mock.url + path)
    changed = b"The crews have voted again"
    mock.override(path, _replaced(mock, path, changed))
    tool.grab(mock.url + path)
    posts = by_id(rows(data, "posts"))
    assert [row["post_id"] for row in posts.values() if row["n_versions"] == 2] == [
        mock.forum.thread(88).posts[0].post_id
    ]
    assert [row["event"] for row in rows(data, "events")] == ["silently_edited"]


def _replaced(mock: MockForum, path: str, words: bytes):
    from mock_forum import edited

    first = mock.forum.thread(88).posts[0].text.splitlines()[0].encode()
    assert mock.honest(path).body.count(first)
    return edited(lambda body, _forum, _path: body.replace(first, words))


def test_several_addresses_of_one_thread_are_one(tool: Tool, mock: MockForum, data: Path) -> None:
    path = mock.path(88)
    assert tool.grab(mock.url + path, mock.url + path + "page/2/").code == 0
    assert mock.count(path) == 1
    assert manifest(data)["completeness"] == {"complete": True, "problems": []}


def test_an_old_paging_style(tool: Tool, mock: MockForum, data: Path) -> None:
    """Pagers of 4.0-4.3 write ?page=N; the forum sends such an address to the right one."""
    from mock_forum import edited

    path = mock.path(MAIN)
    links = rf"({path}page/)(\d+)/"
    import re

    mock.override(path, edited(lambda body, forum, _: re.sub(links.encode(), path.encode() + rb"?page=\2", body)))
    assert tool.grab(mock.url + path).code == 0
    assert len(rows(data, "posts")) == mock.forum.thread(MAIN).n_posts
    polite(mock)
