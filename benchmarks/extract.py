"""Extraction of an archive on all cores, against reading the same pages one after the other and doing nothing else.

Processor time, all processes together: what one core gets done. Starting the processes is left out, publishing too.
Where all cores are at work each gets less done, whatever it does, as they share caches and memory: so extraction on all
cores is compared with reading alone on one core, while the others rest, and with reading alone on all of them at once.
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

from benchmarks.parse import SIZE, filled
from crawler.archive import ArchiveWriter, Position
from crawler.demo import build_many, render
from crawler.items import Received
from crawler.pages import parse

THREADS, PAGES, POSTS = 60, 10, 25
ROUNDS = 3
BASE = "https://forum.example"


def pages(least: int = 0) -> list[tuple[str, bytes]]:
    """Pages of a generated forum, with their addresses; each of at least so many bytes."""
    forum = build_many(THREADS, PAGES * POSTS, posts_per_page=POSTS)
    made = []
    for thread in forum.threads:
        for number in range(1, forum.n_pages(thread) + 1):
            path = thread.path if number == 1 else f"{thread.path}page/{number}/"
            page = render.topic_page(forum, thread, number, BASE)
            made.append((BASE + path, filled(page, least) if len(page) < least else page))
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
    multiprocessing.get_all_start_methods = lambda: ["fork"]  # no server is begun, which would work beside
    inputs = inputs_of([folder])
    with tempfile.TemporaryDirectory() as target:
        start, wall = used(), time.perf_counter()
        with store_anew(Path(target) / STATE_FILE) as store:
            done = Extraction(store, ["x"], Redactor(Forgotten(b""))).enter(
                read_parts(parts_of(inputs, Asked()), workers=workers, as_rows=True)
            )
        seconds = time.perf_counter() - wall
    return {"cpu": used() - start, "wall": seconds, "pages": done.pages}


def measure(kind: str, folder: Path, at_once: int = 1) -> float:
    """Processor seconds a page, in a process of its own, or in so many at once that do the same."""
    command = [sys.executable, "-m", "benchmarks.extract", kind, str(folder)]
    begun = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(at_once)]
    found = [json.loads(process.communicate()[0].splitlines()[-1]) for process in begun]
    return float(sum(one["cpu"] for one in found) / sum(one["pages"] for one in found))


def run() -> Iterator[str]:
    """600 pages of 25 posts, as the demo forum has them and of the size of a real one; the least of three in turns."""
    from crawler.processes import cores

    for least in (0, SIZE):
        made = pages(least)
        size = sum(len(body) for _url, body in made) // len(made) // 1000
        with tempfile.TemporaryDirectory() as folder:
            archive(Path(folder), made)
            yield from compared(Path(folder), f"of {size} kB", cores())


def compared(folder: Path, words: str, n_cores: int) -> Iterator[str]:
    """The pages of one archive."""
    kinds = {"alone": ("alone", 1), "alone at once": ("alone", n_cores), "one": ("one", 1), "all": ("all", 1)}
    times: dict[str, list[float]] = {name: [] for name in kinds}
    for _round in range(ROUNDS):
        for name, (kind, at_once) in kinds.items():
            times[name].append(measure(kind, folder, at_once))
    best = {name: min(found) for name, found in times.items()}
    for name, base, where in (
        ("one", "alone", "in one process"),
        ("all", "alone at once", "on all cores"),
        ("all", "alone", "on all cores"),
    ):
        own, other = best[name], best[base]
        reference = "pages.parse alone, on all cores at once" if base == "alone at once" else "pages.parse alone"
        yield (
            f"| extract pages {words} {where} | {other / own:.2f} | {own * 1e3:.2f} ms of a processor a page "
            f"| {reference}, {other * 1e3:.2f} ms |"
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
