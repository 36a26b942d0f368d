"""`--json`: on every command, one object on standard output whatever happens, with the keys that are documented."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import click
import pytest
from crawl_help import Tool
from mock_forum import MockForum

from crawler.commands import cli

DOCS = Path(__file__).parents[2] / "docs" / "commands.md"

Call = Callable[["Place"], tuple[object, ...]]


class Place:
    """A dataset, the forum that it is from, and a job."""

    def __init__(self, mock: MockForum, data: Path) -> None:
        self.url = mock.url + mock.path(88)
        self.post_id = mock.forum.thread(88).posts[1].post_id
        self.data = data
        self.page = data.parent / "page.html"
        self.page.write_bytes(mock.honest(mock.path(88)).body)
        self.job = data.parent / "job.toml"
        self.job.write_text(
            f'name = "n"\nout = "job"\nuser_agent = "x (+mailto:me@example.org)"\ndelay = 0\n\n[[site]]\n'
            f'threads = ["{self.url}"]\n',
            "utf-8",
        )


CALLS: dict[str, tuple[Call, ...]] = {
    "grab": (
        lambda at: ("grab", at.url, "--out", at.data, "--delay", 0),
        lambda at: ("grab", at.url, "--out", at.data.parent / "new", "--delay", 0, "--dry-run"),
    ),
    "crawl": (lambda at: ("crawl", at.job), lambda at: ("crawl", at.job, "--check")),
    "status": (lambda at: ("status", at.data),),
    "export": (lambda at: ("export", at.data),),
    "extract": (lambda at: ("extract", at.page, "--out", at.data.parent / "saved", "--workers", 1),),
    "forget": (
        lambda at: ("forget", at.data, "--post", at.post_id, "--dry-run"),
        lambda at: ("forget", at.data, "--post", at.post_id, "--yes"),
    ),
    "link": (lambda at: ("link", at.data, "--out", at.data.parent / "linked"),),
    "pack": (lambda at: ("pack", at.data, "--to", at.data.parent / "pack", "--license", "CC0-1.0"),),
    "prune": (lambda at: ("prune", at.data, "--keep-days", 1),),
    "report": (lambda at: ("report", at.data),),
    "verify": (lambda at: ("verify", at.data),),
    "explain": (lambda at: ("explain", at.page),),
    "demo": (lambda at: ("demo", "--out", at.data.parent / "demo"),),
}
"""For each command, calls that work."""


@pytest.fixture
def place(tool: Tool, mock: MockForum, data: Path) -> Place:
    assert tool.grab(mock.url + mock.path(88)).code == 0
    return Place(mock, data)


def documented(command: str) -> set[str]:
    """The keys that the documentation names for a command."""
    table = DOCS.read_text("utf-8").partition("## JSON")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (`[^|]*`) \| ([^|]*) \|$", table, re.MULTILINE)
    found = {"exit_code"}
    for names, told in rows:
        if re.search(rf"`{command}\b", names):
            found |= set(re.findall(r"`(\w+)`", told))
            found |= documented("grab") if "as `grab`" in told else set()
    return found


def test_every_command_is_tried() -> None:
    assert set(CALLS) == set(cli.commands)


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_every_command_has_the_option(name: str) -> None:
    params = cli.commands[name].params
    assert any("--json" in param.opts for param in params if isinstance(param, click.Option))


@pytest.mark.parametrize("name", sorted(CALLS))
def test_one_object_with_the_keys_that_are_documented(tool: Tool, place: Place, name: str) -> None:
    for call in CALLS[name]:
        result = tool(*call(place), "--json")
        assert (result.code, result.err) == (0, "")
        assert isinstance(result.json, dict)
        assert set(result.json) <= documented(name), call(place)


@pytest.mark.parametrize("name", sorted(CALLS))
def test_an_error_is_an_object_too(tool: Tool, data: Path, name: str) -> None:
    result = tool(name, "--json", "--nonsense")
    assert (result.code, result.json["exit_code"]) == (2, 2)
    assert set(result.json["error"]) == {"what", "reason", "fix"}
    assert result.error.endswith(f"{result.json['error']['fix']}\n")


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("status", "nowhere"), 2),
        (("verify", "nowhere"), 2),
        (("export", "nowhere"), 2),
        (("grab", "https://forum.example/"), 2),
        (("crawl", "nowhere.toml"), 2),
        (("explain", "nowhere.html"), 2),
        (("extract", "nowhere", "--out", "x"), 2),
    ],
)
def test_what_went_wrong_can_be_read_by_a_program(tool: Tool, data: Path, args: tuple[str, ...], code: int) -> None:
    result = tool(*args, "--json")
    assert (result.code, result.json["exit_code"]) == (code, code)
    assert result.json["error"]["what"]


def test_one_object_where_pages_are_refused(tool: Tool, mock: MockForum, data: Path) -> None:
    mock.override(mock.path(88), "challenge")
    result = tool.grab(mock.url + mock.path(88), "--json")
    assert (result.code, result.json["exit_code"]) == (4, 4)
    [problem] = result.json["missing"]
    assert (problem["kind"], problem["known"]) == ("challenge", False)
    assert problem["fix"]


def test_one_object_where_nothing_could_be_read(tool: Tool, data: Path) -> None:
    page = data.parent / "cut.warc"
    page.write_bytes(b"WARC/1.1\r\nWARC-Type: response\r\nContent-Length: 9999\r\n\r\nHTTP/1.1 200 OK\r\n\r\n")
    result = tool("extract", page, "--out", data, "--workers", 1, "--json")
    assert (result.code, result.json["exit_code"]) == (3, 3)


def test_a_dataset_that_is_too_old(tool: Tool, place: Place) -> None:
    result = tool("status", place.data, "--max-age", "0s", "--json")
    facts: Any = json.loads(result.out)
    assert (result.code, facts["fresh"], facts["exit_code"]) == (1, False, 1)


def test_what_the_demo_serves(tool: Tool, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop() -> None:
        raise KeyboardInterrupt

    module = import_module("crawler.commands.demo")  # the package has the command under this name
    monkeypatch.setattr(module, "threading", SimpleNamespace(Event=lambda: SimpleNamespace(wait=stop)))
    result = tool("demo", "--serve", "--json")
    assert result.code == 0
    assert result.json["url"].startswith("http://127.0.0.1:")
    assert {"url": f"{result.json['url']}forum/4-news/", "threads": 6} in result.json["forums"]
