"""Taking out of a store what the disk has changed, and entering again what is still to be had."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Collection
from contextlib import closing
from pathlib import Path
from typing import Any

import orjson

from crawler.items import STORE_TABLES, Fetch, ForumPage, TopicPage
from crawler.items.sql import quoted
from crawler.store.check import Damages, any_text, lost_hashes
from crawler.store.seals import columns, keep_seals, leave_seals, row_sum
from crawler.store.settle import DAMAGED
from crawler.store.store import Store

_OF_FETCHES = ("pages_seen", "sightings", "listings_seen", "validators")
_BY_INDEX = re.compile(r"row \d+ missing from index|wrong # of entries in index|non-unique entry in index")
_BY_ROWS = re.compile(r"row not in PRIMARY KEY order for (\w+)|(?:NULL|\S+) value in (\w+)\.")
_LOST_PAGES = (
    "INSERT INTO frontier (site, kind, item_id, page, url, state, sweep, is_seed, depth, attempts, hops, not_before, "
    "outcome) SELECT site, 'topic', thread_id, page, url, 'failed', 0, 0, 1, 0, 0, 0, ? FROM "
    "(SELECT site, thread_id, page, url, max(fetch_id) FROM fetches WHERE thread_id IS NOT NULL AND page IS NOT NULL "
    "GROUP BY site, thread_id, page) WHERE 1 ON CONFLICT DO NOTHING"
)
_LED_ELSEWHERE = (
    "page = 1 AND outcome IN ('ok', 'moved') AND NOT EXISTS (SELECT 1 FROM aliases a WHERE a.site = frontier.site "
    "AND a.kind = frontier.kind AND a.old_id = frontier.item_id) AND NOT EXISTS (SELECT 1 FROM pages_seen p "
    "WHERE p.site = frontier.site AND p.kind = frontier.kind AND p.item_id = frontier.item_id)"
)
"""First pages that were read, though not under their own number, and of which nothing tells under which."""


def structure(db: sqlite3.Connection) -> tuple[list[str], set[str]]:
    """What SQLite's own check finds: lines about the file as such, and tables with rows in a wrong place.

    An index that disagrees with its table gives an empty name: it can be made anew.
    """
    beyond, tables = [], set()
    for (line,) in db.execute("PRAGMA integrity_check(20)"):
        rows = _BY_ROWS.search(line)
        if rows is not None and (rows[1] or rows[2]) in STORE_TABLES:
            tables.add(rows[1] or rows[2])
        elif _BY_INDEX.search(line):
            tables.add("")
        elif line != "ok":
            beyond.append(line)
    return beyond, tables


def set_aside(store: Store) -> Path:
    """A copy of the store as it is, under a name that no earlier one has."""
    names = (store.path.with_name(f"{store.path.name}.damaged-{number}") for number in range(1, 1_000_000))
    target = next(path for path in names if not path.exists())
    with closing(sqlite3.connect(target)) as copy:
        store.db.backup(copy)
    return target


class Mending:
    """Brings a store to where nothing in it disagrees with its checksums, in one transaction.

    ``again`` gives the page of a fetch, ``row_of`` its row of `fetches`, out of the archive, where it can be had.
    Afterwards ``restored`` are the fetches that tell again what they told before, ``dropped`` those that tell nothing
    any more: their pages are asked for again. ``is_walked_again`` is true where pages may have been forgotten
    altogether: then everything has to be walked through.
    """

    def __init__(
        self, store: Store, again: Callable[[int], TopicPage | ForumPage | None], row_of: Callable[[int], Fetch | None]
    ) -> None:
        self.store, self._db = store, store.db
        self._again, self._row_of = again, row_of
        self.restored: set[int] = set()
        self.dropped: set[int] = set()
        self.is_walked_again = False

    def mend(self, found: Damages, misplaced: Collection[str] = ()) -> None:
        """Mend what was found; ``misplaced`` are tables with rows in a wrong place. Raises ``sqlite3.Error``."""
        db, told = self._db, found.pages | found.fetches
        db.execute("REINDEX")
        with self.store.group.unit():
            leave_seals(db)
            for table in {*found.rows, *misplaced} - {""}:
                wrong = _wrong_rows(db, table) if table in found.rows else []
                self._anew(table, "rowid", wrong)
                self.is_walked_again |= table == "frontier"
            for table in _OF_FETCHES if told else ():
                self._anew(table, "fetch_id", told)  # looked for one by one: the keys may have changed, too
            numbers = [(number,) for number in told]
            db.executemany("UPDATE seals SET page = NULL, entries = 0 WHERE fetch_id = ?", numbers)
            db.executemany("DELETE FROM contents WHERE rowid = ?", [(number,) for number in found.contents])
            db.executemany("DELETE FROM post_states WHERE rowid = ?", [(number,) for number in found.states])
            keep_seals(db)
            for number in sorted(found.fetches):
                self._enter_row(number)
            for number in sorted(told):
                self._enter_page(number)
            for name in ("content_hash", "state_hash"):
                for hashed in sorted(lost_hashes(db, name)):
                    self._enter_post(name, hashed)
            if self.is_walked_again:
                db.execute(_LOST_PAGES, (DAMAGED,))
            if "aliases" in found.rows:
                self._ask_for(_LED_ELSEWHERE, ())
        self.store.group.flush()

    def _anew(self, table: str, column: str, without: Collection[int]) -> None:
        """Write all rows of a table anew, in their right places, without some."""
        db, names = self._db, ", ".join(map(quoted, STORE_TABLES[table].names))
        number = "row_number() OVER () AS number" if column == "rowid" else "fetch_id AS number"
        db.execute(f"CREATE TEMP TABLE kept AS SELECT {number}, {names} FROM {table} NOT INDEXED")
        gone = orjson.dumps(sorted(without)).decode()
        db.execute("DELETE FROM temp.kept WHERE number IN (SELECT value FROM json_each(?))", (gone,))
        db.execute(f"DELETE FROM {table}")
        db.execute(f"INSERT OR IGNORE INTO {table} ({names}) SELECT {names} FROM temp.kept")
        db.execute("DROP TABLE temp.kept")

    def _enter_row(self, number: int) -> None:
        """The row of `fetches`, out of the archive."""
        row = self._row_of(number)
        self._db.execute("DELETE FROM fetches WHERE fetch_id = ?", (number,))
        self._db.execute("DELETE FROM seals WHERE fetch_id = ?", (number,))
        if row is not None:
            self.store.enter_fetch(row)

    def _enter_page(self, number: int) -> None:
        kind = self._db.execute("SELECT page_kind FROM fetches WHERE fetch_id = ?", (number,)).fetchone()
        if (kind is None or kind[0] in {"topic", "forum"}) and not self._restore(number):
            self._drop(number)

    def _enter_post(self, name: str, hashed: bytes) -> None:
        """A body, or what is said of a post: one page on which it stood is enough."""
        rows = self._db.execute(f"SELECT DISTINCT fetch_id FROM sightings WHERE {name} = ?", (hashed,)).fetchall()
        for (number,) in reversed(rows):
            if hashed in lost_hashes(self._db, name, (number, number)):
                self._restore(number)
        for (number,) in rows:
            if hashed in lost_hashes(self._db, name, (number, number)):
                self._drop(number)

    def _restore(self, number: int) -> bool:
        page = self._again(number)
        if page is None:
            return False
        self.store.enter_again(page, number)
        self.restored.add(number)
        return True

    def _drop(self, number: int) -> None:
        """A fetch tells nothing any more: its page is asked for again."""
        key = self._db.execute(
            "SELECT site, kind, item_id, page FROM pages_seen WHERE fetch_id = ?1 UNION ALL "
            "SELECT o.site, o.kind, o.item_id, o.page FROM fetches f JOIN frontier o ON o.site = f.site "
            "AND (o.url = f.url OR o.kind = 'topic' AND o.item_id = f.thread_id AND o.page = f.page) "
            "WHERE f.fetch_id = ?1",
            (number,),
        ).fetchone()
        for table in _OF_FETCHES:
            self._db.execute(f"DELETE FROM {table} WHERE fetch_id = ?", (number,))
        self.dropped.add(number)
        if key is None or not self._ask_for("site = ? AND kind = ? AND item_id = ? AND page = ?", key):
            self.is_walked_again = True

    def _ask_for(self, which: str, values: tuple[Any, ...]) -> int:
        """Put pages back: at once where a sweep is under way, else with the next one. How many these are."""
        under_way = self._db.execute("SELECT 1 FROM frontier WHERE state = 'todo' LIMIT 1").fetchone() is not None
        state = ("todo", self.store.frontier.sweep) if under_way else ("failed", 0)
        done = self._db.execute(
            "UPDATE frontier SET state = ?, sweep = ?, attempts = 0, hops = 0, not_before = 0, outcome = ?, "
            f"outcome_run = NULL, error = NULL WHERE {which}",
            (*state, DAMAGED, *values),
        )
        return done.rowcount


def _wrong_rows(db: sqlite3.Connection, table: str) -> list[int]:
    """The places of the rows that disagree with their checksum, in the order of the table, from 1."""
    names = ", ".join(map(quoted, columns(table)))
    with any_text(db):
        rows = db.execute(f"SELECT {names}, checksum FROM {table} NOT INDEXED")
        return [place for place, (*row, stored) in enumerate(rows, 1) if row_sum(*row) != stored]
