"""Datasets in memory for tests of the report: rows as dicts, everything else null or plain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from crawler.items import TABLES
from crawler.items.arrow import arrow_schema
from output.layout import SINGLE, Layout
from output.manifest import Manifest
from output.publish import Publisher

T0 = datetime(2024, 3, 1, 12, 0, tzinfo=UTC)
_PLAIN = {"int64": 0, "bool": False, "double": 1.0, "timestamp": T0, "list<string>": []}
HOSTILE = "</text><script>alert(1)</script>\u202e" + "x" * 200


class Made:
    """A dataset as a report reads it; batches are small, so that whatever is counted crosses their borders."""

    def __init__(self, *, manifest: Manifest | None = None, **rows: Sequence[Mapping[str, Any]]) -> None:
        self.manifest = manifest or Manifest()
        self.tables = tuple(name for name in TABLES if name in rows)
        self.rows = rows

    def batches(
        self, name: str, columns: Sequence[str] | None = None, *, parts: object = None
    ) -> Iterator[pa.RecordBatch]:
        schema = arrow_schema(TABLES[name])
        rows = [full(name, row) for row in self.rows[name]]
        table = pa.Table.from_pylist(rows, schema).select(columns or schema.names)
        yield from table.to_batches(max_chunksize=3)


def full(table: str, given: Mapping[str, Any]) -> dict[str, Any]:
    row = {"site": "forum.example", "content_class": "forums_Topic", **given}
    if table in {"posts", "threads"}:
        row.setdefault("status", "active")
    found = {}
    for column in TABLES[table].columns:
        plain = None if column.nullable else _PLAIN.get(column.kind, "x")
        found[column.name] = row.get(column.name, plain)
    return found


def post(post_id: int, author_id: int | None = 1, **given: Any) -> dict[str, Any]:
    at = T0 + timedelta(hours=post_id)
    return {"post_id": post_id, "thread_id": 1, "author_id": author_id, "author_name": f"name {author_id}",
            "created_at": at, "text": f"words {post_id}", **given}  # fmt: skip


def quote(post_id: int, target: int | None, **given: Any) -> dict[str, Any]:
    state = {"target_state": "unresolved", "id_check": "unchecked"}
    if target is not None:
        state = {"target_state": "seen", "method": "explicit_id", "confidence": 1.0, "id_check": "verified"}
    return {"post_id": post_id, "target_post_id": target, "target_thread_id": 1, **state, **given}


def circle(people: int, name: str = "name ", **given: Any) -> Made:
    """A thread in which everybody quotes the one before, and the first one too."""
    posts = [post(number, number, author_name=f"{name}{number}") for number in range(1, people + 1)]
    quotes = [
        quote(number, target, quote_index=target) for number in range(2, people + 1) for target in {number - 1, 1}
    ]
    thread = {"thread_id": 1, "title": "Title", "n_posts_seen": people, "complete": True}
    return Made(**{"posts": posts, "quotes": quotes, "threads": [thread], **given})


def publish(made: Made, folder: Path, layout: Layout = SINGLE) -> None:
    """Write it as a dataset; quotes go with the posts that hold them."""
    rows = {name: [TABLES[name].row(**full(name, row)) for row in given] for name, given in made.rows.items()}
    threads = {(row.site, row.post_id): row.thread_id for row in rows["posts"]}
    with Publisher(folder, layout=layout) as publisher:
        for part in sorted({layout.part(row.thread_id) for row in rows["posts"]}):
            publisher.add({name: [row for row in rows.get(name, ()) if layout.part(row.thread_id) == part]
                           for name in ("threads", "posts")})  # fmt: skip
            of_part = [row for row in rows["quotes"] if layout.part(threads[row.site, row.post_id]) == part]
            publisher.add({"quotes": of_part})
            publisher.end_part(part)
        publisher.add({name: given for name, given in rows.items() if name not in {"threads", "posts", "quotes"}})
        publisher.finish({"sites": ["forum.example"]})
