"""The manifest's parts that come from the store: sites, runs, what was asked for, and the span of time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson

from crawler.commands._tally import Tally
from crawler.items import Run
from crawler.store import Reader, Store
from crawler.store.db import from_micros
from pipelines.calibration import Calibration
from pipelines.quotes import LINKER_VERSION

_RUN = "run_id started_at finished_at outcome tool_version n_requests n_pages n_posts n_new n_changed n_missing".split()


def manifest_sections(store: Store, reader: Reader, tally: Tally, *, canonical: bool) -> dict[str, Any]:
    """By name. A canonical dataset has what is a fact: nothing of our own looking."""
    runs = list(reader.runs())
    span = {"first_post_at": tally.first_at, "last_post_at": tally.last_at}
    sections: dict[str, Any] = {
        "sites": sorted({site for run in runs for site in run.sites}),
        "span": span,
    }
    if not canonical:
        span["first_fetch_at"], span["last_fetch_at"] = _fetched(store)
        sections["start_urls"] = sorted({entry.url for entry in store.frontier.entries("is_seed")})
        if (job := _job(runs)) is not None:
            sections["job"] = job
        sections["runs"] = [_run(run, tally.gone[run.run_id]) for run in runs]
    return sections


def linking(tally: Tally, calibrations: Mapping[str, Calibration], *, canonical: bool = False) -> dict[str, Any]:
    """How quotes were linked, and how well that does on each site."""
    version = {} if canonical else {"linker_version": LINKER_VERSION}
    return {
        **version,
        "quotes": tally.quotes,
        "methods": dict(sorted(tally.methods.items())),
        "id_check": dict(sorted(tally.checks.items())),
        "calibration": {site: made.as_json() for site, made in sorted(calibrations.items())},
    }


def _job(runs: Sequence[Run]) -> str | None:
    """Name of the job whose run was the last."""
    config = orjson.loads(runs[-1].config) if runs else {}
    name = config.get("name") if config.get("command") == "crawl" else None
    return name if isinstance(name, str) else None


def _run(run: Run, n_missing: int) -> dict[str, Any]:
    return {name: getattr(run, name) for name in _RUN} | {"n_missing": n_missing}


def _fetched(store: Store) -> tuple[datetime | None, datetime | None]:
    first, last = store.db.execute("SELECT min(fetched_at), max(fetched_at) FROM fetches").fetchone()
    return (None, None) if first is None else (from_micros(first), from_micros(last))
