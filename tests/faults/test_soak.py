"""Long runs: memory and open files stay as they are."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.crawl import served
from benchmarks.memory import FEW, MANY, PAGES, POSTS

ROOT = Path(__file__).parents[2]
A_TEN_THOUSAND = 8.0
"""Megabytes that a crawl may grow by in ten thousand pages: SQLite's cache and the frontier, once each."""


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="memory is looked up in /proc")
def test_twenty_thousand_pages() -> None:
    with served(MANY // PAGES, PAGES, POSTS) as (urls, _size):
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.memory", urls[0]], cwd=ROOT, capture_output=True, text=True, check=True
        )
    found = json.loads(done.stdout.splitlines()[-1])
    (before, files), (after, files_after) = found[str(FEW)], found[str(MANY)]
    assert files_after <= files
    assert (after - before) / (MANY - FEW) * 10_000 < A_TEN_THOUSAND, (before, after)
