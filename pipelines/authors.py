"""Members over all threads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from crawler.items import Author, Post


class AuthorIndex:
    """Gathers members from posts, thread after thread; memory grows with the number of members only."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, int], Author] = {}
        self._newest: dict[tuple[str, int], tuple[datetime | None, int]] = {}
        self._names: dict[tuple[str, int], set[str]] = {}

    def add(self, site: str, posts: Iterable[Post], names: Mapping[int, set[str]]) -> None:
        """Take in the posts of one thread, and the names seen in it."""
        for author_id, known in names.items():
            self._names.setdefault((site, author_id), set()).update(known)
        for post in posts:
            if post.author_id is not None:
                self._add((site, post.author_id), post)

    def rows(self) -> list[Author]:
        """Members by number."""
        for key, row in self._rows.items():
            row.known_names = sorted(self._names.get(key, ()))
        return [self._rows[key] for key in sorted(self._rows)]

    def _add(self, key: tuple[str, int], post: Post) -> None:
        row = self._rows.get(key)
        if row is None:
            row = self._rows[key] = Author(
                site=key[0],
                author_id=key[1],
                author_name=None,
                author_group=None,
                n_posts_seen=0,
                first_post_at=None,
                last_post_at=None,
            )
        row.n_posts_seen += post.status == "active"
        at = post.created_at
        if at is not None:
            row.first_post_at = at if row.first_post_at is None else min(row.first_post_at, at)
            row.last_post_at = at if row.last_post_at is None else max(row.last_post_at, at)
        if _newer((at, post.post_id), self._newest.get(key)):
            self._newest[key] = (at, post.post_id)
            row.author_name, row.author_group = post.author_name, post.author_group


def _newer(one: tuple[datetime | None, int], other: tuple[datetime | None, int] | None) -> bool:
    if other is None or other[0] is None:
        return True
    return one[0] is not None and (one[0], one[1]) > (other[0], other[1])
