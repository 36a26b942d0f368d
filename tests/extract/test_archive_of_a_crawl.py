"""What is extracted from the archive of a crawl is what the crawl found."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from crawl_help import Tool, by_id, fast, rows
from extract_help import archive, boards, extract
from mock_forum import MockForum, error, fail_then_ok
from records_made import check, records

from crawler.archive.content import content
from crawler.commands._crawl import RUNNERS
from crawler.demo import advance

OBSERVED = ("url", "fetched_at", "status", "bytes", "page_kind", "layout", "thread_id", "page", "n_posts", "outcome")


def test_the_same_tables(tool: Tool, mock: MockForum) -> None:
    assert tool.grab(*boards(mock)).code == 0
    asked = len(mock.log)
    done, there = extract(tool, *archive(tool))
    assert (done.code, done.err) == (0, "")
    assert there.canonical() == tool.canonical()
    assert there("verify", there.folder).code == 0
    assert len(mock.log) == asked, "nothing is fetched"


def test_every_fetch_names_its_record(tool: Tool, mock: MockForum, data: Path) -> None:
    mock.override(mock.path(90), error(404, "2F173/1"))
    tool.grab(*boards(mock))
    found = {(f"archive/{path.name}", r.offset): r for path in archive(tool) for r in records(path)}
    fetches = rows(data, "fetches")
    assert len(found) == len(fetches) == len(mock.log)
    assert fetches[0]["url"].endswith("/robots.txt")
    for fetch in fetches:
        record = found[fetch["warc_file"], fetch["warc_offset"]]
        assert record.url == fetch["url"]
        assert record.status == fetch["status"]
        assert record.date.isoformat().replace("+00:00", "Z") == fetch["fetched_at"]
        assert len(content(record.payload, record.headers)) == fetch["bytes"]


def test_observations_are_the_same_too(tool: Tool, mock: MockForum, data: Path) -> None:
    tool.grab(*boards(mock))
    _done, there = extract(tool, *archive(tool))
    crawled = [fetch for fetch in rows(data, "fetches") if fetch["page_kind"] != "robots"]
    read = rows(there.folder, "fetches")
    assert [[row[name] for name in OBSERVED] for row in read] == [[row[name] for name in OBSERVED] for row in crawled]
    posts, again = by_id(rows(data, "posts")), by_id(rows(there.folder, "posts"))
    assert again == posts, "first_seen_at and last_seen_at included"


def test_years_of_runs(tool: Tool, mock: MockForum, data: Path) -> None:
    """Epochs of a forum in which posts change, go and move, read again and again; revisits in between."""
    for step in (None, None, 1, 2, None, 3):
        if step is not None:
            mock.show(advance(mock.forum, step).forum)
        tool.grab(*boards(mock), "--refresh")
    kinds = {record.kind for path in archive(tool) for record in records(path)}
    assert kinds == {"response", "revisit"}
    for path in archive(tool):
        check(path)
    _done, there = extract(tool, *reversed(archive(tool)))
    assert there.canonical() == tool.canonical()
    assert len(rows(there.folder, "runs")) == 6
    events = rows(data, "events")
    assert events
    assert [event["event"] for event in rows(there.folder, "events")] == [event["event"] for event in events]


@pytest.mark.parametrize(
    "fault", ["hidden", "login_wall", "ban", "server_error", "empty_thread", "closed_early", "moved", "not_ips"]
)
def test_obstacles_too(tool: Tool, mock: MockForum, fault: str) -> None:
    mock.override(mock.path(88), fault)
    tool.grab(*boards(mock))
    _done, there = extract(tool, *archive(tool))
    assert there.canonical() == tool.canonical()


def test_what_never_arrived_is_in_no_file(tool: Tool, mock: MockForum) -> None:
    mock.override(mock.path(88), "truncated")
    tool.grab(*boards(mock))
    done, there = extract(tool, *archive(tool))
    assert done.code == 3
    facts, again = tool.canonical(), there.canonical()
    del facts["manifest.json"], again["manifest.json"]  # they tell why it is missing, each in its way
    assert again == facts


def test_what_failed_in_passing(tool: Tool, mock: MockForum) -> None:
    mock.override(mock.path(88), fail_then_ok(2))
    assert tool.grab(*boards(mock)).code == 0
    done, there = extract(tool, *archive(tool))
    assert done.code == 0
    assert there.canonical() == tool.canonical()


def test_a_page_that_is_in_no_file(tool: Tool, mock: MockForum) -> None:
    tool.grab(mock.url + mock.forum_path(4), "--max-pages", 3)
    done, there = extract(tool, *archive(tool))
    assert done.code == 3
    assert "in none of the files" in done.out
    assert there("verify", there.folder).code == 0


def test_without_an_archive(tool: Tool, mock: MockForum, data: Path) -> None:
    assert tool.grab(mock.url + mock.path(88), "--no-archive").code == 0
    assert not (data / "archive").exists()
    assert {fetch["warc_file"] for fetch in rows(data, "fetches")} == {None}


def test_the_users_cookies_stay_out(tool: Tool, mock: MockForum, data: Path) -> None:
    cookies = data.with_name("cookies.txt")
    cookies.write_text("# Netscape HTTP Cookie File\n127.0.0.1\tFALSE\t/\tFALSE\t0\tips4_login\ts3cr3tvalue\n")
    honest = mock.honest(mock.path(88))
    honest.headers["Set-Cookie"] = "ips4_session=s3cr3ttoken"
    mock.override(mock.path(88), honest)
    assert tool.grab(mock.url + mock.path(88), "--cookies", cookies).code == 0
    everything = b"".join(gzip.decompress(path.read_bytes()) for path in archive(tool))
    assert b"/topic/88" in everything
    assert b"s3cr3t" not in everything


def test_files_are_rotated(tool: Tool, mock: MockForum, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(RUNNERS, "default", fast(ARCHIVE_SIZE=20_000))
    assert tool.grab(*boards(mock)).code == 0
    assert len(archive(tool)) > 3
    for path in archive(tool):
        check(path)
    done, there = extract(tool, tool.folder / "archive")
    assert done.code == 0
    assert there.canonical() == tool.canonical()
    assert len(rows(there.folder, "runs")) == 1


def test_a_store_that_cannot_be_written_takes_its_record_back(
    tool: Tool, mock: MockForum, monkeypatch: pytest.MonkeyPatch
) -> None:
    from crawler.store.observations import Observations

    real, seen = Observations.add, []

    def failing(self: Observations, *args: object) -> tuple[int, int]:
        seen.append(args)
        if len(seen) == 3:
            raise ValueError("no such luck")
        return real(self, *args)

    monkeypatch.setattr(Observations, "add", failing)
    tool.grab(*boards(mock))
    (path,) = archive(tool)
    check(path)
    fetches = [fetch for fetch in rows(tool.folder, "fetches") if fetch["warc_file"] is not None]
    assert len(records(path)) == len(fetches) == len(rows(tool.folder, "fetches")) - 1
