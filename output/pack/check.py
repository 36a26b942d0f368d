"""Verifies a pack with nothing but the pack: files, hashes, schema, keys, references, counts, profile."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from crawler.items import SCHEMA_VERSION, TABLES, Column
from crawler.items.arrow import arrow_schema
from output.errors import ManifestError
from output.manifest import MANIFEST, FileEntry, Manifest, read_manifest
from output.pack.check_changes import change_files, check_changes, leaks_of_changes
from output.pack.check_documents import check_documents
from output.pack.errors import PackError
from output.pack.leaks import LeakTest
from output.pack.profile import PROFILES, Rules
from output.pack.scrub import Addresses
from output.read import Dataset
from output.swap import WORK, sha256_of
from output.verify.counts import check_counts
from output.verify.frames import Frames
from output.verify.problem import LIMIT, Problem, Report
from output.verify.ranks import check_ranks
from output.verify.references import check_references
from output.verify.rows import check_rows

_FIX = "get a fresh copy, or make the pack again with `threadset pack`"


def is_pack(directory: Path) -> bool:
    """Whether the folder's manifest says that it is a pack."""
    try:
        return "pack" in read_manifest(directory).sections
    except ManifestError:
        return False


class _Pack(Dataset):
    """Reads a pack as a dataset of the columns that its profile has."""

    def __init__(self, path: Path, manifest: Manifest, rules: Rules) -> None:
        super().__init__(path, manifest)
        self._rules = rules

    def columns(self, name: str) -> tuple[Column, ...]:
        return self._rules.columns(TABLES[name])


def verify_pack(directory: Path) -> list[Problem]:
    """Everything that is wrong with the pack in a folder; an empty list when nothing is."""
    try:
        manifest = read_manifest(directory)
        rules = _rules(manifest)
    except (ManifestError, PackError) as error:
        return [Problem(MANIFEST, None, error.reason, _FIX)]
    report = Report()
    dataset = _Pack(directory, manifest, rules)
    frames = Frames(dataset, report)
    _check_statement(manifest, report)
    _check_files(directory, manifest, rules, report)
    broken = {problem.file for problem in report.problems()}
    for table in rules.tables():
        files = manifest.files_of(table.name, "parquet")
        if files and not any(entry.path in broken for entry in files):
            frames.usable[table.name] = files
    for check in (check_rows, check_references, check_counts, check_ranks):
        check(frames)
    check_documents(directory, manifest, report, _FIX)
    if not any(path in broken for path in change_files(manifest)):
        check_changes(directory, manifest, rules, report, _FIX)
    if rules.profile == "pseudonymised":
        _check_profile(directory, manifest, rules, broken, report)
    return [dataclasses.replace(problem, fix=_FIX) for problem in report.problems()]


def verify_files(directory: Path) -> list[Problem]:
    """What is wrong with the files of a pack: missing, not as the manifest says, of other columns than the profile's.

    Of a pack of another schema version, the columns are not looked at. Memory does not grow with the tables.
    """
    report = Report()
    try:
        manifest = read_manifest(directory)
        if manifest.schema_version == SCHEMA_VERSION:
            _check_files(directory, manifest, _rules(manifest), report)
            return report.problems()
        for promised, size, digest in _promised(manifest, report):
            _check_bytes(directory, promised, size, digest, report)
    except (ManifestError, PackError) as error:
        return [Problem(MANIFEST, None, error.reason, _FIX)]
    return report.problems()


def _rules(manifest: Manifest) -> Rules:
    said: Any = manifest.sections.get("pack")
    if not isinstance(said, dict) or said.get("profile") not in PROFILES:
        raise PackError("the manifest does not say which profile the pack has", _FIX)
    bodies, recovered = said.get("article_bodies") is True, said.get("recovered_text") is True
    return Rules(profile=said["profile"], article_bodies=bodies, recovered_text=recovered)


def _check_statement(manifest: Manifest, report: Report) -> None:
    said: Any = manifest.sections["pack"]
    statement = said.get("statement")
    if not isinstance(statement, dict) or not statement.get("license"):
        report.add("licence", MANIFEST, "no licence is stated", _FIX)


