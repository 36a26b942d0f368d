"""Where in a Parquet file the damage is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq


def damaged_groups(path: Path) -> Iterator[str]:
    """A line for each row group that cannot be read, or whose pages do not have the checksums that they say.

    Raises ``pyarrow.ArrowException`` or ``OSError`` where the file's end, which tells what is in it, is damaged.
    """
    with pq.ParquetFile(path, page_checksum_verification=True) as file:
        first = 0
        for number in range(file.metadata.num_row_groups):
            rows = file.metadata.row_group(number).num_rows
            for column in file.schema_arrow.names:
                try:
                    file.read_row_group(number, columns=[column]).validate(full=True)
                except (pa.ArrowException, OSError) as error:
                    reason = str(error).splitlines()[0]
                    yield f"row group {number} (rows {first} to {first + rows - 1}), column {column}: {reason}"
            first += rows
