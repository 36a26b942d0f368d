"""Entering a page into the store as a crawl does, against reading it; what the checksums of its rows are of that."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.extract import pages
from crawler.items import FetchFacts, PageItem, PageRef, Run
from crawler.pages import item_of, parse
from crawler.store import STATE_FILE, Store
from crawler.store.seals import leave_seals

ROUNDS = 7
GROUP = 32
SITE = "forum.example"
_AT = datetime(2024, 1, 1, tzinfo=UTC)


def read(url: str, body: bytes) -> PageItem:
    """A page as a crawl hands it to the store."""
    page, found = parse(body, url), item_of(url)
    assert found is not None
    page.ref = PageRef(SITE, *found, url)
    page.fetch = FetchFacts(url=url, final_url=url, fetched_at=_AT, status=200, bytes=len(body))
    return page


def entered(made: list[PageItem], group: int, *, is_sealed: bool = True) -> tuple[float, int]:
    """Processor seconds that entering the pages takes, and the bytes of the store then."""
    run = Run(
        run_id=0, sites=[SITE], started_at=_AT, tool_version="0", schema_version=1, config="{}", user_agent="x",
        authenticated=False,
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / STATE_FILE
        with Store(path, create=True) as store:
            store.begin_run(run)
            store.frontier.add_seeds(page.ref for page in made if page.ref is not None)
            if not is_sealed:
                leave_seals(store.db)
            store.group.limit = group
            start = time.process_time()
            for page in made:
                store.commit(page)
            store.group.flush()
            seconds = time.process_time() - start
        return seconds, path.stat().st_size


def run() -> Iterator[str]:
    """200 pages of 25 posts; the least of some rounds in turns."""
    given = pages()[:200]
    read(*given[0])
    kinds = {"by itself": (1, True), "group": (GROUP, True), "unsealed": (GROUP, False)}
    times: dict[str, list[float]] = {name: [] for name in ("read", *kinds)}
    size = 0
    for _round in range(ROUNDS):
        start = time.process_time()
        made = [read(*one) for one in given]
        times["read"].append(time.process_time() - start)
        for name, (group, is_sealed) in kinds.items():
            seconds, size = entered(made, group, is_sealed=is_sealed)
            times[name].append(seconds)
    best = {name: min(found) / len(given) for name, found in times.items()}
    seals = best["group"] - best["unsealed"]
    told = f"pages.parse, {best['read'] * 1e3:.2f} ms"
    for words, cost in (
        ("commit a page by itself", best["by itself"]),
        (f"commit a page in groups of {GROUP}", best["group"]),
        ("the checksums of its rows, which are part of that", seals),
    ):
        yield f"| {words} | {cost / best['read']:.3f} | {cost * 1e3:.3f} ms | {told} |"
    whole = sum(len(body) for _url, body in given)
    kb, whole_kb = (total / len(given) / 1e3 for total in (size, whole))
    yield f"| what the store has of a page | {size / whole:.3f} | {kb:.1f} kB | page, {whole_kb:.1f} kB |"
