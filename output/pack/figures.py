"""The figures of a card, counted in the finished tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from output.manifest import FileEntry


@dataclass(slots=True)
class Figures:
    """Counts; times are ISO 8601 or None. ``declared`` and ``seen`` are posts of the threads that declare a number."""

    first_post_at: str | None = None
    last_post_at: str | None = None
    threads_complete: int = 0
    threads: Counter[str] = field(default_factory=Counter)
    declared: int = 0
    seen: int = 0
    posts: Counter[str] = field(default_factory=Counter)
    without_words: int = 0
    edited: int = 0
    versions: Counter[str] = field(default_factory=Counter)
    events: Counter[str] = field(default_factory=Counter)
    quotes: Counter[str] = field(default_factory=Counter)
    methods: Counter[str] = field(default_factory=Counter)


def figures(folder: Path, files: Sequence[FileEntry]) -> Figures:
    """Count in the Parquet files of a pack, batch by batch."""
    found = Figures()
    for threads in _batches(folder, files, "threads", ["status", "complete", "n_posts_declared", "n_posts_seen"]):
        _tell(found.threads, threads.column(0))
        found.threads_complete += pc.sum(threads.column(1)).as_py() or 0
        declared = threads.filter(threads.column(2).is_valid())
        found.declared += pc.sum(declared.column(2)).as_py() or 0
        found.seen += pc.sum(declared.column(3)).as_py() or 0
    spans = []
    for posts in _batches(folder, files, "posts", ["status", "created_at", "n_versions", "text"]):
        _tell(found.posts, posts.column(0))
        bounds = pc.min_max(posts.column(1)).as_py()
        spans += [time for time in bounds.values() if time is not None]
        found.edited += pc.sum(pc.greater(posts.column(2), 1)).as_py() or 0
        found.without_words += posts.column(3).null_count
    if spans:
        found.first_post_at, found.last_post_at = (_iso(time) for time in (min(spans), max(spans)))
    for table, column, counter in (
        ("versions", "source", found.versions),
        ("events", "event", found.events),
        ("quotes", "target_state", found.quotes),
        ("quotes", "method", found.methods),
    ):
        for batch in _batches(folder, files, table, [column]):
            _tell(counter, batch.column(0))
    return found


def _tell(counter: Counter[str], values: pa.Array) -> None:
    for entry in pc.value_counts(values).to_pylist():
        counter[entry["values"] or "none"] += entry["counts"]


def _batches(folder: Path, files: Sequence[FileEntry], table: str, columns: list[str]) -> Iterator[pa.RecordBatch]:
    for entry in files:
        if (entry.table, entry.format) == (table, "parquet"):
            with pq.ParquetFile(folder / entry.path) as file:
                yield from file.iter_batches(50_000, columns=columns)


def _iso(time: Any) -> str:
    return f"{time.strftime('%Y-%m-%d')}T{time.strftime('%H:%M:%S')}Z"
