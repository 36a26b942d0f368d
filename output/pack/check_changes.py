"""Checks the tables of changes of a pack: their form, and that they say of its rows what is so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from crawler.items import TABLES, Table
from crawler.items.arrow import arrow_schema
from output.manifest import Manifest
from output.pack.differences import CHANGES, KINDS, align, changes_table
from output.pack.leaks import LeakTest
from output.pack.profile import Rules
from output.pack.roles import CHANGE
from output.pack.tables import read_batches
from output.verify.problem import LIMIT, Report


def check_changes(folder: Path, manifest: Manifest, rules: Rules, report: Report, fix: str) -> None:
    """Report tables of changes that do not agree with the manifest or with the tables of the pack."""
    said: Any = manifest.sections["pack"]
    release = said.get("release") or {}
    for name, paths in _files(said).items():
        if name not in {table.name for table in rules.tables()}:
            report.add("changes", paths[0], f"the pack has no table {name}", fix)
            continue
        table = TABLES[name]
        loose = changes_table(table, rules.columns(table))
        broken = _broken(folder, paths, loose, report, fix)
        if broken:
            continue
        key = [CHANGE, *table.key]
        rows = pa.concat_tables([pq.read_table(folder / path, columns=key) for path in paths])
        counts = Counter(rows[CHANGE].to_pylist())
        promised = (release.get("changes") or {}).get(name) or {}
        for kind in KINDS:
            hidden = kind == "removed" and rules.profile == "full"
            if counts[kind] != (0 if hidden else promised.get(kind)):
                told = f"{counts[kind]} rows are {kind}, the manifest says {promised.get(kind)}"
                report.add("changes", paths[0], told, fix)
        _check_keys(folder, manifest, table, rows, paths[0], report, fix)


def leaks_of_changes(
    test: LeakTest, folder: Path, paths: list[str], rules: Rules
) -> Iterator[tuple[str, int | None, str]]:
    """What tables of changes must not hold: file, row and what it is."""
    for path in paths:
        table = TABLES[_table_of(path)]
        loose = changes_table(table, rules.columns(table))
        for row, what in test.table_file(folder / path, loose, "parquet"):
            yield path, row, what


def change_files(manifest: Manifest) -> list[str]:
    """The paths of the tables of changes that a manifest lists."""
    said: Any = manifest.sections["pack"]
    return [path for paths in _files(said).values() for path in paths]


def _files(said: dict[str, Any]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for document in said.get("documents", []):
        path = document.get("path", "")
        if path.startswith(f"{CHANGES}/") and ".." not in path and _table_of(path) in TABLES:
            found.setdefault(_table_of(path), []).append(path)
    return found


def _table_of(path: str) -> str:
    return path.removeprefix(f"{CHANGES}/").rpartition("-")[0]


def _broken(folder: Path, paths: list[str], loose: Table, report: Report, fix: str) -> bool:
    for path in paths:
        try:
            schema = pq.read_schema(folder / path)
        except (pa.ArrowException, OSError) as error:
            report.add("unreadable", path, f"it cannot be read: {str(error).splitlines()[0]}", fix)
            return True
        if not schema.equals(arrow_schema(loose)):
            report.add("schema", path, "its columns are not those of a table of changes", fix)
            return True
    return False


def _check_keys(  # noqa: PLR0917
    folder: Path, manifest: Manifest, table: Table, rows: pa.Table, path: str, report: Report, fix: str
) -> None:
    """What was removed is not there, and everything else is."""
    batches = list(read_batches(folder, manifest.files_of(table.name, "parquet"), table.name, table.key))
    there = pa.Table.from_batches(batches) if batches else rows.select(list(table.key)).slice(0, 0)
    absent, present, _, _ = align(table, rows, there)
    for ranks, removed, what in (
        (absent, False, "is not in the table"),
        (present, True, "was removed, and is in the table"),
    ):
        wrong = ranks.filter(pc.equal(pc.equal(rows.take(ranks)[CHANGE], "removed"), removed)).to_pylist()
        for rank in sorted(wrong)[:LIMIT]:
            report.add("changes", path, f"the row that is {rows[CHANGE][rank]} {what}", fix, rank)
    if rows.num_rows != rows.group_by(list(table.key)).aggregate([]).num_rows:
        report.add("changes", path, "a key occurs twice", fix)
