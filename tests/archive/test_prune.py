"""Pruning: what is old goes, what is referred to stays, and a kill at any point changes nothing that counts."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from records_made import FACTS, answer, at, broken, check, html, records

from crawler.archive import FOLDER, Archive, archive_files
from crawler.archive import prune as pruning
from crawler.archive.content import content
from crawler.archive.prune import prune, remove
from crawler.archive.reading import record_at
from crawler.items import Fetch
from crawler.store import STATE_FILE, Store


class Kept:
    """A store with its archive, filled without a crawl. A page is (number, second): one number, one body."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.store = Store(home / STATE_FILE, create=True)
        self.store.run_id = 1

    def fill(self, pages: list[tuple[int, int]], *, size: int = 1 << 30) -> None:
        archive = Archive(self.home, self.store.db, size=size)
        self.store.group._companions.clear()
        self.store.group.attach(archive)
        archive.describe(FACTS)
        for number, second in pages:
            digest = f"{number:064d}"
            place = archive.add(answer(number), at=at(second), site="x", body_sha256=digest)
            self.store.record_fetch(fetch(number, at(second), digest, place.file, place.offset))
        self.store.group.flush()
        archive.close()

    @property
    def db(self) -> sqlite3.Connection:
        return self.store.db

    @property
    def files(self) -> list[Path]:
        return list(archive_files(self.home / FOLDER).values())

    def pages(self) -> list[int]:
        """Of each fetch with a record, the number of the page in it: through its place, as anybody would read it."""
        rows = self.db.execute(
            "SELECT warc_file, warc_offset, url FROM fetches WHERE warc_file IS NOT NULL ORDER BY fetch_id"
        ).fetchall()
        found = []
        for file, offset, url in rows:
            record = record_at(self.home / file, offset)
            assert record is not None
            assert record.url == url
            body = record
            if record.kind == "revisit":
                body = next(r for path in self.files for r in records(path) if r.record_id == record.refers_to[0])
            number = int(url.split("/")[4].split("-")[0])
            assert content(body.payload, body.headers) == html(number)
            found.append(number)
        return found

    def n_records(self) -> int:
        for path in self.files:
            check_whole(path)
        return sum(len(records(path)) for path in self.files)


def check_whole(path: Path) -> None:
    assert broken(path) == []


def fetch(number: int, when: datetime, digest: str, file: str, offset: int) -> Fetch:
    return Fetch(
        fetch_id=0, run_id=1, site="x", url=answer(number).url, final_url=None, fetched_at=when, status=200, bytes=1,
        elapsed_ms=None, page_kind="topic", layout=None, thread_id=number, page=1, n_posts=1, outcome="ok", error=None,
        body_sha256=digest, warc_file=file, warc_offset=offset,
    )  # fmt: skip


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    made = Kept(tmp_path)
    yield made
    made.store.close()


def test_whole_files_go(kept: Kept) -> None:
    kept.fill([(1, 1), (2, 2)])
    kept.fill([(3, 100)])
    done = prune(kept.home, kept.db, at(50))
    assert (done.records, done.files_removed, done.files_rewritten) == (2, 1, 0)
    assert done.bytes > 0
    assert [path.name for path in kept.files] == ["00002.warc.gz"]
    assert kept.pages() == [3]


def test_a_file_is_written_anew(kept: Kept) -> None:
    kept.fill([(1, 1), (2, 2), (3, 100), (4, 101)])
    before = kept.files[0].stat().st_size
    done = prune(kept.home, kept.db, at(50))
    assert (done.records, done.files_removed, done.files_rewritten) == (2, 0, 1)
    assert kept.files[0].stat().st_size == before - done.bytes
    assert kept.pages() == [3, 4]
    assert kept.n_records() == 2
    check(kept.files[0])


def test_what_a_later_fetch_refers_to_stays(kept: Kept) -> None:
    kept.fill([(1, 1), (2, 2)])
    kept.fill([(1, 100)])
    done = prune(kept.home, kept.db, at(50))
    assert done.records == 1
    assert kept.pages() == [1, 1]
    for path in kept.files:
        check(path)
    done = prune(kept.home, kept.db, at(200))
    assert done.files_removed == 2
    assert kept.files == []


