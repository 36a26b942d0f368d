"""The progress line: pages done and queued, posts, rate, time left. Silent when nobody watches."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.text import Text

from crawler.items import PageItem
from crawler.store import Committed, Store

_REFRESH = 0.5  # seconds between two looks at the frontier


class Progress:
    """A live line on a terminal, fed with each page that is stored."""

    def __init__(self, *, delay: float, quiet: bool) -> None:
        self._console = Console(stderr=True)
        self._on = self._console.is_terminal and not self._console.is_dumb_terminal and not quiet
        self._live: Live | None = None
        self._delay = delay
        self._started = time.monotonic()
        self._looked = 0.0
        self._pages = self._posts = self._queued = 0

    def __enter__(self) -> Self:
        if self._on:
            self._live = Live(Text("starting"), console=self._console, refresh_per_second=4, transient=True)
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()

    def page(self, page: PageItem, committed: Committed, store: Store) -> None:
        """A page was stored; the store's frontier tells how much is left."""
        del page
        self._pages += committed.settlement.outcome == "ok"
        self._posts += committed.n_posts
        now = time.monotonic()
        if self._live is None or now - self._looked < _REFRESH:
            return
        self._looked = now
        self._queued = store.frontier.counts().open
        self._live.update(Text(self.line(now - self._started), overflow="ellipsis", no_wrap=True))

    def line(self, elapsed: float) -> str:
        """The text of the line after so many seconds."""
        rate = self._pages / elapsed if elapsed > 0 else 0.0
        left = self._queued / rate if rate > 0 else self._queued * self._delay
        return (
            f"{self._pages} pages done, {self._queued} queued · {self._posts} posts · "
            f"{rate:.1f} pages/s · {duration(left)} left"
        )


def duration(seconds: float) -> str:
    """Seconds in words: ``40 s``, ``12 min``, ``3 h 20 min``."""
    minutes = round(seconds / 60)
    if seconds < 90:
        return f"{round(seconds)} s"
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60:02d} min"
