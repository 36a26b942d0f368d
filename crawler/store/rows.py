"""Posts as the rows that they become: made wherever there is time for it, entered where the store is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from crawler.items import PostSeen
from crawler.store import codec


@dataclass(slots=True)
class PostRows:
    """The posts of a page in their order: their numbers, their rows of `post_states` and of `contents`.

    Plain values throughout, which take a fraction of the time that posts take on the way to another process.
    """

    post_ids: list[int]
    states: list[tuple[bytes, str]]
    contents: list[tuple[Any, ...]]


def rows_of(site: str, posts: Sequence[PostSeen]) -> PostRows:
    """The rows of the posts of a page of a site."""
    states = [codec.state_bytes(post) for post in posts]
    return PostRows(
        post_ids=[post.post_id for post in posts],
        states=[(codec.digest(state), state.decode()) for state in states],
        contents=[codec.content_row(codec.content_hash(site, post.body), post.body) for post in posts],
    )
