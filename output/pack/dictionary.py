"""The data dictionary of a pack: what each column holds, what became of it, and how the tables belong together."""

from __future__ import annotations

from crawler.items import Column, Table
from output.pack.markdown import Own, own, table
from output.pack.profile import Rules
from output.pack.roles import IDS, role
from output.verify.references import REFERENCES

_BECAME = {
    "name": "label",
    "hash": "keyed hash",
    "prose": "names and addresses replaced",
    "own": "names and addresses replaced",
    "quoted": "names and addresses replaced",
    "label": "names and addresses replaced",
    "value": "names and addresses replaced",
}
"""In a pseudonymised pack, by role."""


_HEAD = """\
Times are UTC. Missing is null, never an empty string. Ranks and depths count from 0, unless it says otherwise. What is
marked as an observation tells of the looking (when, with which version), all else of the forum."""


def dictionary(rules: Rules) -> str:
    """The section of the card."""
    parts = [
        "## Data dictionary",
        _HEAD,
        table(("rows of", "by", "belong to a row of", "by"), _references(rules)),
    ]
    for one in rules.tables():
        key = ", ".join(f"`{name}`" for name in one.key)
        parts.append(f"### `{one.name}`\n\n{own(one.description)} Key: {key}.")
        rows = [
            (
                Own(f"`{c.name}`"),
                Own(f"`{c.kind}`"),
                "yes" if c.nullable else "no",
                _here(rules, one, c),
                Own(c.description),
            )
            for c in rules.columns(one)
        ]
        parts.append(table(("column", "type", "null", "here", "description"), rows))
    return "\n\n".join(parts)


def _here(rules: Rules, one: Table, column: Column) -> str:
    """What became of a column on its way into the pack."""
    kind = role(one, column)
    if kind == "article" and not rules.article_bodies:
        return "left out"
    if column.observation:
        return "observation"
    if rules.profile != "pseudonymised":
        return ""
    return "pseudonym" if kind in IDS else _BECAME.get(kind, "")


def _references(rules: Rules) -> list[tuple[Own, ...]]:
    there = {one.name: {column.name for column in rules.columns(one)} for one in rules.tables()}
    return [
        (Own(f"`{ref.table}`"), _names(ref.columns), Own(f"`{ref.target}`"), _names(ref.target_columns))
        for ref in REFERENCES
        if ref.table in there and ref.target in there and set(ref.columns) <= there[ref.table]
    ]


def _names(columns: tuple[str, ...]) -> Own:
    return Own(", ".join(f"`{name}`" for name in columns))
