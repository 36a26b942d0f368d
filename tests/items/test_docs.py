"""The documentation of the tables."""

from __future__ import annotations

from pathlib import Path

from crawler.items import STORE_TABLES, TABLES
from crawler.items.docs import tables_markdown

PAGE = Path(__file__).parents[2] / "docs" / "tables.md"


def test_the_page_is_up_to_date() -> None:
    expected = tables_markdown(TABLES.values(), STORE_TABLES.values())
    assert PAGE.read_text("utf-8") == expected, "run `make docs`"


def test_the_page_has_every_column_of_every_table() -> None:
    text = PAGE.read_text("utf-8")
    for table in [*TABLES.values(), *STORE_TABLES.values()]:
        section = text.partition(f"# `{table.name}`")[2].partition("\n#")[0]
        for column in table.columns:
            assert f"| `{column.name}`" in section, f"{table.name}.{column.name}"


def test_observations_are_marked() -> None:
    text = PAGE.read_text("utf-8")
    assert "| `last_seen_at`° | timestamp |" in text
    assert "## `fetches`°" in text
    assert "| `post_id` | int64 | no |" in text
