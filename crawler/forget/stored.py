"""What erasing looks up in a store: whether the list names a thing, and the bodies of posts."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import orjson

from crawler.forget.redact import Redactor
from crawler.items import Body
from crawler.pages import site_of
from crawler.store import codec


def know_list(db: sqlite3.Connection, redactor: Redactor) -> None:
    """Let SQL ask the list."""
    forgotten = redactor.forgotten

    @lru_cache(maxsize=50_000)
    def said(facts: str) -> tuple[int | None, str | None, bool]:
        state: dict[str, Any] = orjson.loads(facts)
        return state["author_id"], state["author_name"], bool(state["is_first_post"])

    def post(site: str, number: int, facts: str) -> int:
        """0 for a post that stays, 1 for one that goes, 2 for one that begins its thread."""
        author_id, name, first = said(facts)
        gone = forgotten.post(site, number) or forgotten.author(site, author_id, name)
        return 1 + first if gone else 0

    db.create_function("forgotten_site", 1, lambda site: int(site is not None and forgotten.site(site)))
    db.create_function("forgotten_thread", 2, lambda site, number: int(forgotten.thread(site, number)))
    db.create_function("forgotten_origin", 1, lambda origin: int(forgotten.site(site_of(origin) or "")))
    db.create_function("forgotten_post", 3, post)


def body_of(db: sqlite3.Connection, content: bytes) -> Body:
    """The body with that hash."""
    html, text, full_text, text_hash, parser, quotes, links = db.execute(
        "SELECT html, text, full_text, text_hash, parser_version, quotes, links FROM contents WHERE content_hash = ?",
        (content,),
    ).fetchone()
    return Body(
        html=html, text=text, full_text=full_text, text_hash=text_hash, parser_version=parser,
        quotes=codec.quotes_from(quotes), links=codec.links_from(links),
    )  # fmt: skip


def bodies_of(db: sqlite3.Connection, site: str, post_id: int) -> Iterator[Body]:
    """Every body that a post was read with."""
    rows = db.execute(
        "SELECT DISTINCT s.content_hash FROM sightings s JOIN pages_seen p USING (fetch_id) "
        "WHERE s.post_id = ? AND p.site = ?",
        (post_id, site),
    ).fetchall()
    for (content,) in rows:
        yield body_of(db, content)
