"""Two things timed in turns, so that what else the machine does falls on both."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable


def alternate(
    one: Callable[[], object],
    other: Callable[[], object],
    rounds: int = 15,
    clock: Callable[[], float] = time.perf_counter,
) -> tuple[float, float]:
    """Median seconds of each, after a warm-up round. What needs one thread alone is timed by ``time.process_time``."""
    times: tuple[list[float], list[float]] = ([], [])
    for turn in range(rounds + 1):
        for function, kept in zip((one, other), times, strict=True):
            start = clock()
            function()
            if turn:
                kept.append(clock() - start)
    return statistics.median(times[0]), statistics.median(times[1])


def row(what: str, seconds: float, base: float, base_name: str) -> str:
    """A line of the table."""
    return f"| {what} | {seconds / base:.2f} | {seconds * 1e3:.2f} ms | {base_name}, {base * 1e3:.2f} ms |"
