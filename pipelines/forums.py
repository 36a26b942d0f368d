"""Rows of forums out of all readings of their listing pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from crawler.items import Forum
from crawler.items.history import Moment
from crawler.items.pages import ForumSeen

Reading = tuple[str, Moment, ForumSeen, list[int]]
"""Site, when, the forum as one listing page shows it, and the threads listed there."""


def forum_rows(readings: Iterable[Reading], known: Mapping[tuple[str, int], bool] | None = None) -> Iterator[Forum]:
    """A row for each forum. Readings come by site and forum, oldest first.

    ``known`` tells of threads (site and number) whether they were there when they were last asked for. One that was
    counts where it was listed last, though its listing page may not have been read again since it slid down; one that
    was not does not count, though an old reading of a page may still list it.
    """
    known = known or {}
    groups = [list(group) for _key, group in groupby(readings, key=lambda reading: (reading[0], reading[2].forum_id))]
    threads: dict[tuple[str, int], set[int]] = {}
    for (site, thread), (_at, forum_id) in _last_listed(reading for group in groups for reading in group).items():
        if known.get((site, thread)):
            threads.setdefault((site, forum_id), set()).add(thread)
    for group in groups:
        site, forum_id = group[0][0], group[0][2].forum_id
        listed = {thread for thread in _listed(group) if known.get((site, thread), True)}
        yield _forum(site, forum_id, group, listed | threads.get((site, forum_id), set()))


def _listed(readings: list[Reading]) -> set[int]:
    """The threads on the pages of a listing as last read."""
    n_pages = readings[-1][2].n_pages
    pages = {reading[2].page: reading[3] for reading in readings}
    return {thread for page, listed in pages.items() if page <= (n_pages or page) for thread in listed}


def _last_listed(readings: Iterable[Reading]) -> dict[tuple[str, int], tuple[Moment, int]]:
    """When and in which forum each thread was listed last."""
    last: dict[tuple[str, int], tuple[Moment, int]] = {}
    for site, at, forum, threads in readings:
        for thread in threads:
            if (site, thread) not in last or last[site, thread][0] <= at:
                last[site, thread] = at, forum.forum_id
    return last


def _forum(site: str, forum_id: int, readings: list[Reading], threads: set[int]) -> Forum:
    newest = readings[-1][2]
    declared = [reading[2].n_threads_declared for reading in readings if reading[2].n_threads_declared is not None]
    return Forum(
        site=site,
        forum_id=forum_id,
        parent_forum_id=newest.parent_forum_id,
        name=newest.name,
        url=newest.url or "",
        n_threads_declared=declared[-1] if declared else None,
        n_threads_seen=len(threads),
        complete=_was_read_whole(readings),
        last_seen_at=readings[-1][1].at,
    )


def _was_read_whole(readings: Iterable[Reading]) -> bool:
    """True where all pages of the listing were read once; later runs look no further down than there is news.

    A page of which a later run wanted to know and could not is missed by the frontier.
    """
    known: set[int] = set()
    for _site, _at, forum, _threads in readings:
        known.add(forum.page)
        if known.issuperset(range(1, (forum.n_pages or 1) + 1)):
            return True
    return False
