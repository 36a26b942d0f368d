"""Reading observations back: the history of each thread, forums, fetches, runs."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any, TypeVar, cast

import orjson

from crawler.items import FORUM_POST, TABLES, Fetch, PostSeen, Run
from crawler.items.history import (
    ListingReading,
    Moment,
    NameSeen,
    PageReading,
    PostKey,
    Refusal,
    ThreadHistory,
    ThreadKey,
)
from crawler.items.pages import ForumSeen
from crawler.items.sql import quoted
from crawler.store import codec
from crawler.store.db import from_micros, micros
from crawler.store.errors import DamageError
from crawler.store.journeys import Journeys, journeys
from crawler.store.renamed import renamed
from crawler.store.seals import holds_page, holds_posts
from crawler.store.sequence import Sequence as Order
from crawler.store.sightings import SIGHTINGS, posts_of

Row = TypeVar("Row")

IMPLAUSIBLE = "implausible"
"""Outcome of a run that was taken back: what it met says nothing, though the rows of its fetches stay."""

_REFUSED = ("not_found", "gone", "hidden", "forbidden", "login", "password", "moved")


class Reader:
    """Reads a store's observations. Threads come in the order of their key, whatever the order of fetching was."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._journeys: Journeys | None = None
        self._refusals: Mapping[tuple[str, int], list[Refusal]] | None = None
        self._sequence: Order | None = None

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
        """Everything observed of one thread. Raises `DamageError` where the disk has changed it."""
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
            departures=list(self._travels().departures.get(key, [])),
            earlier=self._earlier(key, seen),
            refusals=self._refused(key),
        )

    def _pages(self, key: ThreadKey) -> list[PageReading]:
        which = "p.site = ? AND p.kind = 'topic' AND p.item_id = ? AND p.content_class = ?"
        values = (key.site, key.thread_id, key.content_class)
        rows = self._db.execute(
            f"SELECT p.fetch_id, f.run_id, f.fetched_at, p.facts, {holds_page('p')} AND {holds_posts('p')} "
            f"FROM pages_seen p JOIN fetches f USING (fetch_id) WHERE {which}",
            values,
        ).fetchall()
        return self._readings(rows, posts_of(self._db, which, values))

    def page(self, fetch_id: int) -> PageReading | None:
        """What a fetched page said, if it was that of a thread."""
        rows = self._db.execute(
            f"SELECT p.fetch_id, f.run_id, f.fetched_at, p.facts, {holds_page('p')} AND {holds_posts('p')} "
            "FROM pages_seen p JOIN fetches f USING (fetch_id) WHERE p.fetch_id = ? AND p.kind = 'topic'",
            (fetch_id,),
        ).fetchall()
        readings = self._readings(rows, posts_of(self._db, "s.fetch_id = ?", (fetch_id,)))
        return readings[0] if readings else None

    def _readings(
        self, rows: Sequence[tuple[int, int, int, str, int]], posts: Mapping[int, list[PostSeen]]
    ) -> list[PageReading]:
        for fetch_id, *_facts, is_true in rows:
            if not is_true:
                raise DamageError(f"what fetch {fetch_id} told")
        readings = [
            PageReading(
                fetch_id=fetch_id,
                run_id=run_id,
                fetched_at=from_micros(fetched_at),
                thread=codec.thread_from(facts),
                posts=posts.get(fetch_id, []),
                sequence=self._place(run_id, fetched_at),
                forgotten=codec.forgotten_in(facts),
            )
            for fetch_id, run_id, fetched_at, facts, _is_true in rows
        ]
        return sorted(readings, key=attrgetter("moment"))

    def _place(self, run_id: int, fetched_at: int) -> int:
        if self._sequence is None:
            self._sequence = Order(self._db.execute("SELECT run_id, started_at FROM runs"))
        return self._sequence.place(run_id, fetched_at)

    def _moment(self, run_id: int, fetched_at: int, fetch_id: int) -> Moment:
        return Moment(self._place(run_id, fetched_at), from_micros(fetched_at), fetch_id)

    def _sightings_of(self, key: PostKey) -> list[PageReading]:
        """All readings of one post in any thread, oldest first, with this post only."""
        which = "s.post_id = ? AND p.site = ? AND p.content_class = ?"
        values = (key.post_id, key.site, key.content_class)
        rows = self._db.execute(
            f"SELECT DISTINCT p.fetch_id, f.run_id, f.fetched_at, p.facts, {holds_page('p')} {SIGHTINGS} "
            f"JOIN fetches f USING (fetch_id) WHERE {which}",
            values,
        ).fetchall()
        return self._readings(rows, posts_of(self._db, which, values))

    def _listings(self, key: ThreadKey) -> list[ListingReading]:
        rows = self._db.execute(
            "SELECT l.fetch_id, f.run_id, f.fetched_at, l.forum_id, l.facts FROM listings_seen l "
            "JOIN fetches f USING (fetch_id) WHERE l.site = ? AND l.thread_id = ?",
            (key.site, key.thread_id),
        )
        readings = [
            ListingReading(
                fetch_id=fetch_id,
                fetched_at=from_micros(at),
                forum_id=forum_id,
                row=codec.listing_from(facts),
                sequence=self._place(run_id, at),
            )
            for fetch_id, run_id, at, forum_id, facts in rows
        ]
        return sorted(readings, key=attrgetter("moment"))

    def _refused(self, key: ThreadKey) -> list[Refusal]:
        """Answers in place of the thread, oldest first."""
        if self._refusals is None:
            found: dict[tuple[str, int], list[Refusal]] = {}
            rows = self._db.execute(
                "SELECT site, thread_id, run_id, fetched_at, fetch_id, outcome FROM fetches "
                f"WHERE thread_id IS NOT NULL AND page = 1 AND outcome IN ({', '.join('?' * len(_REFUSED))}) "
                "AND run_id NOT IN (SELECT run_id FROM runs WHERE outcome = ?)",
                (*_REFUSED, IMPLAUSIBLE),
            )
            for site, thread_id, run_id, at, fetch_id, outcome in rows:
                refusal = Refusal(self._moment(run_id, at, fetch_id), run_id, outcome)
                found.setdefault((site, thread_id), []).append(refusal)
            self._refusals = {thread: sorted(refusals) for thread, refusals in found.items()}
        return list(self._refusals.get((key.site, key.thread_id), []))

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
        return self._travels().homes

    def _travels(self) -> Journeys:
        if self._journeys is None:
            self._journeys = journeys(self._db, self._moment)
        return self._journeys

    def find_post(self, key: PostKey) -> ThreadHistory | None:
        """What is known of a post, wherever it was read: the history of the thread where it was read last.

        ``None`` when it never was. Where no page of that thread up to the post's own was read again since, the post
        is still there, and the history holds the readings of this post only.
        """
        pages = self._sightings_of(key)
        if not pages:
            return None
        last = pages[-1]
        thread = ThreadKey(key.site, key.content_class, last.thread.thread_id)
        again = self._refused(thread) or self._read_since(thread, last)
        return self.history(thread) if again else ThreadHistory(key=thread, pages=pages)

    def _read_since(self, thread: ThreadKey, last: PageReading) -> bool:
        """True where the page of this reading, or one before it, was read again."""
        rows = self._db.execute(
            "SELECT f.run_id, f.fetched_at, p.fetch_id FROM pages_seen p JOIN fetches f USING (fetch_id) "
            "WHERE p.site = ? AND p.kind = 'topic' AND p.item_id = ? AND p.content_class = ? AND p.page <= ?",
            (thread.site, thread.thread_id, thread.content_class, last.thread.page),
        )
        return any(self._moment(*row) > last.moment for row in rows)

    def renamed(self) -> dict[tuple[str, int], list[NameSeen]]:
        """Readings of the names of members who were seen under more than one, oldest first, by site and number."""
        return renamed(self._db, self._moment)

    def forums(self) -> Iterator[tuple[str, Moment, ForumSeen, list[int]]]:
        """Each reading of each listing page, oldest first: site, when, forum, threads listed."""
        rows = self._db.execute(
            "SELECT p.site, p.item_id, f.run_id, f.fetched_at, p.fetch_id, p.facts FROM pages_seen p "
            "JOIN fetches f USING (fetch_id) WHERE p.kind = 'forum'"
        ).fetchall()
        places = [(site, forum_id, self._moment(*when), facts) for site, forum_id, *when, facts in rows]
        places.sort(key=lambda place: place[:3])
        for site, _forum_id, moment, facts in places:
            listed = self._db.execute(
                "SELECT thread_id FROM listings_seen WHERE fetch_id = ? ORDER BY row_index", (moment.fetch_id,)
            )
            yield site, moment, codec.forum_from(facts), [row[0] for row in listed]

    def found(self) -> dict[tuple[str, int], bool]:
        """Threads, by site and number: whether they were there when they were last asked for."""
        rows = self._db.execute(
            "SELECT site, item_id, outcome = 'ok' FROM frontier WHERE kind = 'topic' AND page = 1 "
            "AND outcome IN ('ok', 'not_found', 'gone', 'hidden', 'moved')"
        )
        return {(site, thread_id): bool(there) for site, thread_id, there in rows}

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


def _decoded(kind: str, value: Any) -> Any:
    if value is None:
        return None
    if kind == "timestamp":
        return from_micros(value)
    if kind.startswith("list"):
        return cast("Iterable[str]", orjson.loads(value))
    return bool(value) if kind == "bool" else value
