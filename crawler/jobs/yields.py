"""The yield of a run out of the store, and taking back what a run that cannot be true has entered."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from typing import Any

import orjson

from crawler.jobs.guard import Example, FieldYield, PageYield, SiteYield
from crawler.pages import PARSER_VERSION
from crawler.store import Store
from crawler.store.reading import IMPLAUSIBLE
from crawler.store.settle import NOT_UNDERSTOOD, SETTLED

_SAMPLE = 200  # earlier pages that show what is usual

_STATE_FIELDS: dict[str, Callable[[dict[str, Any]], bool]] = {
    "author_name": lambda state: state["author_name"] is not None,
    "author_id": lambda state: state["author_id"] is not None,
    "created_at": lambda state: state["created_at"] is not None,
}


def unjudged(db: sqlite3.Connection) -> list[int]:
    """The last run, and those right before it that were killed before anybody judged them."""
    found: list[int] = []
    for run_id, outcome in db.execute("SELECT run_id, outcome FROM runs ORDER BY run_id DESC"):
        if found and outcome is not None:
            break
        found.append(run_id)
    return found


class YieldReader:
    """Reads the yield of runs: pages and posts as they were read now and the last time before."""

    def __init__(self, db: sqlite3.Connection, runs: list[int]) -> None:
        self._db = db
        self._runs = orjson.dumps(runs).decode()
        self._first = db.execute(
            "SELECT min(fetch_id) FROM fetches WHERE run_id IN (SELECT value FROM json_each(?))", (self._runs,)
        ).fetchone()[0]
        self._sites: dict[str, SiteYield] = {}

    def read(self) -> dict[str, SiteYield]:
        """The yield by site; nothing where no earlier run has read a thread's page."""
        earlier = "SELECT EXISTS (SELECT 1 FROM pages_seen WHERE kind = 'topic' AND fetch_id < ?)"
        if self._first is None or not self._db.execute(earlier, (self._first,)).fetchone()[0]:
            return {}
        for name, page in self._pages():
            self._site(name).pages.append(page)
        self._full_pages()
        self._posts()
        for site, found in self._sites.items():
            self._usual(site, found)
        return self._sites

    def _site(self, name: str) -> SiteYield:
        return self._sites.setdefault(name, SiteYield())

    def _pages(self) -> Iterator[tuple[str, PageYield]]:
        """The last reading of each page that had posts before."""
        rows = self._db.execute(
            "SELECT site, thread_id, page, url, n_posts, outcome, error, max(fetch_id) FROM fetches "
            "WHERE run_id IN (SELECT value FROM json_each(?)) AND thread_id IS NOT NULL "
            "AND page_kind IN ('topic', 'error') GROUP BY site, thread_id, page",
            (self._runs,),
        ).fetchall()
        for site, thread_id, page, url, n_posts, outcome, error, _ in rows:
            if outcome != "ok" and outcome not in NOT_UNDERSTOOD:
                continue
            before = self._db.execute(
                "SELECT f.n_posts FROM pages_seen p JOIN fetches f USING (fetch_id) WHERE p.site = ? "
                "AND p.kind = 'topic' AND p.item_id = ? AND p.page = ? AND p.fetch_id < ? "
                "ORDER BY p.fetch_id DESC LIMIT 1",
                (site, thread_id, page, self._first),
            ).fetchone()
            if before is not None and before[0]:
                where = Example(thread_id, page, url)
                yield site, PageYield(where, before[0], n_posts if outcome == "ok" else None, error or outcome)

    def _full_pages(self) -> None:
        """Pages that are not the last of their thread: those of now that are new, and the latest of before."""
        full = (
            "SELECT p.site, p.item_id, p.page, f.url, f.n_posts FROM pages_seen p JOIN fetches f USING (fetch_id) "
            "WHERE p.kind = 'topic' AND p.page < json_extract(p.facts, '$.n_pages')"
        )
        new = (
            f"{full} AND p.fetch_id >= ? AND NOT EXISTS (SELECT 1 FROM pages_seen o WHERE o.site = p.site "
            "AND o.kind = 'topic' AND o.item_id = p.item_id AND o.page = p.page AND o.fetch_id < ?)"
        )
        for site, thread_id, page, url, n_posts in self._db.execute(new, (self._first, self._first)):
            found = self._site(site)
            found.full.append(n_posts)
            found.full_example = found.full_example or Example(thread_id, page, url)
        for name, found in self._sites.items():
            rows = self._db.execute(
                f"{full} AND p.site = ? AND p.fetch_id < ? ORDER BY p.fetch_id DESC LIMIT ?",
                (name, self._first, _SAMPLE),
            )
            found.full_before = [row[4] for row in rows]

    def _posts(self) -> None:
        """Each post of now against its last reading before."""
        rows = self._db.execute(
            "SELECT p.site, p.content_class, p.item_id, p.page, f.url, s.post_id, s.state_hash, s.content_hash "
            "FROM sightings s JOIN pages_seen p USING (fetch_id) JOIN fetches f USING (fetch_id) WHERE s.fetch_id >= ? "
            "AND f.outcome <> 'not_modified'",  # of these nothing was read
            (self._first,),
        )
        for site, content_class, thread_id, page, url, post_id, state, content in rows:
            fields = self._site(site).fields
            where = Example(thread_id, page, url)
            before = self._db.execute(
                "SELECT s.state_hash, s.content_hash FROM sightings s JOIN pages_seen p USING (fetch_id) "
                "WHERE s.post_id = ? AND p.site = ? AND p.content_class = ? AND s.fetch_id < ? "
                "ORDER BY s.fetch_id DESC LIMIT 1",
                (post_id, site, content_class, self._first),
            ).fetchone()
            has = None if before == (state, content) else self._has(state, content)
            had = None if before is None or has is None else self._has(*before)
            for name in (*_STATE_FIELDS, "text"):
                seen = fields.setdefault(name, FieldYield())
                lacks = has is not None and not has[name]
                if before is None:
                    seen.fresh += 1
                    seen.lacking += lacks
                else:
                    seen.reread += 1
                    lacks = lacks and had is not None and had[name]
                    seen.lost += lacks
                if lacks and seen.example is None:
                    seen.example = where
            if before is not None:
                self._reworded(self._site(site), before, (state, content), where)

    def _reworded(
        self, found: SiteYield, before: tuple[bytes, bytes], after: tuple[bytes, bytes], where: Example
    ) -> None:
        """Count a post that bears the same edit mark as before, and whether its words are the same."""
        if before[0] != after[0] and self._edited_at(before[0]) != self._edited_at(after[0]):
            return
        found.unstamped += 1
        old, new = (None, None) if before[1] == after[1] else (self._words(before[1]), self._words(after[1]))
        if old is not None and old != new:
            found.reworded += 1
            found.reworded_example = found.reworded_example or where

    def _edited_at(self, state: bytes) -> object:
        row = self._db.execute("SELECT facts FROM post_states WHERE state_hash = ?", (state,)).fetchone()
        return orjson.loads(row[0])["edited_at"]

    def _words(self, content: bytes) -> object:
        """Hash of the words as today's parser reads them; ``None`` for a body that an older one read."""
        row = self._db.execute(
            "SELECT text_hash FROM contents WHERE content_hash = ? AND parser_version = ?", (content, PARSER_VERSION)
        ).fetchone()
        return None if row is None else row[0]

    def _has(self, state: bytes, content: bytes) -> dict[str, bool]:
        facts = orjson.loads(
            self._db.execute("SELECT facts FROM post_states WHERE state_hash = ?", (state,)).fetchone()[0]
        )
        text = self._db.execute("SELECT full_text FROM contents WHERE content_hash = ?", (content,)).fetchone()
        return {name: has(facts) for name, has in _STATE_FIELDS.items()} | {"text": bool(text and text[0])}

    def _usual(self, site: str, found: SiteYield) -> None:
        """The share of earlier posts that lack a field, from the latest pages before."""
        pairs = self._db.execute(
            "SELECT DISTINCT s.state_hash, s.content_hash FROM sightings s WHERE s.fetch_id IN "
            "(SELECT fetch_id FROM pages_seen WHERE site = ? AND kind = 'topic' AND fetch_id < ? "
            "ORDER BY fetch_id DESC LIMIT ?)",
            (site, self._first, _SAMPLE),
        ).fetchall()
        if not pairs or not any(seen.lacking for seen in found.fields.values()):
            return
        known = [self._has(state, content) for state, content in pairs]
        for name, seen in found.fields.items():
            seen.usual = sum(not has[name] for has in known) / len(known)


