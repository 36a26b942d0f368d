"""What monitors read: `metrics.prom`, `run.json`; what is expected of a run."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from crawler.jobs.estimate import Load, expect
from crawler.jobs.hooks import HookResult
from crawler.jobs.metrics import metrics_text
from crawler.jobs.report import Report, RunFacts, SiteFacts, replace_file, run_json, stored_bytes

AT = datetime(2026, 3, 1, 3, 30, tzinfo=UTC)


def report(**given: object) -> Report:
    facts = RunFacts(
        run_id=7,
        n_requests=12,
        n_new=4,
        requests_per_new_post=3.0,
        n_bytes=1000,
        sites={'a"\\\n.example': SiteFacts(n_requests=12, n_pages=10, n_bytes=1000)},
        frontier={"done": 10, "failed": 1},
        last_success_at=AT,
    )
    values = {"job": "news", "folder": "out", "exit_code": 3, "begun_at": AT, "ended_at": AT + timedelta(seconds=90)}
    return Report(**(values | {"facts": facts, "gone": {6: 5, 7: 2}, "stored_bytes": {"state": 4096}} | given))  # type: ignore[arg-type]


def samples(text: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_metrics_are_what_a_monitor_reads() -> None:
    found = samples(metrics_text(report(hook=HookResult("mail", 1, "it failed"))))
    job = ("job", "news")
    assert found["threadset_exit_code", (job,)] == 3
    assert found["threadset_run_duration_seconds", (job,)] == 90
    assert found["threadset_run_missing_posts", (job,)] == 2
    assert found["threadset_last_success_timestamp_seconds", (job,)] == AT.timestamp()
    assert found["threadset_requests_per_new_post", (job,)] == 3
    assert found["threadset_hook_failed", (job,)] == 1
    assert found["threadset_frontier_pages", (job, ("state", "failed"))] == 1
    assert found["threadset_site_requests", (job, ("site", 'a"\\\n.example'))] == 12
    assert found["threadset_stored_bytes", (job, ("what", "state"))] == 4096


def test_what_is_not_known_is_left_out() -> None:
    text = metrics_text(report(facts=RunFacts(), stored_bytes={}))
    names = {name for name, _labels in samples(text)}
    assert "threadset_exit_code" in names
    assert not names & {
        "threadset_last_success_timestamp_seconds",
        "threadset_bytes_a_year",
        "threadset_requests_per_new_post",
        "threadset_hook_failed",
        "threadset_frontier_pages",
        "threadset_stored_bytes",
    }


def test_each_metric_has_one_help_and_type() -> None:
    lines = metrics_text(report()).splitlines()
    heads = [line.split()[2] for line in lines if line.startswith("# TYPE")]
    assert len(heads) == len(set(heads))
    assert heads == [line.split()[2] for line in lines if line.startswith("# HELP")]


def test_run_json() -> None:
    facts = json.loads(run_json(report(problems=[{"id": 1}] * 30)))
    assert facts["exit_code"] == 3
    assert facts["begun_at"] == "2026-03-01T03:30:00Z"
    assert (facts["n_problems"], len(facts["problems"])) == (30, 20)
    assert (facts["run_id"], facts["n_missing"]) == (7, 2)


def test_a_file_is_replaced_as_a_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "run.json"
    replace_file(path, b"one")
    replace_file(path, b"two")
    assert path.read_bytes() == b"two"

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("crawler.jobs.report.write_synced", full)
    with pytest.raises(OSError, match="space"):
        replace_file(path, b"three")
    assert path.read_bytes() == b"two"
    monkeypatch.undo()
    (tmp_path / ".run.json.new").write_bytes(b"left by a crash")
    replace_file(path, b"four")
    assert [file.name for file in tmp_path.iterdir()] == ["run.json"]


def test_how_large_a_folder_is(tmp_path: Path) -> None:
    (tmp_path / "archive").mkdir()
    (tmp_path / "archive" / "a.warc.gz").write_bytes(b"12345")
    (tmp_path / "state.sqlite-wal").write_bytes(b"123")
    (tmp_path / "manifest.json").write_bytes(b"1")
    (tmp_path / "link").symlink_to(tmp_path / "archive" / "a.warc.gz")
    assert stored_bytes(tmp_path) == {"state": 3, "archive": 5, "tables": 1}


class TestWhatIsExpected:
    def test_what_was_left_comes_first(self) -> None:
        found = expect(Load(site="a", waiting=99, thread_pages=500, usual=3), recheck="off", seeds=1)
        assert (found.requests, found.at_least) == (100, True)

    def test_a_first_run(self) -> None:
        found = expect(Load(site="a"), recheck="age", seeds=3)
        assert (found.requests, found.at_least) == (4, True)

    @pytest.mark.parametrize(("recheck", "requests"), [("off", 21), ("age", 73), ("all", 521)])
    def test_a_second_run(self, recheck: str, requests: int) -> None:
        found = expect(Load(site="a", thread_pages=500, listing_pages=20), recheck=recheck, seeds=1)  # type: ignore[arg-type]
        assert found.requests == requests
        assert found.at_least is (recheck != "all")

    def test_as_usual(self) -> None:
        found = expect(Load(site="a", thread_pages=500, listing_pages=20, usual=31), recheck="age", seeds=1)
        assert (found.requests, found.at_least, found.seconds(2.0)) == (31, False, 62.0)