def _check_files(directory: Path, manifest: Manifest, rules: Rules, report: Report) -> None:
    listed = {MANIFEST}
    for promised, size, digest in _promised(manifest, report):
        listed.add(promised)
        _check_bytes(directory, promised, size, digest, report)
    for path in sorted(directory.rglob("*")):
        name = path.relative_to(directory).as_posix()
        if path.is_file() and name not in listed and not name.startswith("."):
            report.add("stray file", name, "it is not in the manifest", _FIX)
    if (directory / WORK).exists():
        report.add("unfinished", WORK, "a packing was interrupted here", _FIX)
    expected = {table.name for table in rules.tables()}
    for name in sorted(expected ^ set(manifest.tables)):
        report.add(
            "tables", MANIFEST, f"{name} is {'missing' if name in expected else 'no table of such a pack'}", _FIX
        )
    for name in sorted(expected & set(manifest.tables)):
        for file_format in sorted({entry.format for entry in manifest.files}):
            rows = sum(entry.rows for entry in manifest.files_of(name, file_format))
            if rows != manifest.tables[name]:
                report.add(
                    "rows", MANIFEST, f"{name} has {rows} rows as {file_format}, not {manifest.tables[name]}", _FIX
                )
    for entry in manifest.files:
        if entry.format == "parquet" and entry.table in expected and (directory / entry.path).is_file():
            _check_parquet(directory, entry, rules, report)


def _promised(manifest: Manifest, report: Report) -> Iterator[tuple[str, int, str]]:
    for entry in manifest.files:
        yield entry.path, entry.bytes, entry.sha256
    said: Any = manifest.sections["pack"]
    for document in said.get("documents", []):
        path = document.get("path", "")
        if Path(path).is_absolute() or ".." in Path(path).parts:
            report.add("path", MANIFEST, f"{path!r} lies outside", _FIX)
        else:
            yield path, document.get("bytes", -1), document.get("sha256", "")


def _check_bytes(directory: Path, name: str, size: int, digest: str, report: Report) -> None:
    path = directory / name
    if not path.is_file():
        report.add("missing file", name, "the manifest lists it, and it is not there", _FIX)
        return
    if path.stat().st_size != size:
        report.add("size", name, f"{path.stat().st_size} bytes, the manifest says {size}", _FIX)
    if sha256_of(path) != digest:
        report.add("sha256", name, f"its SHA-256 is not {digest}, as the manifest says", _FIX)


def _check_parquet(directory: Path, entry: FileEntry, rules: Rules, report: Report) -> None:
    table = TABLES[entry.table]
    declared = arrow_schema(table, rules.columns(table))
    try:
        with pq.ParquetFile(directory / entry.path) as file:
            if not file.schema_arrow.equals(declared):
                report.add("schema", entry.path, "its columns are not those of the profile", _FIX)
            if file.metadata.num_rows != entry.rows:
                report.add("rows", entry.path, f"{file.metadata.num_rows} rows, the manifest says {entry.rows}", _FIX)
            for batch in file.iter_batches(10_000):
                batch.validate(full=True)
    except (pa.ArrowException, OSError) as error:
        report.add("unreadable", entry.path, f"it cannot be read: {str(error).splitlines()[0]}", _FIX)


def _check_profile(directory: Path, manifest: Manifest, rules: Rules, broken: set[str], report: Report) -> None:
    test = LeakTest(Addresses([site for site in manifest.sites if isinstance(site, str)]))
    for entry in manifest.files:
        if entry.path in broken or entry.table not in TABLES:
            continue
        for count, (row, what) in enumerate(test.table_file(directory / entry.path, TABLES[entry.table], entry.format)):
            if count == LIMIT:
                break
            report.add("profile", entry.path, f"{what}, against the profile `pseudonymised`", _FIX, row)
    changes = [path for path in change_files(manifest) if path not in broken]
    for path, row, what in islice(leaks_of_changes(test, directory, changes, rules), LIMIT):
        report.add("profile", path, f"{what}, against the profile `pseudonymised`", _FIX, row)
