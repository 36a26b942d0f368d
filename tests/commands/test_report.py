"""`threadset report`: what it writes and what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest
from crawl_help import Tool

from crawler.commands import _report
from output.report import remove_report


@pytest.fixture
def demo(tool: Tool, data: Path) -> Path:
    assert tool("demo", "--out", data).code == 0
    return data


def test_it_says_what_to_open(tool: Tool, demo: Path) -> None:
    result = tool("report", demo)
    assert (result.code, result.out) == (0, f"open {demo}/report.html\n")
    assert (demo / "report.html").read_text("utf-8").startswith("<!doctype html>")
    assert tool("verify", demo).code == 0


def test_another_file(tool: Tool, demo: Path, tmp_path: Path) -> None:
    to = tmp_path / "shown" / "x.html"
    facts = tool("report", demo, "--to", to, "--json").json
    assert facts == {"report": str(to), "files": 1, "bytes": to.stat().st_size}
    assert [path.name for path in to.parent.iterdir()] == ["x.html"]


@pytest.mark.parametrize("name", ["x.txt", "x"])
def test_a_name_that_no_browser_opens_is_refused(tool: Tool, demo: Path, tmp_path: Path, name: str) -> None:
    result = tool("report", demo, "--to", tmp_path / name)
    assert result.code == 2
    assert ".html" in result.error


def test_what_is_no_dataset_is_refused(tool: Tool, tmp_path: Path) -> None:
    assert tool("report", tmp_path / "nothing").code == 2
    result = tool("report", tmp_path)
    assert result.code == 2
    assert "manifest.json" in result.error
    assert list(tmp_path.iterdir()) == []


def test_without_the_extra_it_names_it(tool: Tool, demo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_report, "has_extra", lambda: False)
    result = tool("report", demo)
    assert result.code == 2
    assert "pip install 'threadset[report]'" in result.error


def test_a_damaged_table_keeps_the_report_of_before(tool: Tool, demo: Path) -> None:
    assert tool("report", demo).code == 0
    before = (demo / "report.html").read_bytes()
    posts = demo / "parquet" / "posts.parquet"
    posts.write_bytes(posts.read_bytes()[:-100])
    result = tool("report", demo)
    assert result.code == 1
    assert "posts.parquet" in result.error
    assert (demo / "report.html").read_bytes() == before
    assert not [path for path in demo.iterdir() if path.name.startswith(".report-")]


def test_it_can_be_removed(tool: Tool, demo: Path) -> None:
    assert tool("report", demo).code == 0
    remove_report(demo)
    assert not (demo / "report.html").exists()
    remove_report(demo)
