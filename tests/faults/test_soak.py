"""Long runs: memory and open files stay as they are."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from benchmarks.memory import SETTLED, growth, soak


@pytest.mark.slow
@pytest.mark.timeout(14_400)
@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="memory is looked up in /proc")
@pytest.mark.parametrize(("pages", "megabytes"), [(20_000, 3.0), (200_000, 1.0)])
def test_many_pages(pages: int, megabytes: float) -> None:
    """``megabytes``: that a crawl may grow by in ten thousand pages, once all is loaded."""
    looks, _size = soak(pages)
    assert looks[-1][0] == pages
    assert growth(looks) < megabytes, looks
    files = [look[2] for look in looks if look[0] >= SETTLED]
    assert max(after - before for before, after in pairwise(files)) <= 2
    assert files[-1] <= files[0] + 2, "open files"
