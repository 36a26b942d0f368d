"""Reads the tables of a pack from its files: batch by batch, in the order of the files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from output.manifest import FileEntry

_ROWS = 20_000


def read_batches(
    folder: Path, files: Sequence[FileEntry], table: str, columns: Sequence[str] | None = None
) -> Iterator[pa.RecordBatch]:
    """A table of the Parquet files among ``files``, or some columns of it."""
    for entry in files:
        if (entry.table, entry.format) == (table, "parquet"):
            with pq.ParquetFile(folder / entry.path) as file:
                yield from file.iter_batches(_ROWS, columns=None if columns is None else list(columns))
