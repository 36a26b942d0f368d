"""Whatever is written is sealed, by whichever statement; what is changed otherwise is met."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from pages_made import SITE, T0, lease, opened, post, ref, run, topic

from crawler.items import STORE_TABLES
from crawler.store import STATE_FILE, Reader, Store
from crawler.store.check import find_damages
from crawler.store.errors import DamageError
from crawler.store.seals import ENTRIES, KEYED

UNSEALED = {"seals", "robots_seen"}
OWN_HASH = {"contents", "post_states"}
OF_FETCHES = {"fetches", "pages_seen", *ENTRIES}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = opened(tmp_path, seeds=[ref(1), ref(2)])
    lease(store)
    store.commit(topic(1, [post(11), post(12)]))
    return store


def test_every_table_has_its_checksums() -> None:
    assert STORE_TABLES.keys() == {*KEYED, *OF_FETCHES, *UNSEALED, *OWN_HASH, "runs"}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE frontier SET attempts = attempts + 1",
        "DELETE FROM frontier WHERE item_id = 2",
        "INSERT INTO holds (site, until) VALUES ('x', 3) ON CONFLICT (site) DO UPDATE SET until = 4",
        "INSERT OR REPLACE INTO meta (key, value) VALUES ('sweep', '9')",
        "UPDATE sightings SET post_id = 99 WHERE post_id = 11",
        "DELETE FROM sightings WHERE post_id = 11",
        "INSERT INTO sightings SELECT fetch_id, 7, 77, state_hash, content_hash FROM sightings LIMIT 1",
        "UPDATE pages_seen SET page = 3",
        "DELETE FROM pages_seen",
        "UPDATE fetches SET warc_file = 'archive/00001.warc.gz', warc_offset = 5",
        "UPDATE fetches SET outcome = 'x'",
        "UPDATE runs SET outcome = 'complete'",
        "DELETE FROM runs",
    ],
)
def test_what_the_program_writes_is_sealed(store: Store, statement: str) -> None:
    store.db.execute(statement)
    found = find_damages(store.db)
    assert found.lines == []
    store.close()


def test_a_row_that_is_taken_out_takes_its_seal_along(store: Store) -> None:
    for table in ("sightings", "pages_seen", "fetches"):
        store.db.execute(f"DELETE FROM {table}")
    assert store.db.execute("SELECT count(*) FROM seals").fetchone() == (0,)
    store.close()


def test_what_is_changed_otherwise_is_met(store: Store) -> None:
    store.begin_run(run(T0))
    store.close()
    with closing(sqlite3.connect(store.path)) as db:
        db.execute("UPDATE sightings SET post_id = 99 WHERE post_id = 11")
        db.execute("UPDATE frontier SET url = 'https://forum.example/topic/9/' WHERE item_id = 2")
        db.commit()
    with Store(store.path) as again:
        found = find_damages(again.db)
        assert found.pages == {1}
        assert found.rows == {"frontier": [(SITE, "topic", 2, 1)]}
        assert found.beyond_mending is None
        reader = Reader(again.db)
        with pytest.raises(DamageError, match="what fetch 1 told"):
            reader.history(reader.threads()[0])


def test_words_that_are_no_text_any_more(store: Store) -> None:
    store.close()
    path = store.path
    assert path.name == STATE_FILE
    held = path.read_bytes().replace(b"Thread 1", b"Thr\xff\xfed 1")
    path.write_bytes(held)
    with Store(path) as again:
        assert find_damages(again.db).pages == {1}
