"""Golden pages: `golden/<layout>/<name>/page.html`, read, is `expected.json` beside it.

A folder without `expected.json` gets one, and fails the run: look at it, then commit it. `request.json`, where it is,
has the address, status and headers that came with the page.
"""

from __future__ import annotations

import dataclasses
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from page_markup import URL

from crawler.pages import parse

GOLDEN = Path(__file__).parent / "golden"
FOLDERS = sorted(path.parent for path in GOLDEN.glob("*/*/page.html"))


def plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    assert isinstance(value, bytes)
    return value.hex()


def read(folder: Path) -> dict[str, Any]:
    request = folder / "request.json"
    more = json.loads(request.read_text("utf-8")) if request.exists() else {}
    page = parse((folder / "page.html").read_bytes(), more.pop("url", URL), **more)
    facts = {"page": type(page).__name__} | dataclasses.asdict(page)
    assert not facts.pop("forgotten", None)  # what the crawl sets
    return json.loads(json.dumps(facts, default=plain))  # type: ignore[no-any-return]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: f"{folder.parent.name}/{folder.name}")
def test_golden(folder: Path) -> None:
    expected = folder / "expected.json"
    found = read(folder)
    if not expected.exists():
        expected.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", "utf-8")
        pytest.fail(f"{expected} is new: look at it, then commit it")
    assert found == json.loads(expected.read_text("utf-8"))


def test_there_are_golden_pages_of_every_kind() -> None:
    kinds = {json.loads((folder / "expected.json").read_text("utf-8"))["page"] for folder in FOLDERS}
    assert kinds == {"TopicPage", "ForumPage", "Wall", "ErrorPage"}
