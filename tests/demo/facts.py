"""Compares what the page objects read with what the model says."""

from __future__ import annotations

import dataclasses

from crawler.demo import Forum, render
from crawler.demo.model import Board, Post, Thread
from crawler.demo.render import Lang, Layout
from crawler.items import ForumPage, PostSeen, QuoteSeen, ThreadSeen, TopicPage
from crawler.pages import parse

BASE = "http://127.0.0.1:8123"
_QUOTE = {field.name for field in dataclasses.fields(QuoteSeen)}


def check_topic(forum: Forum, thread: Thread, page: int, layout: Layout, lang: Lang) -> None:
    """All facts of a page of a thread."""
    skin = render.skin(forum, BASE, layout, lang)
    found = parse(skin.topic_page(thread, page), skin.page_url(BASE + thread.path, page))
    assert isinstance(found, TopicPage), found
    assert found.repairs == {}
    posts = forum.page_posts(thread, page)
    assert [post.post_id for post in found.posts] == [post.post_id for post in posts]
    for seen, post in zip(found.posts, posts, strict=True):
        check_post(seen, post, lang)
    check_thread(found.thread, forum, thread)
    assert found.thread.page == page


def check_post(seen: PostSeen, post: Post, lang: Lang) -> None:
    edit = post.edit
    assert (seen.post_id, seen.author_id, seen.author_name) == (post.post_id, post.author_id, post.author.name)
    assert seen.author_group == render.group_name(post.author.group, lang)
    assert seen.created_at == post.created_at
    marks = (edit.at, edit.by, edit.reason) if edit else (None, None, None)
    assert (seen.edited_at, seen.edited_by, seen.edit_reason) == marks
    assert (seen.body.text, seen.body.full_text) == (post.text, post.full_text)
    known = [{k: v for k, v in dataclasses.asdict(truth).items() if k in _QUOTE} for truth in post.quotes]
    assert [dataclasses.asdict(quote) for quote in seen.body.quotes] == known
    assert dict(seen.reactions) == post.reactions
    assert seen.n_reactions == sum(post.reactions.values())
    assert seen.is_first_post is (post is post.thread.posts[0])


def check_thread(seen: ThreadSeen, forum: Forum, thread: Thread) -> None:
    first = thread.posts[0]
    assert (seen.thread_id, seen.title, seen.url) == (thread.thread_id, thread.title, BASE + thread.path)
    assert (seen.n_pages, seen.n_posts_declared) == (forum.n_pages(thread), thread.n_posts)
    assert (seen.n_views, seen.tags) == (thread.n_views, thread.tags)
    assert seen.forum_ids == [board.forum_id for board in thread.board.trail]
    assert seen.forum_path == [board.name for board in thread.board.trail]
    assert (seen.is_pinned, seen.is_locked, seen.is_solved) == (thread.pinned, thread.locked_badge, thread.solved)
    assert (seen.author_id, seen.author_name) == (first.author_id, first.author.name)
    questions = thread.poll.questions if thread.poll else []
    known = [
        (q, o, question, option, votes)
        for q, (question, options) in enumerate(questions)
        for o, (option, votes) in enumerate(options)
    ]
    assert [(p.question_index, p.option_index, p.question, p.option, p.votes) for p in seen.polls] == known


def check_listing(forum: Forum, board: Board, page: int, layout: Layout, lang: Lang) -> None:
    """All facts of a listing page."""
    skin = render.skin(forum, BASE, layout, lang)
    found = parse(skin.forum_page(board, page), skin.page_url(BASE + board.path, page))
    assert isinstance(found, ForumPage), found
    entries = forum.page_entries(board, page)
    assert [row.thread_id for row in found.rows] == [entry.thread_id for entry in entries]
    assert [row.is_moved for row in found.rows] == [not isinstance(entry, Thread) for entry in entries]
    for row, entry in zip(found.rows, entries, strict=True):
        if isinstance(entry, Thread):
            first, last = entry.posts[0], entry.posts[-1]
            assert (row.url, row.title) == (BASE + entry.path, entry.title)
            assert (row.author_id, row.created_at, row.last_post_at) == (
                first.author_id,
                first.created_at,
                last.created_at,
            )
            assert (row.n_replies, row.is_pinned, row.is_locked) == (entry.n_posts - 1, entry.pinned, entry.locked)
    assert [sub.forum_id for sub in found.subforums] == [child.forum_id for child in forum.children(board)]
    assert (found.forum.forum_id, found.forum.name, found.forum.page) == (board.forum_id, board.name, page)
    assert found.forum.n_pages == forum.n_listing_pages(board)
    if entries:
        assert found.forum.n_threads_declared == forum.n_listed(board)
