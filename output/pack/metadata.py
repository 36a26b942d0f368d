"""What catalogues read of a pack: Croissant 1.1, Frictionless, CITATION.cff."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

import orjson

from crawler.items import TOOL, Column, Table
from output.manifest import FileEntry
from output.pack.languages import common
from output.pack.markdown import many

if TYPE_CHECKING:
    from output.pack.documents import Facts

_CROISSANT: Final = "http://mlcommons.org/croissant/"
_CONTEXT: Final[dict[str, Any]] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": _CROISSANT,
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
_DATA_TYPES: Final = {
    "string": "sc:Text", "list<string>": "sc:Text", "int64": "sc:Integer", "list<int64>": "sc:Integer",
    "bool": "sc:Boolean", "double": "sc:Float", "timestamp": "sc:DateTime",
}  # fmt: skip
_FLAT: Final = {"string": "string", "int64": "integer", "bool": "boolean", "double": "number", "timestamp": "datetime"}
_MEDIA: Final = {"parquet": "application/x-parquet", "jsonl": "application/jsonlines", "csv": "text/csv"}
NOT_STATED: Final = "not stated"


def describe(facts: Facts) -> str:
    """One sentence of what it is."""
    sites = ", ".join(facts.record.sites)
    names = "under pseudonyms" if facts.rules.profile == "pseudonymised" else "with names"
    threads, posts = many(facts.rows("threads"), "thread"), many(facts.rows("posts"), "post")
    quotes = many(facts.rows("quotes"), "quote")
    return (
        f"Forum threads of {sites}: {threads}, {posts} {names}, {quotes} linked to what they quote, edits as versions."
    )


def languages_of(facts: Facts) -> list[str]:
    """Codes of the languages that are common in it."""
    return common(facts.pack["languages"])


def creators(facts: Facts) -> list[str]:
    """Who made it, as stated."""
    return list(facts.statement.creators) or [NOT_STATED]


def croissant(facts: Facts) -> dict[str, Any]:
    """Croissant 1.1: each file with its hash, and a set of files for each table, from which it is read."""
    return {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": f"{_CROISSANT}1.1",
        "name": facts.statement.title,
        "description": describe(facts),
        "license": facts.statement.license_url,
        "url": facts.statement.url or NOT_STATED,
        "creator": [{"@type": "sc:Person", "name": name} for name in creators(facts)],
        "datePublished": facts.date,
        "version": facts.release.version,
        "citeAs": f"{', '.join(creators(facts))}: {facts.statement.title} ({(facts.date or '')[:4]})",
        **({"inLanguage": languages} if (languages := languages_of(facts)) else {}),
        "isLiveDataset": False,
        "distribution": [
            *(_file_object(entry) for entry in facts.files),
            *(_file_set(table) for table in facts.tables),
        ],
        "recordSet": [_record_set(table, facts.rules.columns(table)) for table in facts.tables],
    }


def _file_object(entry: FileEntry) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": entry.path,
        "name": entry.path,
        "contentUrl": entry.path,
        "contentSize": f"{entry.bytes} B",
        "encodingFormat": "application/zstd" if entry.path.endswith(".zst") else _MEDIA[entry.format],
        "sha256": entry.sha256,
    }


def _file_set(table: Table) -> dict[str, Any]:
    return {
        "@type": "cr:FileSet",
        "@id": f"{table.name}-files",
        "name": f"{table.name}-files",
        "description": f"The Parquet files of `{table.name}`, one behind the other.",
        "encodingFormat": _MEDIA["parquet"],
        "includes": f"parquet/{table.name}-*.parquet",
    }


def _record_set(table: Table, columns: Iterable[Column]) -> dict[str, Any]:
    return {
        "@type": "cr:RecordSet",
        "@id": table.name,
        "name": table.name,
        "description": table.description,
        "key": [{"@id": f"{table.name}/{name}"} for name in table.key],
        "field": [_field(table, column) for column in columns],
    }


def _field(table: Table, column: Column) -> dict[str, Any]:
    found: dict[str, Any] = {
        "@type": "cr:Field",
        "@id": f"{table.name}/{column.name}",
        "name": column.name,
        "description": column.description,
        "dataType": _DATA_TYPES[column.kind],
        "source": {"fileSet": {"@id": f"{table.name}-files"}, "extract": {"column": column.name}},
    }
    return found | ({"repeated": True} if column.kind.startswith("list") else {})


def datapackage(facts: Facts) -> dict[str, Any]:
    """Frictionless, of the flat tables: a table with lists is listed only where it is CSV."""
    have = {entry.format for entry in facts.files if not entry.path.endswith(".zst")}
    chosen = next(name for name in ("csv", "jsonl", "parquet") if name in have)
    return {
        "profile": "data-package",
        "name": "".join(c if c.isascii() and c.isalnum() else "-" for c in facts.statement.title.lower()) or "pack",
        "title": facts.statement.title,
        "version": facts.release.version,
        "description": describe(facts),
        "licenses": [{"name": facts.statement.license, "path": facts.statement.license_url}],
        "contributors": [{"title": name, "role": "author"} for name in creators(facts)],
        **({"created": f"{facts.date}T00:00:00Z"} if facts.date else {}),
        "resources": [
            _resource(
                table,
                facts.rules.columns(table),
                [e for e in facts.files if (e.table, e.format) == (table.name, chosen)],
            )
            for table in facts.tables
            if chosen == "csv" or not any(column.kind.startswith("list") for column in facts.rules.columns(table))
        ],
    }


def _resource(table: Table, columns: Iterable[Column], files: list[FileEntry]) -> dict[str, Any]:
    paths = [entry.path for entry in files]
    fields = [
        {
            "name": column.name,
            "type": _FLAT.get(column.kind, "string"),
            "description": column.description,
            **({} if column.nullable else {"constraints": {"required": True}}),
        }
        for column in columns
    ]
    alone = {"hash": f"sha256:{files[0].sha256}", "bytes": files[0].bytes} if len(files) == 1 else {}
    more = {"extrapaths": paths[1:]} if len(paths) > 1 else {}
    return {
        "name": table.name,
        "description": table.description,
        "path": paths[0],
        **more,
        "format": files[0].format,
        "mediatype": _MEDIA[files[0].format],
        "encoding": "utf-8",
        **alone,
        "schema": {"fields": fields, "primaryKey": list(table.key), "missingValues": [""]},
    }


def citation(facts: Facts) -> str:
    """CITATION.cff 1.2; values are JSON strings, which YAML reads."""
    statement = facts.statement
    lines = [
        "cff-version: 1.2.0",
        "message: If you use this dataset, please cite it.",
        "type: dataset",
        f"title: {_quoted(statement.title)}",
        "authors:",
        *(f"  - name: {_quoted(name)}" for name in creators(facts)),
        f"version: {_quoted(facts.release.version)}",
        *([f"license: {_quoted(statement.license)}"] if _listed(statement.license) else []),
        *([f"url: {_quoted(statement.url)}"] if statement.url else []),
        *([f"date-released: {facts.date}"] if facts.date else []),
        f"abstract: {_quoted(f'{describe(facts)} Made with {TOOL}.')}",
    ]
    return "\n".join(lines) + "\n"


def _listed(license_name: str) -> bool:
    return " " not in license_name and not license_name.startswith("LicenseRef-")


def _quoted(text: str) -> str:
    return orjson.dumps(text).decode()
