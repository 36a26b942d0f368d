"""What of a dataset in parts may stay as it is: the parts that nothing that was read since can have changed."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from crawler.commands._tally import Tally
from crawler.items import SCHEMA_VERSION, Event, Thread, tool_version
from crawler.items.history import ThreadKey
from crawler.pages import PARSER_VERSION
from crawler.store import changes
from crawler.store.db import from_micros
from output import Dataset, DatasetError, Layout, ManifestError, Publisher, read_dataset
from output.layout import BY_MONTH, WHOLE, month_of
from pipelines.authors import Member, Share
from pipelines.names import RENAMED
from pipelines.quotes import LINKER_VERSION

MADE_BY = [tool_version(), SCHEMA_VERSION, PARSER_VERSION, LINKER_VERSION]
"""Rows that another version derived are derived again."""

_BEFORE_ALL = -(2**63)


@dataclass(slots=True)
class Increment:
    """A published dataset and those of its parts that stay; ``tallies`` has an entry for each of them."""

    dataset: Dataset
    layout: Layout
    since: int
    tallies: dict[int, Tally]
    months: set[int] = field(default_factory=set)
    """Months of events that are written again."""

    def see(self, events: Iterable[Event]) -> None:
        """Take note of the events of threads that are derived again."""
        self.months.update(month_of(event.changed_before) for event in events)

    def keep(self, publisher: Publisher, renames: Sequence[Event] = ()) -> None:
        """Say what stays, and add the events that share a month with those of threads that were derived again.

        ``renames`` are all new names of members, which no thread alone can tell: those of the months that are written
        again are added.
        """
        self._see_new_names(renames)
        there = {(entry.table, entry.part) for entry in self.dataset.manifest.files if entry.part is not None}
        for table in {table for table, _ in there} - BY_MONTH.keys() - WHOLE:
            publisher.keep(table, self.tallies)
        months = {number for table, number in there if table == "events" and number is not None}
        touched = (self.months & months) | {month for month in months if not self._all_stay(month)}
        publisher.keep("events", months - touched)
        for event in self.dataset.rows("events", parts=touched):
            if event.event != RENAMED and self.layout.part(event.thread_id) in self.tallies:
                publisher.add({"events": [event]})
        publisher.add(
            {"events": [event for event in renames if month_of(event.changed_before) not in months - touched]}
        )

    def _see_new_names(self, renames: Iterable[Event]) -> None:
        """A month of which the new names are not those that were published is written again."""
        columns = ["event", "thread_id", "post_id", "changed_before", "changed_after"]
        known = self.dataset.table("events", columns)
        known = known.filter(pc.equal(known["event"], RENAMED))
        before = {tuple(row[name] for name in columns[1:]) for row in known.to_pylist()}
        now = {tuple(getattr(event, name) for name in columns[1:]) for event in renames}
        self.months.update(month_of(row[2].astimezone(UTC)) for row in before ^ now)

    def _all_stay(self, month: int) -> bool:
        ids = self.dataset.table("events", ["thread_id"], parts={month})["thread_id"].unique().to_pylist()
        return all(self.layout.part(thread_id) in self.tallies for thread_id in ids)

    def keep_fetches(self, publisher: Publisher, db: sqlite3.Connection) -> datetime | None:
        """Say which months of fetches stay; the start of the first one that does not, None where all do."""
        found = db.execute("SELECT min(fetched_at) FROM fetches WHERE fetch_id > ?", (self.since,)).fetchone()[0]
        first = None if found is None else from_micros(found)
        months = {entry.part for entry in self.dataset.manifest.files if entry.table == "fetches"}
        stay = {month for month in months if month is not None and (first is None or month < month_of(first))}
        publisher.keep("fetches", stay)
        return None if first is None else datetime(first.year, first.month, 1, tzinfo=UTC)

    def threads(self) -> Iterator[Thread]:
        """The threads of the parts that stay which are not complete."""
        for number in self.tallies:
            complete = self.dataset.table("threads", ["complete"], parts={number})["complete"]
            if not pc.all(complete).as_py():
                rows: Iterator[Thread] = self.dataset.rows("threads", parts={number})
                yield from (row for row in rows if not row.complete)

    def shares(self) -> Iterator[tuple[Member, Share]]:
        """What the posts of the parts that stay say of their authors."""
        for number in self.tallies:
            yield from _shares(self.dataset, number)


def increment(
    db: sqlite3.Connection,
    folder: Path,
    formats: Collection[str],
    layout: Layout,
    groups: Mapping[int, Sequence[ThreadKey]],
    *,
    confidence: Mapping[str, Mapping[str, float]],
) -> Increment | None:
    """What may stay of the dataset in a folder; None where all of it has to be made again.

    That is so where it has other formats or parts, was made by another version, or out of a store that is not this one
    in an earlier state, or where links are given another ``confidence`` now, by site and method. ``groups`` are the
    threads of the store by part.
    """
    try:
        dataset = read_dataset(folder)
        manifest = dataset.manifest
        given = manifest.sections.get("basis")
        basis = dict(given) if isinstance(given, Mapping) else {}
        made_by, fetch_id = basis.pop("made_by", None), basis.get("fetch_id")
        same = manifest.threads_per_part == layout.threads_per_part and {e.format for e in manifest.files} == set(
            formats
        )
        if not (same and made_by == MADE_BY and isinstance(fetch_id, int) and set(formats) & {"parquet", "jsonl"}):
            return None
        mark = changes.mark(db, fetch_id)
        if mark is None or basis != {**mark.as_json(), "confidence": confidence}:
            return None
        tallies = _tallies(manifest.sections.get("parts"))
        stay = _unchanged(db, dataset, layout, fetch_id, {n: groups[n] for n in tallies if n in groups})
    except (ManifestError, DatasetError, LookupError, TypeError, ValueError, AttributeError):
        return None  # whatever is wrong with it, it can be made again
    return Increment(dataset, layout, fetch_id, {number: tallies[number] for number in stay})


def basis(db: sqlite3.Connection, confidence: Mapping[str, Mapping[str, float]]) -> dict[str, Any]:
    """What a later publication has to know of this one, for the manifest."""
    mark = changes.mark(db)
    return {} if mark is None else {**mark.as_json(), "made_by": MADE_BY, "confidence": confidence}


def _tallies(given: object) -> dict[int, Tally]:
    if not isinstance(given, Mapping):
        return {}
    return {int(number): Tally.from_json(one) for number, one in given.items()}


def _unchanged(
    db: sqlite3.Connection, dataset: Dataset, layout: Layout, since: int, groups: Mapping[int, Sequence[ThreadKey]]
) -> list[int]:
    """The parts of which every thread would be derived as before, and all files are there."""
    changed = changes.changed_threads(db, since)
    parts = {layout.part(thread_id) for _, thread_id in changed}
    moved, addresses = changes.moved_threads(db), changes.unread_addresses(db)
    threads = pa.array(sorted({thread_id for _, thread_id in changed}), pa.int64())
    posts = pa.array(sorted(changes.sighted_posts(db, since)), pa.int64())
    return [
        number
        for number, keys in groups.items()
        if number not in parts
        and _is_whole(dataset, number)
        and _same_threads(dataset, number, keys, moved, addresses)
        and not _quotes_any(dataset, number, threads, posts)
    ]


def _is_whole(dataset: Dataset, number: int) -> bool:
    """Whether the files of a part are there, and as long as they should be."""
    of_threads = [e for e in dataset.manifest.files if e.table not in BY_MONTH and e.table not in WHOLE]
    try:
        for entry in of_threads:
            if entry.part == number:
                dataset.file(entry)
    except DatasetError:
        return False
    return True


def _same_threads(
    dataset: Dataset,
    number: int,
    keys: Sequence[ThreadKey],
    moved: Mapping[changes.Thread, int],
    addresses: Mapping[changes.Thread, str],
) -> bool:
    """Whether a part has these threads, and what is known of them without a fetch of their own is the same."""
    columns = ["site", "content_class", "thread_id", "url", "moved_to_thread_id"]
    rows = dataset.table("threads", columns, parts={number}).to_pylist()
    if {(row["site"], row["content_class"], row["thread_id"]) for row in rows} != set(keys):
        return False
    names = [((row["site"], row["thread_id"]), row) for row in rows]
    return all(
        row["moved_to_thread_id"] == moved.get(name) and row["url"] == addresses.get(name, row["url"])
        for name, row in names
    )


def _quotes_any(dataset: Dataset, number: int, threads: pa.Array, posts: pa.Array) -> bool:
    """Whether a quote of a part points at one of these threads or posts: the link may be another now."""
    found = dataset.table("quotes", ["cited_post_id", "target_post_id", "target_thread_id"], parts={number})
    pairs = (("cited_post_id", posts), ("target_post_id", posts), ("target_thread_id", threads))
    return any(pc.any(pc.is_in(found[name], value_set=values)).as_py() for name, values in pairs)


def _shares(dataset: Dataset, number: int) -> Iterator[tuple[Member, Share]]:
    columns = ["site", "author_id", "author_name", "author_group", "status", "created_at", "post_id"]
    posts = dataset.table("posts", columns, parts={number})
    posts = posts.filter(posts["author_id"].is_valid())
    active = pc.equal(posts["status"], "active").cast(pa.int64())
    posts = posts.append_column("n_active", active)
    rank = pc.fill_null(posts["created_at"].cast(pa.int64()), _BEFORE_ALL)
    order = [(name, "ascending") for name in ("site", "author_id", "rank", "post_id")]
    posts = posts.take(pc.sort_indices(posts.append_column("rank", rank), order))
    last = pc.ScalarAggregateOptions(skip_nulls=False, min_count=0)
    newest = [(name, "last", last) for name in ("created_at", "post_id", "author_name", "author_group")]
    groups = posts.group_by(["site", "author_id"], use_threads=False).aggregate(
        [("n_active", "sum"), ("created_at", "min"), ("created_at", "max"), *newest]
    )
    for row in groups.to_pylist():
        times = {name: _utc(row[f"created_at_{name}"]) for name in ("min", "max", "last")}
        yield (
            (row["site"], row["author_id"]),
            Share(
                n_active=row["n_active_sum"],
                first_at=times["min"],
                last_at=times["max"],
                newest=(times["last"], row["post_id_last"]),
                author_name=row["author_name_last"],
                author_group=row["author_group_last"],
            ),
        )


def _utc(time: datetime | None) -> datetime | None:
    return None if time is None else time.astimezone(UTC)
