"""`threadset report`: what it writes and what it refuses."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from crawl_help import Tool, fast
from filelock import FileLock
from mock_forum import MockForum

from crawler.commands import _job, _report, main
from crawler.commands._crawl import RUNNERS
from crawler.commands._folder import locked
from crawler.demo import Forum
from output.report import remove_report


@pytest.fixture(scope="module")
def grabbed(tmp_path_factory: pytest.TempPathFactory, forum: Forum) -> Path:
    """A thread and its dataset, to be copied."""
    folder = tmp_path_factory.mktemp("grabbed") / "out"
    with MockForum(forum) as site, pytest.MonkeyPatch.context() as patch:
        patch.setitem(RUNNERS, "default", fast())
        with pytest.raises(SystemExit, match="0"):
            main(["grab", site.url + site.path(101), "--out", str(folder), "--delay", "0", "--no-report", "-q"])
    return folder


@pytest.fixture
def demo(data: Path, grabbed: Path) -> Path:
    return shutil.copytree(grabbed, data)


def test_it_says_what_to_open(tool: Tool, demo: Path) -> None:
    result = tool("report", demo)
    assert (result.code, result.out) == (0, f"open {demo}/report.html\n")
    assert (demo / "report.html").read_text("utf-8").startswith("<!doctype html>")
    assert tool("verify", demo).code == 0


@pytest.mark.reports
def test_a_grab_writes_one_too_and_says_so(tool: Tool, data: Path) -> None:
    result = tool("demo", "--out", data)
    assert f"  open     {data}/report.html\n  tables   {data}/parquet/posts.parquet or " in result.out
    assert (data / "report.html").is_file()
    (data / "report.html").unlink()
    (data / ".report-killed").mkdir()
    assert tool("demo", "--out", data, "--json").json["report"] == f"{data}/report.html"
    assert not [path for path in data.iterdir() if path.name.startswith(".report-")]


@pytest.mark.reports
def test_a_grab_that_wants_none_writes_none(tool: Tool, data: Path, mock: MockForum) -> None:
    result = tool.grab("--no-report", mock.url + mock.path(61))
    assert result.code == 0
    assert f"  open     {data}/parquet" in result.out
    assert not (data / "report.html").exists()


def test_a_job_writes_one_where_it_says_so(tool: Tool, tmp_path: Path, mock: MockForum) -> None:
    job = tmp_path / "job.toml"
    words = f"""
        name = "news"
        out = "{tmp_path}/out"
        user_agent = "tests (+mailto:me@example.org)"
        delay = 0.0
        [[site]]
        threads = ["{mock.url}{mock.path(61)}"]
        """
    job.write_text(words, "utf-8")
    assert tool("crawl", job).code == 0
    assert not (tmp_path / "out" / "report.html").exists()
    job.write_text(words + "[output]\nreport = true\n", "utf-8")
    assert f"open     {tmp_path}/out/report.html" in tool("crawl", job).out
    assert (tmp_path / "out" / "report.html").is_file()


def test_a_job_that_cannot_write_one_says_so_and_keeps_its_tables(
    tool: Tool, tmp_path: Path, mock: MockForum, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = tmp_path / "job.toml"
    job.write_text(
        f"""
        name = "news"
        out = "{tmp_path}/out"
        user_agent = "tests (+mailto:me@example.org)"
        delay = 0.0
        output.report = true
        [[site]]
        threads = ["{mock.url}{mock.path(61)}"]
        """,
        "utf-8",
    )
    monkeypatch.setattr(_report, "has_extra", lambda: False)
    monkeypatch.setattr(_job, "has_extra", lambda: False)
    result = tool("crawl", job)
    assert result.code == 0
    assert "threadset[report]" in result.error
    assert tool("verify", tmp_path / "out").code == 0
    assert "output.report" in tool("crawl", "--check", job).error


def test_another_run_at_work_is_left_alone(tool: Tool, demo: Path) -> None:
    with FileLock(demo / ".lock"):
        assert tool("report", demo).code == 6


def test_another_file(tool: Tool, demo: Path, tmp_path: Path) -> None:
    to = tmp_path / "shown" / "x.html"
    facts = tool("report", demo, "--to", to, "--json").json
    assert facts == {"report": str(to), "files": 1, "bytes": to.stat().st_size, "exit_code": 0}
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


def test_a_pack_is_refused(tool: Tool, demo: Path, tmp_path: Path) -> None:
    assert tool("pack", demo, "--to", tmp_path / "pack", "--license", "CC-BY-4.0").code == 0
    result = tool("report", tmp_path / "pack")
    assert result.code == 2
    assert "it is a pack" in result.error


@pytest.mark.parametrize("options", [("--canonical",), ("--format", "jsonl")], ids=["canonical", "jsonl"])
def test_an_export_has_one_too(tool: Tool, demo: Path, tmp_path: Path, options: tuple[str, ...]) -> None:
    assert tool("export", demo, "--to", tmp_path / "export", *options).code == 0
    assert tool("report", tmp_path / "export").code == 0
    assert "Port Aster" in (tmp_path / "export" / "report.html").read_text("utf-8")


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
    (demo / "report").mkdir()
    (demo / "report" / "thread-0123abcd-101.html").touch()
    remove_report(demo)
    assert not (demo / "report.html").exists()
    assert not (demo / "report").exists()
    remove_report(demo)


def test_one_can_be_made_by_whoever_holds_the_folder(demo: Path) -> None:
    with locked(demo):
        assert _report.make_report(demo).files == 1
