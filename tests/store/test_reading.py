"""What was committed comes back as it was."""

from __future__ import annotations

import copy
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pages_made import DAY, HOUR, SITE, T0, body, end_run, lease, listing, opened, post, redirect, ref, run, topic

from crawler.items import (
    Body,
    ForumSeen,
    LinkSeen,
    ListingRow,
    PollSeen,
    PostSeen,
    QuoteSeen,
    SubforumSeen,
    ThreadSeen,
)
from crawler.items.history import PostKey, ThreadKey
from crawler.store import Reader, Store, codec

KEY = ThreadKey(SITE, "forums_Topic", 1)

letters = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
texts = st.none() | st.text(letters, max_size=30) | st.sampled_from(
    ["", "👩‍👩‍👧‍👦", "\u202eabc", "a\u2028b\x1f\x85", "ที่นี่", "\ufffe\uffff", "e\u0301", "=1+1", '"\\u0000"', "x" * 5000]
)  # fmt: skip
numbers = st.none() | st.integers(-(2**63), 2**63 - 1)
times = st.none() | st.datetimes(datetime(1971, 1, 1), datetime(9000, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
names = st.text(letters, max_size=8)


def built(cls: Any, **given: Any) -> st.SearchStrategy[Any]:
    """Facts with every field drawn by its type."""
    import dataclasses
    from typing import get_type_hints

    by_type = {
        "int": st.integers(-(2**63), 2**63 - 1), "int | None": numbers, "str": names, "str | None": texts,
        "bool": st.booleans(), "datetime | None": times, "list[str]": st.lists(names, max_size=3),
        "list[int]": st.lists(st.integers(0, 2**60), max_size=3),
    }  # fmt: skip
    assert get_type_hints(cls)
    fields = {f.name: by_type[str(f.type)] for f in dataclasses.fields(cls) if f.name not in given}
    return st.builds(cls, **fields, **given)


quotes = st.lists(built(QuoteSeen), max_size=3)
links = st.lists(built(LinkSeen), max_size=3)
bodies = built(Body, text_hash=st.binary(min_size=16, max_size=16), quotes=quotes, links=links)
posts = built(
    PostSeen,
    body=bodies,
    post_id=st.integers(1, 2**62),
    reactions=st.lists(st.tuples(names, st.integers(0, 9**9)), max_size=3),
)
threads = built(
    ThreadSeen,
    thread_id=st.just(1),
    content_class=st.just("forums_Topic"),
    page=st.integers(1, 99),
    polls=st.lists(built(PollSeen), max_size=2),
)


@settings(max_examples=60, deadline=None)
@given(thread=threads, seen=st.lists(posts, min_size=1, max_size=4, unique_by=lambda p: p.post_id))
def test_a_page_of_a_thread_comes_back(thread: ThreadSeen, seen: list[PostSeen]) -> None:
    for number, one in enumerate(seen):
        one.body.html = f"{number} {one.body.html}" if one.body.html is not None or number else None
    with tempfile.TemporaryDirectory() as folder, opened(Path(folder)) as store:
        page = topic(1, copy.deepcopy(seen))
        page.thread = copy.deepcopy(thread)
        store.commit(page)
        history = Reader(store.db).history(KEY)
        assert [(reading.thread, reading.posts) for reading in history.pages] == [(thread, seen)]
        assert (history.pages[0].fetched_at, history.pages[0].run_id, history.pages[0].fetch_id) == (T0, 1, 1)


@settings(max_examples=60, deadline=None)
@given(forum=built(ForumSeen), below=st.lists(built(SubforumSeen), max_size=2), row=built(ListingRow))
def test_listings_come_back(forum: ForumSeen, below: list[SubforumSeen], row: ListingRow) -> None:
    assert codec.forum_from(codec.forum_text(forum, below)) == forum
    assert codec.listing_from(codec.listing_text(row)) == row


def test_an_empty_body_is_not_an_empty_string(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        store.commit(topic(1, [post(1, body=body(None, html=None)), post(2, body=body(None, html=""))]))
        found = Reader(store.db).history(KEY).pages[0].posts
        assert [one.body.html for one in found] == [None, ""]


def test_fetches_and_runs_come_back(tmp_path: Path) -> None:
    started = run()
    started.sites, started.robots_sha256, started.authenticated = ["a", "é"], "ab", True
    from crawler.store import STATE_FILE

    with Store(tmp_path / STATE_FILE, create=True) as store:
        store.begin_run(started)
        end_run(store, started)
        store.commit(topic(4, [post(1)], page=3, at=T0 + HOUR))
        reader = Reader(store.db)
        assert list(reader.runs()) == [started]
        (fetch,) = reader.fetches()
        assert (fetch.page_kind, fetch.thread_id, fetch.page, fetch.n_posts) == ("topic", 4, 3, 1)
        assert (fetch.fetched_at, fetch.outcome, fetch.layout) == (T0 + HOUR, "ok", "ips4")
        assert store.record_fetch(fetch) == 2


def test_every_thread_that_was_read_listed_or_asked_for(tmp_path: Path) -> None:
    with opened(tmp_path, seeds=[ref(3), ref(9, kind="forum"), ref(5, 2)]) as store:
        store.commit(topic(1, [post(1)]))
        store.commit(listing(2, [ListingRow(thread_id=1), ListingRow(thread_id=7)]))
        reader = Reader(store.db)
        assert [key.thread_id for key in reader.threads()] == [1, 3, 7]
        listed = reader.history(reader.threads()[2])
        assert (listed.pages, listed.listings[0].forum_id, listed.outcome) == ([], 2, None)


def test_forums_come_by_number_and_time(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        for number, page, day in ((2, 1, 0), (1, 1, 1), (2, 2, 2)):
            store.commit(listing(number, [ListingRow(thread_id=10 * number + page)], page, at=T0 + day * DAY))
        found = [(forum.forum_id, forum.page, rows) for _site, _at, forum, rows in Reader(store.db).forums()]
    assert found == [(1, 1, [11]), (2, 1, [21]), (2, 2, [22])]


@pytest.fixture
def merged(tmp_path: Path) -> Any:
    """Thread 1 was read whole; a day later its post 12 stands, edited, in thread 2."""
    store = opened(tmp_path, seeds=[ref(1)])
    store.commit(topic(1, [post(11), post(12, "before")]))
    store.commit(topic(2, [post(12, "after"), post(21)], at=T0 + DAY))
    yield Reader(store.db)
    store.close()


def test_a_post_stands_where_it_was_read_last(merged: Reader) -> None:
    one, two = (merged.history(KEY._replace(thread_id=number)) for number in (1, 2))
    assert (one.elsewhere, two.elsewhere) == ({12: 2}, {})
    assert [(page.thread.thread_id, [p.post_id for p in page.posts]) for page in two.earlier] == [(1, [12])]
    assert one.earlier == []


def test_posts_of_other_sites_and_kinds_are_other_posts(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        store.commit(topic(1, [post(11)]))
        other = topic(2, [post(11)], at=T0 + DAY)
        other.thread.content_class = "cms_Records1"
        store.commit(other)
        reader = Reader(store.db)
        assert (reader.homes(), reader.history(KEY).elsewhere) == ({}, {})
        assert reader.find_post(PostKey("other.example", "forums_Topic", 11)) is None
        found = reader.find_post(PostKey(SITE, "cms_Records1", 11))
        assert found is not None
        assert found.key == ThreadKey(SITE, "cms_Records1", 2)


def test_a_post_is_found_with_all_its_readings(merged: Reader) -> None:
    found = merged.find_post(PostKey(SITE, "forums_Topic", 12))
    assert found is not None
    assert found.key.thread_id == 2
    assert [[one.body.text for one in page.posts] for page in found.pages] == [["before"], ["after"]]


def test_the_whole_thread_is_looked_at_where_a_post_may_be_gone(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        store.commit(topic(1, [post(11), post(12)]))
        store.commit(topic(1, [post(11)], at=T0 + DAY))
        found = Reader(store.db).find_post(PostKey(SITE, "forums_Topic", 12))
        assert found is not None
        assert [len(page.posts) for page in found.pages] == [2, 1]


def test_a_redirect_tells_where_a_thread_went(tmp_path: Path) -> None:
    with opened(tmp_path, seeds=[ref(1)]) as store:
        lease(store)
        store.commit(redirect(ref(1), ref(6), at=T0 + timedelta(seconds=1)))
        history = Reader(store.db).history(KEY)
        assert (history.outcome, history.moved_to, history.url) == ("moved", 6, ref(1).url)
