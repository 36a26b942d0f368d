"""A whole crawl into the store, against a bare Scrapy spider that only downloads the same pages."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.server import POSTS

CONCURRENCY = 8
ROUNDS = 3
THREADS, PAGES = 30, 10


@contextmanager
def served(threads: int, per_thread: int, posts: int = POSTS) -> Iterator[tuple[list[str], int]]:
    """A server process; gives all addresses and the mean size of a page."""
    command = [sys.executable, "-m", "benchmarks.server", *map(str, (threads, per_thread, posts))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            urls: list[str] = []
            for line in process.stdout:
                if line.startswith("READY"):
                    yield urls, int(line.split()[1])
                    return
                urls.append(line.strip())
        finally:
            process.terminate()


def bare(urls: list[str]) -> dict[str, Any]:
    """Download all pages and do nothing with them."""
    from scrapy import Request, Spider
    from scrapy.crawler import AsyncCrawlerProcess
    from scrapy.http import Response

    class Bare(Spider):
        name = "bare"

        async def start(self) -> AsyncIterator[Request]:
            for url in urls:
                yield Request(url, dont_filter=True)

        def parse(self, response: Response) -> None:
            del response

    settings = {
        "CONCURRENT_REQUESTS": CONCURRENCY,
        "CONCURRENT_REQUESTS_PER_DOMAIN": CONCURRENCY,
        "TELNETCONSOLE_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,
        "LOG_LEVEL": "ERROR",
        "DOWNLOAD_DELAY": 0,
    }
    process = AsyncCrawlerProcess(settings)
    crawler = process.create_crawler(Bare)
    process.crawl(crawler)
    process.start()
    assert crawler.stats is not None
    return {"pages": len(urls), "seconds": crawler.stats.get_value("elapsed_time_seconds")}


def ours(urls: list[str], threads: int) -> dict[str, Any]:
    """Crawl the forum into a store."""
    from crawler.commands._crawl import crawl
    from crawler.store import STATE_FILE, Reader, Store

    with tempfile.TemporaryDirectory() as folder:
        settings = {
            "STATE_DIR": folder,
            "DOWNLOAD_DELAY": 0,
            "CONCURRENT_REQUESTS": CONCURRENCY,
            "CONCURRENT_REQUESTS_PER_DOMAIN": CONCURRENCY,
            "PARSE_THREADS": threads,
            "LOG_LEVEL": "ERROR",
        }
        crawl([urls[0]], settings)
        with Store(Path(folder) / STATE_FILE) as store:
            times = [fetch.fetched_at for fetch in Reader(store.db).fetches() if fetch.outcome == "ok"]
    return {"pages": len(times), "seconds": (max(times) - min(times)).total_seconds()}


def measure(kind: str, urls: list[str]) -> float:
    """Pages a second of one run, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.crawl", kind],
        input="\n".join(urls), capture_output=True, text=True, check=True,
    )  # fmt: skip
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["pages"] >= len(urls), f"{kind} read {found['pages']} of {len(urls)} pages"
    return float(found["pages"] / found["seconds"])


def run() -> Iterator[str]:
    """300 pages of 25 posts; three runs of each in turns, medians."""
    with served(THREADS, PAGES) as (urls, size):
        rates: dict[str, list[float]] = {"bare": [], "thread": [], "inline": []}
        for _round in range(ROUNDS):
            for kind, kept in rates.items():
                kept.append(measure(kind, urls))
    base = statistics.median(rates["bare"])
    for kind, words in (("thread", "parsing in one thread"), ("inline", "parsing inline")):
        rate = statistics.median(rates[kind])
        yield (
            f"| whole crawl, {words} ({len(urls)} pages of {size // 1000} kB) | {rate / base:.2f} | {rate:.0f} pages/s "
            f"| bare downloader, {base:.0f} pages/s |"
        )


if __name__ == "__main__":
    given = sys.stdin.read().split()
    chosen = {"bare": lambda: bare(given), "thread": lambda: ours(given, 1), "inline": lambda: ours(given, 0)}
    print(json.dumps(chosen[sys.argv[1]]()))
