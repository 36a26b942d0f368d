"""What the pages said: rows of the tables that hold observations, written within the transactions of the store."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from typing import Any

import orjson

from crawler.items import ForumPage, PageItem, PageRef, TopicPage
from crawler.store import codec
from crawler.store.db import insert_many, micros
from crawler.store.rows import PostRows, rows_of

_REPEATED = {
    "pages_seen": "kind, site, content_class, item_id, page, facts",
    "sightings": "row_index, post_id, state_hash, content_hash",
}
"""The columns of what a thread's page says, by table."""


class Observations:
    """Writes observations. A post that is seen again costs one row of numbers and hashes."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def alias(self, site: str, kind: str, number: int) -> int | None:
        """The number that answered under this one."""
        found = self._db.execute(
            "SELECT new_id FROM aliases WHERE site = ? AND kind = ? AND old_id = ?", (site, kind, number)
        ).fetchone()
        return None if found is None else int(found[0])

    def add(self, page: PageItem, ref: PageRef, fetch_id: int, rows: PostRows | None = None) -> tuple[int, int]:
        """Enter what a page says; how many of its posts are new, and how many have changed.

        ``rows`` are the posts of a thread's page, where they have been made rows already.
        """
        assert page.fetch is not None
        if isinstance(page, TopicPage):
            self._answered(ref, page.thread.thread_id, page.fetch.fetched_at)
            return self._observe_topic(page, rows or rows_of(ref.site, page.posts), ref.site, fetch_id)
        if isinstance(page, ForumPage):
            self._answered(ref, page.forum.forum_id, page.fetch.fetched_at)
            self._observe_forum(page, ref.site, fetch_id)
        else:
            for found in page.found:
                if found.kind == ref.kind and found.item_id != ref.item_id:
                    self._answered(ref, found.item_id, page.fetch.fetched_at)
        return 0, 0

    def repeat(self, ref: PageRef, thread_id: int, same_as: int, fetch_id: int, seen_at: datetime) -> None:
        """Enter that a thread's page says what it said at an earlier fetch: the same rows, and no words."""
        self._answered(ref, thread_id, seen_at)
        for table, columns in _REPEATED.items():
            self._db.execute(
                f"INSERT INTO {table} (fetch_id, {columns}) SELECT ?, {columns} FROM {table} WHERE fetch_id = ?",
                (fetch_id, same_as),
            )

    def again(self, page: TopicPage | ForumPage, site: str, fetch_id: int) -> None:
        """Enter what a page says in place of what is stored of its fetch."""
        for table in ("pages_seen", "sightings", "listings_seen"):
            self._db.execute(f"DELETE FROM {table} WHERE fetch_id = ?", (fetch_id,))
        if isinstance(page, TopicPage):
            self._observe_topic(page, rows_of(site, page.posts), site, fetch_id)
        else:
            self._observe_forum(page, site, fetch_id)

    def _answered(self, ref: PageRef, answered: int, seen_at: datetime) -> None:
        if answered == ref.item_id:  # it answers for itself, though it may have been moved before
            self._db.execute("DELETE FROM aliases WHERE site = ? AND kind = ? AND old_id = ?", ref.key[:3])
            return
        self._db.execute(
            "INSERT INTO aliases (site, kind, old_id, new_id, seen_at) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT (site, kind, old_id) DO UPDATE SET new_id = excluded.new_id, seen_at = excluded.seen_at "
            "WHERE new_id <> excluded.new_id",
            (*ref.key[:3], answered, micros(seen_at)),
        )

    def _observe_topic(self, page: TopicPage, rows: PostRows, site: str, fetch_id: int) -> tuple[int, int]:
        thread = page.thread
        self._db.execute(
            "INSERT INTO pages_seen (fetch_id, kind, site, content_class, item_id, page, facts) "
            "VALUES (?, 'topic', ?, ?, ?, ?, ?)",
            (
                fetch_id,
                site,
                thread.content_class,
                thread.thread_id,
                thread.page,
                codec.thread_text(thread, page.forgotten),
            ),
        )
        before = self._last_contents(site, thread.content_class, rows.post_ids, fetch_id)
        self._observe_posts(rows, fetch_id)
        known = [
            (before[post_id], content)
            for post_id, content in zip(rows.post_ids, rows.contents, strict=True)
            if post_id in before
        ]
        return len(rows.post_ids) - len(known), sum(_changed(last, content) for last, content in known)

    def _last_contents(
        self, site: str, content_class: str, post_ids: list[int], fetch_id: int
    ) -> dict[int, tuple[bytes, bytes, int]]:
        """Hash, text hash and parser of each post's last sighting before this fetch."""
        rows = self._db.execute(
            # with max() SQLite takes the other columns from the row that has it
            "SELECT s.post_id, c.content_hash, c.text_hash, c.parser_version, max(s.fetch_id) FROM sightings s "
            "JOIN pages_seen p USING (fetch_id) JOIN contents c USING (content_hash) "
            "WHERE s.post_id IN (SELECT value FROM json_each(?)) AND p.site = ? AND p.content_class = ? "
            "AND s.fetch_id < ? GROUP BY s.post_id",
            (orjson.dumps(post_ids).decode(), site, content_class, fetch_id),
        )
        return {post_id: (content, text, parser) for post_id, content, text, parser, _fetch in rows}

    def _observe_posts(self, rows: PostRows, fetch_id: int) -> None:
        """One statement a table, not one a post."""
        insert_many(self._db, "INSERT INTO post_states", rows.states, "ON CONFLICT DO NOTHING")
        insert_many(
            self._db,
            "INSERT INTO contents (content_hash, parser_version, html, text, full_text, text_hash, quotes, links, "
            "checksum)",
            rows.contents,
            "ON CONFLICT DO NOTHING",
        )
        insert_many(
            self._db,
            "INSERT INTO sightings",
            [
                (fetch_id, index, post_id, state[0], content[0])
                for index, (post_id, state, content) in enumerate(
                    zip(rows.post_ids, rows.states, rows.contents, strict=True)
                )
            ],
        )

    def _observe_forum(self, page: ForumPage, site: str, fetch_id: int) -> None:
        forum = page.forum
        self._db.execute(
            "INSERT INTO pages_seen (fetch_id, kind, site, content_class, item_id, page, facts) "
            "VALUES (?, 'forum', ?, NULL, ?, ?, ?)",
            (fetch_id, site, forum.forum_id, forum.page, codec.forum_text(forum, page.subforums)),
        )
        insert_many(
            self._db,
            "INSERT INTO listings_seen",
            [
                (fetch_id, index, site, forum.forum_id, row.thread_id, codec.listing_text(row))
                for index, row in enumerate(page.rows)
            ],
        )


def _changed(before: tuple[bytes, bytes, int], row: tuple[Any, ...]) -> bool:
    """True when the words changed; what another parser read differently is no change."""
    content, parser, _html, _text, _full_text, text, *_more = row
    return bool(content != before[0] and text != before[1] and parser == before[2])
