"""Under which names members were seen, and since when they have had others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from crawler.items import Event
from crawler.items.history import Moment, ThreadKey
from pipelines.events import new_event
from pipelines.versions import PostHistory


class NameSeen(NamedTuple):
    """A member's name beside a post, read once. They sort by time."""

    moment: Moment
    post_id: int
    name: str
    key: ThreadKey
    run_id: int


def names_seen(posts: Iterable[PostHistory], key: ThreadKey) -> dict[int, list[NameSeen]]:
    """Of each member the first and the last reading of each spell under one name, in one thread."""
    found: dict[int, list[NameSeen]] = {}
    for post in posts:
        for sighting in post.sightings:
            author_id, name = sighting.post.author_id, sighting.post.author_name
            if author_id is not None and name:
                seen = NameSeen(sighting.moment, post.post_id, name, key, sighting.run_id)
                found.setdefault(author_id, []).append(seen)
    return {author_id: borders(seen) for author_id, seen in found.items()}


def borders(seen: Iterable[NameSeen]) -> list[NameSeen]:
    """The first and the last of each spell, in the order of time."""
    ordered = sorted(seen)
    last = len(ordered) - 1
    return [
        one
        for rank, one in enumerate(ordered)
        if rank in {0, last} or not ordered[rank - 1].name == one.name == ordered[rank + 1].name
    ]


def renames(seen: Sequence[NameSeen]) -> Iterator[Event]:
    """An event for each change of name, at the first post that showed the new one."""
    for before, after in pairwise(seen):
        if before.name != after.name:
            yield new_event(
                after.key,
                "renamed_author",
                post_id=after.post_id,
                before=after.moment.at,
                after=before.moment.at,
                run_id=after.run_id,
                evidence="page",
                from_value=before.name,
                to_value=after.name,
            )
