"""What servers gave with pages, so that these can be asked for again only if they have changed."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, fields

from crawler.items import FetchFacts, PageRef, TopicPage
from crawler.store import codec
from crawler.store.db import micros
from crawler.store.reading import Reader

_LIES = "validators_lie_"  # meta; the site follows
_KEPT = (
    "SELECT v.fetch_id, v.etag, v.last_modified, v.n_unchanged, v.pages_url, f.layout, f.body_sha256, "
    "f.warc_file IS NOT NULL, r.authenticated, p.item_id FROM validators v JOIN fetches f USING (fetch_id) "
    "JOIN pages_seen p USING (fetch_id) JOIN runs r USING (run_id) "
    "WHERE v.site = ? AND v.kind = ? AND v.item_id = ? AND v.page = ? AND v.url = ? AND p.kind = v.kind"
)


@dataclass(frozen=True, slots=True)
class Kept:
    """A page that was read and came with a validator, as it was read last.

    ``body_sha256`` is that of the page as it came, ``thread_id`` the number by its own account. ``authenticated`` tells
    whether the user's login went along.
    """

    fetch_id: int
    etag: str | None
    last_modified: str | None
    n_unchanged: int
    pages_url: str
    layout: str | None
    body_sha256: str | None
    is_archived: bool
    authenticated: bool
    thread_id: int


class Validators:
    """Reads and writes the table `validators` within the transactions of the store."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def get(self, ref: PageRef) -> Kept | None:
        """What was kept of a page; ``None`` where nothing was, or the page is to be asked for at another address."""
        row = self._db.execute(_KEPT, (*ref.key, ref.url)).fetchone()
        if row is None:
            return None
        names = [field.name for field in fields(Kept)]
        return Kept(**dict(zip(names, row, strict=True)))

    def enter(self, page: TopicPage, ref: PageRef, fetch_id: int) -> None:
        """Keep what came with a page that was read; what came with an older state of it goes."""
        fetch = page.fetch
        assert fetch is not None
        if fetch.same_as is not None:
            self._db.execute(
                "UPDATE validators SET fetch_id = ?, etag = coalesce(?, etag), "
                "last_modified = coalesce(?, last_modified), n_unchanged = n_unchanged + 1 "
                "WHERE site = ? AND kind = ? AND item_id = ? AND page = ?",
                (fetch_id, fetch.etag, fetch.last_modified, *ref.key),
            )
            return
        if self._contradicts(fetch, ref, fetch_id):
            self._db.execute(
                "INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)",
                (f"{_LIES}{ref.site}", str(micros(fetch.fetched_at))),
            )
        self._db.execute("DELETE FROM validators WHERE site = ? AND kind = ? AND item_id = ? AND page = ?", ref.key)
        if fetch.etag or fetch.last_modified:
            self._db.execute(
                "INSERT INTO validators (site, kind, item_id, page, url, etag, last_modified, fetch_id, pages_url, "
                "n_unchanged) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0)",
                (*ref.key, fetch.url, fetch.etag, fetch.last_modified, fetch_id, page.pages_url),
            )

    def _contradicts(self, fetch: FetchFacts, ref: PageRef, fetch_id: int) -> bool:
        """True where a page came with the validators that it had before, and with other words."""
        before = self._db.execute(
            "SELECT fetch_id, etag, last_modified FROM validators "
            "WHERE site = ? AND kind = ? AND item_id = ? AND page = ? AND url = ?",
            (*ref.key, fetch.url),
        ).fetchone()
        if before is None or before[1:] != (fetch.etag, fetch.last_modified):
            return False
        words = (
            "SELECT s.post_id, c.text_hash FROM sightings s JOIN contents c USING (content_hash) WHERE s.fetch_id = ?"
        )
        differing = self._db.execute(f"SELECT EXISTS ({words} EXCEPT {words})", (before[0], fetch_id)).fetchone()
        return bool(differing[0])

    def lied_at(self, site: str) -> int:
        """When a site last gave the same validators with other words, in microseconds since 1970; 0 for never."""
        found = self._db.execute("SELECT value FROM meta WHERE key = ?", (f"{_LIES}{site}",)).fetchone()
        return int(found[0]) if found is not None else 0

    def read_in_full_at(self, kept: Kept, ref: PageRef) -> int:
        """When a page last came as a whole, in microseconds since 1970; 0 where nothing tells."""
        found = self._db.execute(
            "SELECT max(f.fetched_at) FROM pages_seen p JOIN fetches f USING (fetch_id) WHERE p.site = ? "
            "AND p.kind = 'topic' AND p.item_id = ? AND p.page = ? AND f.outcome = 'ok'",
            (ref.site, kept.thread_id, ref.page),
        ).fetchone()
        return found[0] or 0

    def is_as_listed(self, site: str, thread_id: int, fetch_id: int) -> bool:
        """True where no listing has told anything else of a thread since a fetch than the last one before it."""
        rows = "SELECT fetch_id, forum_id, facts FROM listings_seen WHERE site = ? AND thread_id = ?"
        last = self._db.execute(f"{rows} ORDER BY fetch_id DESC LIMIT 1", (site, thread_id)).fetchone()
        if last is None or last[0] < fetch_id:
            return True
        before = self._db.execute(
            f"{rows} AND fetch_id < ? ORDER BY fetch_id DESC LIMIT 1", (site, thread_id, fetch_id)
        ).fetchone()
        return before is not None and before[1:] == last[1:]

    def is_whole(self, site: str, thread_id: int) -> bool:
        """True where every page of a thread was read, and they had as many posts as the thread said last."""
        rows = self._db.execute(
            # with max() SQLite takes the other columns from the row that has it
            "SELECT max(p.fetch_id), p.page, f.n_posts, p.facts FROM pages_seen p JOIN fetches f USING (fetch_id) "
            "WHERE p.site = ? AND p.kind = 'topic' AND p.item_id = ? GROUP BY p.page",
            (site, thread_id),
        ).fetchall()
        if not rows:
            return False
        thread = codec.thread_from(max(rows)[3])
        posts = {
            page: n_posts + len(codec.forgotten_in(facts))
            for _fetch, page, n_posts, facts in rows
            if page <= (thread.n_pages or 1)
        }
        return len(posts) == (thread.n_pages or 1) and thread.n_posts_declared in {None, sum(posts.values())}

    def page(self, kept: Kept, url: str) -> TopicPage | None:
        """A page out of the store, as it was read; ``None`` where it is not there any more."""
        reading = Reader(self._db).page(kept.fetch_id)
        if reading is None or not reading.posts:
            return None
        return TopicPage(
            url=url, layout=kept.layout, pages_url=kept.pages_url, thread=reading.thread, posts=reading.posts
        )
