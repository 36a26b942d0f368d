"""The machine's clock, which somebody sets."""

from __future__ import annotations

import sys
import time
from datetime import datetime, timedelta, tzinfo
from typing import Any

import pytest

from crawler import clock

_OURS = ("crawler", "pipelines", "output")


class WallClock:
    """Sets the time of day for all modules that are loaded; the steady clocks go on.

    ``ahead`` is by how much it is ahead. A process that began before takes no notice where it ought not to: call
    `restart` for a new one.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.ahead = timedelta(0)
        self._patch = monkeypatch
        real = time.time
        monkeypatch.setattr(time, "time", lambda: real() + self.ahead.total_seconds())
        shown = _shown(self)
        for name, module in list(sys.modules.items()):
            if name.split(".")[0] in _OURS and getattr(module, "datetime", None) is datetime:
                monkeypatch.setattr(module, "datetime", shown)

    def restart(self) -> None:
        """A new process: it takes the time of day as it finds it."""
        self._patch.setattr(clock, "_START", clock.datetime.now(clock.UTC))
        self._patch.setattr(clock, "_ZERO", clock._seconds())


def _shown(wall: WallClock) -> Any:
    """A class in the place of `datetime` that tells that clock's time; all that it makes is of the real class."""

    class Like(type):
        def __instancecheck__(cls, one: object) -> bool:
            return isinstance(one, datetime)

        def __getattr__(cls, name: str) -> Any:
            return getattr(datetime, name)

    class Shown(metaclass=Like):
        def __new__(cls, *args: Any, **given: Any) -> Any:
            return datetime(*args, **given)  # noqa: DTZ001

        @staticmethod
        def now(tz: tzinfo | None = None) -> datetime:
            return datetime.now(tz) + wall.ahead

    return Shown
