"""A store that is filled at one go is there when it is whole, or not at all."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from crawler.extract.anew import store_anew
from crawler.items import PageRef
from crawler.store import STATE_FILE, Store
from crawler.store.db import integrity

KILLED = """
import os, signal, sys
from pathlib import Path
from crawler.extract.anew import store_anew
from crawler.items import PageRef
with store_anew(Path(sys.argv[1])) as store:
    store.frontier.add_seeds([PageRef("forum.example", "topic", n, 1, "https://forum.example/") for n in range(999)])
    os.kill(os.getpid(), signal.SIGKILL)
"""
"""A program that is killed while it fills a store."""


def seeds(store: Store) -> int:
    found: int = store.db.execute("SELECT count(*) FROM frontier").fetchone()[0]
    return found


def add(store: Store, number: int) -> None:
    store.frontier.add_seeds([PageRef("forum.example", "topic", number, 1, "https://forum.example/topic/1-x/")])


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def _break_off(path: Path) -> None:
    with store_anew(path) as store:
        add(store, 2)
        add(store, 3)
        raise RuntimeError


def test_it_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    path = tmp_path / STATE_FILE
    with Store(path, create=True) as old:
        add(old, 1)
        add(old, 2)
    with store_anew(path) as store:
        add(store, 3)
        with Store(path) as old:
            assert seeds(old) == 2
    assert names(tmp_path) == [STATE_FILE]
    assert integrity(path) == []
    with Store(path) as again:
        assert seeds(again) == 1
        assert again.db.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_an_error_leaves_the_one_before(tmp_path: Path) -> None:
    path = tmp_path / STATE_FILE
    with Store(path, create=True) as old:
        add(old, 1)
    with pytest.raises(RuntimeError):
        _break_off(path)
    assert names(tmp_path) == [STATE_FILE]
    with Store(path) as again:
        assert seeds(again) == 1


def test_what_a_kill_leaves_is_in_nobodys_way(tmp_path: Path) -> None:
    path = tmp_path / STATE_FILE
    done = subprocess.run([sys.executable, "-c", KILLED, path], cwd=Path(__file__).parents[2], check=False)
    assert done.returncode == -signal.SIGKILL
    assert STATE_FILE not in names(tmp_path)
    with store_anew(path) as store:
        add(store, 1)
    assert names(tmp_path) == [STATE_FILE]
    with Store(path) as again:
        assert seeds(again) == 1
