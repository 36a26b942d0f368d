"""What a dataset's store says of its state: pages, runs, and when each thread was last read."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from crawler.jobs.report import GOOD, RunFacts, run_facts
from crawler.jobs.scope import Scope
from crawler.store import Frontier, ref_of
from crawler.store.db import from_micros
from crawler.store.group import Group
from crawler.store.settle import SETTLED


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadAge:
    """When a thread was read: its last page then, and the page that has waited longest.

    ``open`` is true where pages of it are queued or failed.
    """

    site: str
    thread_id: int
    pages: int
    last_read_at: datetime
    oldest_page_at: datetime
    open: bool = False


@dataclass(slots=True, kw_only=True)
class Status:
    """The state of a dataset. Counts are of pages; ``left`` are those that the job does not hold any more.

    ``last_fetch_at`` is when the last page came, of whatever run. ``good`` is the last run that read what there was.
    """

    done: int = 0
    queued: int = 0
    failed: int = 0
    left: int = 0
    gone: int = 0
    failures: dict[str, int] = field(default_factory=dict)
    last_run: RunFacts = field(default_factory=RunFacts)
    good: RunFacts | None = None
    last_fetch_at: datetime | None = None
    threads: list[ThreadAge] = field(default_factory=list)

    @property
    def unfinished(self) -> bool:
        """True where the last run is at work, or was killed."""
        return self.last_run.run_id is not None and self.last_run.finished_at is None

    @property
    def incomplete(self) -> int:
        """Threads of which pages are queued or failed."""
        return sum(thread.open for thread in self.threads)

    @property
    def oldest(self) -> ThreadAge | None:
        """The thread that was read longest ago."""
        return min(self.threads, key=lambda thread: thread.last_read_at, default=None)

    def age(self, now: datetime) -> timedelta | None:
        """Time since the last good run ended; ``None`` where there was none."""
        return None if self.good is None or self.good.finished_at is None else now - self.good.finished_at


def status_of(db: sqlite3.Connection) -> Status:
    """Read the state; nothing is written."""
    status = Status(last_run=run_facts(db))
    config = db.execute("SELECT config FROM runs ORDER BY run_id DESC LIMIT 1").fetchone()
    scope = Scope.of_config(db, config[0]) if config else None
    open_threads = set()
    for entry in Frontier(db, Group(db)).entries():
        if entry.state == "done":
            status.done += 1
            status.gone += entry.outcome in SETTLED
        elif scope is not None and not scope.wants(ref_of(entry)):
            status.left += 1
        else:
            open_threads.add((entry.kind, entry.site, entry.item_id))
            if entry.state == "failed":
                status.failed += 1
                outcome = entry.outcome or "unknown"
                status.failures[outcome] = status.failures.get(outcome, 0) + 1
            else:
                status.queued += 1
    good = db.execute(f"SELECT max(run_id) FROM runs WHERE outcome IN {GOOD}").fetchone()[0]
    status.good = run_facts(db, good) if good is not None else None
    last = db.execute("SELECT max(fetched_at) FROM fetches").fetchone()[0]
    status.last_fetch_at = None if last is None else from_micros(last)
    status.threads = [
        ThreadAge(
            site=site,
            thread_id=thread_id,
            pages=pages,
            last_read_at=from_micros(newest),
            oldest_page_at=from_micros(oldest),
            open=("topic", site, thread_id) in open_threads,
        )
        for site, thread_id, pages, newest, oldest in db.execute(
            "SELECT site, item_id, count(*), max(at), min(at) FROM (SELECT p.site, p.item_id, p.page, "
            "max(f.fetched_at) AS at FROM pages_seen p JOIN fetches f USING (fetch_id) WHERE p.kind = 'topic' "
            "GROUP BY p.site, p.item_id, p.page) GROUP BY site, item_id ORDER BY site, item_id"
        )
    ]
    return status
