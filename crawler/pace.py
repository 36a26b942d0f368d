"""When the next request to a site may start, by a steady clock: one that is set anew meanwhile hurries nobody."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

MARGIN = 0.01
"""Seconds added to each delay, so that a moment lost between here and the wire never makes a gap shorter than it."""


class HaltedError(Exception):
    """The crawl ends, and a request that still waited for its turn is not sent any more."""


class Pace:
    """The turns of all sites. ``delay`` is the time between the starts of two requests to a site, in seconds.

    ``delays`` holds the delays of single sites where they are longer, ``asked`` those that their robots.txt asks for.
    """

    def __init__(self, delay: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._delay = delay
        self._clock = clock
        self._next: dict[str, float] = {}
        self._halted = asyncio.Event()
        self.delays: dict[str, float] = {}
        self.asked: dict[str, float] = {}

    def wait(self, site: str) -> float:
        """Seconds until the next request to a site may start; 0 when it may now."""
        return max(0.0, self._next.get(site, 0.0) - self._clock())

    def started(self, site: str) -> None:
        """A request to the site starts now."""
        delay = self.delay_of(site)
        if delay:
            self._later(site, delay + MARGIN)

    def delay_of(self, site: str) -> float:
        """Seconds between the starts of two requests to a site."""
        return max(self._delay, self.delays.get(site, 0.0), self.asked.get(site, 0.0))

    def hold(self, site: str, seconds: float) -> None:
        """Send nothing to the site for so long. A shorter wish does not undo a longer one."""
        self._later(site, seconds)

    async def turn(self, site: str) -> None:
        """Wait for the site's turn and take it. Raises `HaltedError` when the crawl ends before."""
        while (seconds := self.wait(site)) > 0:
            await self.sleep(seconds)
        self.started(site)

    async def sleep(self, seconds: float) -> None:
        """Wait. Raises `HaltedError` when the crawl ends before."""
        try:
            await asyncio.wait_for(self._halted.wait(), seconds)
        except TimeoutError:
            return
        raise HaltedError

    def halt(self) -> None:
        """End all waiting, now and later."""
        self._halted.set()

    def _later(self, site: str, seconds: float) -> None:
        self._next[site] = max(self._next.get(site, 0.0), self._clock() + seconds)
