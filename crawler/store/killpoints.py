"""Named points at which the process dies as from SIGKILL, where a test asks for it; nothing happens otherwise.

``THREADSET_KILL_AT=before-commit:3`` dies the third time that the point ``before-commit`` is reached.
"""

from __future__ import annotations

import os

POINTS = (
    "during-recovery", "after-lease", "mid-body", "after-parse", "before-commit", "after-commit", "mid-export",
    "between-rename-and-fsync",
)  # fmt: skip
"""Of a crawl."""

OF_FORGETTING = ("forget-listed", "forget-store", "forget-archive", "forget-vacuum", "forget-published")
"""Of `threadset forget`."""

_NAME, _, _times = os.environ.get("THREADSET_KILL_AT", "").partition(":")
_left = int(_times or 1)


def reach(point: str) -> None:
    """Die, if this is the point."""
    global _left  # noqa: PLW0603  of a process that lives no longer than this
    if point == _NAME:
        _left -= 1
        if _left == 0:
            os._exit(137)


def armed(point: str) -> bool:
    """True where the process is to die at this point."""
    return point == _NAME
