"""What all tests share."""

import gc


def pytest_collection_finish() -> None:
    """Look for garbage less often, as a crawl does: the thousands of tests that were collected are none."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
