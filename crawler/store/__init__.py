"""The store: one SQLite file with the frontier and what every page said. Imports `crawler.items` only."""

from crawler.store.errors import StoreError
from crawler.store.frontier import Counts, Frontier, ref_of
from crawler.store.reading import Reader
from crawler.store.store import Committed, Store

STATE_FILE = "state.sqlite"
"""Name of the file in a dataset's folder."""

__all__ = ["STATE_FILE", "Committed", "Counts", "Frontier", "Reader", "Store", "StoreError", "ref_of"]
