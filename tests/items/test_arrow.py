"""Arrow schemas."""

from __future__ import annotations

import pyarrow as pa
import pytest

from crawler.items import TABLES
from crawler.items.arrow import arrow_schema


@pytest.mark.parametrize("name", TABLES)
def test_a_schema_has_the_columns_with_their_descriptions(name: str) -> None:
    table = TABLES[name]
    schema = arrow_schema(table)
    assert schema.names == list(table.names)
    for column, found in zip(table.columns, schema, strict=True):
        assert found.nullable == column.nullable
        assert found.metadata[b"description"].decode() == column.description
        assert found.metadata[b"role"] == (b"observation" if column.observation else b"fact")
    assert schema.metadata[b"table"].decode() == name
    assert schema.metadata[b"key"].decode().split(",") == list(table.key)
    assert schema.metadata[b"sort"].decode().split(",") == list(table.sort)
    assert schema.metadata[b"description"].decode() == table.description


def test_types() -> None:
    posts, threads = arrow_schema(TABLES["posts"]), arrow_schema(TABLES["threads"])
    assert posts.field("post_id").type == pa.int64()
    assert posts.field("created_at").type == pa.timestamp("us", tz="UTC")
    assert posts.field("text").type == pa.string()
    assert posts.field("is_first_post").type == pa.bool_()
    assert posts.field("reply_confidence").type == pa.float64()
    assert threads.field("tags").type == pa.list_(pa.string())


def test_a_schema_of_some_columns() -> None:
    table = TABLES["posts"]
    assert arrow_schema(table, table.facts).names == [c.name for c in table.columns if not c.observation]
