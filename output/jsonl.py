"""JSON Lines: one object a line, in column order."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

import orjson

from crawler.items import Column, Table
from output.records import Record
from output.writer import TableWriter

_OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_APPEND_NEWLINE
_CHUNK_ROWS = 200  # rows written in one call; of more, the memory is slower than the writing


class JsonlWriter(TableWriter):
    """Writes a table as JSON Lines; times are ISO 8601 with ``Z``, with microseconds only where there are some.

    ``nested`` makes every object end with a list: ``("quotes", (quote columns …))``. Then a record handed to
    :meth:`write_records` may have one more value, the sequence of nested records.
    """

    format = "jsonl"
    suffix = ".jsonl"

    def __init__(
        self,
        target: Path | IO[bytes],
        table: Table,
        columns: Sequence[Column] | None = None,
        *,
        nested: tuple[str, Sequence[str]] | None = None,
    ) -> None:
        self._nested = nested
        super().__init__(target, table, columns)

    def _start(self) -> None:
        self._names = self.recorder.names

    def _write(self, records: list[Record]) -> None:
        entries = self._with_nested if self._nested else self._plain
        for first in range(0, len(records), _CHUNK_ROWS):
            self._lines(entries(records[first : first + _CHUNK_ROWS]))

    def _lines(self, entries: list[dict[str, Any]]) -> None:
        self._sink.write(b"".join([orjson.dumps(entry, option=_OPTIONS) for entry in entries]))

    def _plain(self, records: list[Record]) -> list[dict[str, Any]]:
        names = self._names
        return [dict(zip(names, record, strict=False)) for record in records]

    def _with_nested(self, records: list[Record]) -> list[dict[str, Any]]:
        assert self._nested is not None
        label, inner = self._nested
        names = (*self._names, label)
        entries = [dict(zip(names, record, strict=False)) for record in records]
        for entry in entries:
            nested = entry.get(label)  # most posts quote nothing, and end before it
            entry[label] = [dict(zip(inner, item, strict=True)) for item in nested] if nested else ()
        return entries

    def _end(self) -> None:
        """Nothing follows the last line."""
