"""The beginnings of a few posts, found in a dataset of any size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

from output.layout import Layout
from output.report.figures import Source
from output.report.names import cut
from output.report.quoting import Place, Quoted

ROOM = 140
"""Columns of an excerpt."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """How a post begins, in one line; ``words`` is empty where it has none of its own."""

    words: str
    created_at: datetime | None
    title: str | None


def excerpts(source: Source, wanted: Sequence[Quoted]) -> dict[Place, Excerpt]:
    """Of the posts that were read, by their place. Only the parts that hold their threads are opened."""
    threads = [one.thread_id for one in wanted if one.thread_id is not None]
    places = {one.place for one in wanted}
    layout = Layout(source.manifest.threads_per_part)
    parts = {layout.part(number) for number in threads} if layout.in_parts else None
    posts = pa.array(sorted({place[2] for place in places}), pa.int64())
    columns = ["site", "content_class", "post_id", "thread_id", "created_at", "text"]
    rows = [
        row
        for batch in source.batches("posts", columns, parts=parts)
        for row in batch.filter(pc.is_in(batch["post_id"], value_set=posts)).to_pylist()
        if (row["site"], row["content_class"], row["post_id"]) in places
    ]
    titles = _titles(source, {row["thread_id"] for row in rows})
    return {
        (row["site"], row["content_class"], row["post_id"]): Excerpt(
            cut(row["text"] or "", ROOM),
            row["created_at"],
            titles.get((row["site"], row["content_class"], row["thread_id"])),
        )
        for row in rows
    }


def _titles(source: Source, threads: set[int]) -> dict[Place, str | None]:
    if "threads" not in source.tables:
        return {}
    numbers = pa.array(sorted(threads), pa.int64())
    return {
        (row["site"], row["content_class"], row["thread_id"]): row["title"]
        for batch in source.batches("threads", ["site", "content_class", "thread_id", "title"])
        for row in batch.filter(pc.is_in(batch["thread_id"], value_set=numbers)).to_pylist()
    }
