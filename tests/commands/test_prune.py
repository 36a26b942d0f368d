"""The command prune, and what verify says of an archive."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest
from crawl_help import Tool, fast, rows
from mock_forum import MockForum

from crawler.commands._crawl import RUNNERS


def files(data: Path) -> list[str]:
    return sorted(path.name for path in (data / "archive").iterdir())


def test_what_is_old_goes_and_the_tables_know(tool: Tool, mock: MockForum, data: Path) -> None:
    tool.grab(mock.url + mock.path(88))
    before = tool.canonical()
    said = tool("prune", data, "--keep-days", 0, "--dry-run")
    assert said.code == 0
    assert "2 records would go" in said.out
    assert files(data) == ["00001.warc.gz"]
    done = tool("prune", data, "--keep-days", 0, "--json")
    assert (done.code, done.json["records"], done.json["files_removed"]) == (0, 2, 1)
    assert files(data) == []
    assert {fetch["warc_file"] for fetch in rows(data, "fetches")} == {None}
    assert tool("verify", data).code == 0
    assert tool.canonical() == before
    assert tool.grab(mock.url + mock.path(88)).code == 0
    assert files(data) == ["00002.warc.gz"]
    assert tool("verify", data).code == 0


def test_what_is_young_stays(tool: Tool, mock: MockForum, data: Path) -> None:
    tool.grab(mock.url + mock.path(88))
    done = tool("prune", data, "--keep-days", 30)
    assert (done.code, done.out.split(": ")[1].split()[0]) == (0, "0")
    assert files(data) == ["00001.warc.gz"]


def test_without_a_number_the_job_must_say_it(tool: Tool, mock: MockForum, data: Path) -> None:
    tool.grab(mock.url + mock.path(88))
    refused = tool("prune", data)
    assert refused.code == 2
    assert "give --keep-days" in refused.error
    assert tool("prune", data.with_name("nothing"), "--keep-days", 1).code == 2


def test_a_run_with_a_limit_prunes_at_its_end(
    tool: Tool, mock: MockForum, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool.grab(mock.url + mock.path(88))
    chosen = {"ARCHIVE_KEEP_DAYS": 0, "DOWNLOAD_DELAY": 0.0}
    monkeypatch.setattr(import_module("crawler.commands.grab"), "crawl_settings", lambda options: chosen)
    monkeypatch.setitem(RUNNERS, "default", fast())
    assert tool.grab(mock.url + mock.path(88)).code == 0
    assert files(data) == []
    assert {fetch["warc_file"] for fetch in rows(data, "fetches")} == {None}


@pytest.mark.parametrize("damage", ["gone", "cut", "flipped", "longer"])
def test_verify_names_what_is_damaged(tool: Tool, mock: MockForum, data: Path, damage: str) -> None:
    tool.grab(mock.url + mock.path(88))
    path = data / "archive/00001.warc.gz"
    whole = path.read_bytes()
    if damage == "gone":
        path.unlink()
    else:
        middle = len(whole) // 2
        flipped = whole[:middle] + bytes([whole[middle] ^ 4]) + whole[middle + 1 :]
        path.write_bytes({"cut": whole[:-10], "flipped": flipped, "longer": whole + b"x"}[damage])
    done = tool("verify", data)
    assert done.code == 1
    assert "archive/00001.warc.gz" in done.err
    path.write_bytes(whole)
    assert tool("verify", data).code == 0
