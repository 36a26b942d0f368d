"""How long a run will take, by what the store knows: said before the first request is sent."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from math import ceil
from statistics import median
from typing import Literal

from crawler.jobs.report import GOOD

_RUNS = 5  # runs whose requests are looked at
AGE_SHARE = 0.1
"""The part of a full crawl's requests that re-reading by age may take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What is known of a site, in pages and requests.

    ``waiting``: pages that an earlier run left. ``threads``: threads known. ``thread_pages`` and ``listing_pages``:
    pages that were read. ``usual``: requests of a later run, where there was one.
    """

    site: str
    waiting: int = 0
    threads: int = 0
    thread_pages: int = 0
    listing_pages: int = 0
    usual: int | None = None


@dataclass(frozen=True, slots=True)
class Expected:
    """Requests that a run will send to a site, and why so many; ``at_least`` where more will come to light."""

    site: str
    requests: int
    at_least: bool
    why: str

    def seconds(self, delay: float) -> float:
        """How long that takes with so many seconds between two requests."""
        return self.requests * delay


def expect(load: Load, *, recheck: Literal["off", "age", "all"], seeds: int) -> Expected:
    """The requests of the next run, robots.txt among them."""
    pages = load.thread_pages + load.listing_pages
    if load.waiting:
        return Expected(load.site, load.waiting + 1, at_least=True, why="what the last run left")
    if not pages:
        return Expected(load.site, seeds + 1, at_least=True, why="a first run: how much there is shows on the way")
    if recheck == "all":
        return Expected(load.site, pages + 1, at_least=False, why="every page that is known")
    if load.usual is not None:
        return Expected(load.site, load.usual, at_least=False, why="as the last runs")
    again = ceil(AGE_SHARE * pages) if recheck == "age" else 0
    return Expected(load.site, load.listing_pages + again + 1, at_least=True, why="listing pages, and what has changed")


def loads(db: sqlite3.Connection, sites: list[str]) -> list[Load]:
    """What a store knows of these sites."""
    return [_load(db, site) for site in sites]


def _load(db: sqlite3.Connection, site: str) -> Load:
    pages = {
        (kind, state): (count, threads)
        for kind, state, count, threads in db.execute(
            "SELECT kind, CASE WHEN state IN ('todo', 'leased') THEN 'waiting' ELSE outcome END, count(*), "
            "sum(page = 1) FROM frontier WHERE site = ? GROUP BY 1, 2",
            (site,),
        )
    }
    waiting = sum(count for (_, state), (count, _) in pages.items() if state == "waiting")
    read, threads = pages.get(("topic", "ok"), (0, 0))
    listings, _ = pages.get(("forum", "ok"), (0, 0))
    return Load(
        site=site,
        waiting=waiting,
        threads=threads,
        thread_pages=read,
        listing_pages=listings,
        usual=_usual(db, site),
    )


def _usual(db: sqlite3.Connection, site: str) -> int | None:
    """The median of the last good runs, the very first of them left out: it read everything."""
    rows = db.execute(
        "SELECT r.run_id, (SELECT count(*) FROM fetches f WHERE f.run_id = r.run_id AND f.site = ?) FROM runs r "
        f"WHERE r.outcome IN {GOOD} ORDER BY r.run_id DESC LIMIT ?",
        (site, _RUNS + 1),
    ).fetchall()
    first = db.execute(f"SELECT min(run_id) FROM runs WHERE outcome IN {GOOD}").fetchone()[0]
    later = [count for run_id, count in rows if run_id != first and count]
    return round(median(later)) if later else None
