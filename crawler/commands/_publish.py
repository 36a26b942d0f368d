"""From the store to files: derive every thread, write every table, say what is missing."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from lxml import etree

from crawler.commands._errors import CommandError
from crawler.commands._folder import worth_publishing
from crawler.items import Run
from crawler.outcome import Outcome, judge_forum, judge_pages, judge_thread
from crawler.pages import PARSER_VERSION, read_body
from crawler.session import STOPPED
from crawler.store import STATE_FILE, Reader, Store
from output import OutputError, Publisher
from pipelines.authors import AuthorIndex
from pipelines.derive import ThreadRows, derive
from pipelines.forums import forum_rows

T = TypeVar("T")

_CHUNK = 10_000


@dataclass(slots=True)
class Tally:
    """What a dataset holds, in numbers."""

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
        self.edits += len(tables["events"])
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
            self.first_at = min(times) if self.first_at is None else min(self.first_at, *times)
            self.last_at = max(times) if self.last_at is None else max(self.last_at, *times)


Missing = tuple[str, str, int]
"""What a problem is about: the kind of thing, its site and its number."""


@dataclass(slots=True)
class Published:
    """What was written. ``seeds`` are the first pages of what the user named, and of what that redirects to."""

    folder: Path
    tally: Tally
    outcome: Outcome
    nothing_read: bool = False
    seeds: set[Missing] = field(default_factory=set)

    @property
    def all_gone(self) -> bool:
        """True when everything that the user named is known to be gone."""
        known = {(p.what, p.site, p.item_id) for p in self.outcome.problems if p.known}
        return bool(self.seeds) and self.seeds <= known


def publish(
    folder: Path, *, formats: Sequence[str] = ("parquet", "jsonl"), canonical: bool = False, to: Path | None = None
) -> Published:
    """Write all tables of a folder's store, into that folder or another one.

    Where no page was ever read and no thread is known to be gone, nothing is written: an empty dataset is none.
    """
    with Store(folder / STATE_FILE) as store:
        try:
            return _publish(store, Target(to or folder, tuple(formats), canonical))
        except OutputError as error:
            raise CommandError(str(to or folder), error.reason, error.fix) from None
        except sqlite3.Error as error:
            reason = f"its {STATE_FILE} cannot be read or written ({error})"
            raise CommandError(str(folder), reason, "check the disk; put back a copy if it is damaged") from None


@dataclass(frozen=True, slots=True)
class Target:
    """Where to write, and what."""

    folder: Path
    formats: tuple[str, ...]
    canonical: bool


def _publish(store: Store, target: Target) -> Published:
    reader = Reader(store.db)
    last = max(reader.runs(), key=lambda run: run.run_id, default=None)
    run_id = last.run_id if last is not None else 0
    outcome = Outcome(judge_pages(store.frontier.entries(), sweep=store.frontier.sweep, run_id=run_id))
    if not worth_publishing(store):
        _finish(store, last, outcome)
        return Published(target.folder, Tally(), outcome, nothing_read=True, seeds=_seeds(store))
    refresh_contents(store)
    return _write(store, reader, last, outcome, target)


def _write(store: Store, reader: Reader, last: Run | None, outcome: Outcome, target: Target) -> Published:
    tally, authors = Tally(), AuthorIndex()
    listings, threads = _named(outcome)
    with Publisher(target.folder, formats=target.formats, canonical=target.canonical) as publisher:
        for key in reader.threads():
            rows = derive(reader.history(key), reader.find_post)
            publisher.add(rows.tables)
            authors.add(key.site, rows.tables["posts"], rows.names)
            tally.add(rows)
            outcome.problems += [p for thread in rows.tables["threads"] if (p := judge_thread(thread, threads))]
        forums = list(forum_rows(reader.forums()))
        outcome.problems += [p for forum in forums if (p := judge_forum(forum, listings))]
        members = authors.rows()
        tally.authors = len(members)
        publisher.add({"forums": forums, "authors": members})
        if not target.canonical:
            _finish(store, last, outcome)
            for fetches in _chunks(reader.fetches()):
                publisher.add({"fetches": fetches})
            publisher.add({"runs": [replace(run, n_missing=tally.gone[run.run_id]) for run in reader.runs()]})
        publisher.finish(_manifest(reader, tally, outcome))
    return Published(target.folder, tally, outcome, seeds=_seeds(store))


def _named(outcome: Outcome) -> tuple[set[tuple[str, int]], set[tuple[str, int]]]:
    """Forums and threads of which pages are missing: that their counts do not add up says nothing more."""
    listings = {(p.site, p.item_id) for p in outcome.problems if p.what == "listing_page"}
    return listings, {(p.site, p.item_id) for p in outcome.problems if p.what != "listing_page"}


def _seeds(store: Store) -> set[Missing]:
    """What the user named, as problems are called."""
    return {
        ("listing_page" if entry.kind == "forum" else "thread", entry.site, entry.item_id)
        for entry in store.frontier.entries("is_seed")
    }


def _finish(store: Store, last: Run | None, outcome: Outcome) -> None:
    """The outcome of the last run is known only now."""
    if last is not None and last.finished_at is not None and last.outcome != STOPPED:
        last.outcome = outcome.name
        store.finish_run(last)


def _manifest(reader: Reader, tally: Tally, outcome: Outcome) -> dict[str, object]:
    runs = list(reader.runs())
    return {
        "sites": sorted({site for run in runs for site in run.sites}),
        "runs": [run.run_id for run in runs],
        "completeness": {
            "complete": outcome.complete,
            "problems": [problem.as_json() for problem in outcome.problems],
        },
        "linking": {
            "quotes": tally.quotes,
            "methods": dict(sorted(tally.methods.items())),
            "id_check": dict(sorted(tally.checks.items())),
        },
    }


def refresh_contents(store: Store) -> int:
    """Read the bodies again that an older parser read; what a page said is kept, how it is read may improve."""
    stale = store.db.execute(
        "SELECT content_hash, html FROM contents WHERE parser_version <> ?", (PARSER_VERSION,)
    ).fetchall()
    for content_hash, html in stale:
        root = etree.fromstring(f"<div>{html or ''}</div>", etree.HTMLParser(huge_tree=True))
        content = root.find(".//div") if root is not None else None
        if content is not None:
            store.update_content(content_hash, read_body(content, _base(store, content_hash)))
    return len(stale)


def _base(store: Store, content_hash: bytes) -> str:
    """An address of the site that a body is from, for its relative links."""
    found = store.db.execute(
        "SELECT f.final_url FROM sightings s JOIN fetches f USING (fetch_id) WHERE s.content_hash = ? LIMIT 1",
        (content_hash,),
    ).fetchone()
    parts = urlsplit(found[0] if found and found[0] else "")
    return f"{parts.scheme}://{parts.netloc}/"


def _chunks(rows: Iterable[T]) -> Iterator[list[T]]:
    source = iter(rows)
    while chunk := list(islice(source, _CHUNK)):
        yield chunk


def as_json(published: Published) -> dict[str, Any]:
    """For ``--json``."""
    tally = published.tally
    return {
        "folder": str(published.folder),
        "threads": tally.threads,
        "threads_read": tally.threads_read,
        "posts": tally.posts,
        "authors": tally.authors,
        "quotes": {
            "all": tally.quotes,
            "linked": tally.linked,
            "unseen": tally.unseen,
            "unresolved": tally.unlinked,
        },
        "edits": tally.edits,
        "vanished": tally.vanished,
        "first_post_at": tally.first_at,
        "last_post_at": tally.last_at,
        "complete": published.outcome.complete,
        "missing": [problem.as_json() for problem in published.outcome.problems],
        "exit_code": published.outcome.exit_code,
    }
