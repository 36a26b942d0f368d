"""Fixtures for the tests of crawls and commands; their conftest files take them over."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from crawl_help import Outside, Tool, fast
from mock_forum import MockForum

from crawler.commands._crawl import RUNNERS
from crawler.demo import Forum, build


@pytest.fixture(autouse=True)
def nothing_outside(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[Outside]:
    """No way out; and no report after every grab, but where a test is marked to be about them.

    Nor are the machine's authorities read, which takes as long as ten pages: no forum of these tests has TLS.
    """
    outside = Outside(monkeypatch)
    monkeypatch.setattr(ssl.SSLContext, "set_default_verify_paths", lambda context: None)
    monkeypatch.setitem(RUNNERS, "default", fast())
    if request.node.get_closest_marker("reports") is None:
        monkeypatch.setattr(import_module("crawler.commands.grab"), "has_extra", lambda: False)
    yield outside
    assert not outside.tried


@pytest.fixture(scope="session")
def forum() -> Forum:
    return build(threads_per_page=5)


@pytest.fixture
def mock(forum: Forum) -> Iterator[MockForum]:
    with MockForum(forum) as running:
        yield running


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path / "out"


@pytest.fixture
def tool(data: Path, capsys: pytest.CaptureFixture[str]) -> Tool:
    return Tool(data, capsys)
