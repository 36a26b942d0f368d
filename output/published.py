"""What an earlier publication left in a folder: which files are ours, and which of them may still be read."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path

from crawler.items import TABLES
from output.errors import ManifestError
from output.layout import SINGLE, Layout, single_path
from output.manifest import FORMATS, MANIFEST, Manifest, read_manifest

_PART = re.compile(r"part-\d{5,}-[0-9a-f]{8}\.(parquet|jsonl|csv)")


def before(directory: Path) -> Manifest | None:
    """The manifest in a folder; None where there is none that can be used.

    Raises :class:`ManifestError` for one of a newer schema, which is not ours to replace.
    """
    if not (directory / MANIFEST).exists():
        return None
    try:
        return read_manifest(directory)
    except ManifestError as error:
        if "schema version" in error.reason:
            raise
        return None


def layout_of(directory: Path) -> Layout:
    """The layout in which a folder was published; one file a table where it was not. Raises :class:`ManifestError`."""
    old = before(directory)
    return Layout(old.threads_per_part) if old is not None else SINGLE


def table_files(directory: Path, old: Manifest | None) -> set[str]:
    """Table files that are there: those that the manifest names, and all of the usual names."""
    names = {single_path(table, name, f".{name}") for table in TABLES for name in FORMATS}
    names |= {entry.path for entry in old.files} if old is not None else set()
    found = {name for name in names if (directory / name).is_file()}
    for file_format in FORMATS:
        for table in TABLES:
            folder = directory / file_format / table
            parts = folder.iterdir() if folder.is_dir() else ()
            found |= {f"{file_format}/{table}/{path.name}" for path in parts if _PART.fullmatch(path.name)}
    return found


def superseded(old: Manifest | None, layout: Layout, formats: Collection[str], listed: Collection[str]) -> list[str]:
    """Parts that only the old manifest names. They stay until the next publication, for those who read by it."""
    if old is None or not layout.in_parts or old.threads_per_part is None:
        return []
    return sorted(entry.path for entry in old.files if entry.format in formats and entry.path not in listed)
