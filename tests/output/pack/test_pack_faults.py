"""What goes wrong while a pack is made: one clear line, and the earlier pack as it was."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from failing_disk import Faults

from output.pack import PackError, Rules, verify_pack
from output.pack.errors import KeyFileError

Packed = Callable[..., Path]
ALL = "parquet,jsonl,csv,convokit"
RUN = [sys.executable, "-c", "from crawler.commands import main; main()", "pack"]


def run(crawled: Path, to: Path, key: Path, **options: Any) -> subprocess.CompletedProcess[str]:
    command = [*RUN, str(crawled), "--to", str(to), "--key", str(key), "--license", "MIT", "--format", ALL]
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


def test_a_process_of_its_own_gives_the_same_bytes(crawled: Path, key: Path, tmp_path: Path, contents: Any) -> None:
    """Whatever order its sets have, its time zone and its language."""
    seen = []
    for seed, zone, language in (("1", "Asia/Kathmandu", "C"), ("2", "America/St_Johns", "de_DE.UTF-8")):
        env = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": language}
        (tmp_path / seed).mkdir()
        made = run(crawled, tmp_path / seed / "pack", key, env=env)
        assert made.returncode == 0, made.stderr
        seen.append(contents(tmp_path / seed / "pack"))
    assert seen[0] == seen[1]


@pytest.mark.parametrize("size", [100, 3_000, 9_000])
def test_a_disk_that_takes_no_more_of_a_file(  # noqa: PLR0917
    crawled: Path, key: Path, tmp_path: Path, contents: Any, packed: Packed, size: int
) -> None:
    """Every write beyond so many bytes of a file fails, those of Arrow too."""
    before = contents(packed())

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    failed = run(crawled, tmp_path / "pack", key, preexec_fn=limited)
    assert failed.returncode == 1, failed.stderr
    assert "what was there before is untouched" in failed.stderr
    assert "Traceback" not in failed.stderr
    assert contents(tmp_path / "pack") == before


@pytest.mark.parametrize("at", [1, 4, 9, 20, 45, 70])
def test_a_kill_leaves_the_earlier_pack_to_the_next_one(
    packed: Packed, contents: Any, tmp_path: Path, at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(packed())
    with monkeypatch.context() as patch:
        Faults(patch, at, kill=True)
        with pytest.raises(Faults.Killed):
            packed(rules=Rules(recovered_text=True))
    assert contents(packed()) == before
    assert verify_pack(tmp_path / "pack") == []


def test_a_killed_first_pack_is_no_pack_and_can_be_made_again(
    packed: Packed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        Faults(patch, 9, kill=True)
        with pytest.raises(Faults.Killed):
            packed()
    assert not (tmp_path / "pack/manifest.json").exists()
    assert verify_pack(packed()) == []


@pytest.mark.parametrize("broken", ["no manifest", "half a manifest", "no table", "another schema"])
def test_what_is_no_dataset(crawled: Path, packed: Packed, contents: Any, tmp_path: Path, broken: str) -> None:
    before = contents(packed())
    manifest = crawled / "manifest.json"
    if broken == "no manifest":
        manifest.unlink()
    elif broken == "half a manifest":
        manifest.write_bytes(manifest.read_bytes()[:200])
    elif broken == "no table":
        (crawled / "parquet/posts.parquet").unlink()
    else:
        said = orjson.loads(manifest.read_bytes())
        manifest.write_bytes(orjson.dumps({**said, "schema_version": 10_000}))
    with pytest.raises(Exception, match=r"manifest\.json|posts\.parquet") as refused:
        packed()
    assert refused.value.fix
    assert contents(tmp_path / "pack") == before


def test_a_key_of_others_leaves_the_earlier_pack(key: Path, packed: Packed, contents: Any, tmp_path: Path) -> None:
    before = contents(packed())
    key.chmod(0o644)
    with pytest.raises(KeyFileError, match="others can read"):
        packed()
    assert contents(tmp_path / "pack") == before


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_folder_that_cannot_be_written(packed: Packed, tmp_path: Path) -> None:
    (tmp_path / "shut").mkdir(mode=0o500)
    with pytest.raises(PackError, match="cannot be written"):
        packed("shut/pack")
