"""The store: one SQLite file with frontier and observations. Whatever a page said goes in as a whole or not at all."""

from __future__ import annotations

import dataclasses
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Self

import orjson

from crawler.items import (
    Body,
    ErrorPage,
    Fetch,
    ForumPage,
    PageItem,
    PageRef,
    Redirect,
    Run,
    TopicPage,
    Wall,
    fetch_row,
)
from crawler.items.sql import quoted
from crawler.store import codec
from crawler.store.db import micros, open_db, unusable
from crawler.store.frontier import LONGEST_WAIT, Frontier
from crawler.store.group import Group
from crawler.store.killpoints import reach
from crawler.store.observations import Observations
from crawler.store.rows import PostRows
from crawler.store.settle import Settlement, page_kind, settle
from crawler.store.validators import Validators

MAX_ATTEMPTS = 3
"""Tries of a page in one run before it counts as failed."""

_BACKOFF = 2.0  # seconds before the second try; doubled for each further one


@dataclass(frozen=True, slots=True)
class Committed:
    """What a commit found: the verdict on the page, and how many of its posts are new or changed."""

    settlement: Settlement
    fetch_id: int
    n_posts: int = 0
    n_new: int = 0
    n_changed: int = 0


class Store:
    """An open store. Use as a context manager, or close it.

    What is entered is committed as `group` says: each unit by itself, unless its limit is raised.
    """

    def __init__(self, path: Path, *, create: bool = False) -> None:
        self.path = path
        self._closed = False
        self.db = open_db(path, create=create)
        self.group = Group(self.db)
        try:
            self.frontier = Frontier(self.db, self.group)
        except sqlite3.DatabaseError as error:
            self.db.close()
            raise unusable(path, error) from None
        self._observations = Observations(self.db)
        self.validators = Validators(self.db)
        self.run_id = 0
        self.max_attempts = MAX_ATTEMPTS
        self.backoff = _BACKOFF

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Commit what waits and close the file; the journal goes into it. A second call does nothing.

        Raises what `Group.flush` raises; the file is closed all the same.
        """
        if self._closed:
            return
        self._closed = True
        try:
            self.group.flush()
        finally:
            self.db.close()

    # Runs ------------------------------------------------------------------------------------------------------------

    def begin_run(self, run: Run, *, refresh: bool = False) -> int:
        """Enter a run and give it its number; the frontier is made ready."""
        with self.group.unit():
            sweep = self.frontier.begin(refresh=refresh, now=micros(run.started_at))
            run.run_id = int(self.db.execute("SELECT coalesce(max(run_id), 0) + 1 FROM runs").fetchone()[0])
            # what a killed run met first, it told nobody: this run has to
            self.db.execute(
                "UPDATE frontier SET outcome_run = ? WHERE outcome_run IN "
                "(SELECT run_id FROM runs WHERE outcome IS NULL OR outcome = 'stopped')",
                (run.run_id,),
            )
            self._insert("runs", run)
            reach("during-recovery")
        self.group.flush()
        self.frontier.held.clear()
        self.run_id, self.frontier.sweep = run.run_id, sweep
        return self.run_id

    def continue_as(self, run: Run) -> int:
        """Enter a run that goes on with the sweep as it stands, and give it its number."""
        with self.group.unit():
            run.run_id = int(self.db.execute("SELECT coalesce(max(run_id), 0) + 1 FROM runs").fetchone()[0])
            self._insert("runs", run)
        self.run_id = run.run_id
        return self.run_id

    def finish_run(self, run: Run) -> None:
        """Write the end of a run over its beginning."""
        with self.group.unit():
            self.db.execute("DELETE FROM runs WHERE run_id = ?", (run.run_id,))
            self._insert("runs", run)
        self.group.flush()

    # Pages -----------------------------------------------------------------------------------------------------------

    def commit(self, page: PageItem, rows: PostRows | None = None) -> Committed:
        """Enter a fetched page: its facts, the pages that it led to, and the end of its lease, all at once.

        ``page.ref`` and ``page.fetch`` must be set. ``rows`` are the posts of a thread's page, where they have been
        made rows already; then it need not have any itself. Raises with nothing of it entered; where ``group.broken``
        is set then, the pages of its group are lost too, and nothing more can be entered. An obstacle that comes
        without a lease, because the page is settled already, changes nothing in the frontier.
        """
        ref, fetch = page.ref, page.fetch
        if ref is None or fetch is None:
            raise ValueError("a page needs its reference and its fetch before it can be stored")
        n_posts = _n_posts(page, rows)
        with self.group.unit():
            entry = self.frontier.get(ref)
            attempts, hops, depth = (entry.attempts, entry.hops, entry.depth) if entry else (0, 0, 0)
            result = settle(page, attempts=attempts, hops=hops, max_attempts=self.max_attempts)
            if self._goes_in_circle(page, ref):
                result = Settlement("failed", "redirect_loop", "two pages redirect to each other")
                page.found = []
            fetch_id = self._fetch(page, ref, result, n_posts)
            new, changed = self._observe(page, ref, fetch_id, rows)
            if entry is not None and (ref.key in self.frontier.held or result.outcome == "ok"):
                same = next((found for found in page.found if found.key == ref.key), None)
                not_before = micros(fetch.fetched_at) + int(self._wait(page, attempts) * 1e6)
                self.frontier.settle(entry, result, self.run_id, not_before, same.url if same else None)
            self.frontier.add((found for found in page.found if found.key != ref.key), depth + 1)
        self.frontier.held.pop(ref.key, None)
        return Committed(result, fetch_id, n_posts or 0, new, changed)

    def _observe(self, page: PageItem, ref: PageRef, fetch_id: int, rows: PostRows | None) -> tuple[int, int]:
        """Enter what a page says; how many of its posts are new, and how many have changed."""
        fetch = page.fetch
        assert fetch is not None
        if not isinstance(page, TopicPage):
            return self._observations.add(page, ref, fetch_id)
        if fetch.same_as is None:
            counts = self._observations.add(page, ref, fetch_id, rows)
        else:
            counts = 0, 0
            self._observations.repeat(ref, page.thread.thread_id, fetch.same_as, fetch_id, fetch.fetched_at)
        self.validators.enter(page, ref, fetch_id)
        return counts

    def record_fetch(self, fetch: Fetch) -> int:
        """Enter a fetch that is no page of the frontier (robots.txt)."""
        with self.group.unit():
            return self._insert_fetch(fetch)

    def enter_fetch(self, fetch: Fetch) -> None:
        """Enter the row of a fetch under the number and run that it has, within a unit of the group."""
        self._insert("fetches", fetch)

    def enter_again(self, page: TopicPage | ForumPage, fetch_id: int) -> None:
        """Enter what a page says in place of what is stored of its fetch, within a unit of the group."""
        assert page.ref is not None
        self._observations.again(page, page.ref.site, fetch_id)

    def record_robots(self, origin: str, sha256: str, body: bytes, seen_at: datetime) -> None:
        """Keep a robots.txt; one that is known already stays as it is."""
        with self.group.unit():
            self.db.execute(
                "INSERT OR IGNORE INTO robots_seen (origin, sha256, first_seen_at, body) VALUES (?, ?, ?, ?)",
                (origin, sha256, micros(seen_at), body),
            )

    def _wait(self, page: PageItem, attempts: int) -> float:
        """Seconds until the next try: what the server asks for or our own wait, which doubles; an hour at the most."""
        if not isinstance(page, Wall | ErrorPage):
            return 0.0
        own = self.backoff * 2.0 ** min(attempts, 30)
        return min(max(page.retry_after or 0.0, own), LONGEST_WAIT / 1e6)

    def _fetch(self, page: PageItem, ref: PageRef, result: Settlement, n_posts: int | None) -> int:
        facts = page.fetch
        assert facts is not None
        on_topic = ref.kind == "topic"
        topic = page.thread if isinstance(page, TopicPage) else None
        forum = page.forum if isinstance(page, ForumPage) else None
        number = topic.page if topic else forum.page if forum else ref.page
        fetch = fetch_row(
            facts,
            site=ref.site,
            page_kind=page_kind(page),
            layout=page.layout,
            thread_id=topic.thread_id if topic else ref.item_id if on_topic else None,
            page=number,
            n_posts=n_posts,
            outcome="not_modified" if topic is not None and facts.same_as is not None else result.outcome,
            error=result.error,
        )
        return self._insert_fetch(fetch)

    def _insert_fetch(self, fetch: Fetch) -> int:
        found = self.db.execute("SELECT coalesce(max(fetch_id), 0) + 1 FROM fetches").fetchone()
        fetch.fetch_id, fetch.run_id = int(found[0]), self.run_id
        self._insert("fetches", fetch)
        return fetch.fetch_id

    def _goes_in_circle(self, page: PageItem, ref: PageRef) -> bool:
        """True for a redirect to a number that in this sweep redirected to this one: neither is ever read."""
        if not isinstance(page, Redirect):
            return False
        return any(self._leads_to(ref, found.item_id) for found in page.found if found.item_id != ref.item_id)

    def _leads_to(self, ref: PageRef, number: int) -> bool:
        met: set[int] = set()
        while number != ref.item_id:
            entry = self.frontier.get(dataclasses.replace(ref, item_id=number, page=1))
            if number in met or entry is None or (entry.sweep, entry.outcome) != (self.frontier.sweep, "moved"):
                return False
            met.add(number)
            answered = self._observations.alias(ref.site, ref.kind, number)
            if answered is None:
                return False
            number = answered
        return True

    def update_content(self, content_hash: bytes, body: Body) -> None:
        """Enter what a newer parser reads in a body that is stored already."""
        with self.group.unit():
            _hash, *columns = codec.content_row(content_hash, body)
            self.db.execute(
                "UPDATE contents SET parser_version = ?, html = ?, text = ?, full_text = ?, text_hash = ?, quotes = ?, "
                "links = ?, checksum = ? WHERE content_hash = ?",
                (*columns, content_hash),
            )

    # Rows ------------------------------------------------------------------------------------------------------------

    def _insert(self, table: str, row: object) -> None:
        names = tuple(row.__dataclass_fields__)  # type: ignore[attr-defined]
        values = [_value(getattr(row, name)) for name in names]
        self.db.execute(_insertion(table, names), values)


def _n_posts(page: PageItem, rows: PostRows | None) -> int | None:
    if not isinstance(page, TopicPage):
        return None
    return len(page.posts if rows is None else rows.post_ids)


@cache
def _insertion(table: str, names: tuple[str, ...]) -> str:
    """The statement that enters a row."""
    marks = ", ".join("?" for _ in names)
    return f"INSERT INTO {quoted(table)} ({', '.join(map(quoted, names))}) VALUES ({marks})"


def _value(value: object) -> object:
    if isinstance(value, datetime):
        return micros(value)
    if isinstance(value, list):
        return orjson.dumps(value).decode()
    return value
