"""The figures of a card, counted in the finished tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeAlias

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

    def add(self, other: Site) -> None:
        """Take in what is there of it elsewhere."""
        self.threads += other.threads
        self.posts += other.posts
        self.members += other.members
        self.first = min((time for time in (self.first, other.first) if time is not None), default=None)
        self.last = max((time for time in (self.last, other.last) if time is not None), default=None)


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


COUNTED: Final = ("threads", "posts", "authors", "versions", "events", "quotes")
"""Tables in which something is counted."""


def count(table: str, folder: Path, files: Sequence[FileEntry]) -> Figures:
    """Count in the Parquet files of a table of a pack, batch by batch."""
    found = Figures()
    _COUNTERS[table](found, partial(read_batches, folder, files, table), files)
    return found


def merged(parts: Iterable[Figures]) -> Figures:
    """The figures of several tables together."""
    whole = Figures()
    for part in parts:
        for name, site in part.sites.items():
            whole.sites.setdefault(name, Site()).add(site)
        for item in fields(part):
            value = getattr(part, item.name)
            if isinstance(value, int | Counter):
                setattr(whole, item.name, getattr(whole, item.name) + value)
        whole.languages |= part.languages
    return whole


def _count_threads(found: Figures, read: _Read, _files: Sequence[FileEntry]) -> None:
    for threads in read(["status", "complete", "n_posts_declared", "n_posts_seen", "site"]):
        _tell(found.threads, threads.column(0))
        found.threads_complete += pc.sum(threads.column(1)).as_py() or 0
        declared = threads.filter(threads.column(2).is_valid())
        found.declared += pc.sum(declared.column(2)).as_py() or 0
        found.seen += pc.sum(declared.column(3)).as_py() or 0
        found.lengths.update({length: many for length, many in _values(threads.column(3)) if length})
        for name, many in _values(threads.column(4)):
            found.sites.setdefault(name, Site()).threads += many


def _count_posts(found: Figures, read: _Read, files: Sequence[FileEntry]) -> None:
    languages = Languages(sum(entry.rows for entry in files if entry.format == "parquet"))
    for posts in read(["status", "created_at", "n_versions", "text", "site", "author_is_guest", "edited_at"]):
        _tell(found.posts, posts.column(0))
        found.years.update(dict(_values(pc.year(posts.column(1).drop_null()))))
        found.edited += pc.sum(pc.greater(posts.column(2), 1)).as_py() or 0
        found.without_words += posts.column(3).null_count
        found.by_guests += pc.sum(posts.column(5)).as_py() or 0
        found.marked += posts.num_rows - posts.column(6).null_count
        languages.add(posts.column(3))
        for name, many in _values(posts.column(4)):
            bounds = pc.min_max(posts.column(1).filter(pc.equal(posts.column(4), name))).as_py()
            here = Site(posts=many, first=bounds["min"], last=bounds["max"])
            found.sites.setdefault(name, Site()).add(here)
    found.languages = languages.as_json()
    languages.close()


def _count_members(found: Figures, read: _Read, _files: Sequence[FileEntry]) -> None:
    for batch in read(["site"]):
        for name, many in _values(batch.column(0)):
            found.sites.setdefault(name, Site()).members += many


def _count_versions(found: Figures, read: _Read, _files: Sequence[FileEntry]) -> None:
    for batch in read(["source"]):
        _tell(found.versions, batch.column(0))


def _count_events(found: Figures, read: _Read, _files: Sequence[FileEntry]) -> None:
    for batch in read(["event"]):
        _tell(found.events, batch.column(0))


def _count_quotes(found: Figures, read: _Read, _files: Sequence[FileEntry]) -> None:
    for batch in read(["target_state", "method"]):
        _tell(found.quotes, batch.column(0))
        _tell(found.methods, batch.column(1))


_Read: TypeAlias = Callable[[list[str]], Iterator[pa.RecordBatch]]
_COUNTERS: Final[dict[str, Callable[[Figures, _Read, Sequence[FileEntry]], None]]] = {
    "threads": _count_threads,
    "posts": _count_posts,
    "authors": _count_members,
    "versions": _count_versions,
    "events": _count_events,
    "quotes": _count_quotes,
}


def _tell(counter: Counter[str], values: pa.Array) -> None:
    counter.update({name or "none": many for name, many in _values(values)})


def _values(values: pa.Array) -> list[tuple[Any, int]]:
    """The different values, each with how often it occurs."""
    return [(entry["values"], entry["counts"]) for entry in pc.value_counts(values).to_pylist()]
