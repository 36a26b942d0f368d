"""What a run comes to, in numbers: the facts of `run.json` and `metrics.prom`."""

from __future__ import annotations

import sqlite3
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import orjson

from crawler.clock import now
from crawler.items import tool_version
from crawler.jobs.hooks import HookResult
from crawler.store.db import from_micros
from output.swap import sync_directory, write_synced

RUN_JSON = "run.json"
GOOD = ("complete", "incomplete")
"""Outcomes of runs that read what there was to read."""

_YEAR = timedelta(days=365.25)
_INTERVALS = 10  # runs whose distance is looked at for the projection
_SHORTEST = timedelta(minutes=30)  # between two runs of a job that is kept up
_SHOWN = 20  # problems that are written out


@dataclass(slots=True, kw_only=True)
class SiteFacts:
    """What a run did at one site. ``n_bytes`` is what the pages had after decompression."""

    n_requests: int
    n_pages: int
    n_bytes: int


@dataclass(slots=True, kw_only=True)
class RunFacts:
    """What the store knows of a run; all zero where it never began."""

    run_id: int | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    outcome: str | None = None
    n_requests: int = 0
    n_pages: int = 0
    n_posts: int = 0
    n_new: int = 0
    n_changed: int = 0
    n_bytes: int = 0
    n_bytes_a_year: int | None = None
    requests_per_new_post: float | None = None
    sites: dict[str, SiteFacts] = field(default_factory=dict)
    frontier: dict[str, int] = field(default_factory=dict)
    last_success_at: datetime | None = None


def run_facts(db: sqlite3.Connection, run_id: int | None = None) -> RunFacts:
    """The facts of a run; of the last one where none is named."""
    names = "run_id, started_at, finished_at, outcome, n_requests, n_pages, n_posts, n_new, n_changed"
    chosen = "(SELECT max(run_id) FROM runs)" if run_id is None else "?"
    row = db.execute(
        f"SELECT {names} FROM runs WHERE run_id = {chosen}", () if run_id is None else (run_id,)
    ).fetchone()
    facts = RunFacts()
    if row is not None:
        values = dict(zip(names.split(", "), row, strict=True))
        values["started_at"], values["finished_at"] = _time(row[1]), _time(row[2])
        facts = RunFacts(**values, sites=_sites(db, row[0]))
        facts.n_bytes = sum(site.n_bytes for site in facts.sites.values())
        facts.n_bytes_a_year = _a_year(db, facts.n_bytes)
        facts.requests_per_new_post = round(facts.n_requests / facts.n_new, 3) if facts.n_new else None
    facts.frontier = dict.fromkeys(("todo", "leased", "done", "failed"), 0) | dict(
        db.execute("SELECT state, count(*) FROM frontier GROUP BY state").fetchall()
    )
    last = db.execute(f"SELECT finished_at FROM runs WHERE outcome IN {GOOD} ORDER BY run_id DESC LIMIT 1").fetchone()
    facts.last_success_at = _time(last[0]) if last is not None else None
    return facts


def _sites(db: sqlite3.Connection, run_id: int) -> dict[str, SiteFacts]:
    rows = db.execute(
        "SELECT site, count(status), sum(page_kind IN ('topic', 'forum') AND outcome IN ('ok', 'not_modified')), "
        "coalesce(sum(bytes), 0) FROM fetches WHERE run_id = ? GROUP BY site ORDER BY site",
        (run_id,),
    )
    return {site: SiteFacts(n_requests=sent, n_pages=pages, n_bytes=size) for site, sent, pages, size in rows}


def _a_year(db: sqlite3.Connection, n_bytes: int) -> int | None:
    """What so many bytes a run make in a year, at the usual distance of the last runs; null before the second.

    Null also where runs are less than half an hour apart: somebody tries things out, and a year of it says nothing.
    """
    rows = db.execute("SELECT started_at FROM runs ORDER BY run_id DESC LIMIT ?", (_INTERVALS + 1,)).fetchall()
    starts = [start for (start,) in rows]
    distances = [later - earlier for later, earlier in pairwise(starts) if later > earlier]
    usual = timedelta(microseconds=median(distances)) if distances else timedelta(0)
    return round(n_bytes * _YEAR / usual) if usual >= _SHORTEST else None


def _time(value: int | None) -> datetime | None:
    return None if value is None else from_micros(value)


@dataclass(slots=True, kw_only=True)
class Report:
    """A run of a job as it is told to other programs. ``gone``: posts that each run was the first to miss."""

    job: str
    folder: str
    exit_code: int
    begun_at: datetime
    ended_at: datetime = field(default_factory=now)
    stopped: str | None = None
    error: str | None = None
    gone: dict[int, int] = field(default_factory=dict)
    problems: list[dict[str, object]] = field(default_factory=list)
    implausible: list[str] = field(default_factory=list)
    facts: RunFacts = field(default_factory=RunFacts)
    stored_bytes: dict[str, int] = field(default_factory=dict)
    hook: HookResult | None = None

    @property
    def n_missing(self) -> int:
        """Posts that this run was the first to miss."""
        return self.gone.get(self.facts.run_id or 0, 0)

    @property
    def seconds(self) -> float:
        """How long it took."""
        return round((self.ended_at - self.begun_at).total_seconds(), 3)

    def as_json(self) -> dict[str, Any]:
        """The content of `run.json`."""
        facts = asdict(self.facts)
        return {
            "job": self.job,
            "folder": self.folder,
            "tool_version": tool_version(),
            "exit_code": self.exit_code,
            "begun_at": self.begun_at,
            "ended_at": self.ended_at,
            "seconds": self.seconds,
            "stopped": self.stopped,
            "error": self.error,
            **{name: value for name, value in facts.items() if name not in {"started_at", "finished_at"}},
            "n_missing": self.n_missing,
            "stored_bytes": self.stored_bytes,
            "n_problems": len(self.problems),
            "problems": self.problems[:_SHOWN],
            "implausible": self.implausible,
            "hook": asdict(self.hook) if self.hook else None,
        }


def run_json(report: Report) -> bytes:
    """The content of `run.json`."""
    options = orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z | orjson.OPT_APPEND_NEWLINE
    return orjson.dumps(report.as_json(), option=options)


def stored_bytes(folder: Path) -> dict[str, int]:
    """How large the parts of a dataset's folder are."""
    found = {"state": 0, "archive": 0, "tables": 0}
    for path in folder.rglob("*"):
        part = path.relative_to(folder).parts[0]
        kind = "state" if part.startswith("state.sqlite") else "archive" if part == "archive" else "tables"
        if path.is_file() and not path.is_symlink():
            found[kind] += path.stat().st_size
    return found


def replace_file(path: Path, content: bytes) -> None:
    """Write a file so that a reader, or a crash, finds the old content or the new one."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    write_synced(fresh, content)
    fresh.replace(path)
    sync_directory(path.parent)
