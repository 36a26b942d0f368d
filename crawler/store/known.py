"""What the store knew of threads and listings when a sweep began: what a run needs to plan its requests."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

import orjson

from crawler.items import ListingRow, PageRef, ThreadSeen
from crawler.store import codec
from crawler.store.db import from_micros
from crawler.store.errors import DamageError
from crawler.store.frontier import Frontier, ref_of
from crawler.store.seals import holds_page
from crawler.store.settle import SETTLED

SWEEP_FETCH = "sweep_fetch"
"""Meta: the number that the first fetch of this sweep has or will have."""

_LEFT_OUT = (
    "kind = 'topic' AND page = 1 AND state = 'done' AND outcome = 'ok' AND site = ? AND sweep < ? "
    "AND item_id IN (SELECT value FROM json_each(?))"
)
_AGES = (
    "SELECT o.site, o.item_id, o.page, f.fetched_at, max(json_extract(t.facts, '$.created_at')) FROM frontier o "
    "JOIN (SELECT site, item_id, page, max(fetch_id) AS fetch_id FROM pages_seen WHERE kind = 'topic' "
    "GROUP BY site, item_id, page) p USING (site, item_id, page) JOIN fetches f USING (fetch_id) "
    "JOIN sightings s USING (fetch_id) JOIN post_states t USING (state_hash) "
    "WHERE o.kind = 'topic' AND o.state = 'done' AND o.outcome = 'ok' AND o.sweep < ? "
    "GROUP BY o.site, o.item_id, o.page"
)


class Listed(NamedTuple):
    """A row of a listing, and the forum that it stood in."""

    row: ListingRow
    forum_id: int


class Read(NamedTuple):
    """The pages of a thread as last read before the sweep: what the newest of them said, and the posts of each."""

    thread: ThreadSeen
    last_post_at: datetime | None
    posts: Mapping[int, tuple[int, ...]]


class Aged(NamedTuple):
    """A page of a thread, when it was read last and when its newest post was written."""

    ref: PageRef
    read_at: datetime
    newest_at: datetime


class Known:
    """Reads the store of a crawl. Nothing is kept between two questions."""

    def __init__(self, db: sqlite3.Connection, frontier: Frontier) -> None:
        self._db = db
        self._frontier = frontier

    @property
    def _first(self) -> int:
        """The first fetch of this sweep: what comes before it was known when the sweep began."""
        found = self._db.execute("SELECT value FROM meta WHERE key = ?", (SWEEP_FETCH,)).fetchone()
        return 0 if found is None else int(found[0])

    @property
    def is_nothing(self) -> bool:
        """True in the first sweep: nothing was known when it began."""
        return self._first <= 1

    # Threads ---------------------------------------------------------------------------------------------------------

    def read(self, site: str, thread_id: int, page: int | None = None) -> Read | None:
        """A thread as its pages said before this sweep; of posts those of one page only, as that is what is asked.

        Raises `DamageError` where the disk has changed it.
        """
        rows = self._db.execute(
            f"SELECT page, max(fetch_id), facts, {holds_page('pages_seen')} FROM pages_seen WHERE site = ? "
            "AND kind = 'topic' AND item_id = ? AND fetch_id < ? GROUP BY page",
            (site, thread_id, self._first),
        ).fetchall()
        if not rows:
            return None
        if not all(row[3] for row in rows):
            raise DamageError(f"thread {thread_id}")
        thread = codec.thread_from(max(rows, key=lambda row: row[1])[2])
        pages = {row[0]: row[1] for row in rows if row[0] <= (thread.n_pages or 1)}
        posts = {number: self._posts(fetch_id) if number == page else () for number, fetch_id in pages.items()}
        last = self._newest_post(pages[max(pages)]) if pages else None
        return Read(thread, last, posts)

    def _posts(self, fetch_id: int) -> tuple[int, ...]:
        rows = self._db.execute("SELECT post_id FROM sightings WHERE fetch_id = ? ORDER BY row_index", (fetch_id,))
        return tuple(row[0] for row in rows)

    def _newest_post(self, fetch_id: int) -> datetime | None:
        found = self._db.execute(
            "SELECT max(json_extract(t.facts, '$.created_at')) FROM sightings s JOIN post_states t USING (state_hash) "
            "WHERE s.fetch_id = ?",
            (fetch_id,),
        ).fetchone()
        return None if found[0] is None else datetime.fromisoformat(found[0])

    def is_settled(self, ref: PageRef) -> bool:
        """True where the thread was asked for and there was nothing to be had."""
        entry = self._frontier.get(ref)
        return entry is not None and entry.state == "done" and entry.outcome in SETTLED

    def listed(self, site: str, thread_id: int, *, before: bool) -> Listed | None:
        """The last row that named a thread, before this sweep or in it."""
        compare = "<" if before else ">="
        found = self._db.execute(
            f"SELECT facts, forum_id FROM listings_seen WHERE site = ? AND thread_id = ? AND fetch_id {compare} ? "
            "ORDER BY fetch_id DESC LIMIT 1",
            (site, thread_id, self._first),
        ).fetchone()
        return None if found is None else Listed(codec.listing_from(found[0]), found[1])

    def homes(self, site: str, thread_id: int, posts: Iterable[int]) -> list[PageRef]:
        """First pages of the other threads in which these posts were read before this sweep."""
        rows = self._db.execute(
            "SELECT DISTINCT p.item_id FROM sightings s JOIN pages_seen p USING (fetch_id) WHERE p.site = ? "
            "AND p.kind = 'topic' AND p.item_id <> ? AND s.fetch_id < ? "
            "AND s.post_id IN (SELECT value FROM json_each(?))",
            (site, thread_id, self._first, _json(posts)),
        )
        return self._left_out(site, {row[0] for row in rows})

    def _left_out(self, site: str, threads: Iterable[int]) -> list[PageRef]:
        """First pages of those of these threads that were there, and that this sweep does not want yet."""
        entries = self._frontier.entries(_LEFT_OUT, (site, self._frontier.sweep, _json(threads)))
        return [ref_of(entry) for entry in entries]

    # Listings --------------------------------------------------------------------------------------------------------

    def newest_listed(self, site: str, forum_id: int) -> datetime | None:
        """The newest post that a forum's first page showed before this sweep.

        None where it was not read yet, or where a page of the listing could not be read.
        """
        failed = self._db.execute(
            "SELECT 1 FROM frontier WHERE site = ? AND kind = 'forum' AND item_id = ? AND state = 'failed' LIMIT 1",
            (site, forum_id),
        ).fetchone()
        rows = self._db.execute(
            "SELECT facts FROM listings_seen WHERE fetch_id = (SELECT max(fetch_id) FROM pages_seen WHERE site = ? "
            "AND kind = 'forum' AND item_id = ? AND page = 1 AND fetch_id < ?)",
            (site, forum_id, self._first),
        )
        times = [row.last_post_at for (facts,) in rows if not (row := codec.listing_from(facts)).is_pinned]
        return None if failed else max((time for time in times if time is not None), default=None)

    def listing_goes_on(self, own: PageRef, found: Iterable[PageRef]) -> bool:
        """True while other listing pages of the site are to be read in this sweep."""
        if any(not self._is_wanted(ref) for ref in found if ref.kind == "forum" and ref.key != own.key):
            return True
        waiting = self._db.execute(
            "SELECT 1 FROM frontier WHERE state = 'todo' AND kind = 'forum' AND site = ? "
            "AND NOT (item_id = ? AND page = ?) LIMIT 1",
            (own.site, own.item_id, own.page),
        )
        return waiting.fetchone() is not None

    def _is_wanted(self, ref: PageRef) -> bool:
        entry = self._frontier.get(ref)
        return entry is not None and entry.sweep >= self._frontier.sweep

    def unlisted(self, site: str, forum_id: int, since: datetime | None) -> list[PageRef]:
        """First pages of threads that a forum listed, with a newer post than ``since``, and that are not listed now.

        Without a time all count: the listing was read to its end.
        """
        before = self._rows(site, forum_id, "<")
        now = {row.thread_id for row in self._rows(site, None, ">=").values()}
        lost = {
            number
            for number, row in before.items()
            if number not in now and (since is None or row.is_pinned or _after(row.last_post_at, since))
        }
        return self._left_out(site, lost)

    def n_pages(self, site: str, forum_id: int) -> int | None:
        """Pages of a listing, as last read."""
        found = self._db.execute(
            "SELECT facts FROM pages_seen WHERE site = ? AND kind = 'forum' AND item_id = ? "
            "ORDER BY fetch_id DESC LIMIT 1",
            (site, forum_id),
        ).fetchone()
        return None if found is None else codec.forum_from(found[0]).n_pages

    def oldest_listed(self, site: str, forum_id: int) -> datetime | None:
        """The oldest time that this sweep's pages of a listing show, pinned rows apart."""
        rows = [row for row in self._rows(site, forum_id, ">=").values() if not row.is_pinned]
        return min((row.last_post_at for row in rows if row.last_post_at is not None), default=None)

    def _rows(self, site: str, forum_id: int | None, compare: str) -> dict[int, ListingRow]:
        """The newest row of each thread, before this sweep (``<``) or in it (``>=``), in one forum or in any."""
        rows = self._db.execute(
            "SELECT thread_id, facts, max(fetch_id) FROM listings_seen WHERE site = ? "
            f"AND forum_id = coalesce(?, forum_id) AND fetch_id {compare} ? GROUP BY thread_id",
            (site, forum_id, self._first),
        )
        found = ((thread_id, codec.listing_from(facts)) for thread_id, facts, _fetch in rows)
        return {thread_id: row for thread_id, row in found if not row.is_moved}

    # Pages -----------------------------------------------------------------------------------------------------------

    def aged(self) -> Iterator[Aged]:
        """Every page of a thread that was read, and that this sweep does not want yet."""
        for site, item_id, page, read_at, newest in self._db.execute(_AGES, (self._frontier.sweep,)).fetchall():
            entry = self._frontier.get(PageRef(site, "topic", item_id, page, ""))
            if entry is not None and newest is not None:
                yield Aged(ref_of(entry), from_micros(read_at), datetime.fromisoformat(newest))


def _after(time: datetime | None, since: datetime) -> bool:
    return time is not None and time > since


def _json(values: Iterable[int]) -> str:
    return orjson.dumps(sorted(values)).decode()
