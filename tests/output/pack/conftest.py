"""A crawl and packs of it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from pack_made import crawl

from output.pack import Options, Statement, pack

KEY = "ab" * 32


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "pack.key"
    path.write_text(KEY + "\n")
    path.chmod(0o600)
    return path


@pytest.fixture
def crawled(tmp_path: Path, make: Any, publish: Any) -> Path:
    return crawl(make, publish, tmp_path / "crawl")


@pytest.fixture
def packed(tmp_path: Path, crawled: Path, key: Path) -> Callable[..., Path]:
    def do(to: str = "pack", *folders: Path, **options: Any) -> Path:
        options.setdefault("key", key)
        options.setdefault("statement", Statement(license="CC-BY-4.0", title="Two threads"))
        pack(folders or [crawled], tmp_path / to, Options(**options))
        return tmp_path / to

    return do
