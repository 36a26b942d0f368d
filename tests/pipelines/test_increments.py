"""A dataset in parts, published again and again as its store grows: always what one publication of all would be."""

from __future__ import annotations

import json
import os
import random
import tempfile
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pages_made import (
    DAY,
    HOUR,
    MINUTE,
    SITE,
    T0,
    body,
    end_run,
    error,
    listing,
    post,
    quote,
    redirect,
    ref,
    run,
    topic,
)

from crawler.commands import _increment, _refresh
from crawler.commands._publish import publish
from crawler.commands._published import Published
from crawler.items import TABLES, ListingRow, PostSeen, QuoteSeen
from crawler.store import STATE_FILE, Store
from output import SINGLE, Layout, read_dataset
from output.layout import BY_MONTH, WHOLE
from output.manifest import MANIFEST, Manifest, read_manifest
from output.verify import verify

LAYOUT = Layout(threads_per_part=3)


@pytest.fixture(scope="module", autouse=True)
def as_read() -> Iterator[None]:
    """Bodies are made here, not read: none is to be read again. The disk need not be waited for."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda handle: None)
        patch.setattr(_refresh, "PARSER_VERSION", body().parser_version)
        yield


def said(post_id: int, text: str, quoted: Sequence[QuoteSeen] = (), **given: Any) -> PostSeen:
    """A post whose HTML is another for other quotes: bodies are stored by it."""
    html = f"<p>{text}</p>{[(one.cited_post_id, one.quoted_text, one.cited_thread_id) for one in quoted]}"
    return post(post_id, body=body(text, quoted, html=html), **given)


class Forum:
    """A store that is filled by chance: threads 1 to 12, posts 1 to 40, of which some wander and quote each other."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder = folder
        self.chance = random.Random(seed)
        self.at = T0
        self.pages = {
            "topic": self.topic,
            "listing": self.listing,
            "error": self.error,
            "redirect": self.redirect,
            "alias": self.alias,
        }

    def crawl(self, n_pages: int) -> None:
        self.at += timedelta(days=self.chance.choice([1, 20]))
        with Store(self.folder / STATE_FILE, create=True) as store:
            started = run(self.at)
            started.sites = [SITE]
            store.begin_run(started, refresh=True)
            store.frontier.add_seeds([ref(self.thread(), seed=True, url=f"https://{SITE}/topic/9-{self.text()}/")])
            for _ in range(n_pages):
                self.at += MINUTE
                kind = self.chance.choices(list(self.pages), [6, 2, 1, 1, 1])[0]
                store.commit(self.pages[kind](self.at))
            if self.chance.random() < 0.8:
                end_run(store, started)

    def thread(self) -> int:
        return self.chance.randint(1, 12)

    def text(self) -> str:
        return self.chance.choice(["rain", "snow", "hail"])

    def post(self, post_id: int) -> Any:
        quoted = [
            quote(self.chance.randint(1, 40), self.text(), index, cited_thread_id=self.thread())
            for index in range(self.chance.choice([0, 0, 1, 2]))
        ]
        author = self.chance.choice([None, 1, 2, 3])
        return said(
            post_id,
            self.text(),
            quoted,
            author_id=author,
            author_name=f"{self.text()} {author}",
            created_at=self.chance.choice([None, T0 + post_id * HOUR]),
            edited_at=self.chance.choice([None, None, self.at]),
        )

    def topic(self, at: datetime) -> Any:
        number, n_pages = self.thread(), self.chance.choice([1, 1, 2])
        near = range(3 * number, 3 * number + 5)
        posts = [self.post(post_id) for post_id in sorted(self.chance.sample(near, self.chance.randint(1, 4)))]
        return topic(number, posts, self.chance.randint(1, n_pages), n_pages, at=at, title=self.text())

    def listing(self, at: datetime) -> Any:
        rows = [ListingRow(thread_id=n, title=self.text()) for n in self.chance.sample(range(1, 13), 3)]
        return listing(self.chance.choice([1, 2]), rows, at=at, found=[ref(row.thread_id) for row in rows])

    def error(self, at: datetime) -> Any:
        return error(self.chance.choice(["not_found", "server_error"]), ref(self.thread()), at)

    def redirect(self, at: datetime) -> Any:
        return redirect(ref(self.thread()), ref(self.thread()), at)

    def alias(self, at: datetime) -> Any:
        """The page of one thread in answer to the number of another."""
        page = self.topic(at)
        page.ref = ref(self.thread())
        return page


