"""A small dataset for the tests of this folder."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from dataset_made import T0, Make

from crawler.items import TABLES
from output.publish import Publisher


@pytest.fixture(scope="session")
def make() -> Make:
    return Make()


@pytest.fixture(scope="session")
def publish(make: Make) -> Callable[..., Path]:
    def do(directory: Path, rows: dict[str, list[Any]] | None = None, **options: Any) -> Path:
        options.setdefault("now", lambda: T0)
        facts = options.pop("facts", {})
        with Publisher(directory, **options) as publisher:
            publisher.add(make.dataset() if rows is None else rows)
            publisher.finish({"sites": ["forum.example"], **facts})
        return directory

    return do


@pytest.fixture(scope="session")
def master(tmp_path_factory: pytest.TempPathFactory, publish: Callable[..., Path]) -> Path:
    return publish(tmp_path_factory.mktemp("master"))


@pytest.fixture
def published(tmp_path: Path, master: Path) -> Path:
    """The dataset of :meth:`Make.dataset`, published into ``tmp_path``."""
    return shutil.copytree(master, tmp_path, dirs_exist_ok=True)


@pytest.fixture(scope="session")
def contents() -> Callable[[Path], dict[str, bytes]]:
    def do(directory: Path) -> dict[str, bytes]:
        files = sorted(path for path in directory.rglob("*") if path.is_file())
        return {path.relative_to(directory).as_posix(): path.read_bytes() for path in files}

    return do


@pytest.fixture
def few_tables() -> Iterator[None]:
    """Two tables are enough to see every step, and 15 of them are slow to try."""
    tables = dict(TABLES)
    for name in set(TABLES) - {"posts", "quotes"}:
        del TABLES[name]
    yield
    TABLES.clear()
    TABLES.update(tables)  # in their order
