"""Reading observations back: the history of each thread, forums, fetches, runs."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, TypeVar, cast

import orjson

from crawler.items import FORUM_POST, TABLES, Body, Fetch, PostSeen, Run
from crawler.items.history import ListingReading, PageReading, PostKey, ThreadHistory, ThreadKey
from crawler.items.pages import ForumSeen
from crawler.items.sql import quoted
from crawler.store import codec
from crawler.store.db import from_micros, micros
from crawler.store.errors import StoreError

Row = TypeVar("Row")

_SIGHTINGS = "FROM sightings s JOIN pages_seen p USING (fetch_id)"


class Reader:
    """Reads a store's observations. Threads come in the order of their key, whatever the order of fetching was."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._homes: Mapping[PostKey, int] | None = None

    def threads(self) -> list[ThreadKey]:
        """Every thread that was read, listed or asked for."""
        rows = self._db.execute(
            "SELECT site, content_class, item_id FROM pages_seen WHERE kind = 'topic' "
            "UNION SELECT f.site, ?1, f.item_id FROM frontier f WHERE f.kind = 'topic' AND f.page = 1 AND NOT EXISTS "
            "(SELECT 1 FROM pages_seen p WHERE p.site = f.site AND p.kind = 'topic' AND p.item_id = f.item_id) "
            "UNION SELECT l.site, ?1, l.thread_id FROM listings_seen l WHERE NOT EXISTS "
            "(SELECT 1 FROM pages_seen p WHERE p.site = l.site AND p.kind = 'topic' AND p.item_id = l.thread_id)",
            (FORUM_POST,),
        )
        return sorted(ThreadKey(*row) for row in rows)

    def history(self, key: ThreadKey) -> ThreadHistory:
        """Everything observed of one thread."""
        pages = self._pages(key)
        first = self._db.execute(
            "SELECT outcome, url FROM frontier WHERE site = ? AND kind = 'topic' AND item_id = ? AND page = 1",
            (key.site, key.thread_id),
        ).fetchone()
        alias = self._db.execute(
            "SELECT new_id FROM aliases WHERE site = ? AND kind = 'topic' AND old_id = ?", (key.site, key.thread_id)
        ).fetchone()
        outcome, url = first or (None, None)
        seen = {post.post_id for page in pages for post in page.posts}
        return ThreadHistory(
            key=key,
            pages=pages,
            listings=self._listings(key),
            outcome=outcome,
            moved_to=alias[0] if alias else None,
            url=url,
            elsewhere=self._elsewhere(key, seen),
            earlier=self._earlier(key, seen),
        )

    def _pages(self, key: ThreadKey) -> list[PageReading]:
        which = "p.site = ? AND p.kind = 'topic' AND p.item_id = ? AND p.content_class = ?"
        values = (key.site, key.thread_id, key.content_class)
        rows = self._db.execute(
            "SELECT p.fetch_id, f.run_id, f.fetched_at, p.facts FROM pages_seen p JOIN fetches f USING (fetch_id) "
            f"WHERE {which} ORDER BY f.fetched_at, p.fetch_id",
            values,
        ).fetchall()
        return _readings(rows, self._posts(which, values))

    def _sightings_of(self, key: PostKey) -> list[PageReading]:
        """All readings of one post in any thread, oldest first, with this post only."""
        which = "s.post_id = ? AND p.site = ? AND p.content_class = ?"
        values = (key.post_id, key.site, key.content_class)
        rows = self._db.execute(
            f"SELECT DISTINCT p.fetch_id, f.run_id, f.fetched_at, p.facts {_SIGHTINGS} JOIN fetches f USING (fetch_id) "
            f"WHERE {which} ORDER BY f.fetched_at, p.fetch_id",
            values,
        ).fetchall()
        return _readings(rows, self._posts(which, values))

    def _posts(self, which: str, values: tuple[object, ...]) -> dict[int, list[PostSeen]]:
        """The posts of these sightings by fetch, as they stood on the page.

        Three statements however many posts there are; states and bodies that come again are read and decoded once.
        """
        chosen = f"{_SIGHTINGS} WHERE {which}"
        states = {
            state_hash: codec.state_from(facts)
            for state_hash, facts in self._db.execute(
                f"SELECT state_hash, facts FROM post_states WHERE state_hash IN (SELECT s.state_hash {chosen})", values
            )
        }
        bodies = self._bodies(chosen, values)
        found: dict[int, list[PostSeen]] = {}
        for fetch_id, post_id, state_hash, content in self._db.execute(
            f"SELECT s.fetch_id, s.post_id, s.state_hash, s.content_hash {chosen} ORDER BY s.fetch_id, s.row_index",
            values,
        ):
            found.setdefault(fetch_id, []).append(codec.post_from(post_id, states[state_hash], bodies[content]))
        return found

    def _bodies(self, chosen: str, values: tuple[object, ...]) -> dict[bytes, Body]:
        rows = self._db.execute(
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

    def _listings(self, key: ThreadKey) -> list[ListingReading]:
        rows = self._db.execute(
            "SELECT l.fetch_id, f.fetched_at, l.forum_id, l.facts FROM listings_seen l JOIN fetches f USING (fetch_id) "
            "WHERE l.site = ? AND l.thread_id = ? ORDER BY f.fetched_at, l.fetch_id",
            (key.site, key.thread_id),
        )
        return [
            ListingReading(
                fetch_id=fetch_id, fetched_at=from_micros(at), forum_id=forum_id, row=codec.listing_from(facts)
            )
            for fetch_id, at, forum_id, facts in rows
        ]

    def _elsewhere(self, key: ThreadKey, post_ids: set[int]) -> dict[int, int]:
        """Posts of these that have since been read in another thread, and in which."""
        homes = self.homes()
        found: dict[int, int] = {}
        for post_id in post_ids if homes else ():
            home = homes.get(PostKey(key.site, key.content_class, post_id))
            if home is not None and home != key.thread_id:
                found[post_id] = home
        return found

    def _earlier(self, key: ThreadKey, post_ids: set[int]) -> list[PageReading]:
        """What was read in other threads of posts that now stand in this one."""
        homes = self.homes()
        moved = [PostKey(key.site, key.content_class, post_id) for post_id in sorted(post_ids)] if homes else []
        return [
            reading
            for post in moved
            if homes.get(post) == key.thread_id
            for reading in self._sightings_of(post)
            if reading.thread.thread_id != key.thread_id
        ]

    def homes(self) -> Mapping[PostKey, int]:
        """The thread where it was read last, of each post that was read in more than one."""
        if self._homes is None:
            rows = self._db.execute(
                "SELECT p.site, p.content_class, s.post_id, p.item_id FROM sightings s "
                "JOIN pages_seen p USING (fetch_id) JOIN fetches f USING (fetch_id) WHERE s.post_id IN "
                "(SELECT s.post_id FROM sightings s JOIN pages_seen p USING (fetch_id) "
                "GROUP BY p.site, p.content_class, s.post_id HAVING min(p.item_id) <> max(p.item_id)) "
                "ORDER BY f.fetched_at, s.fetch_id"
            )
            self._homes = {PostKey(site, kind, post): thread for site, kind, post, thread in rows}
        return self._homes

    def find_post(self, key: PostKey) -> ThreadHistory | None:
        """What is known of a post, wherever it was read: the history of the thread where it was read last.

        ``None`` when it never was. Where no page of that thread up to the post's own was read again since, the post
        is still there, and the history holds the readings of this post only.
        """
        row = self._db.execute(
            "SELECT p.item_id, p.page, f.fetched_at FROM sightings s JOIN pages_seen p USING (fetch_id) "
            "JOIN fetches f USING (fetch_id) WHERE s.post_id = ? AND p.site = ? AND p.content_class = ? "
            "ORDER BY f.fetched_at DESC, s.fetch_id DESC LIMIT 1",
            (key.post_id, key.site, key.content_class),
        ).fetchone()
        if row is None:
            return None
        thread = ThreadKey(key.site, key.content_class, row[0])
        again = self._db.execute(
            "SELECT EXISTS (SELECT 1 FROM pages_seen p JOIN fetches f USING (fetch_id) WHERE p.site = ? AND "
            "p.kind = 'topic' AND p.item_id = ? AND p.content_class = ? AND p.page <= ? AND f.fetched_at > ?)",
            (key.site, thread.thread_id, key.content_class, row[1], row[2]),
        ).fetchone()[0]
        return self.history(thread) if again else ThreadHistory(key=thread, pages=self._sightings_of(key))

    def forums(self) -> Iterator[tuple[str, datetime, ForumSeen, list[int]]]:
        """Each reading of each listing page, oldest first: site, time, forum, threads listed."""
        rows = self._db.execute(
            "SELECT p.fetch_id, p.site, f.fetched_at, p.facts FROM pages_seen p JOIN fetches f USING (fetch_id) "
            "WHERE p.kind = 'forum' ORDER BY p.site, p.item_id, f.fetched_at, p.fetch_id"
        ).fetchall()
        for fetch_id, site, at, facts in rows:
            listed = self._db.execute(
                "SELECT thread_id FROM listings_seen WHERE fetch_id = ? ORDER BY row_index", (fetch_id,)
            )
            yield site, from_micros(at), codec.forum_from(facts), [row[0] for row in listed]

    def fetches(self, since: datetime | None = None) -> Iterator[Fetch]:
        """All fetches by number, or those from a time on."""
        return self._rows("fetches", Fetch, *(() if since is None else ("fetched_at >= ?", micros(since))))

    def runs(self) -> Iterator[Run]:
        """All runs by number."""
        return self._rows("runs", Run)

    def _rows(self, name: str, cls: type[Row], where: str = "1", *values: object) -> Iterator[Row]:
        table = TABLES[name]
        names = ", ".join(quoted(column) for column in table.names)
        order = ", ".join(table.key)
        for row in self._db.execute(f"SELECT {names} FROM {quoted(name)} WHERE {where} ORDER BY {order}", values):
            facts = {
                column.name: _decoded(column.kind, value) for column, value in zip(table.columns, row, strict=True)
            }
            yield cls(**facts)


def _unharmed(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """The row without its checksum. Raises `StoreError` where that does not hold."""
    *columns, stored = row
    if stored is not None and stored != codec.checksum(tuple(columns)):
        raise StoreError(f"body {row[0].hex()}", "the disk has changed it", "put back a copy of state.sqlite")
    return tuple(columns)


def _readings(rows: Iterable[tuple[int, int, int, str]], posts: Mapping[int, list[PostSeen]]) -> list[PageReading]:
    return [
        PageReading(
            fetch_id=fetch_id,
            run_id=run_id,
            fetched_at=from_micros(fetched_at),
            thread=codec.thread_from(facts),
            posts=posts.get(fetch_id, []),
        )
        for fetch_id, run_id, fetched_at, facts in rows
    ]


def _decoded(kind: str, value: Any) -> Any:
    if value is None:
        return None
    if kind == "timestamp":
        return from_micros(value)
    if kind.startswith("list"):
        return cast("Iterable[str]", orjson.loads(value))
    return bool(value) if kind == "bool" else value
