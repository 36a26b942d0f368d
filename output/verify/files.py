"""Checks the manifest against the files: there, whole, and no others."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable
from pathlib import Path, PurePosixPath

import pyarrow as pa
import pyarrow.parquet as pq

from crawler.items import TABLES
from output.manifest import FORMATS, MANIFEST, FileEntry, Manifest
from output.read import Dataset
from output.swap import WORK, sha256_of
from output.verify.damage import damaged_groups
from output.verify.problem import AGAIN, Report

_CHUNK = 1 << 20


def check_files(dataset: Dataset, report: Report) -> dict[str, FileEntry]:
    """Report what is missing, damaged or not listed; returns the readable files by path, with the rows they have."""
    manifest = dataset.manifest
    _check_tables(manifest, report)
    for name, count in Counter(entry.path for entry in manifest.files).items():
        if count > 1:
            report.add("listed twice", MANIFEST, f"{name} is listed {count} times")
    _check_strays(dataset.path, {entry.path for entry in manifest.files} | set(manifest.superseded), report)
    there = {}
    for entry in manifest.files:
        path = dataset.path / entry.path
        if not path.is_file():
            report.add("missing file", entry.path, "the manifest lists it, and it is not there", _restore())
        elif (rows := _check_file(path, entry, report)) is not None:
            there[entry.path] = dataclasses.replace(entry, rows=rows)
    return there


def _check_tables(manifest: Manifest, report: Report) -> None:
    expected = {name for name, table in TABLES.items() if not (manifest.canonical and table.observation)}
    listed = set(manifest.tables) | {entry.table for entry in manifest.files}
    for name in sorted(expected - listed):
        report.add("missing table", MANIFEST, f"the table {name} is not listed")
    for name in sorted(listed - expected):
        report.add(
            "unknown table", MANIFEST, f"{name} is no table of {'a canonical' if name in TABLES else 'a'} dataset"
        )
    for file_format in sorted({entry.format for entry in manifest.files}):
        for name in sorted(expected & listed):
            rows = sum(entry.rows for entry in manifest.files_of(name, file_format))
            if rows != manifest.tables.get(name):
                counted = manifest.tables.get(name, "nothing")
                report.add(
                    "rows of a table", MANIFEST, f"{name} has {rows} rows as {file_format}, listed are {counted}"
                )


def _check_strays(directory: Path, listed: set[str], report: Report) -> None:
    suffixes = {f".{name}" for name in FORMATS}
    for folder in FORMATS:
        for path in sorted((directory / folder).rglob("*")):
            name = path.relative_to(directory).as_posix()
            if path.suffix in suffixes and name not in listed:
                report.add("stray file", name, "it is not in the manifest", "remove it, or publish again")
    if (directory / WORK).exists():
        report.add("unfinished", WORK, "a publication was interrupted here", AGAIN)


def _check_file(path: Path, entry: FileEntry, report: Report) -> int | None:
    try:
        size, digest = path.stat().st_size, sha256_of(path)
        if size != entry.bytes:
            report.add("size", entry.path, f"{size} bytes, the manifest says {entry.bytes}", _restore())
        if digest != entry.sha256:
            report.add("sha256", entry.path, f"its SHA-256 is {digest}, the manifest says {entry.sha256}", _restore())
            if entry.format == "parquet":
                for line in damaged_groups(path):
                    report.add("damaged", entry.path, f"damaged in {line}", _restore())
        if entry.part is not None and entry.sha256[:8] not in PurePosixPath(entry.path).name:
            report.add("name of a part", MANIFEST, f"{entry.path} is not named after its SHA-256 {entry.sha256}")
        rows = _COUNTERS[entry.format](path)
    except (OSError, pa.ArrowException) as error:
        report.add("unreadable", entry.path, f"it cannot be read: {error}", _restore())
        return None
    if rows != entry.rows:
        report.add("rows of a file", entry.path, f"{rows} rows, the manifest says {entry.rows}", _restore())
    return rows


def _count_parquet(path: Path) -> int:
    with pq.ParquetFile(path) as file:
        return int(file.metadata.num_rows)


def _count_lines(path: Path) -> int:
    with path.open("rb") as file:
        return sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(_CHUNK), b""))


def _count_csv(path: Path) -> int:
    """Rows below the header; a line end inside quotes ends no row."""
    rows = quotes = 0
    with path.open("rb") as file:
        for line in file:
            quotes += line.count(b'"')
            rows += quotes % 2 == 0
    return rows - 1


def _restore() -> str:
    return f"restore it from a copy, or {AGAIN}"


_COUNTERS: dict[str, Callable[[Path], int]] = {
    "parquet": _count_parquet,
    "jsonl": _count_lines,
    "csv": _count_csv,
}
