"""The demo forum's pages, read, are its model, in every layout and language that it renders."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from functools import cache

import pytest
from page_reading import forum_page, topic_page

from crawler import demo
from crawler.demo import render
from crawler.demo.model import Board, Forum, Post, Thread, build_whole
from crawler.demo.render import LANGS, LAYOUTS, Lang, Layout
from crawler.items import PostSeen, QuoteSeen, TopicPage

BASE = "http://127.0.0.1:8123"
FORUMS = {"small": demo.build(threads_per_page=5), "whole": build_whole(threads_per_page=10)}
NAMES: dict[Layout, str] = {"4.0": "ips40", "4.7": "ips4", "5.0": "ips5"}
SKINS = [(layout, lang) for layout in LAYOUTS for lang in LANGS]
OTHERS = SKINS[1:]

forums = pytest.mark.parametrize("name", FORUMS)
skins = pytest.mark.parametrize(("layout", "lang"), SKINS, ids=[f"{layout}-{lang}" for layout, lang in SKINS])


def pages(forum: Forum) -> Iterator[tuple[Thread, int]]:
    for thread in forum.threads:
        for page in range(1, forum.n_pages(thread) + 1):
            yield thread, page


def quoted(post: Post) -> list[QuoteSeen]:
    names = {field.name for field in dataclasses.fields(QuoteSeen)}
    return [
        QuoteSeen(**{k: v for k, v in dataclasses.asdict(quote).items() if k in names})  # type: ignore[arg-type]
        for quote in post.quotes
    ]


def address(path: str, page: int, layout: Layout) -> str:
    if page == 1:
        return BASE + path
    return f"{BASE}{path}?page={page}" if layout == "4.0" else f"{BASE}{path}page/{page}/"


@cache
def read(name: str, number: int, page: int, layout: Layout, lang: Lang) -> TopicPage:
    thread = FORUMS[name].thread(number)
    body = render.topic_page(FORUMS[name], thread, page, BASE, layout=layout, lang=lang)
    return topic_page(body, address(thread.path, page, layout))


def same(found: PostSeen, truth: Post, group: str) -> None:
    edit = truth.edit
    assert (found.post_id, found.author_id, found.author_name) == (truth.post_id, truth.author_id, truth.author.name)
    assert found.author_group == group
    assert found.created_at == truth.created_at
    assert (found.edited_at, found.edited_by) == ((edit.at, edit.by) if edit else (None, None))
    assert found.edit_reason == (edit.reason if edit else None)
    assert (found.body.text, found.body.full_text) == (truth.text, truth.full_text)
    assert found.body.quotes == quoted(truth)
    assert dict(found.reactions) == truth.reactions
    assert found.n_reactions == sum(truth.reactions.values())
    assert found.is_first_post is (truth is truth.thread.posts[0])


def same_thread(found: TopicPage, forum: Forum, thread: Thread, page: int) -> None:
    head = found.thread
    assert (head.thread_id, head.title, head.url) == (thread.thread_id, thread.title, BASE + thread.path)
    assert (head.page, head.n_pages) == (page, forum.n_pages(thread))
    assert (head.n_posts_declared, head.n_views, head.tags) == (thread.n_posts, thread.n_views, thread.tags)
    assert head.forum_ids == [board.forum_id for board in thread.board.trail]
    assert head.forum_path == [board.name for board in thread.board.trail]
    assert (head.is_pinned, head.is_locked, head.is_solved) == (thread.pinned, thread.locked_badge, thread.solved)
    assert (head.author_id, head.author_name) == (thread.posts[0].author_id, thread.posts[0].author.name)
    assert head.has_poll is (thread.poll is not None)
    options = [(q, o, asked, name, n) for q, (asked, choices) in enumerate(thread.poll.questions if thread.poll else [])
               for o, (name, n) in enumerate(choices)]  # fmt: skip
    polls = [(poll.question_index, poll.option_index, poll.question, poll.option, poll.votes) for poll in head.polls]
    assert polls == options


@skins
@forums
def test_threads(name: str, layout: Layout, lang: Lang) -> None:
    forum = FORUMS[name]
    for thread, page in pages(forum):
        found = read(name, thread.thread_id, page, layout, lang)
        truth = forum.page_posts(thread, page)
        assert [post.post_id for post in found.posts] == [post.post_id for post in truth]
        for seen, post in zip(found.posts, truth, strict=True):
            same(seen, post, render.group_name(post.author.group, lang))
        same_thread(found, forum, thread, page)
        assert (found.layout, found.repairs, found.fallbacks) == (NAMES[layout], {}, {})
        is_old = layout == "4.0" and forum.n_pages(thread) > 1  # a thread of one page does not tell
        assert found.pages_url == f"{BASE}{thread.path}" + ("?page={page}" if is_old else "page/{page}/")


@skins
@forums
def test_listings(name: str, layout: Layout, lang: Lang) -> None:
    forum = FORUMS[name]
    for board in forum.boards:
        for page in range(1, forum.n_listing_pages(board) + 1):
            same_listing(forum, board, page, layout, lang)


def same_listing(forum: Forum, board: Board, page: int, layout: Layout, lang: Lang) -> None:
    body = render.forum_page(forum, board, page, BASE, layout=layout, lang=lang)
    found = forum_page(body, address(board.path, page, layout))
    truth = forum.page_entries(board, page)
    assert [row.thread_id for row in found.rows] == [entry.thread_id for entry in truth]
    for row, entry in zip(found.rows, truth, strict=True):
        assert row.is_moved is not isinstance(entry, Thread)
        if isinstance(entry, Thread):
            assert (row.url, row.title) == (BASE + entry.path, entry.title)
            assert (row.author_id, row.created_at) == (entry.posts[0].author_id, entry.posts[0].created_at)
            assert (row.n_replies, row.last_post_at) == (entry.n_posts - 1, entry.posts[-1].created_at)
            assert (row.is_pinned, row.is_locked) == (entry.pinned, entry.locked)
    assert [sub.forum_id for sub in found.subforums] == [child.forum_id for child in forum.children(board)]
    assert (found.forum.forum_id, found.forum.name, found.forum.page) == (board.forum_id, board.name, page)
    n_pages = forum.n_listing_pages(board)
    assert found.forum.n_pages == n_pages
    assert found.forum.parent_forum_id == (board.parent.forum_id if board.parent else None)
    assert found.forum.n_threads_declared == (forum.n_listed(board) or None)
    # of one page, a listing of 4.0 looks like a later one
    assert found.layout == (NAMES[layout] if layout != "4.0" or n_pages > 1 else "ips4")
    assert (found.repairs, found.fallbacks) == ({}, {})


@pytest.mark.parametrize(("layout", "lang"), OTHERS, ids=[f"{layout}-{lang}" for layout, lang in OTHERS])
@forums
def test_all_skins_say_the_same(name: str, layout: Layout, lang: Lang) -> None:
    """A forum that changes its skin or language makes no version: the hash of each post stays as it was."""
    for thread, page in pages(FORUMS[name]):
        one, other = (read(name, thread.thread_id, page, *skin) for skin in (SKINS[0], (layout, lang)))
        assert one.thread == other.thread
        assert [plain(post) for post in one.posts] == [plain(post) for post in other.posts]
        for post, twin in zip(one.posts, other.posts, strict=True):
            assert post.body.text_hash == twin.body.text_hash


def plain(post: PostSeen) -> PostSeen:
    """Without what a skin may change: markup, and the group's name, which is in the forum's language."""
    body = dataclasses.replace(post.body, html=None)
    return dataclasses.replace(post, body=body, author_group=None)


@forums
def test_without_author_panes(name: str) -> None:
    site = dataclasses.replace(FORUMS[name].site, author_pane=False)
    forum = dataclasses.replace(FORUMS[name], site=site)
    for thread, page in pages(forum):
        body = render.topic_page(forum, thread, page, BASE, layout="5.0")
        found = topic_page(body, address(thread.path, page, "5.0"))
        assert found == read(name, thread.thread_id, page, "5.0", "en")
