"""A store of an older schema is copied aside and brought up to this one."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from pages_made import SITE, T0, dump, lease, opened, post, ref, run, topic

from crawler.items import SCHEMA_VERSION, STORE_TABLES
from crawler.items.sql import create_table
from crawler.store import STATE_FILE, Reader, Store
from crawler.store.check import find_damages
from crawler.store.db import integrity
from crawler.store.migrate import INDEXES, backup_path

V1 = Path(__file__).with_name("schema_v1.sql")


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A store of version 1 with a page read, one leased by a run that was killed, and one to do."""
    new = tmp_path / "new"
    new.mkdir()
    with opened(new, seeds=[ref(1), ref(2), ref(3)]) as store:
        assert lease(store) == ref(1, seed=True)
        store.commit(topic(1, [post(11), post(12)]))
    path = tmp_path / STATE_FILE
    with closing(sqlite3.connect(path)) as db:
        db.executescript(V1.read_text())
        db.execute("DELETE FROM meta")
        db.execute("ATTACH ? AS new", (str(new / STATE_FILE),))
        tables = [name for (name,) in db.execute("SELECT name FROM main.sqlite_schema WHERE type = 'table'")]
        for name in tables:
            there = {row[1] for row in db.execute(f"PRAGMA new.table_info({name})")}
            columns = ", ".join(row[1] for row in db.execute(f"PRAGMA main.table_info({name})") if row[1] in there)
            db.execute(f"INSERT INTO main.{name} ({columns}) SELECT {columns} FROM new.{name}")
        db.execute("UPDATE main.meta SET value = '1' WHERE key = 'schema_version'")
        db.execute("UPDATE main.frontier SET state = 'leased', lease_run = 1 WHERE item_id = 2")
        db.commit()
    shutil.rmtree(new)
    return path


def test_nothing_is_lost(old: Path) -> None:
    with Store(old) as store:
        found = dict(store.db.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'table'").fetchall())
        assert found == {name: create_table(table) for name, table in STORE_TABLES.items()}
        indexes = store.db.execute("SELECT sql FROM sqlite_schema WHERE type = 'index' AND sql NOT NULL").fetchall()
        assert {sql for (sql,) in indexes} == set(INDEXES)
        history = Reader(store.db).history(Reader(store.db).threads()[0])
        assert [seen.post_id for seen in history.pages[0].posts] == [11, 12]
        assert not find_damages(store.db), "what was there is sealed as it is"
        store.begin_run(run(T0))
        assert (store.frontier.counts().done, store.frontier.counts().todo) == (1, 2)
        assert [lease(store), lease(store), lease(store)] == [ref(2, seed=True), ref(3, seed=True), None]
        assert set(store.frontier.sites()) == {SITE}
    assert integrity(old) == []


def test_the_old_store_is_put_aside(old: Path) -> None:
    before = _rows(old)
    Store(old).close()
    aside = backup_path(old, 1)
    assert aside.name == f"{STATE_FILE}.bak-v1"
    assert _rows(aside) == before
    assert integrity(aside) == []
    Store(old).close()
    assert sorted(path.name for path in old.parent.iterdir()) == [STATE_FILE, aside.name]


def test_a_migration_that_breaks_off_leaves_the_old_store(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from crawler.store import migrate

    before = _rows(old)
    with monkeypatch.context() as patched:
        patched.setattr(migrate, "INDEXES", ("CREATE INDEX odd ON nothing (x)",))
        with pytest.raises(Exception, match="nothing"):
            Store(old)
    assert _rows(old) == before
    with Store(old) as store:
        assert store.db.execute("SELECT value FROM meta WHERE key = 'schema_version'").fetchone() == (
            str(SCHEMA_VERSION),
        )


def test_a_store_of_this_version_is_left_as_it_is(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        before = dump(store)
    with Store(tmp_path / STATE_FILE) as store:
        assert dump(store) == before
    assert [path.name for path in tmp_path.iterdir()] == [STATE_FILE]


def _rows(path: Path) -> dict[str, list[tuple[object, ...]]]:
    with closing(sqlite3.connect(path)) as db:
        names = [name for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")]
        return {name: db.execute(f"SELECT * FROM {name} ORDER BY 1, 2").fetchall() for name in names}
