"""Members who were seen under more than one name."""

from __future__ import annotations

import sqlite3

from crawler.items.history import NameSeen, ThreadKey
from crawler.store.journeys import MomentOf

_SEEN = (
    "WITH named AS (SELECT state_hash, json_extract(facts, '$.author_id') AS author_id, "
    "json_extract(facts, '$.author_name') AS name FROM post_states), "
    "renamed AS (SELECT author_id FROM named WHERE author_id IS NOT NULL AND name <> '' "
    "GROUP BY author_id HAVING min(name) <> max(name)) "
    "SELECT p.site, n.author_id, p.content_class, p.item_id, s.post_id, n.name, f.run_id, f.fetched_at, s.fetch_id "
    "FROM named n JOIN sightings s USING (state_hash) JOIN pages_seen p USING (fetch_id) "
    "JOIN fetches f USING (fetch_id) WHERE n.author_id IN (SELECT author_id FROM renamed) AND n.name <> ''"
)


def renamed(db: sqlite3.Connection, moment: MomentOf) -> dict[tuple[str, int], list[NameSeen]]:
    """Each reading of their names, oldest first, by site and number. Members who kept their name are left out."""
    found: dict[tuple[str, int], list[NameSeen]] = {}
    for site, author_id, kind, thread_id, post_id, name, run_id, at, fetch_id in db.execute(_SEEN):
        seen = NameSeen(moment(run_id, at, fetch_id), post_id, name, ThreadKey(site, kind, thread_id), run_id)
        found.setdefault((site, author_id), []).append(seen)
    return {member: sorted(seen) for member, seen in sorted(found.items()) if len({one.name for one in seen}) > 1}
