"""A crawl of the mock forum, and what comes out of its archive."""

from __future__ import annotations

import json
from pathlib import Path

from crawl_help import Result, Tool
from mock_forum import MockForum


def boards(mock: MockForum) -> list[str]:
    """The addresses of all boards that list threads."""
    return [mock.url + board.path for board in mock.forum.boards if mock.forum.listed(board)]


def extract(tool: Tool, *files: object, out: Path | None = None, workers: int = 1) -> tuple[Result, Tool]:
    """Extract into a folder of its own; the result, and the tool at that folder."""
    there = Tool(out or tool.folder.with_name("extracted"), tool._capsys)
    return there("extract", *files, "--out", there.folder, "--workers", workers), there


def archive(tool: Tool) -> list[Path]:
    return sorted((tool.folder / "archive").glob("*.warc.gz"))


def missing(tool: Tool) -> list[dict[str, object]]:
    found = json.loads((tool.folder / "manifest.json").read_bytes())
    problems: list[dict[str, object]] = found["completeness"]["problems"]
    return problems
