"""`docs/tables.md`, written from the schema."""

from __future__ import annotations

from collections.abc import Iterable

from crawler.items._schema import Column, Table

_INTRO = """# Tables

Written from `crawler/items` by `make docs`; do not edit by hand.

A post's key is `(site, content_class, post_id)`, never an address. Times are UTC: `timestamp[us, UTC]` in Parquet, ISO
8601 with `Z` in JSONL. Ids are 64-bit integers. Missing is null, never an empty string. Indices are 0-based.

Columns marked ° are observations: they tell when and by which run we looked. The rest are facts. `fetches` and `runs`
consist of observations only.
"""

_STORE = """## Inside `state.sqlite`

The store holds the tables `fetches` and `runs` as above, and these. They are not published and may change with the
schema version. Times are microseconds since 1970, UTC; lists and facts are JSON.
"""


def tables_markdown(published: Iterable[Table], stored: Iterable[Table]) -> str:
    """The whole page."""
    parts = [_INTRO]
    parts += [_section(table, "##") for table in published]
    parts.append(_STORE)
    parts += [_section(table, "###") for table in stored if not table.published]
    return "\n".join(parts)


def _section(table: Table, level: str) -> str:
    lines = [
        f"{level} `{table.name}`{'°' if table.observation else ''}",
        "",
        table.description,
        "",
        f"Key: {_names(table.key)}. Sorted by: {_names(table.sort)}.",
        "",
        "| column | type | null | description |",
        "|---|---|---|---|",
    ]
    lines += [_row(column) for column in table.columns]
    return "\n".join([*lines, ""])


def _row(column: Column) -> str:
    name = f"`{column.name}`{'°' if column.observation else ''}"
    return f"| {name} | {column.kind} | {'yes' if column.nullable else 'no'} | {_cell(column.description)} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


if __name__ == "__main__":
    import sys

    from crawler.items import STORE_TABLES, TABLES

    sys.stdout.write(tables_markdown(TABLES.values(), STORE_TABLES.values()))
