"""The frontier: which pages are to be fetched, being fetched, done, failed.

A sweep is one whole pass over what was asked for. It goes on through as many runs as it takes; when all of its pages
are settled, the next run begins a new one, in which every page that is found counts as new to do.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass

from crawler.items import FrontierPage, PageKind, PageRef
from crawler.store.db import insert_many
from crawler.store.group import Group
from crawler.store.settle import BLOCKS, PASSING, RETRIED, Settlement

_COLUMNS = "site, kind, item_id, page, url, state, sweep, is_seed, depth, attempts, hops, not_before, outcome, outcome_run, error"  # noqa: E501

LONGEST_WAIT = 3_600_000_000
"""Microseconds that a page waits for its next try at the most, whatever the server asks for."""


@dataclass(slots=True)
class Counts:
    """Pages of the current sweep by state."""

    todo: int = 0
    leased: int = 0
    done: int = 0
    failed: int = 0

    @property
    def open(self) -> int:
        """Pages still to come."""
        return self.todo + self.leased


class Frontier:
    """Reads and writes the table `frontier` within the transactions of the store.

    ``held`` are the pages that are leased, by key. A lease is never written: it ends with the process, and with it goes
    whatever was not committed.
    """

    def __init__(self, db: sqlite3.Connection, group: Group) -> None:
        self._db = db
        self._group = group
        self.held: dict[tuple[str, str, int, int], PageRef] = {}
        self.unwanted: Callable[[PageRef], bool] = lambda _ref: False
        self._sites: dict[str, None] | None = None
        self._dry: set[str] = set()
        self.sweep = int(self._meta("sweep") or 0)

    def begin(self, *, refresh: bool = False, now: int = 0) -> int:
        """Start a run: go on with the sweep of the one before, or begin a new one.

        Returns the number of the sweep, which the caller makes `sweep` once the transaction stands.
        """
        db = self._db
        self._dry.clear()
        # a wait that a server asked for outlives the run, a clock that was wrong does not
        db.execute("UPDATE frontier SET not_before = 0 WHERE state <> 'done' AND not_before > ?", (now + LONGEST_WAIT,))
        db.execute("DELETE FROM holds WHERE until <= ? OR until > ?", (now, now + LONGEST_WAIT))
        waiting = db.execute("SELECT 1 FROM frontier WHERE state = 'todo' LIMIT 1").fetchone() is not None
        if refresh or not (waiting or self._may_retry()):
            return self._new_sweep()
        if not waiting:
            self._note("sweep_retried", self.sweep)
        db.execute(
            "UPDATE frontier SET state = 'todo', hops = 0 "  # attempts and the wait go on growing
            f"WHERE state = 'failed' AND sweep = ? AND outcome IN ({_marks(RETRIED)})",
            (self.sweep, *sorted(RETRIED)),
        )
        return self.sweep

    def _may_retry(self) -> bool:
        """True when pages failed in passing and no run yet went on for their sake alone.

        A page that fails for good must not keep everything else from being read again.
        """
        if int(self._meta("sweep_retried") or 0) >= self.sweep:
            return False
        again = PASSING | BLOCKS
        found = self._db.execute(
            f"SELECT 1 FROM frontier WHERE state = 'failed' AND sweep = ? AND outcome IN ({_marks(again)}) LIMIT 1",
            (self.sweep, *sorted(again)),
        ).fetchone()
        return found is not None

    def _new_sweep(self) -> int:
        sweep = self.sweep + 1
        self._note("sweep", sweep)
        self._db.execute("UPDATE frontier SET sweep = ?, attempts = 0, hops = 0 WHERE state = 'todo'", (sweep,))
        return sweep

    def add(self, refs: Iterable[PageRef], depth: int) -> int:
        """Enter pages that were found and return how many are new; those wanted in this sweep stay as they are.

        What is ``unwanted`` is never entered.
        """
        rows = [
            (*ref.key, ref.url, "todo", self.sweep, ref.is_seed, depth, 0, 0, 0)
            for ref in refs
            if not self.unwanted(ref)
        ]
        for site in {row[0] for row in rows}:
            self._touch(site)
        return insert_many(
            self._db,
            "INSERT INTO frontier (site, kind, item_id, page, url, state, sweep, is_seed, depth, attempts, hops, "
            "not_before)",
            rows,
            "ON CONFLICT (site, kind, item_id, page) DO UPDATE SET state = 'todo', sweep = excluded.sweep, "
            "url = excluded.url, is_seed = max(is_seed, excluded.is_seed), attempts = 0, hops = 0, not_before = 0 "
            "WHERE frontier.sweep < excluded.sweep",
        )

    def add_seeds(self, refs: Iterable[PageRef]) -> None:
        """Enter what the user named."""
        refs = list(refs)
        with self._group.unit():
            self.add(refs, 0)
            self._db.executemany(
                "UPDATE frontier SET is_seed = 1 WHERE site = ? AND kind = ? AND item_id = ? AND page = ?",
                [ref.key for ref in refs],
            )

    def sites(self) -> dict[str, None]:
        """All sites that pages were ever entered of, in an order of their own; the values mean nothing."""
        if self._sites is None:
            found = self._db.execute("SELECT DISTINCT site FROM frontier ORDER BY site").fetchall()
            self._sites = dict.fromkeys(site for (site,) in found)
        return self._sites

    def lease(self, site: str, now: int) -> PageRef | None:
        """Take the next page of a site that is due; ``now`` in microseconds since 1970."""
        if site in self._dry:
            return None
        rows = self._db.execute(
            f"SELECT {_COLUMNS} FROM frontier INDEXED BY frontier_todo WHERE state = 'todo' AND site = ? "
            "AND not_before <= ? ORDER BY depth DESC, kind, item_id, page",
            (site, now),
        )
        for row in rows:
            if row[:4] not in self.held:
                ref = ref_of(_page(row))
                self.held[ref.key] = ref
                rows.close()
                return ref
        if self.next_due(site) is None:
            self._dry.add(site)
        return None

    def take(self, ref: PageRef) -> None:
        """Lease a page by its name, whatever its state: a page that was saved is read whoever asked for it."""
        entry = self.get(ref)
        if entry is None or entry.sweep < self.sweep:  # else another page has led to it, and it is entered
            with self._group.unit():
                self.add([ref], 0)
        self.held[ref.key] = ref

    def give_up(self, outcome: str, run_id: int) -> None:
        """End all waiting: what was not had by now counts as failed, with this outcome."""
        with self._group.unit():
            self._db.execute(
                "UPDATE frontier SET state = 'failed', outcome = ?, outcome_run = ?, error = NULL WHERE state = 'todo'",
                (outcome, run_id),
            )

    def release(self, ref: PageRef) -> bool:
        """Give back a lease without counting a try; false where it is not held."""
        self._touch(ref.site)
        return self.held.pop(ref.key, None) is not None

    def get(self, ref: PageRef) -> FrontierPage | None:
        """The page's entry."""
        row = self._db.execute(
            f"SELECT {_COLUMNS} FROM frontier WHERE site = ? AND kind = ? AND item_id = ? AND page = ?", ref.key
        ).fetchone()
        return None if row is None else _page(row)

    def settle(self, entry: FrontierPage, result: Settlement, run_id: int, not_before: int, url: str | None) -> None:
        """End a lease."""
        self._touch(entry.site)
        hop, passing = result.outcome == "redirect", result.outcome in PASSING
        self._db.execute(
            "UPDATE frontier SET state = ?, outcome = ?, error = ?, not_before = ?, "
            "outcome_run = CASE WHEN outcome IS ? THEN outcome_run ELSE ? END, "
            "attempts = attempts + ?, hops = hops + ?, url = coalesce(?, url) "
            "WHERE site = ? AND kind = ? AND item_id = ? AND page = ?",
            (
                result.state, result.outcome, result.error, not_before if passing else 0,
                result.outcome, run_id, int(passing), int(hop), url,
                entry.site, entry.kind, entry.item_id, entry.page,
            ),
        )  # fmt: skip

    def pending(self, without: Collection[str] = ()) -> bool:
        """True while a page of other sites than these is to do, now or later, that is not held."""
        found = self._db.execute(
            f"SELECT 1 FROM frontier WHERE state = 'todo' AND site NOT IN ({_marks(without)}) LIMIT ?",
            (*without, len(self.held) + 1),
        )
        return len(found.fetchall()) > len(self.held)

    def next_due(self, site: str) -> int | None:
        """When the earliest page of a site that waits for its next try is due, in microseconds since 1970.

        ``None`` when none waits; pages without a wait are due at once and not counted.
        """
        if site in self._dry:
            return None
        rows = self._db.execute(
            "SELECT site, kind, item_id, page, not_before FROM frontier INDEXED BY frontier_due "
            "WHERE state = 'todo' AND site = ? AND not_before > 0 ORDER BY not_before",
            (site,),
        )
        found = next((int(row[4]) for row in rows if row[:4] not in self.held), None)
        rows.close()
        return found

    def hold(self, site: str, until: int) -> None:
        """Note that a site asked to be left alone until then, in microseconds since 1970; the longest wish counts."""
        with self._group.unit():
            self._db.execute(
                "INSERT INTO holds (site, until) VALUES (?1, ?2) "
                "ON CONFLICT (site) DO UPDATE SET until = max(until, excluded.until)",
                (site, until),
            )

    def holds(self) -> dict[str, int]:
        """Sites that asked to be left alone, and until when."""
        return dict(self._db.execute("SELECT site, until FROM holds").fetchall())

    def counts(self) -> Counts:
        """Pages of the current sweep by state; what this process has leased is not counted as to do."""
        rows = self._db.execute("SELECT state, count(*) FROM frontier WHERE sweep = ? GROUP BY state", (self.sweep,))
        counts = Counts(**dict(rows.fetchall()))
        counts.leased = len(self.held)
        counts.todo -= counts.leased
        return counts

    def open_by_site(self) -> dict[str, int]:
        """Pages of the current sweep that are still to come, by site."""
        query = "SELECT site, count(*) FROM frontier WHERE state = 'todo' AND sweep = ? GROUP BY site"
        return dict(self._db.execute(query, (self.sweep,)).fetchall())

    def entries(self, where: str = "1", values: Iterable[object] = ()) -> Iterator[FrontierPage]:
        """Entries in the order of their key; ``where`` is SQL of ours, never of a page."""
        query = f"SELECT {_COLUMNS} FROM frontier WHERE {where} ORDER BY site, kind, item_id, page"
        for row in self._db.execute(query, tuple(values)):
            yield _page(row)

    def _touch(self, site: str) -> None:
        """Something of the site may be to do again."""
        self._dry.discard(site)
        self.sites()[site] = None

    def _note(self, key: str, value: int) -> None:
        self._db.execute("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", (key, str(value)))

    def _meta(self, key: str) -> str | None:
        found = self._db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return None if found is None else str(found[0])


def ref_of(entry: FrontierPage) -> PageRef:
    """The reference of an entry."""
    kind: PageKind = "topic" if entry.kind == "topic" else "forum"
    return PageRef(
        site=entry.site,
        kind=kind,
        item_id=entry.item_id,
        page=entry.page,
        url=entry.url,
        is_seed=entry.is_seed,
    )


def _page(row: tuple[object, ...]) -> FrontierPage:
    values = dict(zip(_COLUMNS.split(", "), row, strict=True))
    values["is_seed"] = bool(values["is_seed"])
    return FrontierPage(**values)  # type: ignore[arg-type]


def _marks(values: Iterable[str]) -> str:
    return ", ".join("?" for _ in values)
