"""The words of all posts as last seen, for what is compared over all threads."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import orjson

from crawler.items.history import PostKey

_NEWEST = (
    "SELECT p.site, p.content_class, s.post_id, p.item_id, s.content_hash, s.state_hash, "
    "max(printf('%020d%020d', f.fetched_at, s.fetch_id)) "
    "FROM sightings s JOIN pages_seen p USING (fetch_id) JOIN fetches f USING (fetch_id) "
    "WHERE p.kind = 'topic' GROUP BY 1, 2, 3"
)  # of a group SQLite takes the other columns from the row that has the maximum


@dataclass(frozen=True, slots=True)
class NewestText:
    """The words of a post in its newest reading. ``content`` names them for `text_of`."""

    key: PostKey
    thread_id: int
    content: bytes
    is_first_post: bool
    created_at: datetime | None
    text: str


def newest_texts(db: sqlite3.Connection, least: int) -> Iterator[NewestText]:
    """Posts with words of their own, at least so many characters, by key."""
    for site, kind, post, thread, content, text, facts in db.execute(
        f"SELECT n.site, n.content_class, n.post_id, n.item_id, n.content_hash, c.text, t.facts FROM ({_NEWEST}) n "
        "JOIN contents c USING (content_hash) JOIN post_states t USING (state_hash) "
        "WHERE length(c.text) >= ? ORDER BY 1, 2, 3",
        (least,),
    ):
        state = orjson.loads(facts)
        at = state["created_at"]
        yield NewestText(
            key=PostKey(site, kind, post),
            thread_id=thread,
            content=content,
            is_first_post=state["is_first_post"],
            created_at=datetime.fromisoformat(at) if at else None,
            text=text,
        )


def text_of(db: sqlite3.Connection, content: bytes) -> str:
    """The words of a body."""
    row = db.execute("SELECT text FROM contents WHERE content_hash = ?", (content,)).fetchone()
    return row[0] if row and row[0] else ""


def titles(db: sqlite3.Connection) -> dict[tuple[str, str, int], str | None]:
    """The title of each thread, as its newest page that has one says: by site, content class and number."""
    rows = db.execute(
        "SELECT p.site, p.content_class, p.item_id, json_extract(p.facts, '$.title'), max(f.fetched_at) "
        "FROM pages_seen p JOIN fetches f USING (fetch_id) WHERE p.kind = 'topic' "
        "AND json_extract(p.facts, '$.title') IS NOT NULL GROUP BY 1, 2, 3"
    )
    return {(site, kind, thread): title for site, kind, thread, title, _at in rows}
