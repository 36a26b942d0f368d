"""From stored pages to files: verified, read back, and the same bytes whatever the way there."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from demo_pages import SECOND, SITE, pages
from pages_made import DAY, T0, end_run, lease, run

from crawler.commands._publish import publish
from crawler.items import TABLES, PageRef
from crawler.store import STATE_FILE, Reader, Store
from output import read_dataset
from output.verify import verify
from pipelines.derive import derive

SEEDS = [page.ref for page in pages() if page.ref and page.ref.kind == "forum" and page.ref.page == 1]


def crawled(folder: Path, seed: int | None = None) -> Path:
    """The demo forum in a folder: in order and one run, or as chance has it."""
    chance = random.Random(seed)
    read = {page.ref.key: page for page in pages() if page.ref is not None}
    folder.mkdir()
    store, started, n = _begin(folder, 0)
    held: list[PageRef] = []
    while True:
        if seed is not None and chance.random() < 0.04:  # killed
            store.close()
            held.clear()
            store, started, n = _begin(folder, n)
        asked = [lease(store, T0 + n * SECOND, SITE) for _ in range(1 if seed is None else chance.randint(1, 4))]
        held += [where for where in asked if where is not None]
        if not held:
            break
        page = read[held.pop(0 if seed is None else chance.randrange(len(held))).key]
        n += 1
        assert page.fetch is not None
        page.fetch.fetched_at = T0 + n * SECOND * (1 if seed is None else 60)
        page.found.sort(key=lambda ref: chance.random() if seed is not None else 0.0)
        store.commit(page)
    end_run(store, started, None)
    store.close()
    return folder


def _begin(folder: Path, n: int) -> tuple[Store, Any, int]:
    store = Store(folder / STATE_FILE, create=True)
    started = run(T0 + n * SECOND)
    started.sites = [SITE]
    store.begin_run(started)
    store.frontier.add_seeds([ref for ref in SEEDS if ref is not None])
    return store, started, n


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return crawled(tmp_path_factory.mktemp("plain") / "data")


def test_what_is_published_is_sound_and_reads_back(plain: Path) -> None:
    published = publish(plain)
    assert (published.outcome.problems, published.outcome.exit_code) == ([], 0)
    assert verify(plain) == []
    data = read_dataset(plain)
    with Store(plain / STATE_FILE) as store:
        reader = Reader(store.db)
        derived: dict[str, list[Any]] = {}
        for key in reader.threads():
            for name, rows in derive(reader.history(key), reader.find_post).tables.items():
                derived.setdefault(name, []).extend(rows)
        (only,) = reader.runs()
        assert only.outcome == "complete"
    for name, rows in derived.items():
        if not rows:
            continue
        keys = TABLES[name].key
        expected = sorted(rows, key=lambda row, keys=keys: [getattr(row, key) for key in keys])
        found = sorted(data.rows(name), key=lambda row, keys=keys: [getattr(row, key) for key in keys])
        assert found == expected
    assert published.tally.posts == len(derived["posts"])
    assert published.tally.quotes == published.tally.linked + published.tally.unseen + published.tally.unlinked


@pytest.fixture(scope="module")
def canonical(plain: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return _canonical(plain, tmp_path_factory.mktemp("canonical"))


def _canonical(folder: Path, to: Path) -> dict[str, bytes]:
    publish(folder, canonical=True, to=to)
    return {path.relative_to(to).as_posix(): path.read_bytes() for path in sorted(to.rglob("*")) if path.is_file()}


@pytest.mark.parametrize("seed", range(6))
def test_the_way_there_leaves_no_trace(tmp_path: Path, canonical: dict[str, bytes], seed: int) -> None:
    folder = crawled(tmp_path / "data", seed)
    with Store(folder / STATE_FILE) as store:
        assert len(list(Reader(store.db).runs())) >= 1
    assert _canonical(folder, tmp_path / "out") == canonical


def test_a_second_sweep_adds_nothing(tmp_path: Path, canonical: dict[str, bytes]) -> None:
    folder = crawled(tmp_path / "data")
    with Store(folder / STATE_FILE) as store:
        before = store.db.execute("SELECT count(*) FROM contents").fetchone()
        store.begin_run(run(T0 + DAY), refresh=True)
        store.frontier.add_seeds([ref for ref in SEEDS if ref is not None])
        read = {page.ref.key: page for page in pages() if page.ref is not None}
        while (where := lease(store, T0 + DAY, SITE)) is not None:
            page = read[where.key]
            assert page.fetch is not None
            page.fetch.fetched_at += DAY
            assert store.commit(page).n_new == 0
        assert store.db.execute("SELECT count(*) FROM contents").fetchone() == before
    assert _canonical(folder, tmp_path / "out") == canonical
