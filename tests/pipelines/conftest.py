"""The pages that these tests are made of are those of the store's tests.

The project's own folder comes first: `tests/output` must not be taken for the package `output`.
"""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parents[1]), str(HERE), str(HERE.parent / "store")]
