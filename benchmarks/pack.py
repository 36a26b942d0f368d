"""`threadset pack` against pyarrow and orjson alone, which write the same rows: CPU time of all processes, and memory.

The reference has the rows in memory, in the form that each library likes best: Arrow tables for Parquet (zstd-3), dicts
for JSONL. It reads nothing, sorts nothing, hashes nothing and finds nobody. That is the least that anything can cost
that writes these files. The second one has dicts for both, as a program has that got its rows out of Python.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import IO, Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.pack_data import make

POSTS = 2_000_000
_ROWS = 20_000
_TOOL = (sys.executable, "-c", "from crawler.commands import main; main()")


def run(posts: int = POSTS) -> Iterator[str]:
    """So many posts of 400 characters, and what belongs to them; some minutes, and 12 GB of disk for 2 million."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR")) as name:
        folder = Path(name)
        make(folder / "crawl", posts)
        command = ["pack", str(folder / "crawl"), "--to", str(folder / "pack"), "--license", "CC0-1.0", "-q"]
        seconds, peak = _measured([*_TOOL, *command])
        release = [*command[:2], "--to", str(folder / "next"), *command[4:], "--since", str(folder / "pack")]
        again, peak_again = _measured([*_TOOL, *release])
        base = json.loads(_output([sys.executable, "-m", "benchmarks.pack", "--reference", str(folder / "pack")]))
    arrow, rows, lines = base["arrow"], base["rows"], base["lines"]
    what = f"pack {posts:,} posts as Parquet and JSONL ({peak:.0f} MB at most)"
    for label, alone in (("Arrow to Parquet, dicts to JSONL", arrow + lines), ("dicts to both", rows + lines)):
        of = f"pyarrow and orjson alone, {label}: {alone:.1f} s"
        yield f"| {what}: speed | {alone / seconds:.2f} | {seconds:.1f} s | {of} |"
    what = f"the same posts as a release against that pack ({peak_again:.0f} MB at most): speed"
    yield f"| {what} | {seconds / again:.2f} | {again:.1f} s | `pack` without `--since`: {seconds:.1f} s |"


def reference(pack: Path) -> dict[str, float]:
    """CPU seconds in which the libraries write a pack's rows: Parquet from Arrow and from dicts, JSONL from dicts."""
    spent = {"arrow": 0.0, "rows": 0.0, "lines": 0.0}
    with tempfile.TemporaryDirectory(dir=pack.parent) as name:
        for path in sorted((pack / "parquet").iterdir()):
            _rewritten(path, Path(name), spent)
    return spent


def _rewritten(path: Path, folder: Path, spent: dict[str, float]) -> None:
    schema = pq.read_schema(path)
    zstd = {"compression": "zstd", "compression_level": 3}
    with (
        pq.ParquetFile(path) as source,
        pq.ParquetWriter(folder / "arrow", schema, **zstd) as arrow,
        pq.ParquetWriter(folder / "rows", schema, **zstd) as rows,
        (folder / "lines").open("wb") as lines,
    ):
        for batch in source.iter_batches(_ROWS):
            table, dicts = pa.Table.from_batches([batch]), batch.to_pylist()
            writes: dict[str, Callable[[], object]] = {
                "arrow": partial(arrow.write_table, table),
                "rows": partial(_from_dicts, rows, dicts, schema),
                "lines": partial(_as_lines, lines, dicts),
            }
            for name, write in writes.items():
                start = time.process_time()
                write()
                spent[name] += time.process_time() - start


def _from_dicts(writer: pq.ParquetWriter, dicts: list[dict[str, Any]], schema: pa.Schema) -> None:
    writer.write_table(pa.Table.from_pylist(dicts, schema))


def _as_lines(file: IO[bytes], dicts: list[dict[str, Any]]) -> None:
    options = orjson.OPT_APPEND_NEWLINE | orjson.OPT_UTC_Z
    file.writelines(orjson.dumps(row, option=options) for row in dicts)


def _measured(command: Sequence[str]) -> tuple[float, float]:
    """CPU seconds of a process and its children, and the most memory that one of them had, in MB (10^6 bytes)."""
    process = subprocess.Popen(command)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024 / 1e6


def _output(command: Sequence[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def main(given: Sequence[str] | None = None) -> None:
    """``python -m benchmarks.pack --posts 100000``: another size."""
    parser = argparse.ArgumentParser(description=run.__doc__)
    parser.add_argument("--posts", type=int, default=POSTS)
    parser.add_argument("--reference", type=Path, help=argparse.SUPPRESS)
    options: Any = parser.parse_args(given)
    if options.reference:
        print(json.dumps(reference(options.reference)))
        return
    for line in run(options.posts):
        print(line)


if __name__ == "__main__":
    main()
