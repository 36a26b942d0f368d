"""`threadset status`."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from crawl_help import Tool, rows
from job_help import forum_url, site, write_job
from mock_forum import MockForum

from crawler import clock
from crawler.jobs.report import run_facts
from crawler.store import STATE_FILE
from crawler.store.look import looked_into


def test_how_a_dataset_stands(tool: Tool, data: Path, mock: MockForum) -> None:
    mock.override(mock.path(101, 2), "server_error")
    mock.override(mock.path(90), "hidden")
    assert tool("crawl", write_job(data.parent, site("forum.example", forums=[forum_url(mock)]))).code == 3
    facts = tool("status", data, "--json").json
    frontier = json.loads((data / "run.json").read_bytes())["frontier"]
    assert facts["pages"] == {"done": frontier["done"], "queued": 0, "failed": 1, "left": 0, "gone": 1}
    assert facts["failures"] == {"server_error": 1}
    assert (facts["n_incomplete"], facts["fresh"], facts["unfinished"]) == (1, True, False)
    assert facts["last_run"]["outcome"] == "incomplete"
    assert facts["missing"] == 2
    threads = {thread["thread_id"]: thread for thread in facts["threads"]}
    assert set(threads) == {row["thread_id"] for row in rows(data, "posts")}
    assert [number for number, thread in threads.items() if thread["open"]] == [101]
    read = {
        number: max(row["fetched_at"] for row in rows(data, "fetches") if row["thread_id"] == number)
        for number in threads
        if number != 101
    }
    assert all(
        datetime.fromisoformat(threads[number]["last_read_at"]) == datetime.fromisoformat(at)
        for number, at in read.items()
    )
    said = tool("status", data)
    assert "1 failed (1 server_error)" in said.out
    assert "forum.example 101: " not in said.out
    assert "forum.example 101: 2 pages, last read" in tool("status", data, "-v").out


def test_too_old(tool: Tool, data: Path, mock: MockForum) -> None:
    tool.grab(mock.url + mock.path(88))
    assert tool("status", data, "--max-age", "26h").code == 0
    with sqlite3.connect(data / STATE_FILE) as db:
        db.execute("UPDATE runs SET finished_at = finished_at - 27 * 3600 * 1000000")
    db.close()
    result = tool("status", data, "--max-age", "26h", "-q")
    assert result.code == 1
    assert "the last good run ended 27 h 00 min ago" in result.error
    assert tool("status", data, "--max-age", "26h", "--json").json["fresh"] is False
    assert tool("status", data, "--max-age", "2d").code == 0


def test_a_run_that_was_turned_away_is_no_good_one(
    tool: Tool, data: Path, mock: MockForum, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = clock._START
    monkeypatch.setattr(clock, "_START", start - timedelta(hours=27))
    assert tool.grab(mock.url + mock.path(88)).code == 0
    monkeypatch.setattr(clock, "_START", start)
    mock.override(mock.path(88), "challenge")
    assert tool.grab(mock.url + mock.path(88)).code == 4
    assert "the last good run ended 27 h 00 min ago" in tool("status", data, "--max-age", "26h", "-q").error


def test_a_clock_that_was_ahead(tool: Tool, data: Path, mock: MockForum, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that will end next year says nothing of how old the data are; nor does it outshine those after it."""
    start = clock._START
    monkeypatch.setattr(clock, "_START", start + timedelta(days=366))
    tool.grab(mock.url + mock.path(88))
    result = tool("status", data, "--max-age", "26h", "-q")
    assert (result.code, "from now: the clock was wrong then, or is now" in result.error) == (1, True)
    assert tool("status", data).code == 0
    monkeypatch.setattr(clock, "_START", start)
    assert tool.grab(mock.url + mock.path(88)).code == 0
    facts = tool("status", data, "--max-age", "26h", "--json").json
    assert (facts["fresh"], facts["last_good_run"]["run_id"]) == (True, 2)
    with looked_into(data / STATE_FILE) as db:
        assert run_facts(db).last_success_at == datetime.fromisoformat(facts["last_good_run"]["finished_at"])


def test_no_good_run(tool: Tool, data: Path, mock: MockForum) -> None:
    data.mkdir()
    mock.override(mock.path(88), "challenge")
    tool.grab(mock.url + mock.path(88))
    assert "no good run" in tool("status", data, "--max-age", "1h").err


@pytest.mark.parametrize("age", ["1x", "h", "-1h", "1.5h", "1 h", ""])
def test_no_age(tool: Tool, data: Path, age: str) -> None:
    assert tool("status", data, f"--max-age={age}").code == 2


def test_no_store(tool: Tool, data: Path) -> None:
    assert tool("status", data).code == 2
    data.mkdir()
    assert tool("status", data).code == 2
    (data / STATE_FILE).write_bytes(b"no database" * 100)
    assert tool("status", data).code == 1
    (data / STATE_FILE).unlink()
    with sqlite3.connect(data / STATE_FILE) as db:
        db.execute("CREATE TABLE mine (x)")
    db.close()
    assert tool("status", data).code == 2
    assert [path.name for path in data.iterdir()] == [STATE_FILE], "nothing is written"


def test_while_a_run_writes(tool: Tool, data: Path, mock: MockForum) -> None:
    tool.grab(mock.url + mock.path(88))
    db = sqlite3.connect(data / STATE_FILE, isolation_level=None)
    db.execute("PRAGMA journal_mode = WAL")
    now = int(datetime.now(UTC).timestamp() * 1e6)
    db.execute(
        "INSERT INTO runs (run_id, sites, started_at, tool_version, schema_version, config, user_agent, authenticated, "
        "n_requests, n_pages, n_posts, n_new, n_changed, n_missing) "
        "VALUES (2, '[]', ?, '0', 1, '{}', 'x', 0, 0, 0, 0, 0, 0, 0)",
        (now,),
    )
    db.execute("BEGIN IMMEDIATE")
    db.execute("UPDATE frontier SET state = 'leased'")
    facts = tool("status", data, "--json").json
    assert facts["unfinished"] is True
    assert facts["pages"]["done"] == 1, "of what is not committed, nothing is seen"
    assert "at work, or killed" in tool("status", data).out
    db.execute("ROLLBACK")
    db.close()


def test_after_the_folder_was_made_read_only(tool: Tool, data: Path, mock: MockForum) -> None:
    tool.grab(mock.url + mock.path(88))
    before = sorted(path.name for path in data.iterdir())
    assert tool("status", data).code == 0
    assert sorted(path.name for path in data.iterdir()) == before
