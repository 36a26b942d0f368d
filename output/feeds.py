"""Item exporters for Scrapy's feeds: the rows of one table, streamed in the order of the pages.

.. code-block:: python

    FEED_EXPORTERS = {"parquet": "output.feeds.ParquetItemExporter", "jsonl": "output.feeds.JsonLinesItemExporter"}
    FEED_ROWS = "package.module.rows"  # a callable (item, table name) -> rows; without it, items are rows
    FEED_TABLE = "posts"
"""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import IO, Any, ClassVar, Self, TypeAlias

from scrapy.crawler import Crawler
from scrapy.exporters import BaseItemExporter
from scrapy.statscollectors import StatsCollector
from scrapy.utils.misc import load_object

from crawler.items import TABLES, Column
from output.errors import OutputError
from output.jsonl import JsonlWriter
from output.nesting import nest, nested_names
from output.parquet import ParquetWriter
from output.records import Recorder
from output.writer import TableWriter

logger = logging.getLogger(__name__)

Rows: TypeAlias = Callable[[Any, str], Iterable[Any]]
"""Gives the rows of a table that an item holds."""


class TableItemExporter(BaseItemExporter):
    """Exports the rows of one table. Raises :class:`OutputError` for a table or column that there is not.

    ``rows`` gives the rows of an item; without it, each item is a row. A row that the table does not allow is
    refused, logged and counted in the stat ``output/feed/rows_refused``; it does not cost the others.
    """

    writer: ClassVar[type[TableWriter]]

    def __init__(
        self,
        file: IO[bytes],
        *,
        table: str = "posts",
        rows: Rows | None = None,
        stats: StatsCollector | None = None,
        **options: Any,
    ) -> None:
        super().__init__(dont_fail=True, **options)
        if table not in TABLES:
            raise OutputError(f"there is no table {table!r}", f"set FEED_TABLE to one of {', '.join(TABLES)}")
        self.file = file
        self.table = TABLES[table]
        self._rows = rows
        self._stats = stats
        self._columns = _chosen(self.table.columns, self.fields_to_export)
        self._writer: TableWriter | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler, file: IO[bytes], **options: Any) -> Self:
        """Built by the feed exporter; reads `FEED_TABLE` and `FEED_ROWS`."""
        path = crawler.settings.get("FEED_ROWS")
        return cls(
            file,
            table=crawler.settings.get("FEED_TABLE") or "posts",
            rows=load_object(path) if path else None,
            stats=crawler.stats,
            **options,
        )

    def start_exporting(self) -> None:
        """Begin the file."""
        self._writer = self._open()

    def export_item(self, item: Any) -> None:
        """Write the item's rows."""
        rows = [item] if self._rows is None else list(self._rows(item, self.table.name))
        try:
            self._write(item, rows)
        except OutputError:  # nothing of it was written: find out which row it is
            for row in rows:
                try:
                    self._write(item, [row])
                except OutputError as error:
                    self._refuse(error)

    def finish_exporting(self) -> None:
        """Complete the file; without items it is an empty table."""
        if self._writer is None:
            return
        repaired = self._writer.recorder.repaired
        self._writer.close()
        self._writer = None
        if repaired and self._stats is not None:
            self._stats.inc_value("output/feed/surrogates_replaced", repaired)

    def _open(self) -> TableWriter:
        return self.writer(self.file, self.table, self._columns)

    def _write(self, item: Any, rows: Sequence[Any]) -> None:  # noqa: ARG002  subclasses look into the item
        assert self._writer is not None
        self._writer.write(rows)

    def _refuse(self, error: OutputError) -> None:
        logger.error("Row refused: %s", error)
        if self._stats is not None:
            self._stats.inc_value("output/feed/rows_refused")


class ParquetItemExporter(TableItemExporter):
    """Parquet, by row groups. The file can be read once its footer is written, at the end of the crawl."""

    writer = ParquetWriter
    _refusal: OutputError | None = None

    def start_exporting(self) -> None:
        """Begin the file; raises :class:`OutputError` when it is not empty: a second stream would hide the first."""
        if self._refusal is None and _position(self.file):
            self._refusal = OutputError(
                f"{getattr(self.file, 'name', 'the feed')} is not empty, and Parquet cannot be appended to",
                "overwrite it (-O instead of -o, `overwrite` in FEEDS) or name another file",
            )
            self.file.close()
            if self._stats is not None:
                self._stats.inc_value("output/feed/files_refused")
        if self._refusal is not None:  # Scrapy asks again for each item
            raise self._refusal
        super().start_exporting()


class JsonLinesItemExporter(TableItemExporter):
    """JSON Lines. Posts come with their quotes nested, where `FEED_ROWS` gives quotes."""

    writer = JsonlWriter

    def __init__(self, file: IO[bytes], **options: Any) -> None:
        super().__init__(file, **options)
        whole = self._columns == self.table.columns
        self._quotes = Recorder(TABLES["quotes"]) if self._nests() and whole else None

    def _nests(self) -> bool:
        return self._rows is not None and self.table.name == "posts"

    def _open(self) -> TableWriter:
        if self._quotes is None:
            return super()._open()
        nested = ("quotes", nested_names(self._quotes.columns))
        return JsonlWriter(self.file, self.table, self._columns, nested=nested)

    def _write(self, item: Any, rows: Sequence[Any]) -> None:
        if self._quotes is None or self._rows is None or self._writer is None:
            super()._write(item, rows)
            return
        keys = {_post(row) for row in rows}
        quotes = [quote for quote in self._rows(item, "quotes") if _post(quote) in keys]
        posts = self._writer.recorder.records(rows)
        records = nest(posts, self._columns, self._quotes.records(quotes), self._quotes.columns)
        self._writer.write_records(records)


def _chosen(columns: tuple[Column, ...], names: Mapping[str, str] | Iterable[str] | None) -> tuple[Column, ...]:
    """The columns of these names; all of them without names."""
    if names is None:
        return columns
    by_name = {column.name: column for column in columns}
    wrong = [name for name in names if name not in by_name]
    if wrong or isinstance(names, Mapping):
        raise OutputError(
            f"there is no column {', '.join(wrong)}" if wrong else "columns cannot be renamed",
            f"list columns in FEED_EXPORT_FIELDS, of {', '.join(by_name)}",
        )
    return tuple(by_name[name] for name in names)


def _position(file: IO[bytes]) -> int:
    """Bytes in front of what will be written; 0 for a pipe."""
    try:
        return getattr(file, "file", file).tell()  # post-processing wraps the real file
    except (OSError, io.UnsupportedOperation, AttributeError):
        return 0


def _post(row: Any) -> tuple[str, str, int]:
    return getattr(row, "site", ""), getattr(row, "content_class", ""), getattr(row, "post_id", -1)
