"""What a dataset holds, in numbers, that add up over its parts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, Self

from pipelines.derive import ThreadRows


@dataclass(slots=True)
class Tally:
    """What a dataset holds, or a part of it. ``gone`` counts, by run, the posts that it was the first to miss.

    ``reread`` and ``altered`` are those of `pipelines.rereading.Rereading`.
    ``authors`` is known of the whole only: they write in several parts.
    """

    threads: int = 0
    threads_read: int = 0
    posts: int = 0
    authors: int = 0
    quotes: int = 0
    linked: int = 0
    unseen: int = 0
    edits: int = 0
    vanished: int = 0
    methods: Counter[str] = field(default_factory=Counter)
    gone: Counter[int] = field(default_factory=Counter)
    reread: Counter[int] = field(default_factory=Counter)
    altered: Counter[int] = field(default_factory=Counter)
    checks: Counter[str] = field(default_factory=Counter)
    first_at: datetime | None = None
    last_at: datetime | None = None

    @property
    def unlinked(self) -> int:
        """Quotes without a target."""
        return self.quotes - self.linked - self.unseen

    def add(self, rows: ThreadRows) -> None:
        """Count the rows of a thread."""
        tables = rows.tables
        self.gone.update(rows.gone)
        self.threads += len(tables["threads"])
        self.threads_read += sum(thread.first_seen_at is not None for thread in tables["threads"])
        self.posts += len(tables["posts"])
        self.edits += sum(event.event in {"edited", "silently_edited"} for event in tables["events"])
        self.reread.update(rows.rereading.read)
        self.altered.update(rows.rereading.changed)
        self.vanished += sum(post.status != "active" for post in tables["posts"])
        for quote in tables["quotes"]:
            self.quotes += 1
            self.linked += quote.target_state in {"seen", "missing"}
            self.unseen += quote.target_state == "unseen"
            self.methods[quote.method or "unresolved"] += 1
            if quote.method == "explicit_id":
                self.checks[quote.id_check] += 1
        times = [post.created_at for post in tables["posts"] if post.created_at is not None]
        if times:
            self._span(min(times), max(times))

    def merge(self, other: Tally) -> None:
        """Add the numbers of another part."""
        for one in fields(self):
            mine, theirs = getattr(self, one.name), getattr(other, one.name)
            if isinstance(mine, Counter):
                mine.update(theirs)
            elif isinstance(mine, int):
                setattr(self, one.name, mine + theirs)
        if other.first_at is not None and other.last_at is not None:
            self._span(other.first_at, other.last_at)

    def _span(self, first: datetime, last: datetime) -> None:
        self.first_at = first if self.first_at is None else min(self.first_at, first)
        self.last_at = last if self.last_at is None else max(self.last_at, last)

    def as_json(self) -> dict[str, Any]:
        """For the manifest."""
        values = {one.name: getattr(self, one.name) for one in fields(self)}
        return {name: dict(value) if isinstance(value, Counter) else value for name, value in values.items()}

    @classmethod
    def from_json(cls, given: object) -> Self:
        """Out of the manifest. Raises ``ValueError``, ``TypeError`` or ``KeyError`` where it is no tally."""
        if not isinstance(given, Mapping):
            raise TypeError("a tally is an object")
        tally = cls()
        for one in fields(cls):
            default, value = getattr(tally, one.name), given[one.name]
            if one.name in {"gone", "reread", "altered"}:
                value = Counter({int(run): int(count) for run, count in value.items()})
            elif isinstance(default, Counter):
                value = Counter({str(name): int(count) for name, count in value.items()})
            elif isinstance(default, int):
                value = int(value)
            elif value is not None:
                value = datetime.fromisoformat(value)
            setattr(tally, one.name, value)
        return tally