def test_nothing_old(kept: Kept) -> None:
    kept.fill([(1, 100)])
    before = kept.files[0].read_bytes()
    assert prune(kept.home, kept.db, at(50)).records == 0
    assert kept.files[0].read_bytes() == before


def test_a_dry_run_changes_nothing_and_tells_the_same(kept: Kept) -> None:
    kept.fill([(1, 1), (2, 100)])
    kept.fill([(3, 3)])
    before = {path: path.read_bytes() for path in kept.files}
    said = prune(kept.home, kept.db, at(50), dry_run=True)
    assert {path: path.read_bytes() for path in kept.files} == before
    assert kept.pages() == [1, 2, 3]
    assert prune(kept.home, kept.db, at(50)) == said


def test_pages_go_on_coming_afterwards(kept: Kept) -> None:
    kept.fill([(1, 1), (2, 100)])
    prune(kept.home, kept.db, at(50))
    kept.fill([(3, 101)])
    prune(kept.home, kept.db, at(101))
    kept.fill([(4, 102)])
    prune(kept.home, kept.db, at(1000))
    kept.fill([(5, 1001)])
    assert kept.pages() == [5]
    assert [path.name for path in kept.files] == ["00004.warc.gz"]


def test_a_damaged_record_is_named_and_left_out(kept: Kept) -> None:
    kept.fill([(1, 1), (2, 100), (3, 101)])
    data = bytearray(kept.files[0].read_bytes())
    data[data.find(answer(2).body) + 50] ^= 1
    kept.files[0].write_bytes(data)
    done = prune(kept.home, kept.db, at(50))
    assert done.damaged is not None
    assert len(done.damaged) == 1
    assert kept.pages() == [3]


def test_removing_fetches_takes_all_that_refer_to_them(kept: Kept) -> None:
    kept.fill([(1, 1), (2, 2), (1, 3)])
    kept.fill([(1, 100), (3, 101)])
    assert remove(kept.home, kept.db, iter([1])).records == 3
    assert kept.pages() == [2, 3]


STEPS = ["_forget", "_note", "finish_pruning", "sync_folder", "_copy"]


class KilledError(BaseException):
    """As a kill would end it: nothing after it is done."""


@settings(deadline=None, max_examples=60)
@given(
    pages=st.lists(st.tuples(st.integers(1, 4), st.integers(0, 100)), min_size=1, max_size=12),
    runs=st.integers(1, 3),
    step=st.sampled_from(STEPS),
    nth=st.integers(1, 4),
    after=st.booleans(),
)
def test_killed_anywhere_and_run_again(  # noqa: PLR0917  hypothesis names them
    tmp_path_factory: pytest.TempPathFactory, pages: list[tuple[int, int]], runs: int, step: str, nth: int, after: bool
) -> None:
    """The outcome is that of one prune which nobody disturbed."""
    results = []
    for killed in (False, True):
        kept = Kept(tmp_path_factory.mktemp("killed"))
        share = -(-len(pages) // runs)
        ordered = sorted(pages, key=lambda page: page[1])
        for start in range(0, len(pages), share):
            kept.fill(ordered[start : start + share], size=2500)
        if killed:
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(pruning, step, dying(getattr(pruning, step), nth, after=after))
                try:
                    prune(kept.home, kept.db, at(50))
                except KilledError:
                    kept.db.execute("DROP TABLE IF EXISTS temp.doomed")
        prune(kept.home, kept.db, at(50))
        kept.fill([(9, 200)])
        names = [path.name for path in (kept.home / FOLDER).iterdir()]
        assert all(name.endswith(".warc.gz") for name in names)
        results.append((kept.pages(), kept.n_records(), sorted(names)))
        kept.store.close()
    assert results[0] == results[1]


def dying(real: object, nth: int, *, after: bool) -> object:
    count = 0

    def step(*args: object) -> object:
        nonlocal count
        count += 1
        if count == nth and not after:
            raise KilledError
        done = real(*args)  # type: ignore[operator]
        if count == nth:
            raise KilledError
        return done

    return step
