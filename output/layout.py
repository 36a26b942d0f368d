"""How a dataset's tables lie in their folders: one file each, or parts that stay as they are until they change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crawler.items import Table
from output.errors import PublishError
from output.records import Record

BY_MONTH = {"events": "changed_before", "fetches": "fetched_at", "runs": "started_at"}
"""Tables of which a part is a month, and the column that tells it."""

WHOLE = frozenset({"forums", "authors", "reposts"})
"""Tables that are one part: what they say is gathered from all threads."""

THREADS_PER_PART = 1000


@dataclass(frozen=True, slots=True)
class Layout:
    """One file a table, or parts of ``threads_per_part`` thread ids (0-999, 1000-1999 …), of all sites together.

    Raises :class:`PublishError` for a part without room.
    """

    threads_per_part: int | None = None

    def __post_init__(self) -> None:
        size = self.threads_per_part
        if size is not None and size < 1:
            raise PublishError(f"{size} thread ids a part", "give at least 1")

    @property
    def in_parts(self) -> bool:
        """Whether tables are folders of parts."""
        return self.threads_per_part is not None

    def part(self, thread_id: int) -> int:
        """The part that a thread's rows are in; 0 where there are no parts."""
        return 0 if self.threads_per_part is None else thread_id // self.threads_per_part


SINGLE = Layout()
"""One file a table."""

PARTS = Layout(THREADS_PER_PART)
"""Parts of the usual size."""


def month_of(time: datetime) -> int:
    """The number of a month's part, such as 202603."""
    return time.year * 100 + time.month


def month_getter(table: Table, names: tuple[str, ...]) -> Callable[[Record], int]:
    """A function from a record with these columns to the number of its month."""
    rank = names.index(BY_MONTH[table.name])

    def month(record: Record) -> int:
        time: Any = record[rank]
        return month_of(time)

    return month


def single_path(table: str, file_format: str, suffix: str) -> str:
    """Where a table's only file is."""
    return f"{file_format}/{table}{suffix}"


def part_path(table: str, file_format: str, suffix: str, *, number: int, sha256: str) -> str:
    """Where a part is: named by its number and the first 8 digits of its hash, so that other bytes are another file."""
    return f"{file_format}/{table}/part-{number:05}-{sha256[:8]}{suffix}"
