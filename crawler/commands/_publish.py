"""From the store to files: derive every thread, write every table, say what is missing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TypeVar

from crawler.commands._errors import CommandError
from crawler.commands._folder import worth_publishing
from crawler.commands._forgotten import forgotten_section, is_stale, unpublish
from crawler.commands._increment import Increment, basis, increment
from crawler.commands._manifest import linking, manifest_sections
from crawler.commands._published import Missing, Published, Refuse, Target, Watch
from crawler.commands._refresh import refresh_contents
from crawler.commands._reposts import repost_rows
from crawler.commands._tally import Tally
from crawler.items import Run, Thread
from crawler.items.history import ThreadKey
from crawler.jobs.scope import Scope
from crawler.outcome import Outcome, Problem, judge_forum, judge_pages, judge_thread
from crawler.session import STOPPED
from crawler.store import STATE_FILE, Reader, Store, StoreError
from crawler.store.changes import member_names
from crawler.store.check import damages
from crawler.store.db import integrity
from crawler.store.seals import SUSPECT
from output import SINGLE, DatasetError, Layout, OutputError, Publisher
from output.published import layout_of
from pipelines.authors import AuthorIndex
from pipelines.calibration import calibrate
from pipelines.derive import derive
from pipelines.forums import forum_rows
from pipelines.names import rename_events

T = TypeVar("T")

_CHUNK = 10_000


def publish(
    folder: Path,
    *,
    formats: Sequence[str] = ("parquet", "jsonl"),
    canonical: bool = False,
    to: Path | None = None,
    layout: Layout | None = None,
    again: bool = False,
    sections: Mapping[str, object] | None = None,
    refuse: Refuse | None = None,
    more: Sequence[Problem] = (),
    watch: Watch | None = None,
) -> Published:
    """Write all tables of a folder's store, into that folder or another one.

    ``layout`` is one file a table or parts; without it, as the folder was published before. Of a folder in parts, those
    are left alone that nothing read since can have changed, unless ``again`` asks for all of them: an export does, and
    whatever takes something out of the store has to. ``sections`` are further parts of the manifest (``job`` …): plain
    JSON. Where ``refuse`` gives a reason, nothing is written, and what was published before stays. ``more`` are
    problems that the store knows nothing of. ``watch`` is told how many threads are done, of how many.

    Where no page was ever read and no thread is known to be gone, nothing is written: an empty dataset is none.
    """
    with Store(folder / STATE_FILE) as store:
        try:
            target = Target(
                folder=to or folder,
                formats=tuple(formats),
                canonical=canonical,
                layout=layout or (SINGLE if canonical else layout_of(folder)),
                again=again,
                sections=sections or {},
                refuse=refuse,
                more=tuple(more),
                watch=watch,
            )
            try:
                return _publish(store, target)
            except DatasetError:  # a part that was to stay is damaged
                return _publish(store, replace(target, again=True))
        except OutputError as error:
            raise CommandError(str(to or folder), error.reason, error.fix) from None
        except StoreError as error:
            _suspect(store)
            raise CommandError(f"{folder / STATE_FILE}, {error.what}", error.reason, error.fix) from None
        except sqlite3.Error as error:
            reason = f"its {STATE_FILE} cannot be read or written ({error})"
            raise CommandError(str(folder), reason, "check the disk; put back a copy if it is damaged") from None
        except (LookupError, ArithmeticError, TypeError, ValueError) as error:
            if (damage := _damage(store)) is None:
                raise
            _suspect(store)
            fix = "run grab or crawl again: what can be mended is mended then"
            raise CommandError(str(folder / STATE_FILE), f"it is damaged ({damage})", fix) from error


def _suspect(store: Store) -> None:
    """The next run looks at all of the store. Where that cannot be noted, the disk says so then."""
    with suppress(sqlite3.Error), store.group.unit():
        store.group.note(SUSPECT, 1)


def _damage(store: Store) -> str | None:
    """What the disk did to the store, where that is why it makes no sense."""
    try:
        return next(iter(integrity(store.path) or damages(store.db)), None)
    except sqlite3.Error as error:
        return str(error)


def _publish(store: Store, target: Target) -> Published:
    reader = Reader(store.db)
    last = max(reader.runs(), key=lambda run: run.run_id, default=None)
    run_id = last.run_id if last is not None else 0
    scope = Scope.of_config(store.db, last.config) if last is not None else None
    outcome = Outcome(concerns=(lambda problem: scope.wants(problem.ref)) if scope is not None else None)
    outcome.add(judge_pages(store.frontier.entries(), sweep=store.frontier.sweep, run_id=run_id))
    outcome.add(target.more)
    published = Published(target.folder, Tally(), outcome, seeds=_seeds(store), layout=target.layout)
    if not worth_publishing(store):
        _finish(store, last, outcome)
        if is_stale(store.path.parent, target.folder):
            unpublish(target.folder)
        published.nothing_read = True
        return published
    stale = is_stale(store.path.parent, target.folder)
    again = bool(refresh_contents(store)) or target.again or target.canonical or not target.layout.in_parts or stale
    with Publisher(
        target.folder, formats=target.formats, canonical=target.canonical, layout=target.layout, purge=stale
    ) as publisher:
        work = _Work(store, publisher, target, published)
        work.threads(again=again)
        published.refused = target.refuse(published.tally) if target.refuse is not None else None
        if published.refused is None:
            work.finish(last)
    return published


def _by_part(keys: Iterable[ThreadKey], layout: Layout) -> dict[int, list[ThreadKey]]:
    groups: dict[int, list[ThreadKey]] = {}
    for key in keys:
        groups.setdefault(layout.part(key.thread_id), []).append(key)
    return dict(sorted(groups.items()))


class _Work:
    """One publication: what is derived, what stays, and what is gathered from both."""

    def __init__(self, store: Store, publisher: Publisher, target: Target, published: Published) -> None:
        self.store, self.reader, self.publisher, self.target = store, Reader(store.db), publisher, target
        self.published, self.outcome = published, published.outcome
        self.kept: Increment | None = None
        self.due = 0
        self.listings, self.named = _named(published.outcome)
        self.authors = AuthorIndex()
        self.tallies: dict[int, Tally] = {}
        published.calibrations = calibrate(self.reader.threads(), self.reader.history)
        self.confidence = {site: made.confidence() for site, made in published.calibrations.items()}
        self.repost_facts: dict[str, object] = {}

    def threads(self, *, again: bool) -> None:
        """Derive the threads of the parts that do not stay (``again``: of all), and add up the numbers of all parts."""
        target = self.target
        groups = _by_part(self.reader.threads(), target.layout)
        if not again:
            self.kept = increment(
                self.store.db, target.folder, target.formats, target.layout, groups, confidence=self.confidence
            )
        if self.kept is not None:
            self.tallies = dict(self.kept.tallies)
        due = {number: keys for number, keys in groups.items() if number not in self.tallies}
        self.due = sum(map(len, due.values()))
        for number, keys in due.items():
            self.tallies[number] = self._derive(number, keys)
        if self.kept is not None:
            self._judge(self.kept.threads())
        for number in sorted(self.tallies):
            self.published.tally.merge(self.tallies[number])

    def _derive(self, number: int, keys: Iterable[ThreadKey]) -> Tally:
        tally = Tally()
        for key in keys:
            rows = derive(self.reader.history(key), self.reader.find_post, self.confidence.get(key.site, {}))
            self.publisher.add(rows.tables)
            self.authors.add(key.site, rows.tables["posts"], rows.names)
            tally.add(rows)
            self._judge(rows.tables["threads"])
            if self.kept is not None:
                self.kept.see(rows.tables["events"])
            self.published.derived += 1
            if self.target.watch is not None:
                self.target.watch(self.published.derived, self.due)
        self.publisher.end_part(number)
        return tally

    def _judge(self, threads: Iterable[Thread]) -> None:
        self.outcome.add(judge_thread(thread, self.named) for thread in threads)

    def finish(self, last: Run | None) -> None:
        """Add what is gathered over all threads, and put everything in place."""
        fetched_from = None
        renamed = self.reader.renamed()
        renames = [event for seen in renamed.values() for event in rename_events(seen)]
        for member, seen in renamed.items():
            self.authors.rename(member, seen[-1].name)
        if self.kept is None:
            self.publisher.add({"events": renames})
        else:
            self.kept.keep(self.publisher, renames)
            for member, share in self.kept.shares():
                self.authors.merge(member, share)
            self.authors.name(member_names(self.store.db))
            fetched_from = self.kept.keep_fetches(self.publisher, self.store.db)
        forums = list(forum_rows(self.reader.forums(), self.reader.found()))
        self.outcome.add(judge_forum(forum, self.listings) for forum in forums)
        members = self.authors.rows()
        self.published.tally.authors = len(members)
        reposts, self.repost_facts = repost_rows(self.store)
        self.publisher.add({"forums": forums, "authors": members, "reposts": reposts})
        if not self.target.canonical:
            _finish(self.store, last, self.outcome)
            if self.kept is None or fetched_from is not None:
                for fetches in _chunks(self.reader.fetches(fetched_from)):
                    self.publisher.add({"fetches": fetches})
            gone = self.published.tally.gone
            self.publisher.add({"runs": [replace(run, n_missing=gone[run.run_id]) for run in self.reader.runs()]})
        self.publisher.finish(self._manifest())

    def _manifest(self) -> dict[str, object]:
        published, canonical = self.published, self.target.canonical
        sections = manifest_sections(self.store, self.reader, published.tally, canonical=canonical)
        sections["linking"] = linking(published.tally, published.calibrations, canonical=canonical)
        if self.target.layout.in_parts and not self.target.canonical:
            sections["parts"] = {str(number): tally.as_json() for number, tally in self.tallies.items()}
            sections["basis"] = basis(self.store.db, self.confidence)
        completeness = {
            "complete": self.outcome.complete,
            "problems": [problem.as_json() for problem in self.outcome.problems],
        }
        sections |= forgotten_section(self.store.path.parent)
        return {**sections, "reposts": self.repost_facts, "completeness": completeness, **self.target.sections}


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


def _chunks(rows: Iterable[T]) -> Iterator[list[T]]:
    source = iter(rows)
    while chunk := list(islice(source, _CHUNK)):
        yield chunk
