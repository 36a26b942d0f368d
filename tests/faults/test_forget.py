"""Erasing that is killed, or finds no room: the next command finishes it. And what is put back from before."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from crawl_help import Tool, by_id, rows
from forget_help import grab_demo, holding, quoted_post, signs_of

from crawler.commands import main
from crawler.store.killpoints import OF_FORGETTING

ROOT = Path(__file__).parents[2]
KILLED = 137
POINTS = (*OF_FORGETTING, "mid-export", "between-rename-and-fsync")


class KilledError(BaseException):
    """Stands for SIGKILL within this process."""


def apart(*args: object, die_at: str = "", room: int | None = None) -> subprocess.CompletedProcess[str]:
    """`threadset` in a process of its own, which dies at a point, or may write files of so many bytes only."""
    return subprocess.run(
        [sys.executable, "-c", "from crawler.commands import main; main()", *map(str, args)],
        env=os.environ | {"PYTHONPATH": str(ROOT), "THREADSET_KILL_AT": die_at},
        capture_output=True, text=True, check=False,
        preexec_fn=None if room is None else lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (room, room)),
    )  # fmt: skip


@pytest.fixture(scope="module")
def master(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two threads of the demo forum, with an archive, tables and an export."""
    return grab_demo(tmp_path_factory.mktemp("forget") / "data", (88, 101))


@pytest.fixture
def folder(master: Path, data: Path) -> Path:
    return shutil.copytree(master, data)


@pytest.fixture(scope="module")
def post(master: Path) -> dict[str, Any]:
    return quoted_post(master)


def die_at(patch: pytest.MonkeyPatch, wanted: str) -> None:
    def reach(point: str) -> None:
        if point == wanted:
            raise KilledError

    for name in ("crawler.commands.forget", "crawler.forget.finish", "output.swap"):
        patch.setattr(import_module(name), "reach", reach)


@pytest.mark.parametrize("point", POINTS)
def test_broken_off_anywhere_the_next_command_finishes_it(
    tool: Tool, folder: Path, post: dict[str, Any], point: str, tmp_path: Path
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        die_at(patch, point)
        with pytest.raises(KilledError):
            main(["forget", str(folder), "--post", str(post["post_id"]), "--yes", "-q"])
    if point != "forget-published":
        assert tool("verify", folder).code == 1
        packed = tool("pack", folder, "--to", tmp_path / "pack", "--license", "MIT")
        assert (packed.code, "finish that: `threadset export`" in packed.error) == (1, True)
    if POINTS.index(point) % 2:
        assert tool("export", folder, "-q").code == 0
    else:
        assert tool("forget", folder, "--post", post["post_id"], "--yes", "-q").code == 0
    assert holding(folder, *signs_of(post), str(post["post_id"])) == []
    assert tool("verify", folder).code == 0
    assert post["post_id"] not in by_id(rows(folder, "posts"))


@pytest.mark.slow
@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("then", ["forget", "export"])
def test_killed_anywhere_the_next_command_finishes_it(
    folder: Path, post: dict[str, Any], point: str, then: str
) -> None:
    asked = ("forget", folder, "--post", post["post_id"], "--yes", "-q")
    assert apart(*asked, die_at=point).returncode == KILLED
    assert apart("verify", folder).returncode == (0 if point == "forget-published" else 1)
    done = apart(*(asked if then == "forget" else ("export", folder, "-q")))
    assert done.returncode == 0, done.stderr
    assert holding(folder, *signs_of(post), str(post["post_id"])) == []
    checked = apart("verify", folder)
    assert checked.returncode == 0, checked.stderr


@pytest.mark.parametrize("room", [1_000, 100_000])
def test_a_full_disk_leaves_the_tables_as_they_were(tool: Tool, folder: Path, post: dict[str, Any], room: int) -> None:
    before = {path: path.read_bytes() for path in (folder / "jsonl").iterdir()}
    full = apart("forget", folder, "--post", post["post_id"], "--yes", "-q", room=room)
    assert (full.returncode, full.stderr.count("\n")) == (1, 1), full.stderr
    assert "Traceback" not in full.stderr
    assert {path: path.read_bytes() for path in (folder / "jsonl").iterdir()} == before
    assert tool("export", folder, "-q").code == 0
    if (folder / "forgotten.list").exists():  # it got as far as to note what is to go
        assert holding(folder, *signs_of(post)) == []
    assert tool("forget", folder, "--post", post["post_id"], "--yes", "-q").code == 0
    assert holding(folder, *signs_of(post)) == []


def test_what_is_put_back_from_before_is_cleaned_again(
    tool: Tool, folder: Path, master: Path, post: dict[str, Any], tmp_path: Path
) -> None:
    assert tool("forget", folder, "--post", post["post_id"], "--yes").code == 0
    for name in ("state.sqlite", "archive/00001.warc.gz"):
        shutil.copy(master / name, folder / name)
    shutil.copy(master / "state.sqlite", folder / "state.sqlite.bak-v3")
    shutil.copy(master / "state.sqlite", folder / "state.sqlite.damaged-1")
    shutil.copy(master / "archive/00001.warc.gz", folder / "archive/00001.warc.gz.damaged")
    assert tool("verify", folder).code == 1
    assert tool("export", folder, "-q").code == 0
    assert holding(folder, *signs_of(post)) == []
    assert tool("verify", folder).code == 0
    for name in ("jsonl", "parquet"):
        shutil.rmtree(folder / name)
        shutil.copytree(master / name, folder / name)
    shutil.copy(master / "manifest.json", folder / "manifest.json")
    assert tool("pack", folder, "--to", tmp_path / "pack", "--license", "MIT").code == 1
    assert tool("export", folder, "-q").code == 0
    assert holding(folder, *signs_of(post)) == []


def test_an_archive_from_before_is_extracted_without_it(
    tool: Tool, folder: Path, master: Path, post: dict[str, Any], tmp_path: Path
) -> None:
    assert tool("forget", folder, "--post", post["post_id"], "--yes").code == 0
    old = shutil.copy(master / "archive/00001.warc.gz", tmp_path / "old.warc.gz")
    out = tmp_path / "extracted"
    done = tool("extract", old, "--out", out, "--forgotten", folder, "-q")
    assert done.code == 0, done.err
    assert holding(out, *signs_of(post)) == []
    assert len(rows(out, "posts")) == len(rows(master, "posts")) - 1
    refused = tool("extract", old, "--out", tmp_path / "other", "--forgotten", master)
    assert (refused.code, "nothing was ever forgotten" in refused.error) == (2, True)
