"""The progress line: pages done and to go, posts, rate, time left. Silent when nobody watches."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

import click

from crawler.commands._live import LiveLine, fitting
from crawler.commands._summary import count
from crawler.items import PageItem
from crawler.outlook import Extent, Outlook
from crawler.store import Committed, Store

_REFRESH = 0.5  # seconds between two looks at the frontier
_PLAIN = 60.0  # seconds between two lines where a line cannot be written over
_FEW = 3  # pages of a site whose pace says little yet: the delay tells more
_LONG = 60.0  # seconds from which on a thread or forum is announced

Announce = Callable[[Extent, float], None]
"""Is told how large a thread or forum is that the user named, and how many seconds it takes at least."""


@dataclass(slots=True)
class _Site:
    """One site's part: what is to come by its pages, and by the frontier; the delay between two requests.

    ``first`` and ``last``: when its first and its last page came, by a steady clock.
    """

    delay: float
    first: float
    last: float
    open: int = 0
    outlook: Outlook = field(default_factory=Outlook)

    def to_go(self, *, whole: bool) -> int:
        """Pages to go. What listings let expect counts where ``whole`` sites are read, and while any page is known."""
        return max(self.open, self.outlook.to_come) if whole and self.open else self.open

    def seconds(self, now: float, *, whole: bool) -> float:
        """Time left. A page takes as long as those before it did, and not less than the delay."""
        done = self.outlook.done
        pace = (self.last - self.first) / (done - 1) if done > _FEW else 0.0
        return max(0.0, self.to_go(whole=whole) * max(self.delay, pace) - (now - self.last))


class Progress:
    """A live line on a terminal, fed with each page that is stored; on a dumb one, a line a minute.

    ``delay`` is that between two requests, in seconds. ``whole``: all that the listings name is read, not only what
    has changed. ``announce`` hears of each thread and forum that takes longer than a minute.
    """

    def __init__(
        self, *, delay: float, quiet: bool, whole: bool = True, announce: Announce | None = None, width: int = 0
    ) -> None:
        self._line = LiveLine(lambda columns: self.line(time.monotonic(), columns), quiet=quiet, width=width)
        self._whole, self._announce = whole, announce
        self._delay = delay
        self._started = self._looked = time.monotonic()
        self._pages = self._posts = 0
        self._sites: dict[str, _Site] = {}

    def __enter__(self) -> Self:
        self._line.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._line.stop()

    def page(self, page: PageItem, committed: Committed, store: Store, delay: float) -> None:
        """A page was stored; the store's frontier tells how much is left."""
        now = time.monotonic()
        self._pages += committed.settlement.outcome == "ok"
        self._posts += committed.n_posts
        if page.ref is not None:
            site = self._site(page.ref.site, now)
            site.delay, site.last = delay, now
            extent = site.outlook.see(page)
            seconds = extent.pages * delay if extent is not None else 0.0
            if extent is not None and page.ref.is_seed and self._announce is not None and seconds >= _LONG:
                self._announce(extent, seconds)
        if not self._line.watched or now - self._looked < (_PLAIN if self._line.plain else _REFRESH):
            return
        self._looked = now
        for name, n_open in (dict.fromkeys(self._sites, 0) | store.frontier.open_by_site()).items():
            self._site(name, now).open = n_open
        if self._line.plain:
            click.echo(self.line(now, self._line.width), err=True)

    def _site(self, name: str, now: float) -> _Site:
        return self._sites.setdefault(name, _Site(self._delay, now, now))

    def line(self, now: float, width: int = 200) -> str:
        """As much as fits of what is to be said at a time of the steady clock; in ASCII, which any terminal shows."""
        if not self._sites:
            return fitting(["waiting for the first page", "waiting"], width)
        sites = list(self._sites.values())
        to_go = sum(site.to_go(whole=self._whole) for site in sites)
        about = "about " if to_go > sum(site.open for site in sites) else ""
        left = f"{duration(max(site.seconds(now, whole=self._whole) for site in sites))} left"
        pages = f"{count(self._pages, 'page')} done, {about}{to_go:,} to go"
        return fitting(
            [
                f"{pages}, {count(self._posts, 'post')}, {_rate(self._pages, now - self._started)}, {about}{left}",
                f"{pages}, {about}{left}",
                f"{self._pages:,} done, {to_go:,} to go, {left}",
                f"{self._pages:,} done, {left}",
                f"{self._pages:,}+{to_go:,}",
            ],
            width,
        )


def _rate(pages: int, elapsed: float) -> str:
    rate = pages / elapsed if elapsed > 0 else 0.0
    return f"{rate:.1f} pages/s" if rate >= 0.5 else f"{rate * 60:.1f} pages/min"


def extent_line(extent: Extent, seconds: float) -> str:
    """How large something is, in words, and how long it takes."""
    what = f"{'thread' if extent.kind == 'topic' else 'forum'} {extent.item_id}"
    about = "" if extent.exact else "about "
    inside = f"{count(extent.threads, 'thread')} on " if extent.kind == "forum" else ""
    return f"{what}: {inside}{about}{count(extent.pages, 'page')}, at least {duration(seconds)}"


def duration(seconds: float) -> str:
    """Seconds in words: ``40 s``, ``12 min``, ``3 h 20 min``."""
    minutes = round(seconds / 60)
    if seconds < 90:
        return f"{round(seconds)} s"
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60:02d} min"
