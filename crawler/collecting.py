"""Python's search for garbage in circles, where there is next to none: reading and entering pages makes no circles.

It looks at all that was made since the last time again and again, most of which is a page on its way.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_SELDOM = 100_000  # objects made and not gone again; Python's own limit is 700


def collect_seldom() -> None:
    """From here on. What is loaded stays and is not looked at any more."""
    gc.freeze()
    gc.set_threshold(_SELDOM)


@contextmanager
def collected_seldom() -> Iterator[None]:
    """Within the block."""
    before = gc.get_threshold()
    collect_seldom()
    try:
        yield
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)
