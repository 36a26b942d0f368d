"""The manifest: what a dataset consists of, where it comes from and what it lacks."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar

import orjson

from crawler.items import SCHEMA_VERSION, TOOL
from output.errors import ManifestError
from output.records import repair

MANIFEST = "manifest.json"
FORMATS = ("parquet", "jsonl", "csv")
"""Formats of table files; each has a folder of its name."""

_Part = TypeVar("_Part")
_SHA256 = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """What wrote the dataset; the version is left out of a canonical one."""

    name: str = TOOL
    version: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileEntry:
    """A file of a table: its path below the dataset's folder (with ``/``), rows, size in bytes, SHA-256 (hex).

    ``part`` is the number of a part: of a range of thread ids, or of a month such as 202603; null for a single file.
    """

    path: str
    table: str
    format: str
    rows: int
    bytes: int
    sha256: str
    part: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Something that the dataset lacks: what, why, and what its collector can do about it.

    ``id`` is the number of the thread, forum or post, ``page`` the page of it.
    """

    kind: str
    site: str | None = None
    what: str | None = None
    id: int | None = None
    page: int | None = None
    url: str | None = None
    reason: str | None = None
    fix: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Completeness:
    """Whether everything that was asked for is there, and if not, what is missing."""

    complete: bool
    problems: list[Gap] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """A dataset's manifest.

    ``sections`` holds what the caller adds beside the parts that have a type (``calibration``, ``backlog`` …); they
    stand at the top level of the file. ``created_at`` is ISO 8601 with ``Z``, and null in a canonical dataset.
    ``threads_per_part`` is null where each table is one file. ``superseded`` are parts of the publication before, which
    stay until the next one for those who still read them.
    """

    tool: Tool = field(default_factory=Tool)
    schema_version: int = SCHEMA_VERSION
    canonical: bool = False
    created_at: str | None = None
    files: list[FileEntry] = field(default_factory=list)
    threads_per_part: int | None = None
    superseded: list[str] = field(default_factory=list)
    tables: dict[str, int] = field(default_factory=dict)
    sites: list[Any] = field(default_factory=list)
    runs: list[Any] = field(default_factory=list)
    completeness: Completeness | None = None
    linking: dict[str, Any] = field(default_factory=dict)
    repairs: dict[str, Any] = field(default_factory=dict)
    sections: dict[str, Any] = field(default_factory=dict)

    def files_of(self, table: str, file_format: str) -> list[FileEntry]:
        """The files of a table in a format, in the order of their parts."""
        return sorted(
            (entry for entry in self.files if entry.table == table and entry.format == file_format),
            key=lambda entry: (entry.part or 0, entry.path),
        )

    def to_json(self) -> bytes:
        """The file's content: keys and files sorted, so that equal manifests are equal bytes."""
        document = dataclasses.asdict(self)
        document.update(document.pop("sections"))
        document["files"].sort(key=lambda entry: entry["path"])
        if self.completeness is not None:
            document["completeness"]["problems"].sort(key=_gap_order)
        if self.canonical:  # the same facts give the same bytes, whichever run and version found them
            del document["created_at"], document["tool"]["version"], document["runs"], document["repairs"]
        options = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE | orjson.OPT_UTC_Z
        return orjson.dumps(_clean(document), option=options)


_PARTS = frozenset(item.name for item in dataclasses.fields(Manifest)) - {"sections"}
CALLER_PARTS = frozenset({"sites", "runs", "completeness", "linking", "repairs"})
"""The typed parts that the caller of a publisher may give."""


def with_sections(manifest: Manifest, given: Mapping[str, object]) -> Manifest:
    """The manifest with the caller's parts; names that have no type become sections.

    Raises :class:`ManifestError` for a part that only the publisher writes, and for one of the wrong form.
    """
    reserved = sorted((set(given) & _PARTS) - CALLER_PARTS)
    if reserved:
        raise ManifestError(f"the manifest's {', '.join(reserved)} cannot be given", "leave it to the publisher")
    reader = _Reader(MANIFEST, "give it in the documented form")
    parts = {name: reader.part(name, value) for name, value in given.items() if name in CALLER_PARTS}
    sections = {name: value for name, value in given.items() if name not in CALLER_PARTS}
    return dataclasses.replace(manifest, **parts, sections=sections)


def read_manifest(directory: Path) -> Manifest:
    """The manifest of a dataset. Raises :class:`ManifestError` where there is none or it cannot be used."""
    path = directory / MANIFEST
    try:
        document = orjson.loads(path.read_bytes())
    except FileNotFoundError:
        raise ManifestError(
            f"{path} is not there", "name the folder of a published dataset, or publish it with `threadset export`"
        ) from None
    except OSError as error:
        raise ManifestError(f"{path} cannot be read: {error.strerror}", "make it readable") from error
    except orjson.JSONDecodeError as error:
        raise ManifestError(f"{path} is no JSON: {error}", "publish the dataset again") from None
    return _Reader(str(path), "publish the dataset again").manifest(document)


