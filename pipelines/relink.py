"""Rows of posts that were handed over, with their quotes linked anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from crawler.items import Post, Quote
from crawler.items.history import PostKey, ThreadKey
from pipelines.derive import ThreadRows, derive
from pipelines.given import Given

_OWN = frozenset(
    "site content_class post_id thread_id author_is_guest n_versions n_quotes is_quote_only reply_to_post_id "
    "reply_method reply_confidence".split()
)
"""Columns of a post that are made here, whatever the line says."""

_TABLES = ("threads", "posts", "versions", "quotes", "events")


def relink(given: Given, key: ThreadKey, confidence: Mapping[str, float]) -> ThreadRows:
    """The rows of one thread of what was given.

    What a line says of its post stays as it is; what is made anew are quotes, replies and counts.
    """
    rows = derive(given.histories[key], given.find_post, confidence)
    tables = {name: rows.tables[name] for name in _TABLES}
    tables["posts"] = [_as_given(post, given.columns[_key(post)]) for post in tables["posts"]]
    _rank(tables["posts"])
    tables["threads"] = [_counted(thread, tables["posts"]) for thread in tables["threads"]]
    for quote in tables["quotes"]:
        _mark_gone(quote, given)
    return ThreadRows(tables=tables, names=rows.names)


def _key(row: Post) -> PostKey:
    return PostKey(row.site, row.content_class, row.post_id)


def _as_given(post: Post, columns: Mapping[str, Any]) -> Post:
    said = {name: value for name, value in columns.items() if value is not None and name not in _OWN}
    return replace(post, **said)


def _rank(posts: list[Post]) -> None:
    """Ranks with a gap are those of a thread of which not all is here: null then."""
    ranks = [post.position for post in posts if post.position is not None]
    if sorted(ranks) != list(range(1, sum(post.status == "active" for post in posts) + 1)):
        for post in posts:
            post.position = None


def _counted(thread: Any, posts: list[Post]) -> Any:
    """Whether the lines are the whole thread, nobody knows."""
    n_seen = sum(post.status == "active" for post in posts)
    return replace(thread, n_posts_seen=n_seen, n_pages=None, complete=False)


def _mark_gone(quote: Quote, given: Given) -> None:
    """A target that the lines say is gone."""
    if quote.target_state == "seen" and quote.target_post_id is not None:
        content_class = quote.cited_class or quote.content_class
        said = given.columns.get(PostKey(quote.site, content_class, quote.target_post_id), {})
        if said.get("status") in {"missing", "removed"}:
            quote.target_state = "missing"
