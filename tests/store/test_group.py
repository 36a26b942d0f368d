"""Group commit: what is undone, what stays, and what a companion file is told."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from pages_made import body, dump, lease, opened, post, ref, topic

from crawler.store import STATE_FILE, Store
from crawler.store.group import Companion, Group


class Journal:
    """A companion that writes a file beside the store."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.file = path.open("ab+")
        self.error: Exception | None = None

    def write(self, data: bytes) -> None:
        self.file.write(data)

    def recover(self, group: Group) -> None:
        self.file.truncate(group.noted("journal"))

    undone = recover

    def before_commit(self, group: Group) -> None:
        if self.error is not None:
            raise self.error
        self.file.flush()
        group.note("journal", self.file.tell())


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with opened(tmp_path, seeds=[ref(n) for n in range(1, 9)]) as store:
        store.group.limit = 4
        yield store


@pytest.fixture
def journal(store: Store, tmp_path: Path) -> Iterator[Journal]:
    made = Journal(tmp_path / "journal")
    kept: Companion = made
    store.group.attach(kept)
    yield made
    made.file.close()


def page(store: Store, **given: object) -> None:
    where = lease(store)
    assert where is not None
    n = where.item_id
    store.commit(topic(n, [post(n * 10, **given), post(n * 10 + 1)], where=where, found=[ref(n, 2)]))


def durable(store: Store) -> int:
    """Fetches that another process sees, as after a kill."""
    other = sqlite3.connect(store.path)
    found = int(other.execute("SELECT count(*) FROM fetches").fetchone()[0])
    other.close()
    return found


def test_pages_are_committed_together(store: Store) -> None:
    seen = []
    for _ in range(5):
        page(store)
        seen.append(durable(store))
    assert seen == [0, 0, 0, 4, 4]
    assert len(dump(store)["fetches"]) == 5, "this process reads what it has entered"
    store.group.flush()
    assert (durable(store), store.group.open) == (5, False)
    store.group.flush()


def test_closing_commits(store: Store) -> None:
    page(store)
    store.close()
    assert durable(store) == 1


def test_a_page_that_fails_takes_no_other_with_it(store: Store) -> None:
    page(store)
    before = dump(store)
    where = lease(store)
    assert where is not None
    with pytest.raises(sqlite3.IntegrityError):
        store.commit(topic(where.item_id, [post(5), post(6, body=body("x", text_hash=None))], where=where))
    assert dump(store) == before
    assert store.group.broken is None
    assert where.key in store.frontier.held
    page(store)
    store.group.flush()
    assert durable(store) == 2


def test_a_first_page_that_fails_leaves_no_transaction_open(store: Store) -> None:
    lease(store)
    with pytest.raises(sqlite3.IntegrityError):
        store.commit(topic(1, [post(6, body=body("x", text_hash=None))]))
    assert not store.group.open


def test_a_transaction_that_sqlite_ends_is_lost_as_a_whole(store: Store, journal: Journal) -> None:
    store.db.execute("CREATE TABLE odd (x PRIMARY KEY ON CONFLICT ROLLBACK)")
    page(store)
    journal.write(b"page")
    with pytest.raises(sqlite3.IntegrityError), store.group.unit():
        store.db.executemany("INSERT INTO odd VALUES (?)", [(1,), (1,)])
    assert store.group.broken is not None
    assert not store.group.open
    assert durable(store) == 0
    assert journal.path.stat().st_size == 0


def test_a_companion_is_durable_before_its_pages(store: Store, journal: Journal) -> None:
    for _ in range(6):
        journal.write(b"page")
        page(store)
    assert (durable(store), store.group.noted("journal"), journal.path.stat().st_size) == (4, 16, 16)
    store.group.flush()
    assert (durable(store), store.group.noted("journal")) == (6, 24)


def test_a_companion_that_cannot_write_undoes_the_group(store: Store, journal: Journal) -> None:
    for _ in range(4):
        journal.write(b"page")
        page(store)
    before = dump(store)
    journal.write(b"page")
    page(store)
    journal.error = OSError(28, "No space left on device")
    with pytest.raises(OSError, match="No space"):
        store.group.flush()
    assert store.group.broken is journal.error
    assert dump(store) == before
    journal.file.flush()
    assert journal.path.stat().st_size == 16
    journal.error = None


def test_a_companion_is_cut_back_after_a_crash(store: Store, journal: Journal, tmp_path: Path) -> None:
    journal.write(b"page")
    page(store)
    store.group.flush()
    journal.write(b"torn pa")
    journal.file.flush()
    store.close()
    with Store(tmp_path / STATE_FILE) as again:
        other = Journal(tmp_path / "journal")
        again.group.attach(other)
        other.file.close()
    assert (tmp_path / "journal").read_bytes() == b"page"