def take_back(store: Store, runs: list[int]) -> int:
    """Forget what these runs observed, and ask for its pages again in the next one; how many pages that are.

    The rows of `fetches` stay, and so does the archive: what was sent and answered is true in any case.
    """
    db, own = store.db, orjson.dumps(runs).decode()
    fetched = "(SELECT fetch_id FROM fetches WHERE run_id IN (SELECT value FROM json_each(?)))"
    with store.group.unit():
        pages = db.execute(
            f"SELECT DISTINCT site, kind, item_id, page FROM pages_seen WHERE fetch_id IN {fetched}", (own,)
        ).fetchall()
        db.executemany(
            "UPDATE frontier SET state = 'todo', attempts = 0, hops = 0, not_before = 0 "
            "WHERE site = ? AND kind = ? AND item_id = ? AND page = ?",
            pages,
        )
        db.execute(
            "UPDATE frontier SET state = 'todo', attempts = 0, hops = 0, not_before = 0 WHERE state = 'failed' "
            "AND sweep = ? AND outcome IN (SELECT value FROM json_each(?))",
            (store.frontier.sweep, orjson.dumps(sorted(NOT_UNDERSTOOD)).decode()),
        )
        _ask_again_what_led_elsewhere(db, fetched, own)
        for table in ("sightings", "listings_seen", "pages_seen", "validators"):
            db.execute(f"DELETE FROM {table} WHERE fetch_id IN {fetched}", (own,))
        db.execute("UPDATE runs SET outcome = ? WHERE run_id IN (SELECT value FROM json_each(?))", (IMPLAUSIBLE, own))
    store.group.flush()
    return len(pages)


def _ask_again_what_led_elsewhere(db: sqlite3.Connection, fetched: str, own: str) -> None:
    """Forget under which numbers these runs found threads and forums, and ask for those again, and for what was gone.

    Where a run overwrote what an earlier one had found, the next run finds it anew.
    """
    times = f"SELECT fetched_at FROM fetches WHERE fetch_id IN {fetched}"
    led = f"SELECT site, kind, old_id FROM aliases WHERE seen_at IN ({times})"
    db.execute(
        "UPDATE frontier SET state = 'todo', attempts = 0, hops = 0, not_before = 0, outcome = NULL "
        f"WHERE (site, kind, item_id) IN ({led}) OR outcome IN (SELECT value FROM json_each(?)) "
        "AND outcome_run IN (SELECT value FROM json_each(?))",
        (own, orjson.dumps(sorted(SETTLED | {"moved"})).decode(), own),
    )
    db.execute(f"DELETE FROM aliases WHERE (site, kind, old_id) IN ({led})", (own,))
