"""How a table is declared, and what is refused."""

from __future__ import annotations

from datetime import datetime

import pytest

from crawler.items import STORE_TABLES, TABLES
from crawler.items._schema import col, table


@pytest.fixture(autouse=True)
def _registries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.items._schema.TABLES", {})
    monkeypatch.setattr("crawler.items._schema.STORE_TABLES", {})


def test_a_declaration_gives_names_kinds_and_nulls() -> None:
    @table("boats")
    class Boat:
        """Boats of the harbour."""

        number: int = col("Number.", key=True)
        name: str | None = col("Name.", observed=True)
        seen_at: datetime | None = col("When.", default=None)
        crew: list[str] = col("Crew.", factory=list)

    boat = Boat(number=1, name="Heron")
    assert (boat.seen_at, boat.crew) == (None, [])
    from crawler.items import _schema

    made = _schema.TABLES["boats"]
    assert made.row is Boat
    assert made.names == ("number", "name", "seen_at", "crew")
    assert [column.kind for column in made.columns] == ["int64", "string", "timestamp", "list<string>"]
    assert [column.nullable for column in made.columns] == [False, True, True, False]
    assert [column.name for column in made.facts] == ["number", "seen_at", "crew"]


def test_a_row_has_no_other_attributes_and_no_positional_arguments() -> None:
    @table("buoys")
    class Buoy:
        """Buoys."""

        number: int = col("Number.", key=True)

    with pytest.raises(TypeError):
        Buoy(1)  # type: ignore[misc]
    with pytest.raises(AttributeError):
        Buoy(number=1).colour = "red"  # type: ignore[attr-defined]


def test_an_annotation_that_is_no_column_type_is_refused() -> None:
    with pytest.raises(TypeError, match="is no column type"):

        @table("bad")
        class Bad:
            """Bad."""

            number: int = col("Number.", key=True)
            things: dict[str, int] = col("Things.")


def test_a_column_has_one_type() -> None:
    with pytest.raises(TypeError, match="one type"):

        @table("bad")
        class Bad:
            """Bad."""

            number: int | str = col("Number.", key=True)


def test_a_column_without_description_is_refused() -> None:
    with pytest.raises(TypeError, match="description"):

        @table("bad")
        class Bad:
            """Bad."""

            number: int = col("", key=True)


def test_a_table_without_key_is_refused() -> None:
    with pytest.raises(TypeError, match="no key"):

        @table("bad")
        class Bad:
            """Bad."""

            number: int = col("Number.")


def test_the_store_has_fetches_and_runs_of_the_published_tables() -> None:
    assert {name for name in STORE_TABLES if name in TABLES} == {"fetches", "runs"}
    assert all(not entry.published for name, entry in STORE_TABLES.items() if name not in TABLES)