def told(manifest: Manifest) -> dict[str, Any]:
    """All of a manifest that does not tell how the dataset was published."""
    document = json.loads(manifest.to_json())
    for name in ("created_at", "superseded", "repairs"):
        del document[name]
    return document


def rows_of(folder: Path, table: str) -> list[Any]:
    key = TABLES[table].key
    return sorted(read_dataset(folder).rows(table), key=lambda row: [str(getattr(row, name)) for name in key])


@settings(max_examples=6, deadline=None)
@given(seed=st.integers())
def test_growing_is_the_same_as_beginning_anew(seed: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        forum = Forum(Path(name) / "data", seed)
        forum.folder.mkdir()
        for step, n_pages in enumerate((12, 1, 4, 1)):
            forum.crawl(n_pages)
            publish(forum.folder, layout=LAYOUT)
            anew = Path(name) / f"anew-{step}"
            publish(forum.folder, layout=LAYOUT, to=anew)
            assert told(read_manifest(forum.folder)) == told(read_manifest(anew))
            for entry in read_manifest(anew).files:
                assert (forum.folder / entry.path).read_bytes() == (anew / entry.path).read_bytes()
        whole = Path(name) / "whole"
        publish(forum.folder, layout=SINGLE, to=whole)
        for table in TABLES:
            assert rows_of(forum.folder, table) == rows_of(whole, table), table


@pytest.fixture
def news(tmp_path: Path) -> Path:
    """Twelve threads of three posts in four parts, of which thread 1 quotes a post of thread 12."""
    with Store(tmp_path / STATE_FILE, create=True) as store:
        started = run()
        started.sites = [SITE]
        store.begin_run(started)
        for number in range(1, 13):
            quoted = [quote(122, "words", cited_thread_id=12)] if number == 1 else []
            posts = [said(10 * number + n, "words", quoted if n == 1 else []) for n in range(3)]
            store.commit(topic(number, posts, at=T0 + number * MINUTE))
        end_run(store, started)
    publish(tmp_path, layout=LAYOUT)
    return tmp_path


def read_again(folder: Path, number: int, text: str, at: datetime = T0 + DAY) -> Published:
    """Thread ``number`` once more, with another text in its last post."""
    with Store(folder / STATE_FILE) as store:
        started = run(at)
        started.sites = [SITE]
        store.begin_run(started, refresh=True)
        posts = [said(10 * number + n, "words" if n < 2 else text) for n in range(3)]
        store.commit(topic(number, posts, at=at))
        end_run(store, started)
    return publish(folder)


def files(folder: Path) -> dict[str, bytes]:
    """What the manifest names."""
    return {entry.path: (folder / entry.path).read_bytes() for entry in read_manifest(folder).files}


def test_only_the_parts_that_changed_are_new(news: Path) -> None:
    before = files(news)
    inodes = {path: (news / path).stat().st_ino for path in before}
    published = read_again(news, 5, "other words")
    after = files(news)
    assert published.derived == 3  # threads 3, 4 and 5: the part of thread 5
    fresh = {path.split("/")[1] + path.split("/")[2][4:10] for path in after.keys() - before.keys()}
    # thread 5 is in part 1; the edit is the first event, of the month of the readings
    assert fresh == {"threads-00001", "posts-00001", "versions-00001"} | {
        f"{table}-20260" for table in ("events", "fetches", "runs")
    }
    for path in after.keys() & before.keys():
        assert after[path] == before[path]
        assert (news / path).stat().st_ino == inodes[path]
    assert verify(news) == []
    whole = news.parent / "whole"
    publish(news, layout=SINGLE, to=whole)
    for table in TABLES:
        assert rows_of(news, table) == rows_of(whole, table)
    assert published.tally == publish(news, to=news.parent / "again", layout=LAYOUT).tally


def test_superseded_parts_stay_for_one_publication(news: Path) -> None:
    first = read_dataset(news)
    read_again(news, 5, "second")
    assert [row.text for row in first.rows("posts") if row.post_id == 52] == ["words"]
    superseded = read_manifest(news).superseded
    assert superseded
    read_again(news, 5, "third", T0 + 2 * DAY)
    assert not any((news / path).exists() for path in superseded)
    assert verify(news) == []


def test_a_quote_from_elsewhere_is_linked_anew(news: Path) -> None:
    (before,) = rows_of(news, "quotes")
    assert (before.target_state, before.target_version) == ("seen", 1)
    with Store(news / STATE_FILE) as store:
        started = run(T0 + DAY)
        store.begin_run(started, refresh=True)
        store.commit(topic(12, [said(120, "words"), said(121, "words")], at=T0 + DAY))  # 122 is gone
        end_run(store, started)
    published = publish(news)
    assert published.derived == 2 + 1  # parts 0 (threads 1 and 2) and 4 (thread 12)
    (after,) = rows_of(news, "quotes")
    assert after.target_state == "missing"


def test_nothing_read_changes_no_part(news: Path) -> None:
    before = files(news)
    with Store(news / STATE_FILE) as store:
        started = run(T0 + DAY)
        store.begin_run(started, refresh=True)
        end_run(store, started)
    published = publish(news)
    assert published.derived == 0
    assert published.tally.posts == 36
    after = files(news)
    assert {path.split("/")[1] for path in after.keys() ^ before.keys()} == {"runs"}


def test_a_part_that_is_gone_is_made_again(news: Path) -> None:
    before = files(news)
    lost = next(path for path in before if path.startswith("parquet/posts/part-00002"))
    (news / lost).unlink()
    published = publish(news)
    assert published.derived == 3
    assert files(news) == before


def test_a_damaged_part_that_should_stay_has_all_made_again(news: Path) -> None:
    before = files(news)
    lost = next(path for path in before if path.startswith("parquet/posts/part-00002"))
    (news / lost).write_bytes(bytes(len(before[lost])))
    assert publish(news).derived == 12
    assert files(news) == before


@pytest.mark.parametrize(
    "change",
    [
        {"formats": ("parquet",)},
        {"layout": Layout(4)},
        {"again": True},
        {"formats": ("csv",)},
        {"layout": SINGLE},
    ],
    ids=str,
)
def test_what_asks_for_all(news: Path, change: dict[str, Any]) -> None:
    assert publish(news, **change).derived == 12
    assert verify(news) == []
    recorded = read_manifest(news).threads_per_part
    assert recorded == change.get("layout", LAYOUT).threads_per_part
    assert {path.parent.name for path in news.glob("*/*/*")} <= (set() if recorded is None else set(TABLES))


def test_another_store_or_version_derives_all(news: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(_increment, "MADE_BY", ["another"])
        assert publish(news).derived == 12
    assert publish(news).derived == 12
    assert publish(news).derived == 0
    with Store(news / STATE_FILE) as store:  # a copy from before the last page was read
        store.db.execute("DELETE FROM pages_seen WHERE fetch_id = 12")
        store.db.execute("DELETE FROM sightings WHERE fetch_id = 12")
    assert publish(news).derived == 11


@pytest.mark.parametrize("section", ["basis", "parts"])
@pytest.mark.parametrize("value", [None, [], {"0": None}, {"fetch_id": "1"}, {"x": {}}])
def test_a_manifest_that_tells_nothing_of_its_parts(news: Path, section: str, value: Any) -> None:
    document = json.loads((news / MANIFEST).read_bytes())
    document[section] = value
    (news / MANIFEST).write_text(json.dumps(document))
    assert publish(news).derived == 12
    assert verify(news) == []


def test_what_is_refused_leaves_all_as_it_was(news: Path) -> None:
    before = {**files(news), MANIFEST: (news / MANIFEST).read_bytes()}
    published = publish(news, again=True, refuse=lambda tally: f"only {tally.posts} posts")
    assert published.refused == "only 36 posts"
    assert {**files(news), MANIFEST: (news / MANIFEST).read_bytes()} == before
    assert not (news / ".publish").exists()


def test_the_manifest_tells_what_was_asked_for_and_when(news: Path) -> None:
    publish(news, sections={"job": "news", "calibration": {"author_exact": {"precision": 0.9}}})
    manifest = read_manifest(news)
    assert manifest.sections["job"] == "news"
    assert manifest.sections["calibration"] == {"author_exact": {"precision": 0.9}}
    assert manifest.sections["start_urls"] == []
    assert manifest.sections["span"] == {
        "first_post_at": "2026-03-01T12:10:00Z",
        "last_post_at": "2026-03-01T14:02:00Z",
        "first_fetch_at": "2026-03-01T12:01:00Z",
        "last_fetch_at": "2026-03-01T12:12:00Z",
    }
    (only,) = manifest.runs
    assert (only["run_id"], only["outcome"], only["n_missing"]) == (1, "complete", 0)


def test_every_table_has_a_kind_of_part() -> None:
    assert BY_MONTH.keys() | WHOLE <= TABLES.keys()
    for table, column in BY_MONTH.items():
        assert (TABLES[table].column(column).kind, TABLES[table].column(column).nullable) == ("timestamp", False)
