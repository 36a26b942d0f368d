"""CSV, on request: for people who open it in a spreadsheet, hence safe from formulas."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from typing import Any

import orjson

from output.records import Record
from output.writer import TableWriter

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class CsvWriter(TableWriter):
    """Writes a table as CSV (RFC 4180, UTF-8, a header line, null as nothing).

    A text that a spreadsheet would run as a formula gets a leading apostrophe. Lists are JSON, times ISO 8601 with
    ``Z``, booleans ``true`` and ``false``.
    """

    format = "csv"
    suffix = ".csv"

    def _start(self) -> None:
        self._emit([self.recorder.names])  # through the same guard as the cells

    def _write(self, records: list[Record]) -> None:
        self._emit(records)

    def _end(self) -> None:
        """Nothing follows the last line."""

    def _emit(self, records: list[Record] | list[tuple[str, ...]]) -> None:
        text = io.StringIO(newline="")
        width = len(self.columns)
        csv.writer(text, lineterminator="\r\n").writerows([_cell(value) for value in r[:width]] for r in records)
        self._sink.write(text.getvalue().encode())


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        return "'" + value if value.startswith(_FORMULA) else value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, list):
        return orjson.dumps(value).decode()
    return value
