"""Rows of forums out of all readings of their listing pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby

from crawler.items import Forum
from crawler.items.pages import ForumSeen

Reading = tuple[str, datetime, ForumSeen, list[int]]
"""Site, time, the forum as one listing page shows it, and the threads listed there."""


def forum_rows(readings: Iterable[Reading]) -> Iterator[Forum]:
    """A row for each forum. Readings come by site and forum, oldest first."""
    for (site, forum_id), group in groupby(readings, key=lambda reading: (reading[0], reading[2].forum_id)):
        yield _forum(site, forum_id, list(group))


def _forum(site: str, forum_id: int, readings: list[Reading]) -> Forum:
    newest = readings[-1][2]
    pages = {reading[2].page: reading[3] for reading in readings}
    threads = {thread for page, listed in pages.items() if page <= (newest.n_pages or page) for thread in listed}
    declared = [reading[2].n_threads_declared for reading in readings if reading[2].n_threads_declared is not None]
    return Forum(
        site=site,
        forum_id=forum_id,
        parent_forum_id=newest.parent_forum_id,
        name=newest.name,
        url=newest.url or "",
        n_threads_declared=declared[-1] if declared else None,
        n_threads_seen=len(threads),
        complete=pages.keys() >= set(range(1, (newest.n_pages or 1) + 1)),
        last_seen_at=readings[-1][1],
    )
