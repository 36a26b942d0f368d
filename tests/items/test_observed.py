"""What a page says has the columns' names and types, so that derived rows can take it over as it is."""

from __future__ import annotations

import dataclasses
from typing import get_type_hints

import pytest

from crawler.items import (
    TABLES,
    Body,
    FetchFacts,
    ForumSeen,
    LinkSeen,
    ListingRow,
    PollSeen,
    PostSeen,
    QuoteSeen,
    SubforumSeen,
    ThreadSeen,
)
from crawler.items._schema import _kind

OBSERVED = [
    (QuoteSeen, "quotes", set()),
    (LinkSeen, "links", set()),
    (PostSeen, "posts", {"reactions", "body"}),
    (Body, "posts", {"text_hash", "quotes", "links", "parser_version"}),
    (ThreadSeen, "threads", {"page", "forum_ids", "polls"}),
    (PollSeen, "polls", set()),
    (ListingRow, "threads", {"n_replies", "is_moved"}),
    (ForumSeen, "forums", {"page", "n_pages"}),
    (SubforumSeen, "forums", set()),
    (FetchFacts, "fetches", {"received", "etag", "last_modified", "same_as"}),
]
"""Items, the table that their fields belong to, and the fields that are no columns of it."""


@pytest.mark.parametrize(("item", "table", "others"), OBSERVED, ids=lambda value: getattr(value, "__name__", ""))
def test_fields_agree_with_the_columns_of_the_same_name(item: type, table: str, others: set[str]) -> None:
    columns = {column.name: column for column in TABLES[table].columns}
    hints = get_type_hints(item)
    names = {field.name for field in dataclasses.fields(item)}
    assert names - set(columns) == others
    for name in names - others:
        kind, _nullable = _kind(hints[name], name)
        assert kind == columns[name].kind, f"{item.__name__}.{name}"


def test_a_quote_and_a_link_have_all_that_the_markup_says() -> None:
    assert {f.name for f in dataclasses.fields(QuoteSeen)} >= {
        column.name for column in TABLES["quotes"].columns if column.name.startswith("cited_")
    }
    assert {f.name for f in dataclasses.fields(LinkSeen)} | {"site", "content_class", "post_id"} == set(
        TABLES["links"].names
    )
