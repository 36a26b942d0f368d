"""The posts that stood on pages, put together from their sightings, states and bodies."""

from __future__ import annotations

import sqlite3
from typing import Any

from crawler.items import Body, PostSeen
from crawler.store import codec
from crawler.store.errors import DamageError

SIGHTINGS = "FROM sightings s JOIN pages_seen p USING (fetch_id)"
"""Where a choice of sightings is made: ``s`` is the post on its page, ``p`` the page."""


def posts_of(db: sqlite3.Connection, which: str, values: tuple[object, ...]) -> dict[int, list[PostSeen]]:
    """The posts of the chosen sightings by fetch, as they stood on the page. ``which`` is SQL of ours.

    Three statements however many posts there are; states and bodies that come again are read and decoded once. Raises
    `DamageError` where the disk has changed one of them.
    """
    chosen = f"{SIGHTINGS} WHERE {which}"
    states = {
        state_hash: codec.state_from(_true(state_hash, facts))
        for state_hash, facts in db.execute(
            f"SELECT state_hash, facts FROM post_states WHERE state_hash IN (SELECT s.state_hash {chosen})", values
        )
    }
    bodies = _bodies(db, chosen, values)
    found: dict[int, list[PostSeen]] = {}
    for fetch_id, post_id, state_hash, content in db.execute(
        f"SELECT s.fetch_id, s.post_id, s.state_hash, s.content_hash {chosen} ORDER BY s.fetch_id, s.row_index",
        values,
    ):
        found.setdefault(fetch_id, []).append(codec.post_from(post_id, states[state_hash], bodies[content]))
    return found


def _bodies(db: sqlite3.Connection, chosen: str, values: tuple[object, ...]) -> dict[bytes, Body]:
    rows = db.execute(
        "SELECT content_hash, parser_version, html, text, full_text, text_hash, quotes, links, checksum "
        f"FROM contents WHERE content_hash IN (SELECT s.content_hash {chosen})",
        values,
    )
    return {
        content: Body(
            html=html,
            text=text,
            full_text=full_text,
            text_hash=text_hash,
            parser_version=parser_version,
            quotes=codec.quotes_from(quotes),
            links=codec.links_from(links),
        )
        for content, parser_version, html, text, full_text, text_hash, quotes, links in map(_unharmed, rows)
    }


def _unharmed(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """The row without its checksum. Raises `DamageError` where that does not hold."""
    *columns, stored = row
    if stored is not None and stored != codec.checksum(tuple(columns)):
        raise DamageError(f"body {row[0].hex()}")
    return tuple(columns)


def _true(state_hash: bytes, facts: str) -> str:
    """The facts. Raises `DamageError` where they are not those of the hash."""
    if codec.digest(facts.encode()) != state_hash:
        raise DamageError(f"state {state_hash.hex()}")
    return facts