class _Reader:
    """Turns parsed JSON into a manifest, and says what is wrong with it."""

    def __init__(self, where: str, fix: str) -> None:
        self._where = where
        self._fix = fix

    def manifest(self, document: object) -> Manifest:
        if not isinstance(document, dict):
            raise self._error("it is no object")
        version = document.get("schema_version")
        if isinstance(version, int) and version > SCHEMA_VERSION:
            raise ManifestError(
                f"{self._where} has schema version {version}; this program knows {SCHEMA_VERSION}",
                "update threadset",
            )
        for name in ("tool", "schema_version", "files", "tables"):
            if name not in document:
                raise self._error(f"{name} is missing")
        known = {name: self.part(name, value) for name, value in document.items() if name in _PARTS}
        return Manifest(**known, sections={name: value for name, value in document.items() if name not in _PARTS})

    def part(self, name: str, value: object) -> Any:
        """A part of the manifest in its type."""
        return self._parts().get(name, self._text)(value, name)

    def _parts(self) -> dict[str, Callable[[object, str], Any]]:
        return {
            "files": lambda value, name: [self._file(entry) for entry in self._typed(list, value, name)],
            "tables": self._tables,
            "tool": lambda value, name: self._record(Tool, value, name),
            "completeness": self._completeness,
            "sites": lambda value, name: list(self._typed((list, tuple), value, name)),
            "runs": lambda value, name: list(self._typed((list, tuple), value, name)),
            "linking": lambda value, name: dict(self._typed(Mapping, value, name)),
            "repairs": lambda value, name: dict(self._typed(Mapping, value, name)),
            "canonical": lambda value, name: self._typed(bool, value, name),
            "threads_per_part": lambda value, name: value if value is None else self._count(value, name),
            "superseded": lambda value, name: [self._typed(str, path, name) for path in self._typed(list, value, name)],
            "schema_version": self._count,
        }

    def _text(self, value: object, name: str) -> Any:
        return value if value is None else self._typed(str, value, name)

    def _tables(self, value: object, name: str) -> dict[str, int]:
        return {table: self._count(rows, f"{name}.{table}") for table, rows in self._typed(dict, value, name).items()}

    def _completeness(self, value: object, name: str) -> Completeness | None:
        if value is None or isinstance(value, Completeness):
            return value
        known = dict(self._typed(Mapping, value, name))
        self._typed(bool, known.get("complete"), f"{name}.complete")
        problems = self._typed((list, tuple), known.get("problems", []), f"{name}.problems")
        known["problems"] = [
            item if isinstance(item, Gap) else self._told(Gap, item, f"{name}.problems") for item in problems
        ]
        return self._told(Completeness, known, name)

    def _file(self, value: object) -> FileEntry:
        entry = self._record(FileEntry, value, "files")
        for name in ("path", "table", "format", "sha256"):
            self._typed(str, getattr(entry, name), f"files.{name}")
        self._count(entry.rows, f"rows of {entry.path}")
        self._count(entry.bytes, f"bytes of {entry.path}")
        if entry.part is not None:
            self._count(entry.part, f"part of {entry.path}")
        if not _SHA256.fullmatch(entry.sha256):
            raise self._error(f"sha256 of {entry.path} is no SHA-256")
        parts = PurePosixPath(entry.path).parts
        if len(parts) < 2 or parts[0] != entry.format or entry.format not in FORMATS or ".." in parts:
            raise self._error(f"{entry.path!r} is no path of a table file")
        return entry

    def _told(self, kind: type[_Part], value: object, name: str) -> _Part:
        """A record that tells of the dataset: a newer program may tell more. What files are read by must be known."""
        names = {item.name for item in dataclasses.fields(kind)}  # type: ignore[arg-type]
        known = {key: item for key, item in self._typed(Mapping, value, name).items() if key in names}
        return self._record(kind, known, name)

    def _record(self, kind: type[_Part], value: object, name: str) -> _Part:
        try:
            return kind(**self._typed(Mapping, value, name))
        except TypeError as error:
            raise self._error(f"{name}: {str(error).removeprefix(kind.__name__)}") from None

    def _typed(self, kind: Any, value: Any, name: str) -> Any:
        if not isinstance(value, kind):
            raise self._error(f"{name} is {type(value).__name__}")
        return value

    def _count(self, value: object, name: str) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise self._error(f"{name} is {value!r}, no count")
        return value

    def _error(self, what: str) -> ManifestError:
        return ManifestError(f"{self._where} cannot be used: {what}", self._fix)


def _gap_order(gap: dict[str, Any]) -> list[Any]:
    return [(value is not None, value) for _, value in sorted(gap.items())]


def _clean(value: Any) -> Any:
    """The same JSON without lone surrogates: titles and addresses come from pages."""
    if isinstance(value, str):
        return repair(value)[0]
    if isinstance(value, Mapping):
        return {str(_clean(key)): _clean(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_clean(item) for item in value]
    return value
