"""The leak test: reads what a pack holds, as it would be handed over, and says what must not be there."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from crawler.items import Column, Table
from crawler.items.arrow import arrow_schema
from output.manifest import FileEntry
from output.pack.errors import LeakError
from output.pack.finder import Finder, Findings
from output.pack.names import SHORTEST, Names
from output.pack.pseudonyms import FIRST, LAST
from output.pack.read_back import read_back
from output.pack.roles import IDS, TEXTS, role
from output.pack.scrub import CITING, Addresses, named_places, place_signs

_LABEL = r"^user-\d{3}(-\d{3}){4}$"
_LINES = 2_000
_TWICE = "full_text"  # holds what `text` and `quoted_text` hold: not counted again
LEAK_FIX = "nothing was published; please report it, with the place, to the makers of threadset"


class LeakTest:
    """Looks into the files of a pseudonymised pack.

    Without ``names`` it knows only what the pack itself tells: forms of labels, ranges of numbers, addresses. With
    ``strict`` a name anywhere in prose is a leak; else it is counted. ``residual`` counts by table and column the names
    that stay in prose, the risk that is left; ``mentioned`` are the different ones. ``form`` are names that are words
    of the form that every pack has (`post`, `author`, `active`): nobody can take them out.
    """

    def __init__(
        self,
        addresses: Addresses,
        names: Names | None = None,
        *,
        finder: Finder | None = None,
        strict: bool = False,
    ) -> None:
        self._addresses = addresses
        self._names = names
        self._strict = strict
        self._finder = finder or Finder(names or Names(), place_signs(addresses))
        self.residual: Counter[str] = Counter()
        self.mentioned: set[str] = set()
        self.form: set[str] = set()

    def clean_rows(self, folder: Path, entry: FileEntry, table: Table) -> Iterator[pa.RecordBatch]:
        """The rows of a finished Parquet file, each batch when it was found clean. Raises :class:`LeakError`."""
        for what in self._metadata(folder / entry.path, table):
            raise LeakError(f"{entry.path}: {what}", LEAK_FIX)
        start = 0
        for batch in read_back(folder / entry.path, table, entry.format):
            for row, what in self._batch(table, batch, counted=True):
                raise LeakError(f"{entry.path}, row {start + row}: {what}", LEAK_FIX)
            start += batch.num_rows
            yield batch

    def table_file(self, path: Path, table: Table, file_format: str) -> Iterator[tuple[int | None, str]]:
        """What a file of a table must not hold: the row (0-based; None for the file's metadata) and what it is."""
        if file_format == "parquet":
            yield from ((None, what) for what in self._metadata(path, table))
        start = 0
        for batch in read_back(path, table, file_format):
            for row, what in self._batch(table, batch):
                yield start + row, what
            start += batch.num_rows

    def as_json(self, replaced: int) -> dict[str, Any]:
        """Counts, for the manifest."""
        return {
            "replaced": replaced,
            "by_column": dict(sorted(self.residual.items())),
            "different_names": len(self.mentioned),
            "words_of_the_form": len(self.form),
        }

    def learn_form(self, texts: Iterable[str]) -> None:
        """Names in these are words of the form."""
        for hits in self._finder.search(pa.array(list(texts), pa.string())).names.values():
            self.form.update(hit.name for hit in hits)

    def require_clean(self, name: str, content: Path | bytes) -> None:
        """Raises :class:`LeakError` for the first thing found in a file that is no table: addresses, names."""
        with io.BytesIO(content) if isinstance(content, bytes) else content.open("rb") as file:
            for number, lines in _in_lines(file):
                for row, what in self._document(lines):
                    raise LeakError(f"{name}, line {number + row}: {what}", LEAK_FIX)

    def _document(self, lines: pa.Array) -> Iterator[tuple[int, str]]:
        found = self._finder.search(lines)
        yield from self._closely(lines, found)
        for row, hits in found.names.items():
            if self._strict and any(hit.name not in self.form for hit in hits):
                yield row, "holds a name"

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
                        bounds = pa.array([part.statistics.min, part.statistics.max])
                        for _, what in self._column(table, table.column(name), bounds):
                            yield f"in the statistics, {what}"

    def _batch(self, table: Table, batch: pa.RecordBatch, *, counted: bool = False) -> Iterator[tuple[int, str]]:
        declared = {column.name: column for column in table.columns}
        for name in batch.schema.names:
            if name not in declared:
                yield 0, f"the column {name} is none of the table"
                continue
            values, rows = batch.column(name), None
            if name == _TWICE and "text" in batch.schema.names:
                others = pc.fill_null(pc.not_equal(values, batch.column("text")), fill_value=True)
                rows = pc.indices_nonzero(others)
                values = values.filter(others)
            place = f"{table.name}.{name}" if counted and name != _TWICE else None
            for row, what in self._column(table, declared[name], values, place):
                yield row if rows is None else rows[row].as_py(), what

    def _column(
        self, table: Table, column: Column, values: pa.Array, place: str | None = None
    ) -> Iterator[tuple[int, str]]:
        kind = role(table, column)
        if kind in IDS:
            found: Iterator[tuple[int, str]] = (
                (row, f"holds {values[row]}, which is no pseudonym") for row in _outside(values)
            )
        elif kind == "name":
            found = ((row, "holds a name, or what is no label") for row in _unlabelled(values))
        elif kind in {"html", "url", "look"}:
            found = ((row, "is there, and should not be") for row in range(min(1, len(values))))
        elif kind in TEXTS:
            found = self._texts(kind, values, place)
        else:
            if pa.types.is_string(values.type):
                self.learn_form(value for value in pc.unique(values).to_pylist() if value)
            return
        yield from ((row, f"{column.name} {what}") for row, what in found)

    def _texts(self, kind: str, values: pa.Array, place: str | None) -> Iterator[tuple[int, str]]:
        if pa.types.is_list(values.type):
            owners = pc.list_parent_indices(values)
            for item, what in self._texts(kind, pc.list_flatten(values), place):
                yield owners[item].as_py(), what
            return
        found = self._finder.search(values)
        yield from self._closely(values, found)
        if kind in {"label", "value"}:
            yield from ((row, "is a name") for row, text in enumerate(values.to_pylist()) if self._is_name(text))
        if self._strict:
            yield from ((row, "holds a name") for row in sorted(found.names))
        elif place is not None:
            self._count(place, [hit.name for hits in found.names.values() for hit in hits])
        if place is not None:
            self._count(place, found.words)

    def _closely(self, texts: pa.Array, found: Findings) -> Iterator[tuple[int, str]]:
        """Live addresses, and names in places that show that they are such, in texts that have a sign of either."""
        citing = pc.fill_null(pc.match_substring_regex(texts, CITING), fill_value=False)
        for row in sorted(found.signs | set(pc.indices_nonzero(citing).to_pylist())):
            text = texts[row].as_py()
            if self._addresses.find(text) is not None:
                yield row, "holds an address of the live site"
            if self._names is not None and named_places(self._names, text) is not None:
                yield row, "holds a name where its place shows that it is one"

    def _is_name(self, text: str | None) -> bool:
        if text is None or self._names is None or len(text) < SHORTEST:
            return False
        return text.removeprefix("@") in self._names

    def _count(self, place: str, names: Sequence[str]) -> None:
        if names:
            self.residual[place] += len(names)
            self.mentioned.update(names)


def _outside(values: pa.Array) -> list[int]:
    """Rows of a column of numbers, which are no pseudonyms."""
    bounds = pc.min_max(values)
    if not bounds["min"].is_valid or (bounds["min"].as_py() >= FIRST and bounds["max"].as_py() <= LAST):
        return []
    inside = pc.and_(pc.greater_equal(values, FIRST), pc.less_equal(values, LAST))
    rows: list[int] = pc.indices_nonzero(pc.invert(pc.fill_null(inside, fill_value=True))).to_pylist()
    return rows


def _unlabelled(values: pa.Array) -> list[int]:
    """Rows of a column of names, or of lists of names, that are no labels."""
    if pa.types.is_list(values.type):
        owners = pc.list_parent_indices(values).to_pylist()
        return sorted({owners[item] for item in _unlabelled(pc.list_flatten(values))})
    rows: list[int] = pc.indices_nonzero(pc.invert(pc.match_substring_regex(values, _LABEL))).to_pylist()
    return rows


def _beside(field: pa.Field) -> dict[bytes, bytes]:
    """What is written beside a column, without Parquet's own number for it."""
    return {name: value for name, value in (field.metadata or {}).items() if name != b"PARQUET:field_id"}


def _in_lines(file: IO[bytes]) -> Iterator[tuple[int, Any]]:
    """The lines of a file, some at a time, with the number of the first."""
    number, lines = 1, []
    for line in file:
        lines.append(line.decode("utf-8", errors="replace"))
        if len(lines) == _LINES:
            yield number, pa.array(lines, pa.string())
            number, lines = number + _LINES, []
    if lines:
        yield number, pa.array(lines, pa.string())
