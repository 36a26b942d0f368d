"""SIGKILL while pages are committed: what is there is whole."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from pages_made import run

from crawler.store import STATE_FILE, Store
from crawler.store.db import integrity

WRITER = """
import sys
sys.path.insert(0, sys.argv[2])
from pathlib import Path
from pages_made import lease, opened, post, ref, topic

with opened(Path(sys.argv[1]), seeds=[ref(1)]) as store:
    print("ready", flush=True)
    while (where := lease(store)) is not None:
        n = where.item_id
        posts = [post(n * 100 + k, f"words {n} {k} " * 30) for k in range(20)]
        store.commit(topic(n, posts, where=where, found=[ref(n + 1), ref(n, 2)] if where.page == 1 else []))
"""


@pytest.mark.parametrize("pause", [0.02, 0.11, 0.3])
def test_a_killed_writer_leaves_whole_pages(tmp_path: Path, pause: float) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path), str(Path(__file__).parent)], stdout=subprocess.PIPE
    ) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"ready\n"
        time.sleep(pause)
        writer.send_signal(signal.SIGKILL)
        assert writer.wait() == -signal.SIGKILL
    assert integrity(tmp_path / STATE_FILE) == []
    with Store(tmp_path / STATE_FILE) as store:
        done = {(e.item_id, e.page) for e in store.frontier.entries("state = 'done'")}
        others = {(e.item_id, e.page) for e in store.frontier.entries("state <> 'done'")}
        db = store.db
        assert dict(db.execute("SELECT fetch_id, count(*) FROM sightings GROUP BY 1")) == dict.fromkeys(
            range(1, len(done) + 1), 20
        )
        for table in ("fetches", "pages_seen"):
            assert db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] == len(done)
        assert db.execute(
            "SELECT count(*) FROM sightings WHERE content_hash NOT IN (SELECT content_hash FROM contents) "
            "OR state_hash NOT IN (SELECT state_hash FROM post_states)"
        ).fetchone() == (0,)
        for number, page in done:  # what a page led to went in with it
            if page == 1:
                assert {(number + 1, 1), (number, 2)} <= done | others
        store.begin_run(run())
        assert store.frontier.counts().leased == 0
        assert store.frontier.counts().todo == len(others)
