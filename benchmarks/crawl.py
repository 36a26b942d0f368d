"""A whole crawl into the store, against a bare Scrapy spider that only downloads the same pages."""

from __future__ import annotations

import gzip
import json
import pickle
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from benchmarks.server import POSTS

if TYPE_CHECKING:
    from crawler.pages import Page

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


def floor(urls: list[str]) -> dict[str, float]:
    """Crawl the forum with pages that were read before the clock started: what is left where reading costs nothing.

    A page's facts come out of a pickle, as from a process that reads them, and without waiting for one.
    """
    from crawler.pages import parse
    from crawler.reading import PageReader

    read: dict[str, bytes] = {}
    for url in urls:
        with urllib.request.urlopen(urllib.request.Request(url, headers={"Accept-Encoding": "gzip"})) as response:
            body, headers = gzip.decompress(response.read()), dict(response.headers)
            read[url] = pickle.dumps(parse(body, url, headers=headers), pickle.HIGHEST_PROTOCOL)

    async def at_hand(_self: PageReader, _body: bytes, url: str, _status: int, _headers: Mapping[str, str]) -> Page:
        page: Page = pickle.loads(read[url])
        return page

    PageReader.read = at_hand  # type: ignore[method-assign]
    return ours(urls, threads=0)


Kind = tuple[str, Callable[[list[str]], dict[str, float]]]

KINDS: dict[str, Kind] = {
    "bare": ("", bare),
    "process": ("parsing in a process of its own", partial(ours, threads=1, process=1)),
    "thread": ("parsing in one thread", partial(ours, threads=1)),
    "inline": ("parsing in the engine's own thread", partial(ours, threads=0)),
    "archive": ("parsing in a process of its own, with the archive", partial(ours, threads=1, process=1, archive=True)),
}


FLOOR: dict[str, Kind] = {
    "bare": KINDS["bare"],
    "inline": KINDS["inline"],
    "floor": ("with pages that were read before", floor),
}
"""What a crawl costs beside the reading of pages."""


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
    yield from compared(KINDS)


def run_floor() -> Iterator[str]:
    """The same where reading costs nothing: no parser, however fast, makes the crawl faster than that."""
    yield from compared(FLOOR)


def compared(kinds: Mapping[str, Kind]) -> Iterator[str]:
    """Several crawls, of which the first is the one that the others are compared with."""
    with served(THREADS, PAGES) as (urls, size):
        rates: dict[str, list[tuple[float, float]]] = {kind: [] for kind in kinds}
        for _round in range(ROUNDS):
            for kind, kept in rates.items():
                kept.append(measure(kind, urls))
    medians = {kind: [statistics.median(column) for column in zip(*kept, strict=True)] for kind, kept in rates.items()}
    (base, base_cpu), what = medians.pop("bare"), f"({len(urls)} pages of {size // 1000} kB)"
    for kind, (rate, per_cpu) in medians.items():
        words = kinds[kind][0]
        yield (
            f"| whole crawl, {words} {what}, a second | {rate / base:.2f} | {rate:.0f} | bare downloader, {base:.0f} |"
        )
        yield (
            f"| the same, a CPU second | {per_cpu / base_cpu:.2f} | {per_cpu:.0f} | bare downloader, {base_cpu:.0f} |"
        )


if __name__ == "__main__":
    print(json.dumps((KINDS | FLOOR)[sys.argv[1]][1](sys.stdin.read().split())))
