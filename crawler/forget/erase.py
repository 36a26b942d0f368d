"""Takes what is forgotten out of a store: rows go, and what other rows tell of it goes out of them.

All of it happens in one transaction of the caller's, and may be repeated. Fetches stay until their records are out of
the archive (`clean_fetches`): they tell where these are.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import orjson

from crawler.forget.bodies import redact_body
from crawler.forget.config import scrub_config
from crawler.forget.redact import Redactor
from crawler.forget.stored import body_of, know_list
from crawler.store import codec
from crawler.store.known import SWEEP_FETCH

_PIECE = 2_000  # fetches

GONE = "[forgotten]"
"""Address of a fetch that told of something forgotten."""

_PAGES = (
    "INSERT INTO temp.gone_pages SELECT fetch_id FROM pages_seen "
    "WHERE forgotten_site(site) OR (kind = 'topic' AND forgotten_thread(site, item_id))"
)
_POSTS = (
    "INSERT INTO temp.gone_posts SELECT s.fetch_id, s.row_index, s.post_id, p.site, forgotten_post(p.site, s.post_id, "
    "t.facts) AS how FROM sightings s JOIN pages_seen p USING (fetch_id) JOIN post_states t USING (state_hash) "
    "WHERE how > 0"
)
_DROPPED = {
    "frontier": "forgotten_site(site) OR (kind = 'topic' AND forgotten_thread(site, item_id))",
    "validators": "forgotten_site(site) OR forgotten_thread(site, item_id) "
    "OR fetch_id IN (SELECT fetch_id FROM temp.gone_posts UNION SELECT fetch_id FROM temp.gone_pages)",
    "aliases": "forgotten_site(site) OR (kind = 'topic' AND (forgotten_thread(site, old_id) "
    "OR forgotten_thread(site, new_id)))",
    "listings_seen": "forgotten_site(site) OR forgotten_thread(site, thread_id) "
    "OR forgotten_thread(site, json_extract(facts, '$.moved_to_thread_id'))",
    "holds": "forgotten_site(site)",
    "robots_seen": "forgotten_origin(origin)",
    "sightings": "fetch_id IN (SELECT fetch_id FROM temp.gone_pages) "
    "OR (fetch_id, row_index) IN (SELECT fetch_id, row_index FROM temp.gone_posts)",
    "pages_seen": "fetch_id IN (SELECT fetch_id FROM temp.gone_pages)",
}
_FETCHES = "forgotten_site(site) OR (page_kind <> 'forum' AND forgotten_thread(site, thread_id))"


@dataclass(slots=True)
class Erased:
    """What was taken out: different posts and threads, readings of posts, quotes that were emptied in other posts,
    other bodies and facts that were changed; ``fetches`` are those whose records in the archive have to go.
    """

    posts: int = 0
    threads: int = 0
    readings: int = 0
    quotes: int = 0
    bodies: int = 0
    facts: int = 0
    fetches: set[int] = field(default_factory=set)


def erase(db: sqlite3.Connection, redactor: Redactor) -> Erased:
    """Do it, in the transaction that is open. Raises ``sqlite3.Error``."""
    work = _Erasure(db, redactor)
    try:
        return work.run()
    finally:
        work.end()


class _Erasure:
    def __init__(self, db: sqlite3.Connection, redactor: Redactor) -> None:
        self._db, self._redactor, self._list = db, redactor, redactor.forgotten
        self.done = Erased()
        know_list(db, redactor)
        self.end()
        db.execute("CREATE TEMP TABLE gone_pages (fetch_id INTEGER PRIMARY KEY)")
        db.execute("CREATE TEMP TABLE gone_posts (fetch_id INT, row_index INT, post_id INT, site TEXT, how INT)")
        db.execute("CREATE TEMP TABLE recoded (site TEXT, old BLOB, new BLOB, PRIMARY KEY (site, old)) WITHOUT ROWID")

    def end(self) -> None:
        for name in ("gone_pages", "gone_posts", "recoded", "bodies"):
            self._db.execute(f"DROP TABLE IF EXISTS temp.{name}")

    def run(self) -> Erased:
        db, done = self._db, self.done
        db.execute(_PAGES)
        done.threads = self._number(
            "SELECT count(*) FROM (SELECT DISTINCT site, item_id FROM pages_seen JOIN temp.gone_pages USING (fetch_id) "
            "WHERE kind = 'topic' UNION SELECT site, thread_id FROM listings_seen "
            "WHERE forgotten_thread(site, thread_id))"
        )
        db.execute(_POSTS)
        self._count()
        self._mark_pages()
        for table, which in _DROPPED.items():
            db.execute(f"DELETE FROM {table} WHERE {which}")  # noqa: S608
        self._origins()
        self._states()
        self._bodies()
        self._facts()
        db.execute("DELETE FROM post_states WHERE state_hash NOT IN (SELECT state_hash FROM sightings)")
        db.execute("DELETE FROM contents WHERE content_hash NOT IN (SELECT content_hash FROM sightings)")
        self._runs()
        done.fetches |= {row[0] for row in db.execute(f"SELECT fetch_id FROM fetches WHERE {_FETCHES}")}  # noqa: S608
        return done

    def _origins(self) -> None:
        """What robots.txt said at the hosts of forgotten sites, which a job may call otherwise."""
        if not self._list.entries["site"]:
            return
        hosts: dict[bool, set[str]] = {True: set(), False: set()}
        for site, url in self._db.execute("SELECT DISTINCT site, url FROM fetches WHERE url LIKE 'http%'"):
            hosts[self._list.site(site)].add("/".join(url.split("/")[:3]).lower())
        gone = [(origin,) for origin in sorted(hosts[True] - hosts[False])]
        self._db.executemany("DELETE FROM robots_seen WHERE lower(origin) = ?", gone)

    def _number(self, query: str) -> int:
        return int(self._db.execute(query).fetchone()[0])

    def _count(self) -> None:
        self.done.readings = self._number(
            "SELECT (SELECT count(*) FROM temp.gone_posts) + (SELECT count(*) FROM sightings WHERE fetch_id IN "
            "(SELECT fetch_id FROM temp.gone_pages) AND (fetch_id, row_index) NOT IN "
            "(SELECT fetch_id, row_index FROM temp.gone_posts))"
        )
        self.done.posts = self._number(
            "SELECT count(*) FROM (SELECT DISTINCT site, post_id FROM temp.gone_posts UNION "
            "SELECT DISTINCT p.site, s.post_id FROM sightings s JOIN pages_seen p USING (fetch_id) "
            "JOIN temp.gone_pages USING (fetch_id))"
        )

    def _mark_pages(self) -> None:
        """Pages that lose posts tell how many, so that their thread can still be seen to be complete."""
        rows = self._db.execute(
            "SELECT g.fetch_id, g.site, p.facts, json_group_array(g.post_id), max(g.how) FROM temp.gone_posts g "
            "JOIN pages_seen p USING (fetch_id) GROUP BY g.fetch_id"
        ).fetchall()
        for fetch_id, site, facts, posts, how in rows:
            thread = codec.thread_from(facts)
            tokens = dict.fromkeys(codec.forgotten_in(facts))
            tokens |= dict.fromkeys(self._list.token(site, number) for number in orjson.loads(posts))
            if how > 1:
                thread.polls = []
            self._db.execute(
                "UPDATE pages_seen SET facts = ? WHERE fetch_id = ?",
                (codec.thread_text(thread, list(tokens)), fetch_id),
            )
            self._db.execute(
                "UPDATE fetches SET n_posts = n_posts - ? WHERE fetch_id = ?", (len(orjson.loads(posts)), fetch_id)
            )
            self.done.fetches.add(fetch_id)

    # What is left ----------------------------------------------------------------------------------------------------

    def _states(self) -> None:
        """Who edited other posts."""
        rows = self._db.execute(
            "SELECT DISTINCT p.site, t.state_hash, t.facts FROM sightings s JOIN pages_seen p USING (fetch_id) "
            "JOIN post_states t USING (state_hash) WHERE json_extract(t.facts, '$.edited_by') IS NOT NULL "
            "OR json_extract(t.facts, '$.edit_reason') IS NOT NULL"
        )
        for site, old, text in rows.fetchall():
            facts = orjson.loads(text)
            fresh = dict(facts)
            if self._list.name(site, facts["edited_by"]):
                fresh["edited_by"] = None
            fresh["edit_reason"] = self._redactor.text(site, facts["edit_reason"])
            if fresh != facts:
                state = orjson.dumps(fresh)
                new = codec.digest(state)
                self._db.execute("INSERT OR IGNORE INTO post_states VALUES (?, ?)", (new, state.decode()))
                self._recode(site, old, new)
                self.done.facts += 1
        self._apply("state_hash")

    def _bodies(self) -> None:
        self._db.execute(
            "CREATE TEMP TABLE bodies AS SELECT DISTINCT p.site, p.content_class, s.content_hash FROM sightings s "
            "JOIN pages_seen p USING (fetch_id)"
        )
        for site, kind, old in self._db.execute("SELECT * FROM temp.bodies"):
            body = body_of(self._db, old)
            found = redact_body(self._list, site, kind, body, self._base(old))
            if found is None:
                continue
            new = codec.content_hash(site, found.body)
            self._db.execute(
                "INSERT OR IGNORE INTO contents (content_hash, parser_version, html, text, full_text, text_hash, "
                "quotes, links, checksum) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                codec.content_row(new, found.body),
            )
            self._recode(site, old, new)
            self.done.bodies += 1
            self.done.quotes += found.quotes
        self._apply("content_hash")

    def _base(self, content: bytes) -> str:
        found = self._db.execute(
            "SELECT coalesce(f.final_url, f.url) FROM sightings s JOIN fetches f USING (fetch_id) "
            "WHERE s.content_hash = ? LIMIT 1",
            (content,),
        ).fetchone()
        return found[0] if found else ""

    def _recode(self, site: str, old: bytes, new: bytes) -> None:
        self._db.execute("INSERT OR REPLACE INTO temp.recoded VALUES (?, ?, ?)", (site, old, new))

    def _apply(self, column: str) -> None:
        """Let sightings point at what has taken the place of what they pointed at."""
        where = (
            f"FROM pages_seen p, temp.recoded r WHERE p.fetch_id = sightings.fetch_id "
            f"AND r.site = p.site AND r.old = sightings.{column}"
        )
        touched = f"SELECT DISTINCT sightings.fetch_id FROM sightings, {where.removeprefix('FROM ')}"  # noqa: S608
        self.done.fetches |= {row[0] for row in self._db.execute(touched)}
        self._db.execute(f"UPDATE sightings SET {column} = r.new {where}")  # noqa: S608
        self._db.execute("DELETE FROM temp.recoded")

    def _facts(self) -> None:
        """Who began threads, and names in titles; by page and by row of a listing."""
        if not self._list.entries["name"] and not self._list.entries["author"]:
            return
        for fetch_id, site, text in self._in_pieces(
            "SELECT fetch_id, site, facts FROM pages_seen WHERE kind = 'topic' AND fetch_id BETWEEN ? AND ?"
        ):
            thread = codec.thread_from(text)
            if self._list.author(site, thread.author_id, thread.author_name):
                thread.author_id = thread.author_name = None
            thread.title = self._redactor.text(site, thread.title)
            fresh = codec.thread_text(thread, codec.forgotten_in(text))
            self._replace("pages_seen", fetch_id, None, (text, fresh))
        for fetch_id, index, site, text in self._in_pieces(
            "SELECT fetch_id, row_index, site, facts FROM listings_seen WHERE fetch_id BETWEEN ? AND ?"
        ):
            row = self._redactor.row(site, codec.listing_from(text))
            if row is not None:
                self._replace("listings_seen", fetch_id, index, (text, codec.listing_text(row)))

    def _in_pieces(self, query: str) -> Iterator[tuple[Any, ...]]:
        """The rows of a query, some fetches at a time: they are changed while they are read."""
        last = self._number("SELECT coalesce(max(fetch_id), 0) FROM fetches")
        for first in range(0, last + 1, _PIECE):
            yield from self._db.execute(query, (first, first + _PIECE - 1)).fetchall()

    def _replace(self, table: str, fetch_id: int, index: int | None, texts: tuple[str, str]) -> None:
        if orjson.loads(texts[0]) == orjson.loads(texts[1]):
            return
        which = "" if index is None else " AND row_index = ?"
        values = (texts[1], fetch_id) if index is None else (texts[1], fetch_id, index)
        self._db.execute(f"UPDATE {table} SET facts = ? WHERE fetch_id = ?{which}", values)  # noqa: S608
        self.done.facts += 1
        self.done.fetches.add(fetch_id)

    def _runs(self) -> None:
        for run_id, sites, config in self._db.execute("SELECT run_id, sites, config FROM runs").fetchall():
            kept = orjson.dumps([site for site in orjson.loads(sites) if not self._list.site(site)]).decode()
            fresh = scrub_config(self._list, config)
            if (kept, fresh) != (sites, config):
                self._db.execute("UPDATE runs SET sites = ?, config = ? WHERE run_id = ?", (kept, fresh, run_id))


def clean_fetches(db: sqlite3.Connection, redactor: Redactor) -> None:
    """Fetches of forgotten sites go; those of forgotten threads tell nothing but that there was one, and when."""
    know_list(db, redactor)
    db.execute("DELETE FROM fetches WHERE forgotten_site(site)")
    db.execute(
        "UPDATE fetches SET url = ?, final_url = NULL, thread_id = NULL, page = NULL, n_posts = NULL, error = NULL, "  # noqa: S608
        f"body_sha256 = NULL, outcome = 'forgotten' WHERE {_FETCHES}",
        (GONE,),
    )
    newest = db.execute("SELECT coalesce(max(fetch_id), 0) + 1 FROM fetches").fetchone()[0]
    db.execute(
        "UPDATE meta SET value = ? WHERE key = ? AND CAST(value AS INTEGER) > ?", (str(newest), SWEEP_FETCH, newest)
    )
