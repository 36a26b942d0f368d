"""Checks the catalogues of a pack: what Croissant and Frictionless documents say against its manifest.

Their own validators pass a wrong hash and a missing licence.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from output.manifest import Manifest
from output.verify.problem import Report


def check_documents(folder: Path, manifest: Manifest, report: Report, fix: str) -> None:
    """Report hashes that are not those of the manifest, and documents that state no licence."""
    known = {entry.path: entry.sha256 for entry in manifest.files}
    for name, licence, hashes in (
        ("croissant.json", "license", _croissant),
        ("datapackage.json", "licenses", _package),
    ):
        if not (folder / name).is_file():  # said already
            continue
        try:
            document = orjson.loads((folder / name).read_bytes())
            stated = [*hashes(document)]
        except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
            report.add("document", name, f"it is no such document: {error}", fix)
            continue
        if not document.get(licence):
            report.add("licence", name, "no licence is stated", fix)
        for path, digest in stated:
            if known.get(path) != digest:
                told = known.get(path, "nothing of it")
                report.add("document", name, f"the SHA-256 of {path} is {digest}, the manifest says {told}", fix)


def _croissant(document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for entry in document["distribution"]:
        if entry["@type"] == "cr:FileObject":
            yield entry["contentUrl"], entry["sha256"]


def _package(document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for resource in document["resources"]:
        if "hash" in resource:
            yield resource["path"], resource["hash"].removeprefix("sha256:")
