"""A whole crawl into the store, against a bare Scrapy spider that only downloads the same pages."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from functools import partial

from benchmarks.server import POSTS

CONCURRENCY = 8
ROUNDS = 5
THREADS, PAGES = 60, 10
WARM = 60  # pages before the clock starts: loading modules and the first connections are no page's work


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


class Meter:
    """Pages, seconds and CPU seconds of this process between the first pages and the last one."""

    def __init__(self) -> None:
        self._pages = 0
        self._from = self._to = (0.0, 0.0)

    def page(self, **_: object) -> None:
        """A page is done."""
        self._pages += 1
        self._to = (time.perf_counter(), time.process_time())
        if self._pages == WARM:
            self._from = self._to

    def found(self) -> dict[str, float]:
        """What was measured."""
        seconds, cpu = (to - since for to, since in zip(self._to, self._from, strict=True))
        return {"pages": self._pages, "rate": (self._pages - WARM) / seconds, "per_cpu": (self._pages - WARM) / cpu}


def bare(urls: list[str]) -> dict[str, float]:
    """Download all pages and do nothing with them."""
    from scrapy import Request, Spider
    from scrapy.crawler import AsyncCrawlerProcess
    from scrapy.http import Response

    meter = Meter()

    class Bare(Spider):
        name = "bare"

        async def start(self) -> AsyncIterator[Request]:
            for url in urls:
                yield Request(url, dont_filter=True)

        def parse(self, response: Response) -> None:
            meter.page(response=response)

    settings = {
        "CONCURRENT_REQUESTS": CONCURRENCY,
        "CONCURRENT_REQUESTS_PER_DOMAIN": CONCURRENCY,
        "TELNETCONSOLE_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,
        "LOG_LEVEL": "ERROR",
        "DOWNLOAD_DELAY": 0,
    }
    process = AsyncCrawlerProcess(settings)
    process.crawl(process.create_crawler(Bare))
    process.start()
    return meter.found()


def ours(urls: list[str], *, threads: int, process: int = 0, archive: bool = False) -> dict[str, float]:
    """Crawl the forum into a store."""
    from crawler.commands._crawl import crawl

    meter = Meter()
    with tempfile.TemporaryDirectory() as folder:
        settings = {
            "STATE_DIR": folder,
            "DOWNLOAD_DELAY": 0,
            "CONCURRENT_REQUESTS_PER_DOMAIN": CONCURRENCY,
            "PARSE_THREADS": threads,
            "PARSE_PROCESS_AFTER": process,
            "ARCHIVE": archive,
            "LOG_LEVEL": "ERROR",
        }
        crawl([urls[0]], settings, on_page=meter.page)
    return meter.found()


KINDS: dict[str, tuple[str, Callable[[list[str]], dict[str, float]]]] = {
    "bare": ("", bare),
    "process": ("parsing in a process of its own", partial(ours, threads=1, process=1)),
    "thread": ("parsing in one thread", partial(ours, threads=1)),
    "inline": ("parsing in the engine's own thread", partial(ours, threads=0)),
    "archive": ("parsing in a process of its own, with the archive", partial(ours, threads=1, process=1, archive=True)),
}


def measure(kind: str, urls: list[str]) -> tuple[float, float]:
    """Pages a second and a CPU second of one run, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.crawl", kind],
        input="\n".join(urls), capture_output=True, text=True, check=True,
    )  # fmt: skip
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["pages"] >= len(urls), f"{kind} read {found['pages']} of {len(urls)} pages"
    return found["rate"], found["per_cpu"]


def run() -> Iterator[str]:
    """600 pages of 25 posts without delay; five runs of each in turns, medians.

    The line is judged by pages a second on a machine that does nothing else. Elsewhere look at pages a CPU second of
    the crawling process, which does not count what two threads do at once.
    """
    with served(THREADS, PAGES) as (urls, size):
        rates: dict[str, list[tuple[float, float]]] = {kind: [] for kind in KINDS}
        for _round in range(ROUNDS):
            for kind, kept in rates.items():
                kept.append(measure(kind, urls))
    medians = {kind: [statistics.median(column) for column in zip(*kept, strict=True)] for kind, kept in rates.items()}
    (base, base_cpu), what = medians.pop("bare"), f"({len(urls)} pages of {size // 1000} kB)"
    for kind, (rate, per_cpu) in medians.items():
        words = KINDS[kind][0]
        yield (
            f"| whole crawl, {words} {what}, a second | {rate / base:.2f} | {rate:.0f} | bare downloader, {base:.0f} |"
        )
        yield (
            f"| the same, a CPU second | {per_cpu / base_cpu:.2f} | {per_cpu:.0f} | bare downloader, {base_cpu:.0f} |"
        )


if __name__ == "__main__":
    print(json.dumps(KINDS[sys.argv[1]][1](sys.stdin.read().split())))
