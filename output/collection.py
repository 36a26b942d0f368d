"""Keeps Python's search for cycles of objects out of the way."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_collection() -> Iterator[None]:
    """While this lasts Python does not look for cycles of objects (`gc.disable`); then it does again, if it did before.

    Publishing makes rows by the million, and rows form no cycles: they go when the last reference goes, as ever. The
    search would start anew for every few hundred of them, and take a quarter of the time to find nothing.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
