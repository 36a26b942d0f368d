"""The files of a pack beside its tables: card, citation, Croissant, Frictionless, ConvoKit."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from crawler.items import Table, tool_version
from output.manifest import Completeness, FileEntry, Gap, Manifest, Tool
from output.pack.card import MOST_GAPS, card
from output.pack.convokit import write_convokit
from output.pack.figures import Figures
from output.pack.metadata import citation, croissant, datapackage
from output.pack.profile import Rules
from output.pack.record import Record
from output.pack.release import CHANGELOG, Release, first_release
from output.pack.statement import Statement
from output.swap import write_synced


@dataclass(slots=True)
class Facts:
    """All that the documents and the manifest tell. ``pack`` is the manifest's section."""

    pack: dict[str, Any]
    record: Record
    files: list[FileEntry]
    statement: Statement
    rules: Rules
    release: Release = field(init=False)

    def __post_init__(self) -> None:
        self.release = first_release(self.tables)

    @property
    def date(self) -> str | None:
        """The pack's date: as stated, else that of the newest crawl folder. Never that of the making."""
        return self.statement.date or (self.record.last_published or "")[:10] or None

    @property
    def tables(self) -> list[Table]:
        """The tables that the pack has."""
        return self.rules.tables()

    def rows(self, table: str) -> int:
        """Rows of a table."""
        return sum(entry.rows for entry in self.files if (entry.table, entry.format) == (table, "parquet"))

    def table_rows(self) -> dict[str, int]:
        """Rows by table."""
        return {table.name: self.rows(table.name) for table in self.tables}

    def manifest(self) -> Manifest:
        """The pack's manifest."""
        gaps = [
            Gap(
                kind=gap["kind"],
                site=gap["site"],
                what=gap["what"],
                id=gap["id"],
                page=gap["page"],
                reason=gap["reason"],
            )
            for gap in self.record.gaps
        ]
        return Manifest(
            tool=Tool(version=tool_version()),
            created_at=self.date,
            files=self.files,
            tables=self.table_rows(),
            sites=list(self.record.sites),
            runs=list(self.record.runs),
            completeness=Completeness(complete=self.record.complete, problems=gaps),
            linking={"calibration": self.record.linking},
            sections={"pack": self.pack},
        )


def write_documents(folder: Path, facts: Facts, found: Figures, *, convokit: bool) -> list[str]:
    """Write them into the folder that holds the tables; returns their paths."""
    documents = {
        "README.md": card(facts, found).encode(),
        CHANGELOG: facts.release.changelog(facts.date, facts.table_rows()).encode(),
        "CITATION.cff": citation(facts).encode(),
        "croissant.json": _json(croissant(facts)),
        "datapackage.json": _json(datapackage(facts)),
    }
    for name, content in documents.items():
        write_synced(folder / name, content)
    return [*documents, *(_convokit(folder, facts) if convokit else [])]


def _convokit(folder: Path, facts: Facts) -> Sequence[str]:
    return write_convokit(folder, facts.files, title=facts.statement.title, rules=facts.rules)


def _json(document: Any) -> bytes:
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def form(facts: Facts) -> Iterator[str]:
    """What these files and the manifest say of any pack, whatever was crawled: their texts with the record empty, and
    with one that has something of each kind. The makers' own words are none of it.
    """
    statement = dataclasses.replace(facts.statement, about=None)
    bare = dataclasses.replace(facts, record=Record(sites=facts.record.sites), statement=statement)
    bare.release = facts.release
    yield card(bare, Figures(languages=facts.pack["languages"]))
    bare.record = _some_record(facts.record.sites)
    yield card(bare, Figures(languages=facts.pack["languages"], declared=1))
    yield from (citation(bare), bare.release.changelog(bare.date, bare.table_rows()))
    yield from (_json(croissant(bare)).decode(), _json(datapackage(bare)).decode(), bare.manifest().to_json().decode())
    yield from sorted(_keys([facts.record.runs, facts.record.gaps, facts.record.linking]))
    for entry in (*facts.record.runs, *facts.record.gaps):
        yield from (str(entry[name]) for name in ("outcome", "kind", "what", "reason") if entry.get(name))


def _some_record(sites: list[str]) -> Record:
    """A record of which a card tells something under every heading."""
    gap = dict.fromkeys(("site", "what", "kind", "id", "page", "reason"))
    rate = {"precision": 1.0, "recall": 1.0, "answered": 1}
    return Record(
        sites=sites,
        complete=False,
        gaps=[gap | {"what": number} for number in range(MOST_GAPS + 1)],
        linking={site: {"methods": {"author_text": rate}, "explicit_quotes": 1} for site in sites},
    )


def _keys(value: Any) -> set[str]:
    if isinstance(value, dict):
        return {str(key) for key in value}.union(*map(_keys, value.values()))
    return set().union(*map(_keys, value)) if isinstance(value, list) else set()
