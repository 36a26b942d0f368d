"""Is what a store holds what was written? SQLite's own check looks at the form of the file, not at its words."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from typing import Any

from crawler.store import codec

_LISTED = 10
_READERS: dict[str, Callable[[str], object]] = {
    "topic": codec.thread_from, "forum": codec.forum_from, "row": codec.listing_from
}  # fmt: skip
_DANGLING = (
    "SELECT count(*) FROM sightings s WHERE NOT EXISTS (SELECT 1 FROM contents c WHERE c.content_hash = s.content_hash)"
    " OR NOT EXISTS (SELECT 1 FROM post_states p WHERE p.state_hash = s.state_hash)"
)
_FETCHLESS = "SELECT count(*) FROM {table} WHERE fetch_id NOT IN (SELECT fetch_id FROM fetches)"


def damages(db: sqlite3.Connection) -> list[str]:
    """What the disk has changed in the observations, ten lines at the most. Raises ``sqlite3.Error``."""
    found = []
    for line in _damages(db):
        found.append(line)
        if len(found) == _LISTED:
            break
    return found


def _damages(db: sqlite3.Connection) -> Iterator[str]:
    columns = "content_hash, parser_version, html, text, full_text, text_hash, quotes, links, checksum"
    for *row, stored in db.execute(f"SELECT {columns} FROM contents"):
        if not _is_true(row, stored):
            yield f"body {bytes(row[0]).hex()}: the disk has changed it"
    for state_hash, facts in db.execute("SELECT state_hash, facts FROM post_states"):
        if not isinstance(facts, str) or codec.digest(facts.encode()) != state_hash:
            yield f"state {bytes(state_hash).hex()} of a post: the disk has changed it"
    pages = "SELECT fetch_id, kind, facts FROM pages_seen UNION ALL SELECT fetch_id, 'row', facts FROM listings_seen"
    for fetch_id, kind, facts in db.execute(pages):
        if not _is_readable(kind, facts):
            yield f"facts of fetch {fetch_id}: the disk has changed them"
    for table in ("pages_seen", "listings_seen", "sightings"):
        (count,) = db.execute(_FETCHLESS.format(table=table)).fetchone()
        if count:
            yield f"{count} rows of {table} belong to no fetch"
    (count,) = db.execute(_DANGLING).fetchone()
    if count:
        yield f"{count} posts on pages are without a body or a state"


def _is_true(row: list[Any], stored: int | None) -> bool:
    try:
        return stored is None or stored == codec.checksum(tuple(row))
    except (TypeError, ValueError):  # what was text or a number is none any more
        return False


def _is_readable(kind: str, facts: str) -> bool:
    try:
        _READERS[kind](facts)
    except (LookupError, TypeError, ValueError):
        return False
    return True
