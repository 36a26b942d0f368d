"""Reading on all cores: pages go out in batches, readings come back in the order in which the pages stood."""

from __future__ import annotations

import pickle
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from functools import partial
from itertools import chain, islice

from crawler.collecting import collect_seldom
from crawler.extract.reading import read_all, read_saved
from crawler.extract.saved import Damage, NewRun, NoPage, Reading, Saved
from crawler.extract.sources import Part
from crawler.processes import processes

_FEW = 48  # pages that are read before a pool would have begun to work
_BATCH_PAGES = 16
_BATCH_BYTES = 2 * 1024 * 1024
_BATCH_PARTS = 256

Other = NewRun | Damage | NoPage
Outcome = Reading | Other


def read_parts(parts: Iterable[Part], *, workers: int, as_rows: bool = False) -> Iterator[Outcome]:
    """Parts in order, each saved page replaced by what was read in it. Memory holds a few batches a worker.

    ``as_rows``: posts come as rows of the store (`read_saved`).
    """
    source = iter(parts)
    first = list(islice(source, _FEW))
    if workers <= 1 or len(first) < _FEW:
        # reading and entering in turns, page by page, each would find the processor's caches full of the other
        for batch in _batches(chain(first, source)):
            yield from [read_saved(part, as_rows=as_rows) if isinstance(part, Saved) else part for part in batch]
        return
    with processes(workers, [__name__], collect_seldom) as pool:
        yield from _in_order(pool, partial(read_all, as_rows=as_rows), chain(first, source), ahead=3 * workers)


def _in_order(
    pool: ProcessPoolExecutor, read: Callable[[list[Saved]], list[bytes]], parts: Iterable[Part], *, ahead: int
) -> Iterator[Outcome]:
    waiting: deque[tuple[Future[list[bytes]], list[Other | None]]] = deque()
    for batch in _batches(parts):
        pages = [part for part in batch if isinstance(part, Saved)]
        others = [None if isinstance(part, Saved) else part for part in batch]
        waiting.append((pool.submit(read, pages), others))
        while len(waiting) > ahead:
            yield from _merged(*waiting.popleft())
    while waiting:
        yield from _merged(*waiting.popleft())


def _merged(reading: Future[list[bytes]], others: list[Other | None]) -> Iterator[Outcome]:
    """The readings of a batch in the places of the pages, among what else was in it."""
    readings = iter(reading.result())
    for other in others:
        yield pickle.loads(next(readings)) if other is None else other  # noqa: S301  from our own process


def _batches(parts: Iterable[Part]) -> Iterator[list[Part]]:
    batch: list[Part] = []
    pages = size = 0
    for part in parts:
        batch.append(part)
        if isinstance(part, Saved):
            pages, size = pages + 1, size + len(part.payload)
        if pages >= _BATCH_PAGES or size >= _BATCH_BYTES or len(batch) >= _BATCH_PARTS:
            yield batch
            batch, pages, size = [], 0, 0
    if batch:
        yield batch
