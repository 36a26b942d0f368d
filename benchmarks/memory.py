"""Memory and open files of a crawl, after a thousand pages and after twenty thousand."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.crawl import CONCURRENCY, served

FEW, MANY = 1_000, 20_000
PAGES, POSTS = 20, 2


def memory() -> tuple[float, int]:
    """Resident memory in MB, and how many files are open. Linux."""
    own = Path("/proc/self")
    pages = int((own / "statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6, len(list((own / "fd").iterdir()))


def crawled(url: str) -> dict[int, tuple[float, int]]:
    """Crawl the forum at that address, and look after so many pages."""
    from crawler.commands._crawl import crawl

    found: dict[int, tuple[float, int]] = {}
    seen = 0

    def page(*_args: Any, **_given: Any) -> None:
        nonlocal seen
        seen += 1
        if seen in {FEW, MANY}:
            found[seen] = memory()

    with tempfile.TemporaryDirectory() as folder:
        settings = {
            "STATE_DIR": folder,
            "DOWNLOAD_DELAY": 0,
            "CONCURRENT_REQUESTS_PER_DOMAIN": CONCURRENCY,
            "LOG_LEVEL": "ERROR",
        }
        crawl([url], settings, on_page=page)
    return found


def run() -> Iterator[str]:
    """20,000 small pages, with the archive, in a process of its own: some minutes."""
    with served(MANY // PAGES, PAGES, POSTS) as (urls, size):
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.memory", urls[0]], capture_output=True, text=True, check=True
        )
    found = json.loads(done.stdout.splitlines()[-1])
    (before, files), (after, files_after) = found[str(FEW)], found[str(MANY)]
    what = f"{MANY:,} pages of {size // 1000} kB"
    yield f"| resident memory of a crawl after {what} | {after / before:.2f} | {after:.0f} MB | after {FEW:,}, {before:.0f} MB |"  # noqa: E501
    yield f"| open files after {what} | {files_after / files:.2f} | {files_after} | after {FEW:,}, {files} |"


if __name__ == "__main__":
    print(json.dumps(crawled(sys.argv[1])))
