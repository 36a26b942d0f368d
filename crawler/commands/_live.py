"""A line at the foot of the terminal that is written anew while something lasts."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.text import Text

from crawler.commands._terminal import dumb, watched

_A_SECOND = 2  # times that the line is written
_SHORT = 1.0  # seconds; what takes less is over before anybody reads a line


class LiveLine:
    """Shows what ``text`` gives for a width; nothing where nobody watches, or on a dumb terminal."""

    def __init__(self, text: Callable[[int], str], *, quiet: bool, width: int = 0) -> None:
        self.watched = watched(sys.stderr) and not quiet
        self.plain = dumb()
        self._text = text
        self._console = Console(stderr=True, force_terminal=True if self.watched else None, width=width or None)
        self._live: Live | None = None

    @property
    def width(self) -> int:
        """Columns that a line may take."""
        return self._console.width - 1

    def start(self) -> None:
        """Begin, where there is somebody to look and it has not begun."""
        if self.watched and not self.plain and self._live is None:
            self._live = Live(
                console=self._console, get_renderable=self._render, refresh_per_second=_A_SECOND, transient=True
            )
            self._live.start()

    def stop(self) -> None:
        """Take the line away."""
        if self._live is not None:
            self._live.stop()
            self._live = None

    def _render(self) -> Text:
        return Text(self._text(self.width), overflow="crop", no_wrap=True)


class Steps:
    """How far a work is that needs no network: call it with what is done, and of how much (0: nobody knows).

    What is over within a second is not spoken of.
    """

    def __init__(self, verb: str, noun: str, *, quiet: bool) -> None:
        self._verb, self._noun = verb, noun
        self._line = LiveLine(self.text, quiet=quiet)
        self._done = self._total = 0
        self._began = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._line.stop()

    def __call__(self, done: int, total: int = 0) -> None:
        """So much is done."""
        self._done, self._total = done, total
        if self._line.watched and time.monotonic() - self._began > _SHORT:
            self._line.start()

    def text(self, width: int) -> str:
        """As much as fits of what is to be said."""
        of = f" of {self._total:,}" if self._total else ""
        return fitting([f"{self._verb} {self._done:,}{of} {self._noun}", f"{self._done:,}{of}"], width)


def fitting(lines: Sequence[str], width: int) -> str:
    """The first line that fits; of the last one, what fits of it."""
    return next((line for line in lines if len(line) <= width), lines[-1][: max(0, width)])
