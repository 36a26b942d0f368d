"""Checks that each file is of the declared form, and that Parquet and JSONL say the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from crawler.items import TABLES
from crawler.items.arrow import arrow_schema
from output.errors import DatasetError
from output.manifest import FileEntry
from output.read import read_objects
from output.verify.frames import Frames
from output.verify.problem import Report

_POST_KEY = TABLES["posts"].key


def check_formats(frames: Frames, there: Mapping[str, FileEntry]) -> None:
    """Report files of another form, and differences between the formats; enters the usable tables in ``frames``."""
    lines: dict[str, list[FileEntry]] = {}
    for name in frames.dataset.tables:
        if frames.dataset.manifest.canonical and TABLES[name].observation:
            continue
        good: dict[str, list[FileEntry]] = {}
        for file_format, check in (("parquet", _parquet_is_good), ("jsonl", _jsonl_is_good)):
            listed = frames.dataset.manifest.files_of(name, file_format)
            files = [there[entry.path] for entry in listed if entry.path in there]
            if files and len(files) == len(listed) and all(check(frames, entry) for entry in files):
                good[file_format] = files
        if good:
            frames.usable[name] = good.get("parquet") or good["jsonl"]
        lines[name] = good.get("jsonl", [])
        if len(good) == 2:
            _compare(frames, name, good["parquet"], good["jsonl"])
    _check_nested(frames, lines.get("posts", []), lines.get("quotes", []))


def _parquet_is_good(frames: Frames, entry: FileEntry) -> bool:
    expected = arrow_schema(TABLES[entry.table], frames.dataset.columns(entry.table))
    found = pq.read_schema(frames.path(entry))
    differences = list(_schema_differences(found, expected))
    for line in differences:
        frames.report.add("schema", entry.path, line)
    return not differences and _reads(frames, entry)


def _schema_differences(found: pa.Schema, expected: pa.Schema) -> Iterator[str]:
    for field in expected:
        if field.name not in found.names:
            yield f"the column {field.name} is missing"
        elif (other := found.field(field.name)).type != field.type:
            yield f"the column {field.name} is {other.type}, declared is {field.type}"
        elif other.nullable != field.nullable:
            yield f"the column {field.name} {'may' if other.nullable else 'may not'} be null, declared is the opposite"
    for name in found.names:
        if name not in expected.names:
            yield f"the column {name} is not declared"
    if sorted(found.names) == sorted(expected.names) and found.names != expected.names:
        yield "the columns are not in the declared order"


def _jsonl_is_good(frames: Frames, entry: FileEntry) -> bool:
    names = [column.name for column in frames.dataset.columns(entry.table)]
    if entry.table == "posts":
        names.append("quotes")
    try:
        for number, row in read_objects(frames.path(entry)):
            if list(row) != names:
                message = f"its names are not the declared columns: {_difference(list(row), names)}"
                frames.report.add("columns", entry.path, message, row=number - 1)
                return False
    except DatasetError as error:
        frames.report.add("unreadable", entry.path, error.reason)
        return False
    return _reads(frames, entry)


def _difference(found: list[str], expected: list[str]) -> str:
    missing = [name for name in expected if name not in found]
    odd = [name for name in found if name not in expected]
    return f"missing {', '.join(missing) or 'none'}, undeclared {', '.join(odd) or 'none'}"


def _reads(frames: Frames, entry: FileEntry) -> bool:
    """Whether every value can be read; invalid UTF-8 is found here."""
    names = [column.name for column in frames.dataset.columns(entry.table)]
    try:
        for batch in frames.batches(entry, names):
            batch.validate(full=True)
    except DatasetError as error:
        frames.report.add("unreadable", entry.path, error.reason)
    except pa.ArrowException as error:
        frames.report.add("text", entry.path, f"a text is no valid UTF-8: {error}")
    else:
        return True
    return False


def _compare(frames: Frames, name: str, parquet: list[FileEntry], jsonl: list[FileEntry]) -> None:
    """Report the first row in which the two formats differ."""
    names = [column.name for column in frames.dataset.columns(name)]
    one, two = ((batch for e in files for batch in frames.batches(e, names)) for files in (parquet, jsonl))
    row = 0
    for left, right in _aligned(one, two):
        if left is None or right is None:
            message = f"it has {'fewer' if right is None else 'more'} rows than {parquet[0].path}"
            frames.report.add("formats differ", jsonl[0].path, message)
            return
        if not left.equals(right):
            column, offset = _first_difference(left, right)
            message = f"{column} is not what {parquet[0].path} says (first difference)"
            frames.report.add("formats differ", jsonl[0].path, message, row=row + offset)
            return
        row += left.num_rows


def _aligned(one: Iterable[Any], two: Iterable[Any]) -> Iterator[tuple[Any, Any]]:
    """Two streams of batches as pairs of equal length; None for the one that ended before the other."""
    sources = (iter(one), iter(two))
    left = right = None
    while True:
        left = left if left is not None and left.num_rows else _next(sources[0])
        right = right if right is not None and right.num_rows else _next(sources[1])
        if left is None and right is None:
            return
        if left is None or right is None:
            yield left, right
            return
        size = min(left.num_rows, right.num_rows)
        yield left.slice(0, size), right.slice(0, size)
        left, right = left.slice(size), right.slice(size)


def _next(batches: Iterator[Any]) -> Any:
    return next((batch for batch in batches if batch.num_rows), None)


def _first_difference(left: Any, right: Any) -> tuple[str, int]:
    found = []
    for name in left.schema.names:
        pairs = zip(left.column(name).to_pylist(), right.column(name).to_pylist(), strict=True)
        found += [(row, name) for row, (a, b) in enumerate(pairs) if a != b][:1]
    row, name = min(found)
    return name, row


def _check_nested(frames: Frames, posts: Sequence[FileEntry], quotes: Sequence[FileEntry]) -> None:
    """Report when the quotes nested in posts.jsonl are not those of the table `quotes`."""
    if not posts or not quotes:
        return
    nested = sum(_nested_hashes(frames, posts, frames.report))
    alone = sum(_quote_hash(row) for e in quotes for _, row in read_objects(frames.path(e)))
    if nested != alone:
        frames.report.add("nested quotes", posts[0].path, f"the quotes nested in it are not those of {quotes[0].path}")


def _nested_hashes(frames: Frames, files: Sequence[FileEntry], report: Report) -> Iterator[int]:
    for entry in files:
        for number, row in read_objects(frames.path(entry)):
            quotes = row["quotes"]
            if not isinstance(quotes, list) or not all(isinstance(quote, dict) for quote in quotes):
                report.add("nested quotes", entry.path, "quotes is no list of objects", row=number - 1)
                continue
            if [quote.get("quote_index") for quote in quotes] != list(range(len(quotes))):
                report.add("nested quotes", entry.path, "its quotes are not in order, 0, 1, 2 …", row=number - 1)
            key = {name: row[name] for name in _POST_KEY}
            yield from (_quote_hash(key | quote) for quote in quotes)


def _quote_hash(quote: dict[str, Any]) -> int:
    """A number for a quote's content; sums of them compare two sets of quotes in any order."""
    return hash(orjson.dumps(quote, option=orjson.OPT_SORT_KEYS))
