"""Members' names over all threads, and since when they have had others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from crawler.items import Event
from crawler.items.history import NameSeen
from pipelines.events import new_event

RENAMED = "renamed_author"


def rename_events(seen: Sequence[NameSeen]) -> Iterator[Event]:
    """An event for each change of a member's name, at the first post that showed the new one. Oldest reading first."""
    for before, after in pairwise(seen):
        if before.name != after.name:
            yield new_event(
                after.thread,
                RENAMED,
                post_id=after.post_id,
                before=after.moment.at,
                after=before.moment.at,
                run_id=after.run_id,
                evidence="page",
                from_value=before.name,
                to_value=after.name,
            )
