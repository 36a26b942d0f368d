"""What is derived of the demo forum is what its model says: every column, in every layout and language."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from demo_pages import BASE, SITE, pages_of
from demo_truth import LINKER, NOT_TOLD, Rows, Truth
from hypothesis import given, settings
from hypothesis import strategies as st
from pages_made import opened

from crawler.demo import Forum, advance, build, build_whole
from crawler.demo.render import LANGS, LAYOUTS, Lang, Layout
from crawler.items import TABLES
from crawler.store import Reader
from pipelines.authors import AuthorIndex
from pipelines.derive import derive
from pipelines.forums import forum_rows

LATER = {"articles", "article_spans", "reposts"}
"""Tables with tests of their own."""


@cache
def scenario() -> Forum:
    return build(threads_per_page=5)


@cache
def whole() -> Forum:
    return build_whole(5, threads=20, posts_per_page=7, threads_per_page=6)


def derived(forum: Forum, layout: Layout, lang: Lang) -> dict[str, list[Any]]:
    """All rows, by table, of a forum that was read once."""
    found: dict[str, list[Any]] = {}
    authors = AuthorIndex()
    with tempfile.TemporaryDirectory() as folder, opened(Path(folder)) as store:
        for page in pages_of(forum, layout, lang):
            store.commit(page)
        reader = Reader(store.db)
        for key in reader.threads():
            rows = derive(reader.history(key), reader.find_post)
            authors.add(key.site, rows.tables["posts"], rows.names)
            for name, made in rows.tables.items():
                found.setdefault(name, []).extend(made)
        found["forums"] = list(forum_rows(reader.forums()))
    found["versions"] = [row for row in found["versions"] if row.source == "page"]  # for the others: test_evidence.py
    found["authors"] = authors.rows()
    return found


def differences(forum: Forum, layout: Layout, lang: Lang, rows: dict[str, list[Any]] | None = None) -> Iterator[str]:
    """Where rows and truth differ."""
    rows = rows or derived(forum, layout, lang)
    for name, truth in Truth(forum, BASE, SITE).tables().items():
        keys = TABLES[name].key
        found = {tuple(getattr(row, key) for key in keys): row for row in rows[name]}
        if len(found) != len(rows[name]):
            yield f"{name}: two rows of one key"
        if found.keys() != truth.keys():
            more, less = found.keys() - truth.keys(), truth.keys() - found.keys()
            yield f"{name}: {sorted(more)} too many, {sorted(less)} lacking"
        for key in found.keys() & truth.keys():
            for column, value in truth[key].items():
                if getattr(found[key], column) != value:
                    yield f"{name} {key} {column}: {getattr(found[key], column)!r} instead of {value!r}"


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("make", [scenario, whole], ids=["scenario", "whole"])
def test_every_column(make: Any, layout: Layout, lang: Lang) -> None:
    rows = derived(make(), layout, lang)
    assert list(differences(make(), layout, lang, rows)) == []
    assert hashes(rows) == hashes_of(make)


def hashes(rows: dict[str, list[Any]]) -> dict[int, str]:
    return {row.post_id: row.text_hash for row in rows["versions"]}


@cache
def hashes_of(make: Any) -> dict[int, str]:
    return hashes(derived(make(), "4.7", "en"))


def test_no_column_is_forgotten() -> None:
    told: dict[str, Rows] = Truth(scenario(), BASE, SITE).tables()
    assert told.keys() == {name for name, table in TABLES.items() if not table.observation} - LATER
    for name, rows in told.items():
        columns = {column.name for row in rows.values() for column in TABLES[name].facts if column.name in row}
        facts = {column.name for column in TABLES[name].facts} - set(TABLES[name].key)
        left = NOT_TOLD.get(name, set()) | ({"reply_method", "reply_confidence"} if name == "posts" else set())
        assert facts - columns == left | (LINKER - columns if name == "quotes" else set()), name


seeds = st.tuples(st.integers(0, 10**6), st.sampled_from(LAYOUTS), st.sampled_from(LANGS), st.integers(0, 2))


@settings(max_examples=8, deadline=None, derandomize=True, database=None)
@given(seeds)
def test_any_seed(chosen: tuple[int, Layout, Lang, int]) -> None:
    check(*chosen, threads=6)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@settings(max_examples=200, deadline=None)
@given(seeds)
def test_many_seeds(chosen: tuple[int, Layout, Lang, int]) -> None:
    check(*chosen, threads=14)


def check(seed: int, layout: Layout, lang: Lang, epochs: int, *, threads: int) -> None:
    """A small forum of that seed, that many epochs old, and without a past for whoever reads it now."""
    forum = build_whole(seed, threads=threads, posts_per_page=5, threads_per_page=4)
    for step in range(epochs):
        forum = advance(forum, seed + step).forum
    assert list(differences(forum, layout, lang)) == []
