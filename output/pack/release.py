"""A pack as a release: what it has against an earlier one, its version, and the changelog that goes on from there."""

from __future__ import annotations

import dataclasses
import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeAlias

import pyarrow as pa

from crawler.items import SCHEMA_VERSION, TABLES, Column, Table
from crawler.items.arrow import arrow_schema
from output.errors import ManifestError
from output.manifest import MANIFEST, FileEntry, Manifest, read_manifest
from output.pack.check import verify_files
from output.pack.differences import CHANGES, KINDS, changes_table, differences, required_in_order
from output.pack.errors import CallError, PackError
from output.pack.files import ParquetShard, write_table
from output.pack.key import key_id, read_or_make_key
from output.pack.profile import Rules
from output.pack.sorter import Key, cuts_of, lead, sampled, sorted_again
from output.pack.tables import group_sizes, read_batches

CHANGELOG = "CHANGELOG.md"
FIRST_VERSION = "1.0.0"
_VERSION = re.compile(r"(\d+)\.(\d+)\.(\d+)")
_HEAD = "# Changelog\n"
_ROWS = 20_000
_MEANS: Final = {
    "first": "The first release.",
    "schema": "The tables have other columns: take this pack as a whole.",
    "major": "Rows were removed, or say something else than before.",
    "minor": "Rows were added; what was there before still says the same.",
    "patch": "No row was added, changed or removed.",
}


class _ChangesShard(ParquetShard):
    format = CHANGES


@dataclass(frozen=True, slots=True)
class Earlier:
    """The pack that a release goes on from; its files are as its manifest says."""

    path: Path
    manifest: Manifest
    digest: str
    """SHA-256 of its manifest."""

    @property
    def version(self) -> str:
        """Its version; that of a pack without one is 1.0.0."""
        found = _section(self.manifest).get("release", {}).get("version")
        return found if isinstance(found, str) and _VERSION.fullmatch(found) else FIRST_VERSION

    @property
    def tables(self) -> dict[str, list[str]]:
        """Its tables with their columns."""
        found: dict[str, list[str]] = _section(self.manifest).get("tables", {})
        return found

    def same_schema(self, tables: Mapping[str, Sequence[str]]) -> bool:
        """Whether its tables have the columns of the new ones."""
        return self.manifest.schema_version == SCHEMA_VERSION and self.tables == tables

    @property
    def changelog(self) -> str:
        """Its changelog, without the title; of a pack that has none, a section that says what it held."""
        listed = {document["path"] for document in _section(self.manifest).get("documents", [])}
        if CHANGELOG in listed:
            return (self.path / CHANGELOG).read_text("utf-8").removeprefix(_HEAD).strip("\n") + "\n"
        first = Release(self.version, {name: Counter(added=rows) for name, rows in self.manifest.tables.items()})
        return first.section(self.manifest.created_at, self.manifest.tables)


@dataclass(slots=True)
class Release:
    """A version, and what changed by table; ``files`` are the tables of changes, below the pack's folder."""

    version: str
    counts: dict[str, Counter[str]] = field(default_factory=dict)
    means: str = "first"
    since: Earlier | None = None
    files: list[FileEntry] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """For the manifest."""
        found: dict[str, Any] = {"version": self.version, "since": None, "changes": None}
        if self.since is not None:
            old = self.since
            found["since"] = {"version": old.version, "date": old.manifest.created_at, "manifest_sha256": old.digest}
            found["changes"] = {name: {kind: counts[kind] for kind in KINDS} for name, counts in self.counts.items()}
        return found

    def section(self, date: str | None, rows: Mapping[str, int]) -> str:
        """Its section of the changelog; ``rows`` by table."""
        against = f"Against {self.since.version}: " if self.since is not None else ""
        lines = [f"## {self.version}{f' ({date})' if date else ''}", "", f"{against}{_MEANS[self.means]}", ""]
        kinds = KINDS if self.since is not None else ()
        lines += [f"| {' | '.join(('table', 'rows', *kinds))} |", "|---" * (2 + len(kinds)) + "|"]
        for name, counts in self.counts.items():
            cells = (f"`{name}`", rows.get(name, 0), *(counts[kind] for kind in kinds))
            lines.append(f"| {' | '.join(map(str, cells))} |")
        return "\n".join(lines) + "\n"

    def changelog(self, date: str | None, rows: Mapping[str, int]) -> str:
        """The whole changelog, the newest release first."""
        before = "" if self.since is None else f"\n{self.since.changelog}"
        return f"{_HEAD}\n{self.section(date, rows)}{before}"


def earlier_pack(path: Path, rules: Rules, key: Path | None, target: Path) -> Earlier:
    """The pack in a folder, from which a release can go on: of this profile, under this key, and sound.

    Raises :class:`PackError` where it is none of these.
    """
    try:
        manifest = read_manifest(path)
    except ManifestError as error:
        raise CallError(f"--since {path}: {error.reason}", "name the folder of an earlier pack") from None
    said = _section(manifest)
    if not said:
        raise CallError(f"--since {path} is no pack", "name the folder of an earlier pack")
    if said.get("profile") != rules.profile:
        raise CallError(
            f"--since {path} has the profile {said.get('profile')}, and this pack is to be {rules.profile}",
            "give the same --profile, or begin anew without --since",
        )
    _require_key(path, said.get("key_id"), key, target)
    if problems := verify_files(path):
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        first = problems[0]
        raise PackError(
            f"--since {path} is damaged: {first.file}: {first.message}{more}",
            "get a fresh copy of it; `threadset verify` tells all",
        )
    return Earlier(path, manifest, hashlib.sha256((path / MANIFEST).read_bytes()).hexdigest())


