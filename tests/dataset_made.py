"""Rows of every table, and a small dataset of them that is right in every respect."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from crawler.items import TABLES

T0 = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
DEFAULTS = {"int64": 0, "bool": False, "double": 1.0, "timestamp": T0, "list<string>": []}


class Make:
    """Factories: every column that is not given has null or a plain value of its type."""

    t0 = T0

    def row(self, table: str, **given: Any) -> Any:
        values = {"site": "forum.example", "content_class": "forums_Topic"}
        values = {name: value for name, value in values.items() if name in TABLES[table].names} | given
        for column in TABLES[table].columns:
            if column.name not in values:
                values[column.name] = None if column.nullable else DEFAULTS.get(column.kind, "x")
        return TABLES[table].row(**values)

    def thread(self, thread_id: int, n_posts: int = 0, **given: Any) -> Any:
        return self.row("threads", thread_id=thread_id, n_posts_seen=n_posts, status="active", tags=["a", "b"], **given)

    def post(self, post_id: int, thread_id: int = 1, **given: Any) -> Any:
        values = {
            "thread_id": thread_id,
            "status": "active",
            "author_id": 7,
            "author_name": "Ann",
            "created_at": T0 + timedelta(minutes=post_id),
            "n_versions": 1,
            "text": f"words {post_id}",
        }
        return self.row("posts", post_id=post_id, **(values | given))

    def quote(self, post_id: int, quote_index: int = 0, **given: Any) -> Any:
        values = {"target_state": "unresolved", "id_check": "unchecked", "quoted_text": f"said {quote_index}"}
        return self.row("quotes", post_id=post_id, quote_index=quote_index, **(values | given))

    def version(self, post_id: int, version: int = 1, **given: Any) -> Any:
        values = {"is_current": True, "source": "page", "text": f"words {post_id}"}
        return self.row("versions", post_id=post_id, version=version, **(values | given))

    def dataset(self) -> dict[str, list[Any]]:
        """Two threads; thread 1 has nested quotes, an edit, a poll, links and a post that is gone."""
        target = {"target_state": "seen", "target_thread_id": 1, "method": "explicit_id", "confidence": 1.0}
        return {
            "forums": [self.row("forums", forum_id=2, name="News", n_threads_seen=2)],
            "threads": [self.thread(1, 3), self.thread(5, 1, has_poll=True)],
            "posts": [
                self.post(10, position=1, is_first_post=True),
                self.post(11, position=2, n_quotes=1, reply_to_post_id=10, text="new words", n_versions=2),
                self.post(12, position=3, n_quotes=2, reply_to_post_id=11, author_id=8, author_name="Bob"),
                self.post(13, position=None, status="missing", text=None),
                self.post(50, 5, position=1, author_id=None, author_name="Guest", author_is_guest=True),
            ],
            "versions": [
                self.version(10),
                self.version(11, 1, is_current=False, text="old words"),
                self.version(11, 2, text="new words"),
                self.version(12),
                self.version(13, text=None),
                self.version(50),
            ],
            "quotes": [
                self.quote(11, 0, target_post_id=10, **target),
                self.quote(12, 0, target_post_id=11, **target),
                self.quote(12, 1, parent_quote_index=0, depth=1, target_post_id=10, **target),
            ],
            "events": [
                self.row("events", thread_id=1, post_id=11, event="edited", from_version=1, to_version=2),
                self.row("events", thread_id=1, post_id=None, event="retitled", from_value="Old", to_value="New"),
            ],
            "articles": [self.row("articles", post_id=10, thread_id=1, headline="Rain", byline=["A. Writer"])],
            "article_spans": [self.row("article_spans", post_id=10, field="headline", index=0, start=0, end=4)],
            "links": [
                self.row("links", post_id=10, link_index=0, kind="link", url="https://a.example/"),
                self.row("links", post_id=10, link_index=1, kind="image", url="https://a.example/b.png"),
            ],
            "authors": [
                self.row("authors", author_id=7, author_name="Ann", n_posts_seen=2, known_names=["Ann"]),
                self.row("authors", author_id=8, author_name="Bob", n_posts_seen=1, known_names=["Bob", "Rob"]),
            ],
            "reactions": [self.row("reactions", post_id=10, reaction="Like", count=3)],
            "polls": [
                self.row("polls", thread_id=5, question_index=0, option_index=0, question="Which?", option="This"),
                self.row("polls", thread_id=5, question_index=0, option_index=1, question="Which?", option="That"),
            ],
            "reposts": [self.row("reposts", post_id=12, cluster_id=1, method="exact")],
            "fetches": [self.row("fetches", fetch_id=1, run_id=1)],
            "runs": [self.row("runs", run_id=1, sites=["forum.example"])],
        }
