"""What has changed in a store since a fetch: which threads have to be derived again, and which have not.

Read only. Better one thread too many than one too few: a thread that is derived again gives the same rows.
"""

from __future__ import annotations

import sqlite3
from dataclasses import asdict, dataclass
from typing import Any

Thread = tuple[str, int]
"""Site and number."""


@dataclass(frozen=True, slots=True)
class Mark:
    """The newest fetch of a store, and what tells whether another store still has what this one had then.

    ``fetched_at`` is in microseconds since 1970; the counts are of the fetches, and of the pages read, up to this one.
    """

    fetch_id: int
    fetched_at: int
    n_fetches: int
    n_pages: int

    def as_json(self) -> dict[str, Any]:
        """For the manifest."""
        return asdict(self)


def mark(db: sqlite3.Connection, fetch_id: int | None = None) -> Mark | None:
    """The mark at a fetch (default: at the newest); None where there is no such fetch."""
    row = db.execute(
        "SELECT fetch_id, fetched_at FROM fetches WHERE fetch_id <= coalesce(?, fetch_id) "
        "ORDER BY fetch_id DESC LIMIT 1",
        (fetch_id,),
    ).fetchone()
    if row is None or fetch_id not in {None, row[0]}:
        return None
    counts = [
        db.execute(f"SELECT count(*) FROM {table} WHERE fetch_id <= ?", row[:1]).fetchone()[0]
        for table in ("fetches", "pages_seen")
    ]
    return Mark(row[0], row[1], *counts)


def changed_threads(db: sqlite3.Connection, since: int) -> set[Thread]:
    """Threads of which a fetch after ``since`` may tell something new.

    Those that were asked for or read; those that a listing shows in another way than the one before it, or after they
    were read or refused themselves; and those that once had a post which has since been read in another.
    """
    rows = db.execute(
        "SELECT site, thread_id FROM fetches WHERE fetch_id > ?1 AND thread_id IS NOT NULL "
        "UNION SELECT site, item_id FROM pages_seen WHERE fetch_id > ?1 AND kind = 'topic' "
        "UNION SELECT site, thread_id FROM (SELECT l.site, l.thread_id, l.forum_id || l.facts AS said, "
        "(SELECT max(b.fetch_id) FROM listings_seen b WHERE b.site = l.site AND b.thread_id = l.thread_id "
        "AND b.fetch_id <= ?1) AS before FROM listings_seen l WHERE l.fetch_id > ?1) AS l "
        "WHERE NOT EXISTS (SELECT 1 FROM listings_seen b WHERE b.site = l.site AND b.thread_id = l.thread_id "
        "AND b.fetch_id = l.before AND b.forum_id || b.facts = l.said) "
        "OR EXISTS (SELECT 1 FROM pages_seen p WHERE p.site = l.site AND p.kind = 'topic' "
        "AND p.item_id = l.thread_id AND p.fetch_id > l.before) "
        "OR EXISTS (SELECT 1 FROM frontier f WHERE f.site = l.site AND f.kind = 'topic' AND f.item_id = l.thread_id "
        "AND f.page = 1 AND f.outcome <> 'ok') "
        "UNION SELECT q.site, q.item_id FROM sightings s JOIN pages_seen p USING (fetch_id) "
        "JOIN sightings t ON t.post_id = s.post_id JOIN pages_seen q ON q.fetch_id = t.fetch_id "
        "WHERE s.fetch_id > ?1 AND q.site = p.site AND q.item_id <> p.item_id",
        (since,),
    )
    return {(site, thread_id) for site, thread_id in rows}


def sighted_posts(db: sqlite3.Connection, since: int) -> set[int]:
    """Numbers of the posts that were read after ``since``: a quote elsewhere may point at them now."""
    return {row[0] for row in db.execute("SELECT DISTINCT post_id FROM sightings WHERE fetch_id > ?", (since,))}


def moved_threads(db: sqlite3.Connection) -> dict[Thread, int]:
    """The number that answers now, of each thread that answers under another."""
    rows = db.execute("SELECT site, old_id, new_id FROM aliases WHERE kind = 'topic'")
    return {(site, old): new for site, old, new in rows}


def unread_addresses(db: sqlite3.Connection) -> dict[Thread, str]:
    """The addresses at which threads would be asked for that were not read, where a listing gave no other."""
    rows = db.execute(
        "SELECT f.site, f.item_id, f.url FROM frontier f LEFT JOIN listings_seen l "
        "ON l.site = f.site AND l.thread_id = f.item_id "
        "WHERE f.kind = 'topic' AND f.page = 1 AND json_extract(l.facts, '$.url') IS NULL AND NOT EXISTS "
        "(SELECT 1 FROM pages_seen p WHERE p.site = f.site AND p.kind = 'topic' AND p.item_id = f.item_id)"
    )
    return {(site, thread_id): url for site, thread_id, url in rows}


def member_names(db: sqlite3.Connection) -> dict[tuple[str, int], set[str]]:
    """All names under which each member was ever seen, by site and number."""
    sites = [row[0] for row in db.execute("SELECT DISTINCT site FROM pages_seen")]
    if len(sites) == 1:  # states know no site, and to find it takes a look at every sighting
        rows = db.execute(
            "SELECT DISTINCT ?, json_extract(facts, '$.author_id'), json_extract(facts, '$.author_name') "
            "FROM post_states",
            sites,
        )
    else:
        rows = db.execute(
            "SELECT DISTINCT p.site, json_extract(t.facts, '$.author_id'), json_extract(t.facts, '$.author_name') "
            "FROM sightings s JOIN pages_seen p USING (fetch_id) JOIN post_states t USING (state_hash)"
        )
    names: dict[tuple[str, int], set[str]] = {}
    for site, author_id, name in rows:
        if author_id is not None and name:
            names.setdefault((site, author_id), set()).add(name)
    return names
