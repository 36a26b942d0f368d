"""Processes that work for this one: deaf to Ctrl-C, which is this one's business, and gone when this one is."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import forkserver, resource_tracker
from multiprocessing.connection import Connection, wait
from typing import Any


def cores() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def processes(
    workers: int,
    preload: Sequence[str],
    begin: Callable[..., None] | None = None,
    *args: Any,
    environ: Mapping[str, str] | None = None,
) -> Iterator[ProcessPoolExecutor]:
    """A pool of so many processes, each of which has called ``begin`` with ``args``.

    The modules in ``preload`` are loaded once for all of them, where the system lets processes begin as copies of one
    that was prepared. ``environ`` are variables that these have, unless they have another value already.

    Where the block is left by an exception the processes are ended at once, in the midst of what they do. One that dies
    raises :class:`concurrent.futures.process.BrokenProcessPool`.
    """
    methods = multiprocessing.get_all_start_methods()
    # Never `fork`: the threads that Arrow and others have begun are not there in the new process, but their locks are.
    context = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")
    if "forkserver" in methods:
        context.set_forkserver_preload(list(preload))
        _prepare(environ or {})
    going_on, end = context.Pipe(duplex=False)
    with (
        going_on,
        end,
        ProcessPoolExecutor(workers, mp_context=context, initializer=_begin, initargs=(going_on, begin, *args)) as pool,
    ):
        try:
            yield pool
        except BaseException:
            end.close()
            raise


def _prepare(environ: Mapping[str, str]) -> None:
    """Begin the process of which all others are copies, if it is not there yet: it never hears of Ctrl-C, nor do they.

    For those that are just beginning would die of it, before they could say that they do not care.
    """
    resource_tracker.ensure_running()  # which lets signals through again
    missing = {name: value for name, value in environ.items() if name not in os.environ}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    os.environ.update(missing)
    try:
        forkserver.ensure_running()
    finally:
        for name in missing:
            os.environ.pop(name, None)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin(going_on: Connection[Any, Any], begin: Callable[..., None] | None, *args: Any) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel, going_on), daemon=True).start()
    if begin is not None:
        begin(*args)


def _end_with(*signs: Any) -> None:
    """A main process that was killed tells nobody: its workers would wait for work for ever."""
    wait(signs)
    os._exit(1)
