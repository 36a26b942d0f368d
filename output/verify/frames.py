"""The tables under examination: some columns of each, with row numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from crawler.items import TABLES
from crawler.items.arrow import arrow_schema
from output.manifest import FileEntry
from output.read import Dataset, read_jsonl, read_parquet
from output.verify.problem import AGAIN, LIMIT, Report

ROW = "_row"
"""Name of the column of row numbers: 0-based, over all files of the table."""


class Frames:
    """Tables of a dataset that can be read; only these can be asked for."""

    def __init__(self, dataset: Dataset, report: Report) -> None:
        self.dataset = dataset
        self.report = report
        self.usable: dict[str, list[FileEntry]] = {}
        self.table = lru_cache(maxsize=8)(self._table)  # neighbouring checks ask for the same columns

    def has(self, *names: str) -> bool:
        """Whether all of these tables can be asked for."""
        return all(name in self.usable for name in names)

    def path(self, entry: FileEntry) -> Path:
        """Where a file is."""
        return self.dataset.path / entry.path

    def flag(
        self,
        kind: str,
        name: str,
        rows: pa.Table,
        message: Callable[[Mapping[str, Any]], str],
        fix: str = AGAIN,
    ) -> None:
        """Report rows of the table ``name``; ``message`` makes a line of a row's values."""
        if not rows.num_rows:
            return
        rows = rows.take(pc.sort_indices(rows, [(ROW, "ascending")]))
        file = ""
        for row in rows.slice(0, LIMIT).to_pylist():
            file, number = self._place(name, row[ROW])
            self.report.add(kind, file, message(row), fix, number)
        if rows.num_rows > LIMIT:
            self.report.add_more(kind, file, rows.num_rows - LIMIT)

    def _table(self, name: str, columns: tuple[str, ...]) -> pa.Table:
        batches = [batch for entry in self.usable[name] for batch in self.batches(entry, columns)]
        count = sum(batch.num_rows for batch in batches)
        numbers = pa.array(range(count), pa.int64())
        if not batches:
            return self._empty(name, columns)
        return pa.Table.from_batches(batches).append_column(ROW, numbers)

    def batches(self, entry: FileEntry, columns: Sequence[str]) -> Any:
        """A file in batches."""
        reader = read_parquet if entry.format == "parquet" else read_jsonl
        return reader(self.path(entry), TABLES[entry.table], columns)

    def _empty(self, name: str, columns: tuple[str, ...]) -> pa.Table:
        schema = arrow_schema(TABLES[name], [TABLES[name].column(column) for column in columns])
        return schema.append(pa.field(ROW, pa.int64())).empty_table()

    def _place(self, name: str, row: int) -> tuple[str, int]:
        for entry in self.usable[name]:
            if row < entry.rows:
                return entry.path, row
            row -= entry.rows
        return self.usable[name][-1].path, row


def where(table: pa.Table, mask: Any) -> pa.Table:
    """The rows for which the mask is true (null counts as false)."""
    return table.filter(mask, null_selection_behavior="drop")


def place_of(row: Mapping[str, Any], names: Sequence[str]) -> str:
    """A row's values, to name it."""
    return "(" + ", ".join(str(row[name]) for name in names) + ")"
