"""JSON Lines: one object a line, in column order."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import IO

import orjson

from crawler.items import Column, Table
from output.records import Record
from output.writer import TableWriter

_OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_APPEND_NEWLINE


class JsonlWriter(TableWriter):
    """Writes a table as JSON Lines; times are ISO 8601 with ``Z``, with microseconds only where there are some.

    ``nested`` makes every object end with a list: ``("quotes", (quote columns …))``. Then each record handed to
    :meth:`write_records` has one more value, the sequence of nested records.
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
        names = self._names
        if self._nested is None:
            lines = [orjson.dumps(dict(zip(names, record, strict=False)), option=_OPTIONS) for record in records]
        else:
            lines = [orjson.dumps(self._with_nested(record), option=_OPTIONS) for record in records]
        self._sink.write(b"".join(lines))

    def _with_nested(self, record: Record) -> dict[str, object]:
        assert self._nested is not None
        label, inner = self._nested
        entry: dict[str, object] = dict(zip(self._names, record, strict=False))
        entry[label] = [dict(zip(inner, item, strict=True)) for item in record[len(self._names)]]
        return entry

    def _end(self) -> None:
        """Nothing follows the last line."""
