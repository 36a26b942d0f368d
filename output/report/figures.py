"""The numbers of a dataset's overview: one pass over each table, in batches, so that size costs time but no memory."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.compute as pc

from output.manifest import Manifest


class Source(Protocol):
    """What a report reads of a dataset: :class:`output.Dataset` has it."""

    tables: tuple[str, ...]
    manifest: Manifest

    def batches(
        self, name: str, columns: Sequence[str] | None = None, *, parts: Collection[int] | None = None
    ) -> Iterator[pa.RecordBatch]:
        """The table in batches, or those parts of it."""
        ...


@dataclass(slots=True)
class Threads:
    """``by_status`` counts all rows, ``sizes``: how many threads have so many posts.

    A thread counts as read where posts of it were seen, and is ``complete`` where all of them were.
    """

    by_status: Counter[str] = field(default_factory=Counter)
    sizes: Counter[int] = field(default_factory=Counter)
    complete: int = 0

    @property
    def read(self) -> int:
        """Threads of which posts were seen."""
        return self.sizes.total() - self.sizes[0]


@dataclass(slots=True)
class Posts:
    """``by_hour``: posts by the hour in which they were written, UTC; ``undated`` tell none.

    ``quotes``: how many posts hold so many quotes. ``edited`` carry an edit mark. ``members`` are numbers of members,
    or names where there are no numbers, with their site; guests are no members.
    """

    by_status: Counter[str] = field(default_factory=Counter)
    by_site: Counter[str] = field(default_factory=Counter)
    by_hour: Counter[datetime] = field(default_factory=Counter)
    quotes: Counter[int] = field(default_factory=Counter)
    members: set[tuple[str, int | str]] = field(default_factory=set)
    by_guests: int = 0
    undated: int = 0
    edited: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None

    @property
    def total(self) -> int:
        """All posts, those that are gone included."""
        return self.by_status.total()


@dataclass(slots=True)
class Links:
    """Quotes by method (``none``: unresolved), by the state of their target, and by the check of their number.

    ``confidence`` counts by method and confidence, in hundredths; quotes without one are left out.
    """

    methods: Counter[str] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)
    checks: Counter[str] = field(default_factory=Counter)
    confidence: Counter[tuple[str, int]] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        """All quotes, nested ones included."""
        return self.methods.total()

    def mean_confidence(self, method: str) -> float | None:
        """Of the quotes with a confidence; None where there are none."""
        found = {part: number for (name, part), number in self.confidence.items() if name == method}
        number = sum(found.values())
        return sum(part * times for part, times in found.items()) / 100 / number if number else None


@dataclass(slots=True)
class Run:
    """A run of the crawler; ``outcomes`` are its requests by what came of them, ``bytes`` what they brought."""

    run_id: int
    started_at: datetime
    finished_at: datetime | None
    outcome: str | None
    requests: int
    pages: int
    posts: int
    new: int
    changed: int
    missing: int
    outcomes: Counter[str] = field(default_factory=Counter)
    bytes: int = 0


@dataclass(slots=True)
class Articles:
    """``agencies``: articles by agency, as written; ``unsigned`` name none."""

    total: int = 0
    agencies: Counter[str] = field(default_factory=Counter)
    with_byline: int = 0
    first_on: str | None = None
    last_on: str | None = None


@dataclass(slots=True)
class Figures:
    """All that the overview shows. ``events`` count by kind and day (UTC) of the latest time that is possible."""

    threads: Threads = field(default_factory=Threads)
    posts: Posts = field(default_factory=Posts)
    links: Links = field(default_factory=Links)
    events: Counter[tuple[str, date]] = field(default_factory=Counter)
    runs: list[Run] = field(default_factory=list)
    articles: Articles = field(default_factory=Articles)


def figures(source: Source) -> Figures:
    """Count. A table that the dataset does not have counts as empty. Raises :class:`output.DatasetError`."""
    return Figures(
        threads=_threads(source),
        posts=_posts(source),
        links=_links(source),
        events=_events(source),
        runs=_runs(source),
        articles=_articles(source),
    )


def read(source: Source, table: str, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
    """Batches of a table; none where the dataset has no such table."""
    return source.batches(table, columns) if table in source.tables else iter(())


def tell(values: pa.Array) -> Iterator[tuple[Any, int]]:
    """Each value of a column and how often it is there."""
    counted = pc.value_counts(values)
    return zip(counted.field(0).to_pylist(), counted.field(1).to_pylist(), strict=True)


def naive(times: pa.Array) -> pa.Array:
    """Times without their zone, which is UTC: rounding them needs no time zone data then."""
    return times.cast(pa.timestamp("us"))


def _threads(source: Source) -> Threads:
    found = Threads()
    for batch in read(source, "threads", ["status", "n_posts_seen", "complete"]):
        found.by_status.update(dict(tell(batch.column(0))))
        found.sizes.update(dict(tell(batch.column(1))))
        read_whole = pc.and_(batch.column(2), pc.greater(batch.column(1), 0))
        found.complete += pc.sum(read_whole).as_py() or 0
    return found


_POST = "site status created_at n_quotes author_id author_name author_is_guest edited_at".split()


def _posts(source: Source) -> Posts:
    found = Posts()
    for batch in read(source, "posts", _POST):
        site, status, created, n_quotes, author_id, name, guest, edited = batch.columns
        found.by_site.update(dict(tell(site)))
        found.by_status.update(dict(tell(status)))
        found.quotes.update(dict(tell(n_quotes)))
        found.by_guests += pc.sum(guest).as_py() or 0
        found.edited += len(edited) - edited.null_count
        _add_times(found, naive(created))
        found.members |= _members(site, author_id, name, guest)
    return found


def _add_times(found: Posts, created: pa.Array) -> None:
    found.undated += created.null_count
    there = created.drop_null()
    if not len(there):
        return
    for hour, number in tell(pc.floor_temporal(there, unit="hour")):
        found.by_hour[hour.replace(tzinfo=UTC)] += number
    bounds = pc.min_max(there).as_py()
    first, last = (bounds[name].replace(tzinfo=UTC) for name in ("min", "max"))
    found.first_at = first if found.first_at is None else min(first, found.first_at)
    found.last_at = last if found.last_at is None else max(last, found.last_at)


def _members(site: pa.Array, author_id: pa.Array, name: pa.Array, guest: pa.Array) -> set[tuple[str, int | str]]:
    table = pa.table({"site": site, "id": author_id, "name": pc.if_else(author_id.is_valid(), None, name)})
    table = table.filter(pc.invert(guest)).group_by(["site", "id", "name"]).aggregate([])
    rows = table.to_pylist()
    return {(row["site"], row["name"] if row["id"] is None else row["id"]) for row in rows if any_of(row)}


def any_of(row: dict[str, Any]) -> bool:
    """True where a row tells who it is about, by number or by name."""
    return row["id"] is not None or row["name"] is not None


def _links(source: Source) -> Links:
    found = Links()
    for batch in read(source, "quotes", ["method", "target_state", "id_check", "confidence"]):
        method, state, check, confidence = batch.columns
        method = pc.if_else(pc.equal(state, "unresolved"), "none", method).fill_null("none")
        found.methods.update(dict(tell(method)))
        found.states.update(dict(tell(state)))
        found.checks.update(dict(tell(check)))
        parts = pc.round(pc.multiply(confidence, 100.0)).cast(pa.int64())
        grouped = (
            pa.table({"method": method, "part": parts}).group_by(["method", "part"]).aggregate([([], "count_all")])
        )
        for row in grouped.to_pylist():
            if row["part"] is not None and row["method"] != "none":
                found.confidence[row["method"], row["part"]] += row["count_all"]
    return found


def _events(source: Source) -> Counter[tuple[str, date]]:
    found: Counter[tuple[str, date]] = Counter()
    for batch in read(source, "events", ["event", "changed_before"]):
        days = naive(batch.column(1)).cast(pa.date32(), safe=False)
        table = pa.table({"event": batch.column(0), "day": days})
        for row in table.group_by(["event", "day"]).aggregate([([], "count_all")]).to_pylist():
            found[row["event"], row["day"]] += row["count_all"]
    return found


_RUN = "run_id started_at finished_at outcome n_requests n_pages n_posts n_new n_changed n_missing".split()


def _runs(source: Source) -> list[Run]:
    found = [Run(*row.values()) for batch in read(source, "runs", _RUN) for row in batch.to_pylist()]
    outcomes: defaultdict[int, Counter[str]] = defaultdict(Counter)
    sizes: Counter[int] = Counter()
    for batch in read(source, "fetches", ["run_id", "outcome", "bytes"]):
        table = pa.Table.from_batches([batch]).group_by(["run_id", "outcome"])
        for row in table.aggregate([([], "count_all"), ("bytes", "sum")]).to_pylist():
            outcomes[row["run_id"]][row["outcome"]] += row["count_all"]
            sizes[row["run_id"]] += row["bytes_sum"] or 0
    for run in found:
        run.outcomes, run.bytes = outcomes[run.run_id], sizes[run.run_id]
    return sorted(found, key=lambda run: (run.started_at, run.run_id))


def _articles(source: Source) -> Articles:
    found = Articles()
    days: list[str] = []
    for batch in read(source, "articles", ["agency", "published_on", "byline"]):
        agency, published, byline = batch.columns
        found.total += len(batch)
        found.agencies.update(dict(tell(agency.drop_null())))
        found.with_byline += pc.sum(pc.greater(pc.list_value_length(byline), 0)).as_py() or 0
        days += [day for day in pc.min_max(published).as_py().values() if day is not None]
    if days:
        found.first_on, found.last_on = min(days), max(days)
    return found
