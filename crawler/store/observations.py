"""What the pages said: rows of the tables that hold observations, written within the transactions of the store."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from crawler.items import Body, ForumPage, PageItem, PageRef, PostSeen, TopicPage
from crawler.store import codec
from crawler.store.db import micros


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

    def add(self, page: PageItem, ref: PageRef, fetch_id: int) -> tuple[int, int]:
        """Enter what a page says; how many of its posts are new, and how many have changed."""
        assert page.fetch is not None
        if isinstance(page, TopicPage):
            self._answered(ref, page.thread.thread_id, page.fetch.fetched_at)
            return self._observe_topic(page, ref.site, fetch_id)
        if isinstance(page, ForumPage):
            self._answered(ref, page.forum.forum_id, page.fetch.fetched_at)
            self._observe_forum(page, ref.site, fetch_id)
        else:
            for found in page.found:
                if found.kind == ref.kind and found.item_id != ref.item_id:
                    self._answered(ref, found.item_id, page.fetch.fetched_at)
        return 0, 0

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

    def _observe_topic(self, page: TopicPage, site: str, fetch_id: int) -> tuple[int, int]:
        thread = page.thread
        self._db.execute(
            "INSERT INTO pages_seen (fetch_id, kind, site, content_class, item_id, page, facts) "
            "VALUES (?, 'topic', ?, ?, ?, ?, ?)",
            (fetch_id, site, thread.content_class, thread.thread_id, thread.page, codec.thread_text(thread)),
        )
        new = changed = 0
        for index, post in enumerate(page.posts):
            content = codec.content_hash(site, post.body)
            before = self._last_content(site, thread.content_class, post.post_id, fetch_id)
            new += before is None
            changed += before is not None and _changed(before, content, post.body)
            self._observe_post(post, content, fetch_id, index)
        return new, changed

    def _last_content(
        self, site: str, content_class: str, post_id: int, fetch_id: int
    ) -> tuple[bytes, bytes, int] | None:
        """Hash, text hash and parser of the post's last sighting before this fetch."""
        found: tuple[bytes, bytes, int] | None = self._db.execute(
            "SELECT c.content_hash, c.text_hash, c.parser_version FROM sightings s JOIN pages_seen p USING (fetch_id) "
            "JOIN contents c USING (content_hash) WHERE s.post_id = ? AND p.site = ? AND p.content_class = ? "
            "AND s.fetch_id < ? ORDER BY s.fetch_id DESC LIMIT 1",
            (post_id, site, content_class, fetch_id),
        ).fetchone()
        return found

    def _observe_post(self, post: PostSeen, content: bytes, fetch_id: int, index: int) -> None:
        body, execute = post.body, self._db.execute
        state = codec.state_bytes(post)
        state_hash = codec.digest(state)
        execute("INSERT INTO post_states VALUES (?, ?) ON CONFLICT DO NOTHING", (state_hash, state.decode()))
        execute(
            "INSERT INTO contents (content_hash, parser_version, html, text, full_text, text_hash, quotes, links) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (
                content, body.parser_version, body.html, body.text, body.full_text, body.text_hash,
                codec.quotes_text(body.quotes), codec.links_text(body.links),
            ),
        )  # fmt: skip
        execute("INSERT INTO sightings VALUES (?, ?, ?, ?, ?)", (fetch_id, index, post.post_id, state_hash, content))

    def _observe_forum(self, page: ForumPage, site: str, fetch_id: int) -> None:
        forum = page.forum
        self._db.execute(
            "INSERT INTO pages_seen (fetch_id, kind, site, content_class, item_id, page, facts) "
            "VALUES (?, 'forum', ?, NULL, ?, ?, ?)",
            (fetch_id, site, forum.forum_id, forum.page, codec.forum_text(forum, page.subforums)),
        )
        self._db.executemany(
            "INSERT INTO listings_seen VALUES (?, ?, ?, ?, ?, ?)",
            [
                (fetch_id, index, site, forum.forum_id, row.thread_id, codec.listing_text(row))
                for index, row in enumerate(page.rows)
            ],
        )


def _changed(before: tuple[bytes, bytes, int], content: bytes, body: Body) -> bool:
    """True when the words changed; what another parser read differently is no change."""
    content_before, text_before, parser = before
    return content != content_before and text_before != body.text_hash and parser == body.parser_version
