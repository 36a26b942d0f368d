"""Reading on all cores: pages go out in batches, readings come back in the order in which the pages stood."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import chain, islice
from multiprocessing.connection import wait

from crawler.extract.reading import read_all, read_saved
from crawler.extract.saved import Damage, NewRun, NoPage, Reading, Saved
from crawler.extract.sources import Part

_FEW = 48  # pages that are read before a pool would have begun to work
_BATCH_PAGES = 16
_BATCH_BYTES = 2 * 1024 * 1024
_BATCH_PARTS = 256

Other = NewRun | Damage | NoPage
Outcome = Reading | Other


def cores() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def read_parts(parts: Iterable[Part], *, workers: int) -> Iterator[Outcome]:
    """Parts in order, each saved page replaced by what was read in it. Memory holds a few batches a worker."""
    source = iter(parts)
    first = list(islice(source, _FEW))
    if workers <= 1 or len(first) < _FEW:
        for part in chain(first, source):
            yield read_saved(part) if isinstance(part, Saved) else part
        return
    methods = multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")
    if "forkserver" in methods:
        context.set_forkserver_preload([__name__])
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_begin) as pool:
        try:
            yield from _in_order(pool, chain(first, source), ahead=3 * workers)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _in_order(pool: ProcessPoolExecutor, parts: Iterable[Part], *, ahead: int) -> Iterator[Outcome]:
    waiting: deque[tuple[Future[list[Reading]], list[Other | None]]] = deque()
    for batch in _batches(parts):
        pages = [part for part in batch if isinstance(part, Saved)]
        others = [None if isinstance(part, Saved) else part for part in batch]
        waiting.append((pool.submit(read_all, pages), others))
        while len(waiting) > ahead:
            yield from _merged(*waiting.popleft())
    while waiting:
        yield from _merged(*waiting.popleft())


def _merged(reading: Future[list[Reading]], others: list[Other | None]) -> Iterator[Outcome]:
    """The readings of a batch in the places of the pages, among what else was in it."""
    readings = iter(reading.result())
    for other in others:
        yield next(readings) if other is None else other


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


def _begin() -> None:
    """In a worker: signals are the main process's business, and without it there is nothing to do."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    """A killed main process tells nobody: its workers would wait for work for ever."""
    wait([sentinel])
    os._exit(1)
