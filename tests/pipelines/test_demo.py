"""The demo forum, read and derived, is its model."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from demo_pages import base, forum, pages
from pages_made import opened

from crawler.demo.model import Post, Thread
from crawler.items import PostSeen, TopicPage
from crawler.store import Reader
from pipelines.derive import derive

FORUM = forum()
THREADS = FORUM.threads
NUMBERS = {post.post_id for post in FORUM.posts}
SEEN: dict[int, PostSeen] = {
    post.post_id: post for page in pages() if isinstance(page, TopicPage) for post in page.posts
}


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    with opened(tmp_path_factory.mktemp("demo")) as store:
        for page in pages():
            store.commit(page)
        yield Reader(store.db)


@pytest.fixture(scope="module")
def rows(reader: Reader) -> dict[int, dict[str, list[Any]]]:
    return {key.thread_id: derive(reader.history(key), reader.find_post).tables for key in reader.threads()}


def test_all_threads_are_there(rows: dict[int, Any]) -> None:
    assert sorted(rows) == sorted(thread.thread_id for thread in THREADS)


@pytest.mark.parametrize("thread", THREADS, ids=[str(thread.thread_id) for thread in THREADS])
class TestThread:
    def test_thread(self, rows: dict[int, Any], thread: Thread) -> None:
        (row,) = rows[thread.thread_id]["threads"]
        first, url = thread.posts[0], base() + thread.path
        assert (row.title, row.url, row.forum_id) == (thread.title, url, thread.board.forum_id)
        assert row.forum_path == [board.name for board in thread.board.trail]
        assert (row.author_id, row.author_name, row.created_at) == (
            first.author_id,
            first.author.name,
            first.created_at,
        )
        assert (row.n_posts_declared, row.n_posts_seen, row.n_pages) == (
            thread.n_posts, thread.n_posts, FORUM.n_pages(thread)
        )  # fmt: skip
        assert (row.tags, row.n_views, row.last_post_at) == (thread.tags, thread.n_views, thread.posts[-1].created_at)
        assert (row.is_pinned, row.is_solved, row.has_poll) == (thread.pinned, thread.solved, thread.poll is not None)
        assert (row.status, row.complete, row.moved_to_thread_id) == ("active", True, None)

    def test_posts(self, rows: dict[int, Any], thread: Thread) -> None:
        found = {row.post_id: row for row in rows[thread.thread_id]["posts"]}
        assert set(found) == {post.post_id for post in thread.posts}
        for rank, post in enumerate(thread.posts, 1):
            row, page = found[post.post_id], FORUM.page_of(post)
            assert (row.position, row.page, row.is_first_post, row.status) == (rank, page, rank == 1, "active")
            assert (row.author_id, row.author_name, row.author_group) == (
                post.author_id, post.author.name, post.author.group
            )  # fmt: skip
            assert (row.author_is_guest, row.created_at) == (post.author_id is None, post.created_at)
            edit = post.edit
            assert (row.edited_at, row.edited_by, row.edit_reason) == (
                (edit.at, edit.by, edit.reason) if edit else (None, None, None)
            )
            assert (row.text, row.full_text, row.n_versions) == (post.text, post.full_text, 1)
            assert row.html == SEEN[post.post_id].body.html
            assert (row.n_quotes, row.n_reactions) == (len(post.quotes), sum(post.reactions.values()))
            assert row.is_quote_only == (post.text is None and bool(post.quotes))
            tail = f"page/{page}/" if page > 1 else ""
            assert row.url == f"{base()}{thread.path}{tail}#comment-{post.post_id}"
            assert row.reply_to_post_id == _answered(post)

    def test_quotes(self, rows: dict[int, Any], thread: Thread) -> None:
        found = {(row.post_id, row.quote_index): row for row in rows[thread.thread_id]["quotes"]}
        truths = {(post.post_id, truth.quote_index): truth for post in thread.posts for truth in post.quotes}
        assert set(found) == set(truths)
        for key, truth in truths.items():
            row = found[key]
            for name in "parent_quote_index depth quoted_text cited_author_name cited_author_id cited_at".split():
                assert getattr(row, name) == getattr(truth, name)
            assert (row.cited_post_id, row.cited_thread_id, row.cited_class) == (
                truth.cited_post_id, truth.cited_thread_id, truth.cited_class
            )  # fmt: skip
            if truth.cited_post_id is None:
                assert (row.target_state, row.target_post_id, row.id_check) == ("unresolved", None, "unchecked")
            elif truth.cited_post_id in NUMBERS:
                assert (row.target_state, row.target_post_id) == ("seen", truth.target_post_id)
                target = next(post for post in FORUM.posts if post.post_id == truth.target_post_id)
                lines = (truth.quoted_text or "").split("\n")
                if target.text is not None and truth.quoted_text is not None:
                    assert row.is_altered == (not all(line in target.text for line in lines))
                    assert row.target_version == (None if row.is_altered else 1)
                assert row.id_check == "verified" or (row.id_check, row.is_altered) == ("text_conflict", True)
                assert row.target_thread_id == target.thread.thread_id
            else:
                assert (row.target_state, row.target_post_id) == ("unseen", truth.cited_post_id)

    def test_the_rest(self, rows: dict[int, Any], thread: Thread) -> None:
        made = rows[thread.thread_id]
        reactions = {(row.post_id, row.reaction): row.count for row in made["reactions"]}
        assert reactions == {(p.post_id, name): n for p in thread.posts for name, n in p.reactions.items()}
        questions = thread.poll.questions if thread.poll else []
        assert [(row.question, row.option, row.votes) for row in made["polls"]] == [
            (question, option, votes) for question, options in questions for option, votes in options
        ]
        links = [(row.post_id, row.kind, row.url, row.in_quote) for row in made["links"]]
        assert links == [
            (number, link.kind, link.url, link.in_quote)
            for number in sorted(post.post_id for post in thread.posts)
            for link in SEEN[number].body.links
        ]
        assert [(row.post_id, row.version, row.is_current) for row in made["versions"]] == [
            (number, 1, True) for number in sorted(post.post_id for post in thread.posts)
        ]
        edited = sorted((post.post_id, post.edit.at, post.edit.by) for post in thread.posts if post.edit)
        assert sorted((row.post_id, row.changed_before, row.actor_name) for row in made["events"]) == edited


def _answered(post: Post) -> int | None:
    own = {other.post_id for other in post.thread.posts}
    targets = (truth for truth in post.quotes if truth.depth == 0 and truth.cited_post_id in own)
    return next((truth.target_post_id for truth in targets), None)


def test_one_quote_of_all_holds_words_that_its_post_never_had(rows: dict[int, Any]) -> None:
    checks = [row.id_check for made in rows.values() for row in made["quotes"]]
    assert (checks.count("text_conflict"), checks.count("author_conflict")) == (1, 0)