def _require_key(path: Path, wanted: object, key: Path | None, target: Path) -> None:
    if key is None:
        return
    fix = "name the key of the earlier pack with --key: under another one, no row can be found again"
    if not key.exists():  # never make one that cannot be right
        raise CallError(f"--since {path} was made under the key {wanted}, and {key} is not there", fix)
    have = key_id(read_or_make_key(key, outside=target)[0])
    if have != wanted:
        raise CallError(f"--since {path} was made under the key {wanted}, and {key} is {have}", fix)


Changes: TypeAlias = tuple[Counter[str], list[FileEntry]]
"""What changed in a table: rows by kind, and the tables of changes that were written."""


def changes_of(  # noqa: PLR0917
    earlier: Earlier, folder: Path, files: Sequence[FileEntry], rules: Rules, name: str, work: Path, bucket: int
) -> Changes:
    """What a table of the pack in ``folder`` has against the earlier one, with the table of changes written beside it.

    Where the columns are others than before, changes are counted by what both have, and not written. ``work`` is an
    empty folder for what does not fit in memory; ``bucket`` is how many bytes may.
    """
    table, then = TABLES[name], earlier.tables
    columns = [column for column in rules.columns(table) if column.name in then.get(name, ())]
    if not set(table.key) <= {column.name for column in columns}:
        columns = list(rules.columns(table))  # a table that is new
    sides = (
        _Side(earlier.path, earlier.manifest.files_of(name, "parquet") if name in then else [], work / "old"),
        _Side(folder, [entry for entry in files if (entry.table, entry.format) == (name, "parquet")], work / "new"),
    )
    counts: Counter[str] = Counter()
    old, new = _by_key(table, columns, sides, bucket)
    # Of a site that is named, a key leads to the live post, which may have been taken out because somebody asked.
    found = differences(table, columns, old, new, counts, name_removed=rules.profile == "pseudonymised")
    if earlier.same_schema(_tables(rules)):
        return counts, _write(folder, table, columns, found)
    for _ in found:
        pass
    return counts, []


def release_of(earlier: Earlier, rules: Rules, changes: Mapping[str, Changes]) -> Release:
    """The release that a pack with these changes is; ``changes`` by table."""
    release, now = Release("", means="schema", since=earlier), _tables(rules)
    for name in now:
        release.counts[name], files = changes[name]
        release.files += files
    for name in sorted(set(earlier.tables) - set(now)):
        release.counts[name] = Counter(removed=earlier.manifest.tables.get(name, 0))
    if earlier.same_schema(now):
        release.means = _grade(release.counts.values())
    release.version = _next(earlier.version, release.means)
    return release


def _tables(rules: Rules) -> dict[str, list[str]]:
    return {table.name: [column.name for column in rules.columns(table)] for table in rules.tables()}


def first_release(tables: Sequence[Table]) -> Release:
    """A pack that goes on from none."""
    return Release(FIRST_VERSION, {table.name: Counter() for table in tables})


@dataclass(frozen=True, slots=True)
class _Side:
    """The files of a table of one pack, and a file to put its rows down in."""

    folder: Path
    files: list[FileEntry]
    spill: Path

    def batches(self, table: Table, names: Sequence[str]) -> Iterator[pa.RecordBatch]:
        return read_batches(self.folder, self.files, table.name, names)

    def bytes(self, names: Sequence[str]) -> int:
        return sum(size for entry in self.files for size in group_sizes(self.folder / entry.path, names))


def _by_key(
    table: Table, columns: Sequence[Column], sides: Sequence[_Side], bucket: int
) -> Iterator[Iterator[pa.Table]]:
    """The rows of both in the order of the key: as they lie, or sorted again where the table is in another order."""
    schema, names = arrow_schema(table, columns), [column.name for column in columns]
    other = dataclasses.replace(table, sort=table.key)
    cuts: list[Key] = []
    if table.sort != table.key:
        parts = max(side.bytes(names) for side in sides) // bucket
        cuts = cuts_of((key for side in sides for key in sampled(side.batches(table, lead(other)))), parts)
    for side in sides:
        plain = (batch.cast(schema) for batch in side.batches(table, names))
        if table.sort == table.key:
            yield required_in_order(table, (pa.Table.from_batches([batch]) for batch in plain))
        else:
            yield _in_windows(sorted_again(other, schema, plain, cuts, side.spill))


def _in_windows(tables: Iterator[pa.Table]) -> Iterator[pa.Table]:
    for rows in tables:
        yield from (rows.slice(start, _ROWS) for start in range(0, rows.num_rows, _ROWS))


def _write(folder: Path, table: Table, columns: Sequence[Column], chunks: Iterator[pa.Table]) -> list[FileEntry]:
    loose = changes_table(table, columns)
    return write_table(folder, loose, loose.columns, chunks, _ChangesShard)


def _grade(counts: Any) -> str:
    total: Counter[str] = sum(counts, Counter())
    if total["removed"] or total["changed"]:
        return "major"
    return "minor" if total["added"] or total["counted"] else "patch"


def _next(version: str, means: str) -> str:
    found = _VERSION.fullmatch(version)
    major, minor, patch = (int(part) for part in found.groups()) if found else (1, 0, 0)
    if means == "minor":
        return f"{major}.{minor + 1}.0"
    return f"{major}.{minor}.{patch + 1}" if means == "patch" else f"{major + 1}.0.0"


def _section(manifest: Manifest) -> dict[str, Any]:
    found: Any = manifest.sections.get("pack")
    return found if isinstance(found, dict) else {}
