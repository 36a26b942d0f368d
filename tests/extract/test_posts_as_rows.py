"""Posts that come from the workers as rows of the store."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.demo import Forum, render
from crawler.extract.anew import store_anew
from crawler.extract.reading import read_all, read_saved
from crawler.extract.saved import Reading, Saved
from crawler.extract.store import Extraction
from crawler.forget import Forgotten, Redactor
from crawler.items import TopicPage
from crawler.store import STATE_FILE
from crawler.store.rows import rows_of


@pytest.fixture
def saved(forum: Forum) -> Saved:
    thread = forum.thread(88)
    url = f"https://forum.example{thread.path}"
    page = render.topic_page(forum, thread, 1, "https://forum.example")
    return Saved(kind="warc", file="x.warc", offset=0, url=url, at=datetime(2024, 1, 1, tzinfo=UTC), payload=page)


def test_what_a_worker_sends(saved: Saved) -> None:
    whole = read_saved(saved)
    (packed,) = read_all([saved], as_rows=True)
    reading: Reading = pickle.loads(packed)
    assert isinstance(whole.page, TopicPage)
    assert isinstance(reading.page, TopicPage)
    assert (whole.rows, reading.page.posts) == (None, [])
    assert reading.rows == rows_of("forum.example", whole.page.posts)
    whole.page.posts = []
    assert reading.page == whole.page


def test_where_something_is_forgotten_posts_must_be_seen(saved: Saved, tmp_path: Path) -> None:
    forgotten = Forgotten(b"key")
    forgotten.entries["post"].add(b"something")
    reading = read_saved(saved, as_rows=True)
    with pytest.raises(ValueError, match="looked through"), store_anew(tmp_path / STATE_FILE) as store:
        Extraction(store, ["x"], Redactor(forgotten)).enter([reading])
    assert not (tmp_path / STATE_FILE).exists()
