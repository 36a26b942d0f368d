"""The store: one SQLite file with frontier and observations. Whatever a page said goes in with one transaction."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Self

import orjson

from crawler.items import (
    Alias,
    Body,
    ErrorPage,
    Fetch,
    ForumPage,
    PageItem,
    PageRef,
    PostSeen,
    Run,
    TopicPage,
    Wall,
)
from crawler.items.sql import quoted
from crawler.store import codec
from crawler.store.db import micros, open_db, transaction
from crawler.store.frontier import Frontier
from crawler.store.settle import Settlement, page_kind, settle

MAX_ATTEMPTS = 3
"""Tries of a page in one run before it counts as failed."""

_BACKOFF = 2.0  # seconds before the second try; doubled for each further one
_LONGEST_WAIT = 3600.0  # seconds: a server that asks for more is asked again in a later run


@dataclass(frozen=True, slots=True)
class Committed:
    """What a commit found: the verdict on the page, and how many of its posts are new or changed."""

    settlement: Settlement
    fetch_id: int
    n_posts: int = 0
    n_new: int = 0
    n_changed: int = 0


class Store:
    """An open store. Use as a context manager, or close it."""

    def __init__(self, path: Path, *, create: bool = False) -> None:
        self.path = path
        self.db = open_db(path, create=create)
        self.frontier = Frontier(self.db)
        self.run_id = 0
        self.max_attempts = MAX_ATTEMPTS
        self.backoff = _BACKOFF

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; the journal goes into it."""
        self.db.close()

    # Runs ------------------------------------------------------------------------------------------------------------

    def begin_run(self, run: Run, *, refresh: bool = False) -> int:
        """Enter a run and give it its number; the frontier is made ready."""
        self.frontier.begin(refresh=refresh)
        with transaction(self.db):
            found = self.db.execute("SELECT coalesce(max(run_id), 0) + 1 FROM runs").fetchone()
            self.run_id = run.run_id = int(found[0])
            self._insert("runs", run)
        return self.run_id

    def finish_run(self, run: Run) -> None:
        """Write the end of a run over its beginning."""
        with transaction(self.db):
            self.db.execute("DELETE FROM runs WHERE run_id = ?", (run.run_id,))
            self._insert("runs", run)

    # Pages -----------------------------------------------------------------------------------------------------------

    def commit(self, page: PageItem) -> Committed:
        """Enter a fetched page: its facts, the pages that it led to, and the end of its lease, all at once.

        ``page.ref`` and ``page.fetch`` must be set. Raises ``sqlite3.Error`` with nothing entered.
        """
        ref, fetch = page.ref, page.fetch
        if ref is None or fetch is None:
            raise ValueError("a page needs its reference and its fetch before it can be stored")
        with transaction(self.db):
            entry = self.frontier.get(ref)
            attempts, hops, depth = (entry.attempts, entry.hops, entry.depth) if entry else (0, 0, 0)
            result = settle(page, attempts=attempts, hops=hops, max_attempts=self.max_attempts)
            fetch_id = self._fetch(page, ref, result)
            new, changed = self._observe(page, ref, fetch_id)
            if entry is not None:
                same = next((found for found in page.found if found.key == ref.key), None)
                not_before = micros(fetch.fetched_at) + int(self._wait(page, attempts) * 1e6)
                self.frontier.settle(entry, result, self.run_id, not_before, same.url if same else None)
            self.frontier.add((found for found in page.found if found.key != ref.key), depth + 1)
        n_posts = len(page.posts) if isinstance(page, TopicPage) else 0
        return Committed(result, fetch_id, n_posts, new, changed)

    def record_fetch(self, fetch: Fetch) -> int:
        """Enter a fetch that is no page of the frontier (robots.txt)."""
        with transaction(self.db):
            return self._insert_fetch(fetch)

    def _wait(self, page: PageItem, attempts: int) -> float:
        """Seconds until the next try: what the server asks for, else twice as long each time."""
        if not isinstance(page, Wall | ErrorPage):
            return 0.0
        own = self.backoff * float(2**attempts)
        return min(max(page.retry_after or 0.0, own), _LONGEST_WAIT)

    def _fetch(self, page: PageItem, ref: PageRef, result: Settlement) -> int:
        facts = page.fetch
        assert facts is not None
        on_topic = ref.kind == "topic"
        topic = page.thread if isinstance(page, TopicPage) else None
        forum = page.forum if isinstance(page, ForumPage) else None
        number = topic.page if topic else forum.page if forum else ref.page
        fetch = Fetch(
            fetch_id=0,
            run_id=self.run_id,
            site=ref.site,
            url=facts.url,
            final_url=facts.final_url,
            fetched_at=facts.fetched_at,
            status=facts.status,
            bytes=facts.bytes,
            elapsed_ms=facts.elapsed_ms,
            page_kind=page_kind(page),
            layout=page.layout,
            thread_id=topic.thread_id if topic else ref.item_id if on_topic else None,
            page=number,
            n_posts=len(page.posts) if isinstance(page, TopicPage) else None,
            outcome=result.outcome,
            error=result.error,
            body_sha256=facts.body_sha256,
            warc_file=facts.warc_file,
            warc_offset=facts.warc_offset,
        )
        return self._insert_fetch(fetch)

    def _insert_fetch(self, fetch: Fetch) -> int:
        found = self.db.execute("SELECT coalesce(max(fetch_id), 0) + 1 FROM fetches").fetchone()
        fetch.fetch_id, fetch.run_id = int(found[0]), self.run_id
        self._insert("fetches", fetch)
        return fetch.fetch_id

    def _observe(self, page: PageItem, ref: PageRef, fetch_id: int) -> tuple[int, int]:
        assert page.fetch is not None
        if isinstance(page, TopicPage):
            self._alias(ref, page.thread.thread_id, page.fetch.fetched_at)
            return self._observe_topic(page, ref.site, fetch_id)
        if isinstance(page, ForumPage):
            self._alias(ref, page.forum.forum_id, page.fetch.fetched_at)
            self._observe_forum(page, ref.site, fetch_id)
        else:
            for found in page.found:
                if found.kind == ref.kind:
                    self._alias(ref, found.item_id, page.fetch.fetched_at)
        return 0, 0

    def _alias(self, ref: PageRef, answered: int, seen_at: datetime) -> None:
        if answered != ref.item_id:
            alias = Alias(site=ref.site, kind=ref.kind, old_id=ref.item_id, new_id=answered, seen_at=seen_at)
            self._insert("aliases", alias, "OR REPLACE")

    def _observe_topic(self, page: TopicPage, site: str, fetch_id: int) -> tuple[int, int]:
        thread = page.thread
        self.db.execute(
            "INSERT INTO pages_seen (fetch_id, kind, site, content_class, item_id, page, facts) "
            "VALUES (?, 'topic', ?, ?, ?, ?, ?)",
            (fetch_id, site, thread.content_class, thread.thread_id, thread.page, codec.thread_text(thread)),
        )
        new = changed = 0
        for index, post in enumerate(page.posts):
            content = codec.content_hash(site, post.body.html)
            before = self._last_content(site, thread.content_class, post.post_id, fetch_id)
            new += before is None
            changed += before is not None and before != post.body.text_hash
            self._observe_post(post, content, fetch_id, index)
        return new, changed

    def _last_content(self, site: str, content_class: str, post_id: int, fetch_id: int) -> bytes | None:
        """The text hash of the post's last sighting before this fetch."""
        found = self.db.execute(
            "SELECT c.text_hash FROM sightings s JOIN pages_seen p USING (fetch_id) "
            "JOIN contents c USING (content_hash) WHERE s.post_id = ? AND p.site = ? AND p.content_class = ? "
            "AND s.fetch_id < ? ORDER BY s.fetch_id DESC LIMIT 1",
            (post_id, site, content_class, fetch_id),
        ).fetchone()
        return None if found is None else bytes(found[0])

    def _observe_post(self, post: PostSeen, content: bytes, fetch_id: int, index: int) -> None:
        body, execute = post.body, self.db.execute
        state = codec.state_bytes(post)
        state_hash = codec.digest(state)
        execute("INSERT OR IGNORE INTO post_states VALUES (?, ?)", (state_hash, state.decode()))
        execute(
            "INSERT OR IGNORE INTO contents (content_hash, parser_version, html, text, full_text, text_hash, quotes, "
            "links) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                content, body.parser_version, body.html, body.text, body.full_text, body.text_hash,
                codec.quotes_text(body.quotes), codec.links_text(body.links),
            ),
        )  # fmt: skip
        execute("INSERT INTO sightings VALUES (?, ?, ?, ?, ?)", (fetch_id, index, post.post_id, state_hash, content))

    def _observe_forum(self, page: ForumPage, site: str, fetch_id: int) -> None:
        forum = page.forum
        self.db.execute(
            "INSERT INTO pages_seen (fetch_id, kind, site, content_class, item_id, page, facts) "
            "VALUES (?, 'forum', ?, NULL, ?, ?, ?)",
            (fetch_id, site, forum.forum_id, forum.page, codec.forum_text(forum, page.subforums)),
        )
        self.db.executemany(
            "INSERT INTO listings_seen VALUES (?, ?, ?, ?, ?, ?)",
            [
                (fetch_id, index, site, forum.forum_id, row.thread_id, codec.listing_text(row))
                for index, row in enumerate(page.rows)
            ],
        )

    def update_content(self, content_hash: bytes, body: Body) -> None:
        """Enter what a newer parser reads in a body that is stored already."""
        with transaction(self.db):
            self.db.execute(
                "UPDATE contents SET parser_version = ?, html = ?, text = ?, full_text = ?, text_hash = ?, quotes = ?, "
                "links = ? WHERE content_hash = ?",
                (
                    body.parser_version, body.html, body.text, body.full_text, body.text_hash,
                    codec.quotes_text(body.quotes), codec.links_text(body.links), content_hash,
                ),
            )  # fmt: skip

    # Rows ------------------------------------------------------------------------------------------------------------

    def _insert(self, table: str, row: object, conflict: str = "") -> None:
        fields = dataclasses.fields(row)  # type: ignore[arg-type]
        names = ", ".join(quoted(f.name) for f in fields)
        marks = ", ".join("?" for _ in fields)
        values = [_value(getattr(row, f.name)) for f in fields]
        self.db.execute(f"INSERT {conflict} INTO {quoted(table)} ({names}) VALUES ({marks})", values)


def _value(value: object) -> object:
    if isinstance(value, datetime):
        return micros(value)
    if isinstance(value, list):
        return orjson.dumps(value).decode()
    return value
