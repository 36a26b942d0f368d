"""Checks that each row of a dataset in parts lies in the part that it belongs to."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from output.layout import BY_MONTH
from output.verify.frames import ROW, Frames, where


def check_parts(frames: Frames) -> None:
    """Report rows in the part of another month, or of another range of threads."""
    size = frames.dataset.manifest.threads_per_part
    if size is None:
        return
    for name in frames.usable:
        column = BY_MONTH.get(name, "thread_id")
        if column in {one.name for one in frames.dataset.columns(name)}:
            _check(frames, name, column, size)


def _check(frames: Frames, name: str, column: str, size: int) -> None:
    table = frames.table(name, (column,))
    values = table[column]
    if name in BY_MONTH:
        numbers = pc.add(pc.multiply(pc.year(values), 100), pc.month(values))
    else:
        numbers = pc.divide(values, size)
    parts: list[Any] = [pa.repeat(pa.scalar(e.part or 0, pa.int64()), e.rows) for e in frames.usable[name]]
    wrong = where(table.append_column("_part", numbers), pc.not_equal(numbers, pa.chunked_array(parts, pa.int64())))
    frames.flag(
        "part",
        name,
        wrong.select([ROW, "_part"]),
        lambda row: f"by its {column} it belongs into part {row['_part']}",
    )
