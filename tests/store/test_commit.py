"""A page goes in as a whole or not at all."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pages_made import DAY, T0, body, dump, lease, listing, opened, post, ref, topic

from crawler.items import ListingRow, PageItem
from crawler.store import STATE_FILE, Reader, Store
from crawler.store.db import integrity

ROWS = [ListingRow(thread_id=5, title="Five"), ListingRow(thread_id=6)]
PAGES = {
    "topic": lambda: topic(1, [post(11), post(12, "more")], n_pages=2, found=[ref(1, 2), ref(1, 3)]),
    "moved": lambda: topic(9, [post(11), post(12, "more")], where=ref(1)),
    "forum": lambda: listing(2, ROWS, found=[ref(5), ref(6)]),
}


class Failing:
    """A connection of which one statement fails, before or after it has done its work."""

    def __init__(self, db: sqlite3.Connection, number: int, *, after: bool) -> None:
        self._db, self._left, self._after = db, number, after
        self.rowcount = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._db, name)

    def execute(self, sql: str, values: Any = ()) -> Any:
        return self._do(lambda: self._db.execute(sql, values), sql)

    def executemany(self, sql: str, values: Any) -> Any:
        return self._do(lambda: self._db.executemany(sql, values), sql)

    def cursor(self) -> Failing:
        return self

    def _do(self, work: Any, sql: str) -> Any:
        if sql == "ROLLBACK":
            return work()
        self._left -= 1
        if self._left == 0 and not self._after:
            raise sqlite3.OperationalError("disk I/O error")
        done = work()
        self.rowcount = done.rowcount
        if self._left == 0 and sql != "COMMIT":
            raise sqlite3.OperationalError("disk I/O error")
        return done


def use(store: Store, db: Any) -> None:
    store.db = store.frontier._db = store._observations._db = db


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("kind", PAGES)
def test_whatever_statement_fails_nothing_is_entered(tmp_path: Path, kind: str, after: bool) -> None:
    with opened(tmp_path, seeds=[ref(2, kind="forum") if kind == "forum" else ref(1)]) as store:
        real = store.db
        assert lease(store) is not None
        before, failures = dump(store), 0
        for number in range(1, 100):
            use(store, Failing(real, number, after=after))
            try:
                store.commit(PAGES[kind]())
                break
            except sqlite3.OperationalError:
                failures += 1
            finally:
                use(store, real)
            assert dump(store) == before
            assert not real.in_transaction
        else:
            pytest.fail("it never got through")
        assert failures >= 7
        assert store.frontier.counts().done == 1
        assert len(dump(store)["fetches"]) == 1
    assert integrity(tmp_path / STATE_FILE) == []


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with opened(tmp_path, seeds=[ref(1)]) as store:
        lease(store)
        yield store


def test_a_page_and_what_it_leads_to(store: Store) -> None:
    found = store.commit(PAGES["topic"]())
    assert (found.settlement.outcome, found.n_posts, found.n_new, found.n_changed) == ("ok", 2, 2, 0)
    assert store.frontier.counts().todo == 2
    assert lease(store) == ref(1, 2)


def test_a_page_that_lacks_its_reference_is_refused(store: Store) -> None:
    page: PageItem = topic(1, [post(1)])
    page.fetch = None
    with pytest.raises(ValueError, match="reference"):
        store.commit(page)


def test_a_post_seen_again_costs_one_row_of_numbers(store: Store) -> None:
    store.commit(topic(1, [post(11), post(12)]))
    before = dump(store)
    found = store.commit(topic(1, [post(11), post(12)], at=T0 + DAY))
    after = dump(store)
    assert (found.n_new, found.n_changed) == (0, 0)
    assert len(after["sightings"]) == len(before["sightings"]) + 2
    assert (after["contents"], after["post_states"]) == (before["contents"], before["post_states"])


def test_changed_words_are_counted_but_not_what_another_parser_reads(store: Store) -> None:
    def again(day: int, seen: Any) -> int:
        return store.commit(topic(1, [post(11, body=seen)], at=T0 + day * DAY)).n_changed

    old = body("old")
    assert again(0, old) == 0
    assert again(1, body("old", html="<p class='new skin'>old</p>")) == 0
    assert again(2, body("new")) == 1
    assert again(3, body("new, read otherwise", html="<b>new</b>", parser_version=2)) == 0


def test_the_same_html_with_other_links_is_kept_apart(store: Store) -> None:
    from crawler.items import LinkSeen

    one = body("a", links=[LinkSeen(link_index=0, kind="link", url="https://forum.example/topic/1-x/b")])
    two = body("a", links=[LinkSeen(link_index=0, kind="link", url="https://forum.example/topic/1-x/page/2/b")])
    store.commit(topic(1, [post(11, body=one)]))
    store.commit(topic(1, [post(12, body=two)], page=2))
    history = Reader(store.db).history(Reader(store.db).threads()[0])
    assert [page.posts[0].body for page in history.pages] == [one, two]


def test_a_broken_row_is_an_error_and_no_gap(store: Store) -> None:
    before = dump(store)
    with pytest.raises(sqlite3.IntegrityError):
        store.commit(topic(1, [post(11), post(12, body=body("x", text_hash=None))]))
    assert dump(store) == before


def test_an_obstacle_without_a_lease_undoes_nothing(store: Store) -> None:
    from pages_made import error

    store.commit(topic(1, [post(11)]))
    store.commit(error("error", ref(1)))
    assert store.frontier.counts().done == 1
    entry = store.frontier.get(ref(1))
    assert entry is not None
    assert (entry.state, entry.outcome, entry.attempts) == ("done", "ok", 0)
