"""Reads tables from Parquet files: batch by batch, in the order of the files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from output.errors import DatasetError
from output.manifest import FileEntry

_ROWS = 10_000
_BUFFER = 1 << 20  # bytes of a column that are in memory, packed; else all of a row group
_EACH = 16  # bytes that a value has in memory beside its text


def read_batches(
    folder: Path, files: Sequence[FileEntry], table: str, columns: Sequence[str] | None = None
) -> Iterator[pa.RecordBatch]:
    """A table of the Parquet files among ``files``, or some columns of it."""
    for entry in files:
        if (entry.table, entry.format) == (table, "parquet"):
            with pq.ParquetFile(folder / entry.path, buffer_size=_BUFFER) as file:
                yield from file.iter_batches(_ROWS, columns=None if columns is None else list(columns))


def group_sizes(path: Path, columns: Sequence[str]) -> list[int]:
    """About how many bytes some columns of each row group of a file have in memory. Raises :class:`DatasetError`."""
    try:
        metadata = pq.read_metadata(path)
    except (pa.ArrowException, OSError) as error:
        raise DatasetError(f"{path} cannot be read as Parquet: {error}", "get it or make it once more") from error
    leaves = [metadata.schema.column(rank).path.split(".")[0] for rank in range(metadata.num_columns)]
    places = [rank for rank, name in enumerate(leaves) if name in columns]
    groups = [metadata.row_group(number) for number in range(metadata.num_row_groups)]
    return [
        sum(group.column(rank).total_uncompressed_size for rank in places) + _EACH * group.num_rows * len(places)
        for group in groups
    ]
