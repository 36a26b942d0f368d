"""Extraction of an archive on all cores, against reading the same pages one after the other and doing nothing else.

Processor time, all processes together: what one core gets done. Starting the processes is left out, publishing too.
"""

from __future__ import annotations

import gzip
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from crawler.archive import ArchiveWriter, Position
from crawler.demo import build_many, render
from crawler.items import Received
from crawler.pages import parse

THREADS, PAGES, POSTS = 60, 10, 25
ROUNDS = 3
BASE = "https://forum.example"


def pages() -> list[tuple[str, bytes]]:
    """Pages of a generated forum, with their addresses."""
    forum = build_many(THREADS, PAGES * POSTS, posts_per_page=POSTS)
    made = []
    for thread in forum.threads:
        for number in range(1, forum.n_pages(thread) + 1):
            path = thread.path if number == 1 else f"{thread.path}page/{number}/"
            made.append((BASE + path, render.topic_page(forum, thread, number, BASE)))
    return made


def archive(folder: Path, made: list[tuple[str, bytes]]) -> None:
    """The pages in an archive, as a server sends them and a crawl keeps them."""
    writer = ArchiveWriter(folder, Position())
    writer.facts = {"threadset-run": "1 2024-01-01T00:00:00Z"}
    at = datetime(2024, 1, 1, tzinfo=UTC)
    headers = [("Content-Type", "text/html;charset=UTF-8"), ("Content-Encoding", "gzip")]
    for number, (url, body) in enumerate(made):
        received = Received(url, 200, headers, gzip.compress(body, 6))
        writer.add(
            received, at=at + timedelta(seconds=number), site="forum.example", body_sha256=None, find=lambda _: None
        )
    writer.close()


def used() -> float:
    """Processor seconds of this process and those of its children that have ended."""
    own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def alone(folder: Path) -> dict[str, float]:
    """Parse every page, out of memory."""
    from crawler.archive.content import content
    from crawler.archive.reading import Record, read_records

    found = [
        (content(r.payload, r.headers), r.url)
        for path in sorted(folder.iterdir())
        for r in read_records(path)
        if isinstance(r, Record)
    ]
    parse(*found[0])
    start, wall = time.process_time(), time.perf_counter()
    for body, url in found:
        parse(body, url)
    return {"cpu": time.process_time() - start, "wall": time.perf_counter() - wall, "pages": len(found)}


def extracted(folder: Path, workers: int) -> dict[str, float]:
    """Extract into a store. Workers are forked here, so that the system counts their time with this process's."""
    import multiprocessing

    from crawler.extract.anew import store_anew
    from crawler.extract.inputs import inputs_of
    from crawler.extract.pool import read_parts
    from crawler.extract.sources import Asked, parts_of
    from crawler.extract.store import Extraction
    from crawler.forget import Forgotten, Redactor
    from crawler.store import STATE_FILE

    forked = multiprocessing.get_context("fork")
    multiprocessing.get_context = lambda _method=None: forked  # type: ignore[assignment]
    inputs = inputs_of([folder])
    with tempfile.TemporaryDirectory() as target:
        start, wall = used(), time.perf_counter()
        with store_anew(Path(target) / STATE_FILE) as store:
            done = Extraction(store, ["x"], Redactor(Forgotten(b""))).enter(
                read_parts(parts_of(inputs, Asked()), workers=workers, as_rows=True)
            )
        seconds = time.perf_counter() - wall
    return {"cpu": used() - start, "wall": seconds, "pages": done.pages}


def measure(kind: str, folder: Path) -> dict[str, float]:
    """One run, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.extract", kind, str(folder)], capture_output=True, text=True, check=True
    )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def run() -> Iterator[str]:
    """600 pages of 25 posts; three runs of each in turns, the least of each."""
    kinds = ("alone", "one", "all")
    with tempfile.TemporaryDirectory() as folder:
        archive(Path(folder), pages())
        times: dict[str, list[float]] = {kind: [] for kind in kinds}
        for _round in range(ROUNDS):
            for kind in kinds:
                found = measure(kind, Path(folder))
                times[kind].append(found["cpu"] / found["pages"])
    base = min(times["alone"])
    for kind, words in (("one", "in one process"), ("all", "on all cores")):
        own = min(times[kind])
        yield (
            f"| extract {words}, pages of one core | {base / own:.2f} | {own * 1e3:.2f} ms of a processor a page "
            f"| pages.parse alone, {base * 1e3:.2f} ms |"
        )


if __name__ == "__main__":
    from crawler.processes import cores

    given = Path(sys.argv[2])
    chosen = {
        "alone": lambda: alone(given),
        "one": lambda: extracted(given, 1),
        "all": lambda: extracted(given, cores()),
    }
    print(json.dumps(chosen[sys.argv[1]]()))
