"""Posts that were read in more than one thread: split off, merged or moved."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from operator import itemgetter

import orjson

from crawler.items.history import Departure, Moment, PostKey, ThreadKey

_TRAVELLED = (
    "SELECT p.site, p.content_class, s.post_id, f.run_id, f.fetched_at, s.fetch_id, p.item_id FROM sightings s "
    "JOIN pages_seen p USING (fetch_id) JOIN fetches f USING (fetch_id) WHERE s.post_id IN "
    "(SELECT s.post_id FROM sightings s JOIN pages_seen p USING (fetch_id) "
    "GROUP BY p.site, p.content_class, s.post_id HAVING min(p.item_id) <> max(p.item_id)) "
    "ORDER BY p.site, p.content_class, s.post_id"
)
_READ = (
    "SELECT p.site, p.content_class, p.item_id, f.run_id, f.fetched_at, p.fetch_id FROM pages_seen p "
    "JOIN fetches f USING (fetch_id) WHERE p.kind = 'topic' AND p.item_id IN (SELECT value FROM json_each(?))"
)

MomentOf = Callable[[int, int, int], Moment]
"""The moment of a fetch, from its run, its time in microseconds and its number."""


@dataclass(slots=True)
class Journeys:
    """The thread where each of these posts was read last, and what left each thread, oldest first."""

    homes: dict[PostKey, int] = field(default_factory=dict)
    departures: dict[ThreadKey, list[Departure]] = field(default_factory=dict)


def journeys(db: sqlite3.Connection, moment: MomentOf) -> Journeys:
    """All journeys that the store knows of."""
    found = Journeys()
    went: list[tuple[ThreadKey, int, Moment, int, Moment, int]] = []
    for key, rows in groupby(db.execute(_TRAVELLED), key=itemgetter(0, 1, 2)):
        sightings = sorted((moment(*row[3:6]), row[6], row[3]) for row in rows)
        post = PostKey(*key)
        found.homes[post] = sightings[-1][1]
        for (left_at, old, _run), (seen_at, new, run_id) in pairwise(sightings):
            if old != new:
                went.append((ThreadKey(key[0], key[1], old), post.post_id, left_at, new, seen_at, run_id))
    first = _first_read(db, {step[3] for step in went}, moment)
    for old, post_id, left_at, to, seen_at, run_id in sorted(went, key=itemgetter(0, 4, 1)):
        is_new = first[old._replace(thread_id=to)] > left_at
        gone = Departure(post_id, left_at, to, seen_at, run_id, is_new)
        found.departures.setdefault(old, []).append(gone)
    return found


def _first_read(db: sqlite3.Connection, threads: Iterable[int], moment: MomentOf) -> dict[ThreadKey, Moment]:
    found: dict[ThreadKey, Moment] = {}
    for *key, run_id, fetched_at, fetch_id in db.execute(_READ, (orjson.dumps(sorted(threads)).decode(),)):
        thread, at = ThreadKey(*key), moment(run_id, fetched_at, fetch_id)
        found[thread] = min(at, found.get(thread, at))
    return found
