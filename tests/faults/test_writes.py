"""A disk that is full or fails at any write of a run, and has room again: no damage, and the same in the end."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from crawl_help import Tool, manifest
from damage_help import url
from mock_forum import MockForum

from crawler.archive.writer import ArchiveWriter
from crawler.store import STATE_FILE

ROOT = Path(__file__).parents[2]
COMMAND = (sys.executable, "-c", "from crawler.commands import main; main()")


@pytest.fixture
def expected(tool: Tool, site: MockForum, data: Path) -> dict[str, bytes]:
    """What a run gives that nothing disturbs."""
    tool.folder = data.with_name("whole")
    assert tool.grab(url(site)).code == 0
    found = tool.canonical()
    tool.folder = data
    return found


@contextmanager
def no_file_beyond(size: int) -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def sound(tool: Tool, data: Path) -> None:
    """What is published is sound, if anything is."""
    if (data / "manifest.json").exists():
        assert tool("verify", data).code == 0


def test_room_that_ends_anywhere(tool: Tool, site: MockForum, data: Path, expected: dict[str, bytes]) -> None:
    """Store, archive and tables in turn meet the limit; each time the run goes on a little further."""
    largest = max(path.stat().st_size for path in data.with_name("whole").rglob("*") if path.is_file())
    failed = 0
    for eighth in range(1, 8):
        with no_file_beyond(largest * eighth // 8):
            result = tool.grab(url(site), "-q")
        failed += result.code == 1
        assert result.code in {0, 1, 2}
        assert "Traceback" not in result.err
        if result.code:
            assert result.error
        sound(tool, data)
    assert failed >= 2
    assert tool.grab(url(site)).code == 0
    assert tool.canonical() == expected
    assert tool("verify", data).code == 0


@pytest.mark.parametrize("at", [1, 2, 9, 20])
def test_an_archive_that_cannot_be_written(
    tool: Tool, site: MockForum, expected: dict[str, bytes], monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    left = [at]
    real = ArchiveWriter._append

    def append(own: ArchiveWriter, member: bytes) -> None:
        left[0] -= 1
        if left[0] == 0:
            raise OSError(5, "Input/output error")
        real(own, member)

    monkeypatch.setattr(ArchiveWriter, "_append", append)
    result = tool.grab(url(site), "-q")
    assert result.code == 1
    assert "Input/output error" in result.error
    assert tool.grab(url(site)).code == 0
    assert tool.canonical() == expected
    assert tool("verify", tool.folder).code == 0


def test_a_store_that_becomes_read_only(
    tool: Tool, site: MockForum, data: Path, expected: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its files are suddenly open for reading only, as where a file system is remounted after an error."""
    left = [8]
    real = ArchiveWriter._append

    def append(own: ArchiveWriter, member: bytes) -> None:
        left[0] -= 1
        if left[0] == 0:
            _read_only(data)
        real(own, member)

    monkeypatch.setattr(ArchiveWriter, "_append", append)
    result = tool.grab(url(site), "-q")
    assert result.code == 1
    assert STATE_FILE in result.error or "store cannot be written" in result.error
    assert not (data / "manifest.json").exists()
    assert tool.grab(url(site)).code == 0
    assert tool.canonical() == expected


def _read_only(data: Path) -> None:
    for name in (STATE_FILE, f"{STATE_FILE}-wal"):
        only = os.open(data / name, os.O_RDONLY)
        for link in Path("/proc/self/fd").iterdir():
            number = int(link.name)
            if number != only and os.path.realpath(link) == str((data / name).resolve()):
                os.dup2(only, number)
        os.close(only)


def injected(folder: Path, address: str, call: str, error: str, at: int) -> subprocess.CompletedProcess[str]:
    """`grab` in a process whose ``at``-th call of that kind the kernel answers with an error."""
    return subprocess.run(
        ["strace", "-f", "-qq", "-o", "/dev/null", f"--trace={call}", f"--inject={call}:error={error}:when={at}",
         *COMMAND, "grab", address, "--out", str(folder), "--delay", "0", "-q", "--no-report"],
        env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


@pytest.fixture(scope="module")
def kernel() -> None:
    """Skips where the kernel's answers cannot be chosen."""
    found = shutil.which("strace")
    if found is None or subprocess.run([found, "-o", "/dev/null", "true"], capture_output=True, check=False).returncode:
        pytest.skip("strace is not there, or may not trace")


CALLS = {"pwrite64": ("ENOSPC", "EIO"), "fdatasync": ("EIO",), "fsync": ("EIO", "ENOSPC"), "rename": ("ENOSPC",)}
PLACES = (1, 2, 3, 5, 8, 13, 21, 34, 55)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize(("call", "error"), [(call, error) for call, errors in CALLS.items() for error in errors])
@pytest.mark.usefixtures("kernel")
def test_calls_that_the_kernel_refuses(
    tool: Tool, site: MockForum, expected: dict[str, bytes], call: str, error: str
) -> None:
    refused, data = 0, tool.folder
    for at in PLACES:
        shutil.rmtree(data, ignore_errors=True)
        done = injected(data, url(site), call, error, at)
        assert done.returncode in {0, 1, 2}, (at, done.stderr)
        assert "Traceback" not in done.stderr, (at, done.stderr)
        refused += done.returncode != 0
        if done.returncode:
            assert done.stderr.count("\n") == 1, (at, done.stderr)
        sound(tool, data)
        assert tool.grab(url(site)).code == 0, at
        assert tool.canonical() == expected, at
        assert manifest(data)["completeness"]["complete"], at
    assert refused
