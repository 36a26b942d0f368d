"""Members over all threads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from crawler.items import Author, Post

_NEVER = datetime.min.replace(tzinfo=UTC)

Member = tuple[str, int]
"""Site and number."""


@dataclass(slots=True)
class Share:
    """What some posts say of their author: how many are active, when they were written, and the newest one of them.

    ``newest`` is its time (null where the page gives none) and number; a post with a time is newer than one without.
    """

    n_active: int
    first_at: datetime | None
    last_at: datetime | None
    newest: tuple[datetime | None, int]
    author_name: str | None
    author_group: str | None


class AuthorIndex:
    """Gathers members from posts, thread after thread; memory grows with the number of members only."""

    def __init__(self) -> None:
        self._shares: dict[Member, Share] = {}
        self._names: dict[Member, set[str]] = {}
        self._now: dict[Member, str] = {}

    def add(self, site: str, posts: Iterable[Post], names: Mapping[int, set[str]]) -> None:
        """Take in the posts of one thread, and the names seen in it."""
        for author_id, known in names.items():
            self._names.setdefault((site, author_id), set()).update(known)
        for post in posts:
            if post.author_id is not None:
                self._add((site, post.author_id), post)

    def merge(self, member: Member, share: Share) -> None:
        """Take in what posts say that were counted elsewhere."""
        have = self._shares.get(member)
        if have is None:
            self._shares[member] = share
            return
        have.n_active += share.n_active
        have.first_at = min((at for at in (have.first_at, share.first_at) if at is not None), default=None)
        have.last_at = max((at for at in (have.last_at, share.last_at) if at is not None), default=None)
        if _rank(share.newest) > _rank(have.newest):
            have.newest, have.author_name, have.author_group = share.newest, share.author_name, share.author_group

    def name(self, names: Mapping[Member, set[str]]) -> None:
        """Take in names that members were seen under, in whatever thread."""
        for member, known in names.items():
            self._names.setdefault(member, set()).update(known)

    def rename(self, member: Member, name: str) -> None:
        """Say under which name a member was last seen: the newest post need not have been read again since."""
        self._now[member] = name

    def rows(self) -> list[Author]:
        """Members by number."""
        return [self._row(member) for member in sorted(self._shares)]

    def _row(self, member: Member) -> Author:
        share = self._shares[member]
        return Author(
            site=member[0],
            author_id=member[1],
            author_name=self._now.get(member, share.author_name),
            known_names=sorted(self._names.get(member, ())),
            author_group=share.author_group,
            n_posts_seen=share.n_active,
            first_post_at=share.first_at,
            last_post_at=share.last_at,
        )

    def _add(self, member: Member, post: Post) -> None:
        at = post.created_at
        share = self._shares.get(member)
        if share is None:
            self._shares[member] = Share(
                int(post.status == "active"), at, at, (at, post.post_id), post.author_name, post.author_group
            )
            return
        share.n_active += post.status == "active"
        if at is not None:
            share.first_at = at if share.first_at is None or at < share.first_at else share.first_at
            share.last_at = at if share.last_at is None or at > share.last_at else share.last_at
        if _rank((at, post.post_id)) > _rank(share.newest):
            share.newest = at, post.post_id
            share.author_name, share.author_group = post.author_name, post.author_group


def _rank(newest: tuple[datetime | None, int]) -> tuple[datetime, int]:
    return newest[0] or _NEVER, newest[1]
