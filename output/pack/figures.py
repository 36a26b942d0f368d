"""The figures of a card, counted in the finished tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from output.manifest import FileEntry
from output.pack.languages import Languages
from output.pack.tables import read_batches


@dataclass(slots=True)
class Site:
    """What a pack has of one site."""

    threads: int = 0
    posts: int = 0
    members: int = 0
    first: datetime | None = None
    last: datetime | None = None


@dataclass(slots=True)
class Figures:
    """Counts. ``declared`` and ``seen`` are posts of the threads that declare a number; ``lengths`` counts threads by
    their posts.
    """

    sites: dict[str, Site] = field(default_factory=dict)
    years: Counter[int] = field(default_factory=Counter)
    lengths: Counter[int] = field(default_factory=Counter)
    languages: dict[str, Any] = field(default_factory=dict)
    threads_complete: int = 0
    threads: Counter[str] = field(default_factory=Counter)
    declared: int = 0
    seen: int = 0
    posts: Counter[str] = field(default_factory=Counter)
    without_words: int = 0
    by_guests: int = 0
    marked: int = 0
    edited: int = 0
    versions: Counter[str] = field(default_factory=Counter)
    events: Counter[str] = field(default_factory=Counter)
    quotes: Counter[str] = field(default_factory=Counter)
    methods: Counter[str] = field(default_factory=Counter)

    @property
    def median_length(self) -> int:
        """Posts of the thread in the middle; 0 where there is none."""
        rest = self.lengths.total() // 2
        for length, threads in sorted(self.lengths.items()):
            rest -= threads
            if rest < 0:
                return length
        return 0


def figures(folder: Path, files: Sequence[FileEntry]) -> Figures:
    """Count in the Parquet files of a pack, batch by batch."""
    found = Figures()
    _count_threads(found, folder, files)
    _count_posts(found, folder, files)
    for batch in read_batches(folder, files, "authors", ["site"]):
        for name, count in _values(batch.column(0)):
            found.sites.setdefault(name, Site()).members += count
    for table, column, counter in (
        ("versions", "source", found.versions),
        ("events", "event", found.events),
        ("quotes", "target_state", found.quotes),
        ("quotes", "method", found.methods),
    ):
        for batch in read_batches(folder, files, table, [column]):
            _tell(counter, batch.column(0))
    return found


def _count_threads(found: Figures, folder: Path, files: Sequence[FileEntry]) -> None:
    columns = ["status", "complete", "n_posts_declared", "n_posts_seen", "site"]
    for threads in read_batches(folder, files, "threads", columns):
        _tell(found.threads, threads.column(0))
        found.threads_complete += pc.sum(threads.column(1)).as_py() or 0
        declared = threads.filter(threads.column(2).is_valid())
        found.declared += pc.sum(declared.column(2)).as_py() or 0
        found.seen += pc.sum(declared.column(3)).as_py() or 0
        found.lengths.update({length: count for length, count in _values(threads.column(3)) if length})
        for name, count in _values(threads.column(4)):
            found.sites.setdefault(name, Site()).threads += count


def _count_posts(found: Figures, folder: Path, files: Sequence[FileEntry]) -> None:
    languages = Languages(sum(e.rows for e in files if (e.table, e.format) == ("posts", "parquet")))
    columns = ["status", "created_at", "n_versions", "text", "site", "author_is_guest", "edited_at"]
    for posts in read_batches(folder, files, "posts", columns):
        _tell(found.posts, posts.column(0))
        found.years.update(dict(_values(pc.year(posts.column(1).drop_null()))))
        found.edited += pc.sum(pc.greater(posts.column(2), 1)).as_py() or 0
        found.without_words += posts.column(3).null_count
        found.by_guests += pc.sum(posts.column(5)).as_py() or 0
        found.marked += posts.num_rows - posts.column(6).null_count
        languages.add(posts.column(3))
        for name, count in _values(posts.column(4)):
            site = found.sites.setdefault(name, Site())
            site.posts += count
            bounds = pc.min_max(posts.column(1).filter(pc.equal(posts.column(4), name))).as_py()
            times = [time for time in (site.first, site.last, *bounds.values()) if time is not None]
            site.first, site.last = min(times, default=None), max(times, default=None)
    found.languages = languages.as_json()


def _tell(counter: Counter[str], values: pa.Array) -> None:
    counter.update({name or "none": count for name, count in _values(values)})


def _values(values: pa.Array) -> list[tuple[Any, int]]:
    """The different values, each with how often it occurs."""
    return [(entry["values"], entry["counts"]) for entry in pc.value_counts(values).to_pylist()]
