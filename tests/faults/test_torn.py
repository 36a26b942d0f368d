"""Files that lost their end, hold zeros there, or a bit of which has changed: named, or of no effect."""

from __future__ import annotations

import random
import re
import shutil
from pathlib import Path

import pytest
from crawl_help import Tool
from damage_help import FORMATS, Damage, cut, damaged, flip, process, url, zeros
from mock_forum import MockForum

from crawler.store import STATE_FILE

SIZES = (1, 300, 4096)
TAILS = {f"{kind.__name__}-{size}": kind(size) for kind in (cut, zeros) for size in SIZES}
ALL_TAILS = {f"{kind.__name__}-{size}": kind(size) for kind in (cut, zeros) for size in (*range(1, 4096, 315), 4096)}


@pytest.fixture(scope="module")
def whole(site: MockForum, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dataset that nothing happened to."""
    folder = tmp_path_factory.mktemp("whole") / "out"
    assert process(site, folder) == 0
    return folder


@pytest.fixture(scope="module")
def killed(site: MockForum, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a kill leaves: a store with its log, an archive, no table."""
    folder = tmp_path_factory.mktemp("killed") / "out"
    assert process(site, folder, die_at="after-commit:2") == 137
    assert (folder / f"{STATE_FILE}-wal").stat().st_size > 5 * 4096
    return folder


@pytest.fixture
def expected(whole: Path, tool: Tool) -> dict[str, bytes]:
    tool.folder = whole
    found = tool.canonical()
    tool.folder = Path.cwd() / "out"
    return found


def names(folder: Path, pattern: str) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.glob(pattern))


def found_and_made_again(tool: Tool, whole: Path, name: str, tails: dict[str, Damage], data: Path) -> None:
    for kind, damage in tails.items():
        if not damaged(whole, name, damage, data) or (name, kind) == ("manifest.json", "cut-1"):
            continue  # the line end behind the manifest says nothing
        found = tool("verify", data)
        assert found.code == 1, kind
        assert name in found.err, kind


@pytest.mark.parametrize(
    "name",
    ["parquet/posts.parquet", "parquet/quotes.parquet", "jsonl/posts.jsonl", "jsonl/threads.jsonl", "csv/posts.csv",
     "manifest.json"],
)  # fmt: skip
def test_a_table_is_found_and_made_again(
    tool: Tool, whole: Path, expected: dict[str, bytes], data: Path, name: str
) -> None:
    found_and_made_again(tool, whole, name, TAILS if name == "manifest.json" else TAILS | {"flip": flip(12_345)}, data)
    assert tool("export", data).code == 0
    assert tool("verify", data).code == 0
    assert tool.canonical() == expected


@pytest.mark.slow
def test_every_file_of_every_format(tool: Tool, whole: Path, data: Path) -> None:
    for name in [*names(whole, "*/*.parquet"), *names(whole, "*/*.jsonl"), *names(whole, "*/*.csv"), "manifest.json"]:
        found_and_made_again(tool, whole, name, ALL_TAILS, data)


def test_the_archive(tool: Tool, site: MockForum, whole: Path, expected: dict[str, bytes], data: Path) -> None:
    """It is named, the tables do not need it, and the next run goes on without what is broken."""
    [name] = names(whole, "archive/*.warc.gz")
    for kind, damage in (TAILS | {f"flip-{place}": flip(place) for place in (33, 777, 4_567, 12_345)}).items():
        if not damaged(whole, name, damage, data):
            continue  # a zero was there
        found = tool("verify", data)
        assert found.code == 1, kind
        assert name in found.err, kind
    for damage in (cut(300), zeros(300)):
        damaged(whole, name, damage, data)
        assert tool.grab(url(site)).code == 0
        assert tool.canonical() == expected


def test_the_log_of_the_store(
    tool: Tool, site: MockForum, killed: Path, expected: dict[str, bytes], data: Path
) -> None:
    """What was committed last is as if it had never been fetched, and is fetched again."""
    ends = {"cut-1": cut(1), "cut-24576": cut(4096 * 6), "zeros-300": zeros(300), "zeros-122880": zeros(4096 * 30)}
    for kind, damage in (ends | {"flip": flip(9_876)}).items():
        assert damaged(killed, f"{STATE_FILE}-wal", damage, data)
        result = tool.grab(url(site), *FORMATS)
        assert result.code == 0, (kind, result.err)
        assert tool.canonical() == expected, kind
        assert tool("verify", data).code == 0, kind


def refused_or_equal(tool: Tool, expected: dict[str, bytes], data: Path, kind: str) -> bool:
    """True where the store was refused by name; it must not be read otherwise than it was written."""
    target = data.with_name("canonical")
    shutil.rmtree(target, ignore_errors=True)
    result = tool("export", data, "--canonical", "--to", target)
    if result.code:
        assert result.code in {1, 2}, kind
        assert STATE_FILE in result.error, kind
        assert tool("verify", data).code == 1, kind
        return True
    found = {str(path.relative_to(target)): path.read_bytes() for path in target.rglob("*.*") if path.is_file()}
    assert found == expected, kind
    return False


def test_the_end_of_the_store(tool: Tool, whole: Path, expected: dict[str, bytes], data: Path) -> None:
    for kind, damage in TAILS.items():
        if damaged(whole, STATE_FILE, damage, data):
            assert refused_or_equal(tool, expected, data, kind) or kind.startswith("zeros")


@pytest.mark.parametrize("n", [12, pytest.param(300, marks=pytest.mark.slow)])
@pytest.mark.timeout(1800)
def test_bits_of_the_store(tool: Tool, whole: Path, expected: dict[str, bytes], data: Path, n: int) -> None:
    """Of what members wrote, and of what is said of their posts."""
    held = (whole / STATE_FILE).read_bytes()
    starts = [match.end() for match in re.finditer(rb'<p>\s|\{"is_first_post":', held)]
    assert len(starts) > 100
    refused = 0
    for seed in range(n):
        where = random.Random(seed)
        place = where.choice(starts) + where.randrange(4)
        damaged(whole, STATE_FILE, flip(place, 1 << where.randrange(5)), data)
        refused += refused_or_equal(tool, expected, data, f"bit at {place}")
    assert refused > n / 2, "the others hit what was written over"


@pytest.mark.slow
def test_any_bit_of_the_store(tool: Tool, whole: Path, expected: dict[str, bytes], data: Path) -> None:
    """No run ends with a trace of the program's own."""
    where = random.Random(4)
    for _ in range(300):
        damaged(
            whole, STATE_FILE, flip(where.randrange((whole / STATE_FILE).stat().st_size), 1 << where.randrange(8)), data
        )
        result = tool("verify", data)
        assert result.code in {0, 1}
        assert "Traceback" not in result.err
