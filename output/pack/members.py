"""The members of a pack that is not all of one crawl: counted anew over the posts that are in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pyarrow as pa

from crawler.items import TABLES, Author
from crawler.items.arrow import arrow_schema
from output.pack.select import Selection
from output.pack.sources import Source

_ROWS = 5_000


@dataclass(slots=True)
class _Member:
    row: Author | None = None
    n_posts: int = 0
    first: datetime | None = None
    last: datetime | None = None
    names: set[str] = field(default_factory=set)


def members(sources: Sequence[Source], selections: Sequence[Selection]) -> Iterator[pa.RecordBatch]:
    """The table `authors`, as batches; one entry a member is held."""
    found: dict[tuple[str, int], _Member] = {}
    for source, selection in zip(sources, selections, strict=True):
        for batch in source.batches(
            "posts", "site content_class thread_id post_id author_id status created_at".split()
        ):
            _count(found, selection.filter("posts", batch))
    for source in sources:
        for row in source.data.rows("authors"):
            member = found.get((row.site, row.author_id))
            if member is not None:
                member.names.update(row.known_names)
                if member.row is None or (row.last_post_at or _NEVER) > (member.row.last_post_at or _NEVER):
                    member.row = row
    yield from _batches(member for _, member in sorted(found.items()))


def _count(found: dict[tuple[str, int], _Member], posts: pa.RecordBatch) -> None:
    groups = pa.Table.from_batches([posts]).group_by(["site", "author_id", "status"])
    table = groups.aggregate([("created_at", "min"), ("created_at", "max"), ("thread_id", "count")])
    for row in table.to_pylist():
        if row["author_id"] is None:
            continue
        member = found.setdefault((row["site"], row["author_id"]), _Member())
        if row["status"] == "active":
            member.n_posts += row["thread_id_count"]
        member.first = min((t for t in (member.first, row["created_at_min"]) if t), default=None)
        member.last = max((t for t in (member.last, row["created_at_max"]) if t), default=None)


def _batches(all_members: Iterable[_Member]) -> Iterator[pa.RecordBatch]:
    schema = arrow_schema(TABLES["authors"])
    rows: list[dict[str, Any]] = []
    for member in all_members:
        if member.row is not None:
            names = schema.names
            row = {name: getattr(member.row, name) for name in names}
            row |= {"n_posts_seen": member.n_posts, "first_post_at": member.first, "last_post_at": member.last}
            rows.append({**row, "known_names": sorted(member.names)})
        if len(rows) >= _ROWS:
            yield pa.RecordBatch.from_pylist(rows, schema)
            rows = []
    if rows:
        yield pa.RecordBatch.from_pylist(rows, schema)


_NEVER = datetime.fromisoformat("0001-01-01T00:00:00+00:00")
