"""The terminal sessions in the documentation are what the commands print."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest
from crawl_help import Tool

from docs.examples import ROOT

for name in ("jinja2", "nh3"):
    pytest.importorskip(name, reason="the sessions are those of an installation with the extra [report]")


def sessions() -> ModuleType:
    """The script that `make docs` runs."""
    spec = importlib.util.spec_from_file_location("sessions", ROOT / "docs" / "sessions.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SESSIONS = sessions()
SHOWING = [page for page in SESSIONS.PAGES if SESSIONS.has_sessions(page)]


def test_the_readme_shows_one() -> None:
    assert ROOT / "README.md" in SHOWING


@pytest.mark.reports
@pytest.mark.parametrize("page", SHOWING, ids=lambda page: page.name)
def test_a_session_is_as_it_runs(page: Path, tool: Tool, monkeypatch: pytest.MonkeyPatch) -> None:
    def run_here(words: list[str], folder: Path) -> str:
        monkeypatch.chdir(folder)
        result = tool(*words)
        return result.out + result.err

    assert SESSIONS.as_it_runs(page, run_here) == page.read_text("utf-8"), "run `make docs`"


def test_a_session_that_is_not_as_it_runs_is_put_right(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    session = "<!-- as it runs -->\n```\n$ threadset verify nowhere  # a word\nall is well\n```\n"
    before = f"Look:\n\n{session}\n```\n$ other\n```\n"
    page.write_text(before, "utf-8")
    line = "threadset: nowhere: there is no such folder; give the folder of a dataset"
    assert SESSIONS.as_it_runs(page) == before.replace("all is well", line)
