"""The time of day as a run tells it: that of its start, and from there a steady clock.

So what a run fetches later is later, even where somebody sets the clock back meanwhile.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

_STEADY = getattr(time, "CLOCK_BOOTTIME", None)  # goes on while the machine sleeps; Linux has it


def _seconds() -> float:
    return time.monotonic() if _STEADY is None else time.clock_gettime(_STEADY)


_START, _ZERO = datetime.now(UTC), _seconds()


def now() -> datetime:
    """The time, in UTC."""
    return _START + timedelta(seconds=_seconds() - _ZERO)
