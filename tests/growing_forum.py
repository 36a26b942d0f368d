"""A forum in which something is said between two runs, and the addresses of its pages."""

from __future__ import annotations

from datetime import timedelta

from mock_forum import MockForum

from crawler.demo import Forum
from crawler.demo.model import Edit, Paragraph, Post, Thread, ops


def say(forum: Forum, thread: Thread, n: int = 1) -> None:
    for _ in range(n):
        number = max(post.post_id for post in forum.everything) + 1
        newest = max(post.created_at for post in forum.everything)
        words = (Paragraph.of(f"Something new, number {number}."),)
        thread.posts.append(Post(forum.members[1], newest + timedelta(minutes=7), words, thread, number))


def begin(forum: Forum, number: int) -> Thread:
    thread = Thread(number, f"New topic {number}", forum.boards[0])
    forum.threads.append(thread)
    say(forum, thread)
    return thread


def listing(site: MockForum, *pages: int) -> list[str]:
    return [site.forum_path(site.forum.boards[0].forum_id, page) for page in pages]


def thread_pages(site: MockForum, thread: Thread, *pages: int) -> set[str]:
    return {site.path(thread.thread_id, page) for page in pages}


def edit(forum: Forum, post: Post, words: str) -> None:
    """With a mark."""
    ops.edit(post, (Paragraph.of(words),), forum.now, Edit(forum.now, post.author.name))
