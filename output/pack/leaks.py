"""The leak test: reads what a pack holds, byte for byte as it would be handed over, and says what must not be there."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from crawler.items import TABLES, Column, Table
from crawler.items.arrow import arrow_schema
from output.manifest import FileEntry
from output.pack.errors import LeakError
from output.pack.names import SHORTEST, Names
from output.pack.pseudonyms import FIRST, LAST
from output.pack.roles import IDS, TEXTS, role
from output.pack.scrub import Addresses, named_places
from output.records import batches

_LABEL = re.compile(r"user-\d{3}(?:-\d{3}){4}")
_ROWS = 10_000
_LINES = 1_000
_TWICE = "full_text"  # holds what `text` and `quoted_text` hold: not counted again
LEAK_FIX = "nothing was published; please report it, with the place, to the makers of threadset"


class LeakTest:
    """Looks into the files of a pseudonymised pack.

    Without ``names`` it knows only what the pack itself tells: forms of labels, ranges of numbers, addresses.
    ``residual`` counts names of four or more characters that stand in prose, by table and column: the risk that is
    left; ``mentioned`` are the different ones.
    """

    def __init__(self, addresses: Addresses, names: Names | None = None) -> None:
        self._addresses = addresses
        self._names = names
        self.residual: Counter[str] = Counter()
        self.mentioned: set[str] = set()

    def require_clean(self, folder: Path, files: Sequence[FileEntry], others: Sequence[Path]) -> None:
        """Raises :class:`LeakError` for the first thing found, and says where."""
        for entry in files:
            for row, what in self.table_file(folder / entry.path, TABLES[entry.table], entry.format):
                place = f"{entry.path}, row {row}" if row is not None else entry.path
                raise LeakError(f"{place}: {what}", LEAK_FIX)
        for path in others:
            for what in self.document(path):
                raise LeakError(f"{path.relative_to(folder).as_posix()}: {what}", LEAK_FIX)

    def table_file(self, path: Path, table: Table, file_format: str) -> Iterator[tuple[int | None, str]]:
        """What a file of a table must not hold: the row (0-based; None for the file's metadata) and what it is."""
        if file_format == "parquet":
            yield from ((None, what) for what in self._metadata(path, table))
        start = 0
        declared = {column.name: column for column in table.columns}
        for columns in _READERS[file_format](path):
            for name, values in columns.items():
                if name not in declared:
                    yield None, f"the column {name} is none of the table"
                    continue
                for rank, what in self._column(table, declared[name], values, counted=file_format == "parquet"):
                    yield start + rank, f"{name} {what}"
            start += max(map(len, columns.values()), default=0)

    def document(self, path: Path) -> Iterator[str]:
        """What a file of another kind must not hold: live addresses, names in their places."""
        text = path.read_text("utf-8", errors="replace")
        for line in text.splitlines():
            if (what := self._text(line)) is not None:
                yield what

    def _metadata(self, path: Path, table: Table) -> Iterator[str]:
        """Statistics, and what is written beside the data: nothing but what the schema says."""
        with pq.ParquetFile(path) as file:
            schema, metadata = file.schema_arrow, file.metadata
            known = [table.column(name) for name in schema.names if name in table.names]
            declared = arrow_schema(table, known)
            if not schema.equals(declared) or any(_beside(schema.field(f.name)) != f.metadata for f in declared):
                yield "its schema is not what is declared"
            if set(metadata.metadata or {}) - set(declared.metadata or {}) - {b"ARROW:schema"}:
                yield "it has metadata that is not declared"
            for group in range(metadata.num_row_groups):
                for rank in range(metadata.num_columns):
                    part = metadata.row_group(group).column(rank)
                    name = part.path_in_schema.split(".")[0]
                    if part.is_stats_set and part.statistics.has_min_max and name in table.names:
                        bounds = [part.statistics.min, part.statistics.max]
                        for _, what in self._column(table, table.column(name), bounds, counted=False):
                            yield f"in the statistics, {name} {what}"

    def _column(
        self, table: Table, column: Column, values: Sequence[Any], *, counted: bool
    ) -> Iterator[tuple[int, str]]:
        kind = role(table, column)
        if kind in IDS:
            for rank, value in enumerate(values):
                if value is not None and not FIRST <= int(value) <= LAST:
                    yield rank, f"holds {value}, which is no pseudonym"
        elif kind == "name":
            no_label = "holds a name, or what is no label"
            yield from ((rank, no_label) for rank, name in _flat(values) if not _LABEL.fullmatch(name))
        elif kind in {"html", "url", "look"}:
            yield 0, "is there, and should not be"
        elif kind in TEXTS:
            place = f"{table.name}.{column.name}" if counted and column.name != _TWICE else None
            texts = list(_flat(values))
            for (rank, text), marked in zip(texts, self._marked(texts), strict=True):
                what = self._text(text) if marked else None
                if what is None and kind in {"label", "value"} and self._is_name(text):
                    what = "is a name"
                if what is not None:
                    yield rank, what
                if place is not None and self._names is not None:
                    self._count(place, text)

    def _marked(self, texts: Sequence[tuple[int, str]]) -> list[bool]:
        """Which texts have anything in them by which a place is known: most have not, and need no closer look."""
        array = pa.array([text for _, text in texts], pa.string())
        found: list[bool] = pc.match_substring_regex(array, self._addresses.hint).to_pylist()
        return found

    def _text(self, text: str) -> str | None:
        """What is wrong with a text; a name in it that no sign shows to be one is no leak, but counted."""
        if ("/" in text or "=" in text or "#" in text) and self._addresses.find(text) is not None:
            return "holds an address of the live site"
        if self._names is not None and named_places(self._names, text) is not None:
            return "holds a name where its place shows that it is one"
        return None

    def _is_name(self, text: str) -> bool:
        return self._names is not None and len(text) >= SHORTEST and text.removeprefix("@") in self._names

    def _count(self, place: str, text: str) -> None:
        assert self._names is not None
        found = [one.name for one in self._names.find(text)]
        if found:
            self.residual[place] += len(found)
            self.mentioned.update(found)


def _beside(field: pa.Field) -> dict[bytes, bytes]:
    """What is written beside a column, without Parquet's own number for it."""
    return {name: value for name, value in (field.metadata or {}).items() if name != b"PARQUET:field_id"}


def _flat(values: Sequence[Any]) -> Iterator[tuple[int, str]]:
    """The strings in a column of strings or of lists of them, each with its row."""
    for rank, value in enumerate(values):
        if isinstance(value, str):
            yield rank, value
        elif value is not None:
            yield from ((rank, item) for item in value)


def _parquet(path: Path) -> Iterator[dict[str, list[Any]]]:
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(_ROWS):
            yield {
                name: batch.column(name).to_pylist()
                for name in batch.schema.names
                if not pa.types.is_timestamp(batch.schema.field(name).type)
            }


def _jsonl(path: Path) -> Iterator[dict[str, list[Any]]]:
    with pa.input_stream(str(path), compression="zstd" if path.suffix == ".zst" else None) as stream:
        for lines in batches(_lines(stream), _LINES):
            rows = [orjson.loads(line) for line in lines]
            names = dict.fromkeys(name for row in rows for name in row)
            yield {name: [row.get(name) for row in rows] for name in names}


def _lines(stream: Any) -> Iterator[bytes]:
    rest = b""
    while chunk := stream.read(1 << 20):
        *lines, rest = (rest + chunk).split(b"\n")
        yield from lines
    if rest:
        yield rest


def _csv(path: Path) -> Iterator[dict[str, list[Any]]]:
    with path.open(encoding="utf-8", newline="") as file:
        for rows in batches(csv.DictReader(file), _LINES):
            yield {name: [_cell(name, row[name]) for row in rows] for name in rows[0]}


def _cell(name: str, text: str) -> Any:
    if not text:
        return None
    known = next((table.column(name) for table in TABLES.values() if name in table.names), None)
    return orjson.loads(text) if known is not None and known.kind == "list<string>" else text.removeprefix("'")


_READERS = {"parquet": _parquet, "jsonl": _jsonl, "csv": _csv}
