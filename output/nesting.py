"""Puts quotes into their posts: the form of `posts.jsonl`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any

from crawler.items import TABLES, Column
from output.errors import PublishError
from output.records import Record

_POST_KEY = TABLES["posts"].key


def nest(
    posts: Sequence[Record], post_columns: Sequence[Column], quotes: Sequence[Record], quote_columns: Sequence[Column]
) -> list[Record]:
    """The posts' records, with a last value where there are quotes: their records without the post's key, in order.

    Raises :class:`PublishError` for a quote whose post is not among the posts.
    """
    if not quotes:
        return list(posts)
    post_key = _picker(post_columns, _POST_KEY)
    quote_key = _picker(quote_columns, _POST_KEY)
    names = [column.name for column in quote_columns]
    index = names.index("quote_index")
    inner = itemgetter(*(rank for rank, name in enumerate(names) if name not in _POST_KEY))
    grouped: dict[Any, list[Record]] = {}
    for quote in sorted(quotes, key=itemgetter(index)):
        grouped.setdefault(quote_key(quote), []).append(inner(quote))
    result = [(*post, grouped.pop(key)) if (key := post_key(post)) in grouped else post for post in posts]
    if grouped:
        site, content_class, post_id = next(iter(grouped))
        raise PublishError(
            f"quotes of the post ({site}, {content_class}, {post_id}) came without the post",
            "add a thread's posts and quotes in the same call",
        )
    return result


def nested_names(quote_columns: Sequence[Column]) -> tuple[str, ...]:
    """Names of a quote's values where it is nested in its post."""
    return tuple(column.name for column in quote_columns if column.name not in _POST_KEY)


def _picker(columns: Sequence[Column], names: Sequence[str]) -> Callable[[Record], Any]:
    ranks = {column.name: rank for rank, column in enumerate(columns)}
    return itemgetter(*(ranks[name] for name in names))
