"""What the pages of a run make in a year."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.jobs.report import run_facts
from crawler.store import STATE_FILE, Store

AT = datetime(2026, 3, 1, 3, 30, tzinfo=UTC)


def facts_of(folder: Path, distance: timedelta) -> int | None:
    """Of the last of three runs, so far from each other, that fetched a page of 1,000 bytes."""
    with Store(folder / STATE_FILE, create=True) as store:
        for rank in range(3):
            at = int((AT + rank * distance).timestamp() * 1e6)
            store.db.execute(
                "INSERT INTO runs (run_id, sites, started_at, tool_version, schema_version, config, user_agent, "
                "authenticated, n_requests, n_pages, n_posts, n_new, n_changed, n_missing) "
                "VALUES (?, '[]', ?, '1', 1, '{}', 'x', 0, 1, 1, 1, 1, 0, 0)",
                (rank + 1, at),
            )
            store.db.execute(
                "INSERT INTO fetches (run_id, site, url, fetched_at, status, bytes, page_kind, outcome) "
                "VALUES (?, 's', 'u', ?, 200, 1000, 'topic', 'ok')",
                (rank + 1, at),
            )
        return run_facts(store.db).n_bytes_a_year


@pytest.mark.parametrize(
    ("distance", "expected"),
    [(timedelta(days=1), 365_000), (timedelta(hours=1), 8_760_000), (timedelta(minutes=5), None)],
)
def test_a_year_of_it(tmp_path: Path, distance: timedelta, expected: int | None) -> None:
    assert facts_of(tmp_path, distance) == (expected if expected is None else pytest.approx(expected, rel=0.01))
