"""A browser, and reports to open in it: of the demo forum after an edit, of a saved real forum, of hostile posts."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser_help import EDITED, Shown, hostile_rows
from growing_forum import edit
from mock_forum import MockForum

from crawler.demo import build as build_forum
from output.publish import Publisher
from output.report import build, write_report
from pipelines.diff import word_diff

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ROOT = Path(__file__).parents[2]
SERVE = ROOT.parent / "shared" / "forums" / "serve.py"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium, for the tests of a file; they are left out where there is none.

    While it is open, no other test can have an event loop: so it is closed behind each file.
    """
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        pytest.skip(f"there is no browser here: none of {', '.join(BROWSERS)}")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        arguments = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        running = playwright.chromium.launch(executable_path=path, args=arguments)
        yield running
        running.close()


@pytest.fixture
def show(browser: Any) -> Iterator[Any]:
    """Opens a file; at the end, no page may have complained, or asked for anything but files."""
    opened: list[Shown] = []

    def do(path: Path, mark: str = "", **options: Any) -> Shown:
        shown = Shown(browser, **options)
        opened.append(shown)
        shown.open(path, mark)
        return shown

    yield do
    for shown in opened:
        shown.close()
    for shown in opened:
        assert shown.complaints == []
        assert shown.requests
        assert [url for url in shown.requests if not url.startswith("file:")] == []


def grab(folder: Path, *urls: str, options: tuple[str, ...] = ()) -> Path:
    """In a process of its own: a browser that is open has the event loop of this one."""
    words = "import sys; from crawler.commands import main; main(sys.argv[1:])"
    command = [sys.executable, "-c", words, "grab", *urls, "--out", str(folder), "--delay", "0", "-q", *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=200)
    assert done.returncode in {0, 3}, done.stderr
    return folder


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a thread of the demo forum and another one; a post of the first was edited between two readings."""
    folder = tmp_path_factory.mktemp("demo") / "out"
    forum = build_forum()
    with MockForum(forum) as site:
        urls = [site.url + site.path(101), site.url + site.path(88)]
        grab(folder, *urls, options=("--no-report",))
        post = next(post for post in forum.everything if post.post_id == EDITED)
        edit(forum, post, "We shall see next year what the gates are worth.")
        site.refresh()
        grab(folder, *urls)
    return folder / "report.html"


@pytest.fixture(scope="session")
def large(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same as a large dataset has it: a file for each thread."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(build, "ONE_FILE_POSTS", 0)
        return write_report(demo.parent, tmp_path_factory.mktemp("large") / "report.html", diff=word_diff)


@pytest.fixture(scope="session")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a real forum, from saved pages."""
    if not SERVE.is_file():
        pytest.skip(f"the saved forum is not there: {SERVE}")
    folder = tmp_path_factory.mktemp("saved") / "out"
    command = [sys.executable, str(SERVE), "gopiratia", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        base = server.stdout.readline().split()[1]
        try:
            grab(folder, f"{base}/forum/27-lua/", f"{base}/topic/9-x/")
        finally:
            server.terminate()
    return folder / "report.html"


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a thread in which everybody attacks the reader."""
    folder = tmp_path_factory.mktemp("hostile") / "out"
    with Publisher(folder) as publisher:
        publisher.add(hostile_rows())
        publisher.finish({"sites": ["forum.example"]})
    return write_report(folder, diff=word_diff)
