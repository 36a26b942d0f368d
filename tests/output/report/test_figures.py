"""The numbers of the overview, against counting by hand."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from report_made import T0, Made, post, quote

from output.report.figures import figures

moments = st.none() | st.integers(-(10**9), 10**9).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
posts = st.lists(
    st.fixed_dictionaries(
        {
            "site": st.sampled_from(["a.example", "b.example"]),
            "post_id": st.integers(1, 99),
            "status": st.sampled_from(["active", "missing", "removed"]),
            "author_id": st.none() | st.integers(1, 4),
            "author_name": st.none() | st.sampled_from(["Ann", "Ben", ""]),
            "author_is_guest": st.booleans(),
            "created_at": moments,
            "edited_at": moments,
            "n_quotes": st.integers(0, 12),
        }
    ),
    max_size=20,
)


@settings(max_examples=60, deadline=None)
@given(posts)
def test_posts(rows: list[dict[str, Any]]) -> None:
    found = figures(Made(posts=rows)).posts
    dated = [row["created_at"] for row in rows if row["created_at"] is not None]
    assert found.total == len(rows)
    assert found.by_status == Counter(row["status"] for row in rows)
    assert found.by_site == Counter(row["site"] for row in rows)
    assert found.quotes == Counter(row["n_quotes"] for row in rows)
    assert found.by_hour == Counter(time.replace(minute=0, second=0, microsecond=0) for time in dated)
    assert (found.first_at, found.last_at) == (min(dated, default=None), max(dated, default=None))
    assert found.undated == len(rows) - len(dated)
    assert found.edited == sum(row["edited_at"] is not None for row in rows)
    assert found.by_guests == sum(row["author_is_guest"] for row in rows)
    known = [row for row in rows if not row["author_is_guest"]]
    people = {(row["site"], row["author_name"] if row["author_id"] is None else row["author_id"]) for row in known}
    assert found.members == {one for one in people if one[1] is not None}


quotes = st.lists(
    st.fixed_dictionaries(
        {
            "post_id": st.integers(1, 9),
            "target_state": st.sampled_from(["seen", "unseen", "missing", "unresolved"]),
            "method": st.none() | st.sampled_from(["explicit_id", "author_exact"]),
            "confidence": st.none() | st.integers(0, 100).map(lambda part: part / 100),
            "id_check": st.sampled_from(["verified", "unchecked", "text_conflict"]),
        }
    ),
    max_size=20,
)


@settings(max_examples=60, deadline=None)
@given(quotes)
def test_links(rows: list[dict[str, Any]]) -> None:
    found = figures(Made(quotes=rows)).links
    method = [(row["target_state"] != "unresolved" and row["method"]) or "none" for row in rows]
    assert found.methods == Counter(method)
    assert found.states == Counter(row["target_state"] for row in rows)
    assert found.checks == Counter(row["id_check"] for row in rows)
    claimed = [(name, row["confidence"]) for name, row in zip(method, rows, strict=True) if name != "none"]
    for name in ("explicit_id", "author_exact"):
        of = [confidence for one, confidence in claimed if one == name and confidence is not None]
        mean = found.mean_confidence(name)
        assert (mean is None) == (not of)
        assert mean is None or abs(mean - sum(of) / len(of)) < 1e-9


def test_threads_events_and_articles() -> None:
    found = figures(
        Made(
            threads=[{"thread_id": n, "n_posts_seen": n % 3, "complete": n % 2 == 0} for n in range(8)],
            events=[{"event": "edited", "changed_before": T0 + timedelta(hours=9 * n)} for n in range(5)],
            articles=[
                {"agency": name, "published_on": f"2024-03-0{n}"} for n, name in enumerate(["A", "B", "A", None], 1)
            ],
        )
    )
    assert found.threads.sizes == Counter({0: 3, 1: 3, 2: 2})
    assert (found.threads.read, found.threads.complete) == (5, 2)
    assert {(kind, str(day)): n for (kind, day), n in found.events.items()} == {
        ("edited", "2024-03-01"): 2,
        ("edited", "2024-03-02"): 2,
        ("edited", "2024-03-03"): 1,
    }
    assert found.articles.agencies == Counter(A=2, B=1)
    assert (found.articles.total, found.articles.first_on, found.articles.last_on) == (4, "2024-03-01", "2024-03-04")


def test_runs_have_their_requests() -> None:
    runs = [{"run_id": n, "started_at": T0 - timedelta(days=n), "n_requests": 2} for n in (1, 2)]
    fetches = [{"fetch_id": n, "run_id": 1 + n % 2, "outcome": "ok" if n else "login", "bytes": 10} for n in range(5)]
    found = figures(Made(runs=runs, fetches=fetches)).runs
    assert [(run.run_id, run.bytes) for run in found] == [(2, 20), (1, 30)]
    assert found[1].outcomes == Counter(ok=2, login=1)


def test_a_dataset_without_tables_is_empty() -> None:
    found = figures(Made())
    assert (found.posts.total, found.links.total, found.threads.read, found.runs) == (0, 0, 0, [])
    assert figures(Made(posts=[post(1)], quotes=[quote(1, None)])).links.methods == Counter(none=1)
