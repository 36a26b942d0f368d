"""The report of a large dataset: processor time against that of publishing it, memory, size, and how soon it opens."""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.forum import CALIBRATION, shared, threads
from output import Publisher, read_dataset

POSTS = 100_000
_BASE = "publishing the same rows"


def run() -> Iterator[str]:
    """100,000 posts in some 3,600 threads; the report is made in a process of its own."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name, "data")
        folder.mkdir()
        base = publish(folder)
        command = [sys.executable, "-m", "benchmarks.report", str(folder)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        found = json.loads(done.stdout.splitlines()[-1])
        for what in ("overview", "graph", "whole report"):
            yield f"| {what} of {POSTS:,} posts (CPU time) | {found[what] / base:.2f} | {found[what]:.1f} s | {_BASE}, {base:.1f} s |"  # noqa: E501
        yield f"| peak memory of overview and graph; of all | | {found['sections MB']:.0f} MB; {found['MB']:.0f} MB | |"
        yield f"| report.html; all {found['files']:,} files | | {found['kB']:.0f} kB; {found['all MB']:.0f} MB | |"
        if (opened := browsed(folder / "report.html")) is not None:
            yield f"| report.html opens in Chromium after | | {opened:.0f} ms | |"


def publish(folder: Path) -> float:
    """Publish the forum; returns the seconds of processor time that it took, the making of the rows left out."""
    rows = list(threads(POSTS))
    others = shared(3_000, 365)
    start = time.process_time()
    with Publisher(folder) as publisher:
        for one in rows:
            publisher.add(one)
        publisher.add(others)
        publisher.finish({"linking": {"calibration": CALIBRATION}, "completeness": {"complete": True}})
    return time.process_time() - start


def made(folder: Path) -> dict[str, Any]:
    """Make the sections, then the whole report; how long each took, and how much memory had been used by then."""
    from output.report import write_report
    from output.report.graph import graph_html
    from output.report.overview import overview_html
    from pipelines.diff import word_diff

    found: dict[str, Any] = {}
    dataset = read_dataset(folder)
    for name, section in (("overview", overview_html), ("graph", graph_html)):
        start = time.process_time()
        section(dataset)
        found[name] = time.process_time() - start
    found["sections MB"] = _peak()
    start = time.process_time()
    path = write_report(folder, diff=word_diff)
    found |= {"whole report": time.process_time() - start, "MB": _peak(), "kB": path.stat().st_size / 1e3}
    sizes = [file.stat().st_size for file in [path, *path.with_suffix("").glob("*.html")]]
    return found | {"files": len(sizes), "all MB": sum(sizes) / 1e6}


def browsed(path: Path) -> float | None:
    """Milliseconds until a page is loaded; None without Playwright or Chromium."""
    browser = shutil.which("chromium")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return None
    if browser is None:
        return None
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        page = running.new_page()
        page.goto(path.as_uri())
        taken: float = page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd")
        running.close()
    return taken


def _peak() -> float:
    """Most memory that this process has had, in MB. Linux."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


if __name__ == "__main__":
    print(json.dumps(made(Path(sys.argv[1]))))
