"""The archive after a crash, a cut, and an older store put back."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from records_made import at, broken, check
from test_prune import Kept

from crawler.archive import FOLDER, Position
from crawler.archive.recovery import noted, recover
from crawler.items import SCHEMA_VERSION, Run

LAST = "00002.warc.gz"


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    made = Kept(tmp_path)
    made.fill([(1, 1), (2, 2)])
    made.fill([(3, 3), (4, 4)])
    yield made
    made.store.close()


def ended(kept: Kept, *, well: bool) -> None:
    run = Run(
        run_id=1, sites=[], started_at=at(0), finished_at=at(9) if well else None, tool_version="0",
        schema_version=SCHEMA_VERSION, config="{}", user_agent="x", authenticated=False,
    )  # fmt: skip
    kept.store.finish_run(run)


def names(kept: Kept) -> list[str]:
    return sorted(path.name for path in (kept.home / FOLDER).iterdir())


def last(kept: Kept) -> Path:
    return kept.home / FOLDER / LAST


def test_all_is_well(kept: Kept) -> None:
    before = {path: path.read_bytes() for path in kept.files}
    for _ in range(3):
        assert recover(kept.home, kept.db) == []
    assert {path: path.read_bytes() for path in kept.files} == before
    assert noted(kept.db) == Position(2, last(kept).stat().st_size)


@pytest.mark.parametrize("tail", [b"\x1f\x8b\x08", b"\x00" * 4096, b"x"])
def test_what_lies_beyond_is_cut_off(kept: Kept, tail: bytes) -> None:
    before = last(kept).read_bytes()
    last(kept).write_bytes(before + tail)
    assert recover(kept.home, kept.db) == []
    assert last(kept).read_bytes() == before
    assert kept.pages() == [1, 2, 3, 4]


def test_the_file_that_a_killed_run_had_begun_goes(kept: Kept) -> None:
    ended(kept, well=False)
    (kept.home / FOLDER / "00003.warc.gz").write_bytes(b"torn")
    assert recover(kept.home, kept.db) == []
    assert names(kept) == ["00001.warc.gz", LAST]


def test_files_that_an_older_store_knows_nothing_of_are_kept_aside(kept: Kept) -> None:
    ended(kept, well=True)
    shutil.copy(last(kept), kept.home / FOLDER / "00003.warc.gz")
    (line,) = recover(kept.home, kept.db)
    assert line.startswith("archive/00003.warc.gz: the store knows nothing of it")
    assert names(kept) == ["00001.warc.gz", LAST, "00003.warc.gz.damaged"]
    check(kept.home / FOLDER / "00003.warc.gz.damaged")
    kept.fill([(5, 5)])
    assert kept.pages() == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("cut", [1, 100, 500])
def test_a_file_cut_short_is_named_and_put_aside(kept: Kept, cut: int) -> None:
    last(kept).write_bytes(last(kept).read_bytes()[:-cut])
    (line,) = recover(kept.home, kept.db)
    assert line.startswith("archive/00002.warc.gz: it is shorter than the")
    assert names(kept) == ["00001.warc.gz", f"{LAST}.damaged"]
    assert len(broken(kept.home / FOLDER / f"{LAST}.damaged")) == 1
    assert kept.pages() == [1, 2], "no fetch points into it"
    assert recover(kept.home, kept.db) == [], "once is enough"
    kept.fill([(3, 5)])
    assert kept.pages() == [1, 2, 3]
    assert names(kept) == ["00001.warc.gz", f"{LAST}.damaged", "00003.warc.gz"]


def test_a_folder_that_is_gone(kept: Kept) -> None:
    shutil.rmtree(kept.home / FOLDER)
    (line,) = recover(kept.home, kept.db)
    assert "or gone" in line
    kept.fill([(1, 5)])
    assert kept.db.execute("SELECT count(*) FROM fetches WHERE warc_file = 'archive/00002.warc.gz'").fetchone() == (0,)


def test_files_of_others_are_left_alone(kept: Kept) -> None:
    others = ["notes.txt", "1.warc.gz", "00009.warc", "00009.warc.gz.bak", "x.part", "000001.warc.gz"]
    for name in others:
        (kept.home / FOLDER / name).write_bytes(b"mine")
    (kept.home / FOLDER / "00009.warc.gz.part").write_bytes(b"half")
    assert recover(kept.home, kept.db) == []
    assert names(kept) == sorted([*others, "00001.warc.gz", LAST])


def test_a_group_that_is_undone_takes_its_records_along(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    kept.fill([(1, 1)])
    before = kept.files[0].read_bytes()
    kept.store.group.limit = 100
    kept.db.execute(
        "CREATE TRIGGER stop BEFORE INSERT ON fetches WHEN NEW.thread_id = 3 BEGIN SELECT RAISE(ROLLBACK, 'no'); END"
    )
    with pytest.raises(sqlite3.Error):
        kept.fill([(2, 2), (3, 3)])
    assert [path.read_bytes() for path in kept.files] == [before]
    assert kept.pages() == [1]
    kept.store.close()
