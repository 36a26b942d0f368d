"""What a thread's page needs from other tables, put where it can be looked up: a database on disk, for a while.

The tables of a dataset are sorted by their keys, pages are made thread by thread. So memory stays bounded, however
large the dataset.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Self

import orjson

from output.read import Dataset
from output.report.places import ThreadKey

_SCHEMA = """
CREATE TABLE posts (kind INTEGER, post_id INTEGER, thread_id INTEGER, rank INTEGER, facts TEXT,
  PRIMARY KEY (kind, post_id)) WITHOUT ROWID;
CREATE TABLE rows (name TEXT, kind INTEGER, id INTEGER, facts TEXT);
CREATE TABLE quoted (kind INTEGER, target_id INTEGER, post_id INTEGER);
"""
_INDEX = """
CREATE INDEX rows_by_id ON rows (name, kind, id);
CREATE INDEX quoted_by_target ON quoted (kind, target_id, post_id);
CREATE INDEX posts_by_thread ON posts (kind, thread_id);
"""
_OF_POSTS = ("articles", "article_spans", "quotes", "reactions")
_OF_THREADS = ("threads", "polls", "events")
_FORUM_CLASS = "forums_Topic"  # polls name no class: only threads of forums have them
_SHOWN = ("position", "status", "author_name", "created_at")

Row = dict[str, Any]
"""A row of a table. Times are text, as in JSONL."""


@dataclass(frozen=True, slots=True)
class Known:
    """A post as others speak of it. ``rank`` is its 0-based place in its thread's rows."""

    thread: ThreadKey
    post_id: int
    rank: int
    facts: Row


class Shelf:
    """The lookup; fill it, then ask it. A context manager."""

    def __init__(self) -> None:
        self._db = sqlite3.connect("")  # a file of SQLite's own, which goes with the connection
        self._db.executescript(f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; {_SCHEMA}")
        self._kinds: dict[tuple[str, str], int] = {}
        self.n_posts = 0
        self.n_listed = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    @property
    def kinds(self) -> list[tuple[str, str]]:
        """Sites and content classes, in the order of their first posts."""
        return list(self._kinds)

    def fill(self, dataset: Dataset) -> None:
        """Read all tables but the posts' words. Raises `DatasetError`."""
        self._posts(dataset)
        for name in (*_OF_POSTS, *_OF_THREADS):
            column = "thread_id" if name in _OF_THREADS else "post_id"
            self._keep(name, ((self._kind(row), row[column], row) for row in _rows(dataset, name)))
        self._keep("versions", self._edited(dataset))
        self._db.execute(
            "INSERT INTO quoted SELECT DISTINCT kind, json_extract(facts, '$.target_post_id'), id FROM rows "
            "WHERE name = 'quotes' AND json_extract(facts, '$.target_post_id') IS NOT NULL"
        )
        self._db.executescript(_INDEX)
        self.n_listed = self._db.execute("SELECT COUNT(*) FROM rows WHERE name = 'threads'").fetchone()[0]

    def _posts(self, dataset: Dataset) -> None:
        columns = ("site", "content_class", "thread_id", "post_id", *_SHOWN)
        for thread, posts in groupby(_rows(dataset, "posts", columns), _thread):
            kind = self._kinds.setdefault((thread.site, thread.content_class), len(self._kinds))
            found = [
                (
                    kind,
                    row["post_id"],
                    thread.thread_id,
                    rank,
                    orjson.dumps({name: row[name] for name in _SHOWN}).decode(),
                )
                for rank, row in enumerate(posts)
            ]
            self._db.executemany("INSERT OR IGNORE INTO posts VALUES (?, ?, ?, ?, ?)", found)
            self.n_posts += len(found)

    def _edited(self, dataset: Dataset) -> Iterator[tuple[int, int, Row]]:
        """The versions of posts that have more than one."""
        for (kind, post_id), versions in groupby(
            _rows(dataset, "versions"), lambda row: (self._kind(row), row["post_id"])
        ):
            found = list(versions)
            if len(found) > 1:
                yield from ((kind, post_id, row) for row in found)

    def _keep(self, name: str, found: Iterator[tuple[int, int, Row]]) -> None:
        lines = ((name, kind, number, orjson.dumps(row).decode()) for kind, number, row in found)
        self._db.executemany("INSERT INTO rows VALUES (?, ?, ?, ?)", lines)

    def _kind(self, row: Row) -> int:
        pair = (row["site"], row.get("content_class", _FORUM_CLASS))
        return self._kinds.setdefault(pair, len(self._kinds))

    def of(self, name: str, thread: ThreadKey, number: int) -> list[Row]:
        """The rows of a table that belong to a post or thread, by its number, in the table's order."""
        kind = self._kinds.get((thread.site, thread.content_class))
        query = "SELECT facts FROM rows WHERE name = ? AND kind = ? AND id = ? ORDER BY rowid"
        return [orjson.loads(facts) for (facts,) in self._db.execute(query, (name, kind, number))]

    def threads(self) -> Iterator[tuple[Row, int]]:
        """The rows of all threads and how many rows of posts each has: the latest activity first."""
        query = (
            "SELECT facts, (SELECT COUNT(*) FROM posts WHERE posts.kind = rows.kind AND thread_id = rows.id) "
            "FROM rows WHERE name = 'threads' "
            "ORDER BY json_extract(facts, '$.last_post_at') DESC, kind, id DESC"
        )
        for facts, n_posts in self._db.execute(query):
            yield orjson.loads(facts), n_posts

    def post(self, site: str, content_class: str, post_id: int) -> Known | None:
        """A post; None where it was never read."""
        kind = self._kinds.get((site, content_class))
        query = "SELECT thread_id, rank, facts FROM posts WHERE kind = ? AND post_id = ?"
        found = self._db.execute(query, (kind, post_id)).fetchone()
        if found is None:
            return None
        return Known(ThreadKey(site, content_class, found[0]), post_id, found[1], orjson.loads(found[2]))

    def quoting(self, thread: ThreadKey, post_id: int) -> list[Known]:
        """The posts that quote a post, by number."""
        kind = self._kinds.get((thread.site, thread.content_class))
        query = "SELECT post_id FROM quoted WHERE kind = ? AND target_id = ? ORDER BY post_id"
        numbers = [number for (number,) in self._db.execute(query, (kind, post_id))]
        posts = (self.post(thread.site, thread.content_class, number) for number in numbers)
        return [known for known in posts if known is not None]


def _thread(row: Row) -> ThreadKey:
    return ThreadKey(row["site"], row["content_class"], row["thread_id"])


def _rows(dataset: Dataset, name: str, columns: tuple[str, ...] | None = None) -> Iterator[Row]:
    if name in dataset.tables:
        for batch in dataset.batches(name, columns):
            yield from batch.to_pylist()
