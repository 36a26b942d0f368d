"""Who does the jobs of a pack, and in what order: this process where there is little to do, else some at a time."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from crawler.processes import cores, processes
from output.pack.errors import PackError
from output.pack.workshop import Recipe, Workshop

MOST_WORKERS = 3
"""Processes that there are unless more are asked for: each takes some 250 MB."""

# Arrow loads pandas where it is installed, to look if a list is a series: so once for all processes, if it is there.
_PRELOAD = (__name__, "pandas")
# Arrow's allocator gives back at once what is free: a third less memory, for no time that could be measured.
_ENVIRON = {"MIMALLOC_PURGE_DELAY": "0"}


@dataclass(frozen=True, slots=True)
class Job:
    """A method of the workshop with its arguments; ``then`` is called with what it returns, and gives further jobs."""

    name: str
    given: tuple[Any, ...]
    then: Callable[[Any], Iterable[Job]]


class Crew:
    """Does jobs: so many at once."""

    def __init__(self, executor: Executor, at_once: int) -> None:
        self._executor, self._at_once = executor, at_once

    def do(self, jobs: Iterable[Job]) -> None:
        """Do all jobs, and those that come of them, which go before those that are waiting.

        Raises what a job raises, and :class:`PackError` where a process died.
        """
        waiting, running = deque(jobs), dict[Future[Any], Job]()
        try:
            while waiting or running:
                while waiting and len(running) < self._at_once:
                    job = waiting.popleft()
                    running[self._executor.submit(_do, job.name, *job.given)] = job
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    job = running.pop(future)
                    waiting.extendleft(reversed(list(job.then(future.result()))))
        except BrokenProcessPool:
            raise PackError(
                "a process that made the pack died, of too little memory perhaps", "try it with --workers 1"
            ) from None


@contextmanager
def crew(recipe: Recipe, workers: int | None, *, large: bool) -> Iterator[Crew]:
    """A crew for the jobs of one pack: so many processes; without a number, as many as there are cores if it is large.

    A small pack would be made before they had begun.
    """
    count = workers or (min(cores(), MOST_WORKERS) if large else 1)
    if count < 2:
        with _here(recipe):
            yield Crew(_Here(), 1)
        return
    with processes(count, _PRELOAD, _begin, recipe, environ=_ENVIRON) as pool:
        yield Crew(pool, count)


class _Here(Executor):
    """Does what it is asked for at once."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """As in the base; raises what is raised."""
        done: Future[Any] = Future()
        done.set_result(fn(*args, **kwargs))
        return done


_shop: Workshop | None = None


@contextmanager
def _here(recipe: Recipe) -> Iterator[None]:
    global _shop  # noqa: PLW0603
    before, _shop = _shop, Workshop(recipe)
    try:
        yield
    finally:
        _shop = before


def _begin(recipe: Recipe) -> None:
    """In a process of its own."""
    global _shop  # noqa: PLW0603
    pa.set_cpu_count(1)  # there is a process for each core
    _shop = Workshop(recipe)


def _do(name: str, *given: Any) -> Any:
    assert _shop is not None
    try:
        return getattr(_shop, name)(*given)
    finally:
        pa.default_memory_pool().release_unused()
