"""Memory and open files of a crawl of many small pages, looked at again and again on its way.

``python -m benchmarks memory`` crawls 20,000 pages; ``python -m benchmarks.memory 200000`` as many as it is told to.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from benchmarks.crawl import CONCURRENCY, served

MANY = 20_000
PAGES, POSTS = 20, 2
LOOKS = 40
"""How often a crawl is looked at, whatever its length."""

SETTLED = 5_000
"""Pages after which a crawl has met all that is loaded and filled once: modules, caches, the first connections."""

Look = tuple[int, float, int]
"""Pages stored, resident memory in MB, open files."""


def memory() -> tuple[float, int]:
    """Resident memory in MB, and how many files are open. Linux."""
    own = Path("/proc/self")
    pages = int((own / "statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6, len(list((own / "fd").iterdir()))


def crawled(url: str, pages: int) -> list[Look]:
    """Crawl the forum at that address."""
    from crawler.commands._crawl import crawl

    found: list[Look] = []
    seen, step = 0, pages // LOOKS

    def page(*_args: Any, **_given: Any) -> None:
        nonlocal seen
        seen += 1
        if seen % step == 0:
            found.append((seen, *memory()))
            print(json.dumps(found[-1]), file=sys.stderr, flush=True)

    with tempfile.TemporaryDirectory() as folder:
        settings = {
            "STATE_DIR": folder,
            "DOWNLOAD_DELAY": 0,
            "CONCURRENT_REQUESTS_PER_DOMAIN": CONCURRENCY,
            "LOG_LEVEL": "ERROR",
        }
        crawl([url], settings, on_page=page)
    return found


def growth(looks: list[Look]) -> float:
    """Megabytes in ten thousand pages once all is loaded, by the line that fits best."""
    settled = [look for look in looks if look[0] >= SETTLED]
    return statistics.linear_regression([look[0] for look in settled], [look[1] for look in settled]).slope * 10_000


def soak(pages: int) -> tuple[list[Look], int]:
    """Crawl so many pages in a process of its own; what was seen, and the size of a page in bytes."""
    with served(pages // PAGES, PAGES, POSTS) as (urls, size):
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.memory", "--url", urls[0], str(pages)],
            stdout=subprocess.PIPE, text=True, check=True,
        )  # fmt: skip
    return [tuple(look) for look in json.loads(done.stdout.splitlines()[-1])], size


def told(pages: int) -> Iterator[str]:
    """The lines of the table."""
    looks, size = soak(pages)
    first, last = next(look for look in looks if look[0] >= SETTLED), looks[-1]
    most = max(after[2] - before[2] for before, after in pairwise(looks))
    what = f"{last[0]:,} pages of {size // 1000} kB"
    yield f"| memory that a crawl takes more in 10,000 of {what} | {last[1] / first[1]:.2f} | {growth(looks):.2f} MB | {first[1]:.0f} MB after {first[0]:,} |"  # noqa: E501
    yield f"| open files after {what} | {last[2] / first[2]:.2f} | {last[2]} | after {first[0]:,}, {first[2]}; at most {most} more at once |"  # noqa: E501


def run() -> Iterator[str]:
    """20,000 small pages, with the archive, in a process of its own: some minutes."""
    yield from told(MANY)


if __name__ == "__main__":
    if sys.argv[1] == "--url":
        print(json.dumps(crawled(sys.argv[2], int(sys.argv[3]))))
    else:
        for line in told(int(sys.argv[1])):
            print(line, flush=True)
