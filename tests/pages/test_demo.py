"""The demo forum's pages, read, are its model."""

from __future__ import annotations

import dataclasses

import pytest
from page_reading import forum_page, topic_page

from crawler import demo
from crawler.demo import render
from crawler.demo.model import Board, Post, Thread
from crawler.items import PostSeen, QuoteSeen

BASE = "http://127.0.0.1:8123"
FORUM = demo.build(threads_per_page=5)
PAGES = [(thread, page) for thread in FORUM.threads for page in range(1, FORUM.n_pages(thread) + 1)]
LISTINGS = [(board, page) for board in FORUM.boards for page in range(1, FORUM.n_listing_pages(board) + 1)]


def quoted(post: Post) -> list[QuoteSeen]:
    names = {field.name for field in dataclasses.fields(QuoteSeen)}
    return [
        QuoteSeen(**{k: v for k, v in dataclasses.asdict(quote).items() if k in names})  # type: ignore[arg-type]
        for quote in post.quotes
    ]


def same(found: PostSeen, truth: Post) -> None:
    edit = truth.edit
    assert (found.post_id, found.author_id, found.author_name) == (truth.post_id, truth.author_id, truth.author.name)
    assert found.author_group == truth.author.group
    assert found.created_at == truth.created_at
    assert (found.edited_at, found.edited_by) == ((edit.at, edit.by) if edit else (None, None))
    assert found.edit_reason == (edit.reason if edit else None)
    assert (found.body.text, found.body.full_text) == (truth.text, truth.full_text)
    assert found.body.quotes == quoted(truth)
    assert dict(found.reactions) == truth.reactions
    assert found.n_reactions == sum(truth.reactions.values())
    assert found.is_first_post is (truth is truth.thread.posts[0])


@pytest.mark.parametrize(("thread", "page"), PAGES, ids=[f"{t.thread_id}-{p}" for t, p in PAGES])
def test_a_page_of_a_thread(thread: Thread, page: int) -> None:
    url = BASE + thread.path + (f"page/{page}/" if page > 1 else "")
    found = topic_page(render.topic_page(FORUM, thread, page, BASE), url)
    truth = FORUM.page_posts(thread, page)
    assert [post.post_id for post in found.posts] == [post.post_id for post in truth]
    for seen, post in zip(found.posts, truth, strict=True):
        same(seen, post)
    head = found.thread
    assert (head.thread_id, head.title, head.url) == (thread.thread_id, thread.title, BASE + thread.path)
    assert (head.page, head.n_pages) == (page, FORUM.n_pages(thread))
    assert (head.n_posts_declared, head.n_views, head.tags) == (thread.n_posts, thread.n_views, thread.tags)
    assert head.forum_ids == [board.forum_id for board in thread.board.trail]
    assert head.forum_path == [board.name for board in thread.board.trail]
    assert (head.is_pinned, head.is_locked, head.is_solved) == (thread.pinned, thread.locked_badge, thread.solved)
    assert (head.author_id, head.author_name) == (thread.posts[0].author_id, thread.posts[0].author.name)
    assert head.has_poll is (thread.poll is not None)
    options = [(q, o, n) for q, (_asked, choices) in enumerate(thread.poll.questions if thread.poll else [])
               for o, (_name, n) in enumerate(choices)]  # fmt: skip
    assert [(poll.question_index, poll.option_index, poll.votes) for poll in head.polls] == options
    assert found.repairs == {}
    assert found.fallbacks == {}


@pytest.mark.parametrize(("board", "page"), LISTINGS, ids=[f"{b.forum_id}-{p}" for b, p in LISTINGS])
def test_a_listing(board: Board, page: int) -> None:
    url = BASE + board.path + (f"page/{page}/" if page > 1 else "")
    found = forum_page(render.forum_page(FORUM, board, page, BASE), url)
    truth = FORUM.page_threads(board, page)
    assert [row.thread_id for row in found.rows] == [thread.thread_id for thread in truth]
    for row, thread in zip(found.rows, truth, strict=True):
        assert (row.url, row.title) == (BASE + thread.path, thread.title)
        assert (row.author_id, row.created_at) == (thread.posts[0].author_id, thread.posts[0].created_at)
        assert (row.n_replies, row.last_post_at) == (thread.n_posts - 1, thread.posts[-1].created_at)
        assert (row.is_pinned, row.is_moved) == (thread.pinned, False)
    assert [sub.forum_id for sub in found.subforums] == [child.forum_id for child in FORUM.children(board)]
    assert (found.forum.forum_id, found.forum.name, found.forum.page) == (board.forum_id, board.name, page)
    assert found.forum.n_pages == FORUM.n_listing_pages(board)
    assert found.forum.parent_forum_id == (board.parent.forum_id if board.parent else None)
