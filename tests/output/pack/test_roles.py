"""No column can be forgotten."""

from __future__ import annotations

import dataclasses

import pytest

from crawler.items import TABLES
from output.pack.errors import PackError
from output.pack.profile import Rules
from output.pack.roles import LEFT_OUT, ROLE, ROLES, role


def test_every_column_has_a_role_and_every_role_a_column() -> None:
    declared = {
        (name, column.name) for name, table in TABLES.items() for column in table.columns if name not in LEFT_OUT
    }
    assert {(name, column) for name, columns in ROLE.items() for column in columns} == declared
    assert {one for columns in ROLE.values() for one in columns.values()} <= ROLES


def test_a_new_column_stops_the_packing() -> None:
    posts = TABLES["posts"]
    new = dataclasses.replace(posts.columns[-1], name="shoe_size")
    with pytest.raises(PackError, match="shoe_size has no role"):
        Rules().columns(dataclasses.replace(posts, columns=(*posts.columns, new)))


@pytest.mark.parametrize(
    "table", [table for name, table in TABLES.items() if name not in LEFT_OUT], ids=lambda t: t.name
)
def test_numbers_names_and_addresses_are_never_called_harmless(table: object) -> None:
    for column in table.columns:
        if role(table, column) == "keep":
            assert not column.name.endswith(("_id", "_name", "url", "_by", "text", "html"))


@pytest.mark.parametrize("profile", ["pseudonymised", "full"])
def test_what_goes_and_what_stays(profile: str) -> None:
    names = {c.name for c in Rules(profile=profile).columns(TABLES["posts"])}
    assert ("html" in names) == ("url" in names) == (profile == "full")
    assert {"text", "author_name", "post_id"} <= names
    assert not {"fetches", "runs"} & {table.name for table in Rules(profile=profile).tables()}
