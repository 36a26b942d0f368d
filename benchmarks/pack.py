"""`threadset pack` against pyarrow and orjson alone: seconds on the clock, processor time and memory of all processes.

There are three references, each one process:

- a script of these two libraries that reads the crawl's tables, as far as the pack has them, and writes them as Parquet
  (zstd-3) and JSONL: what somebody writes who has no `threadset`. It sorts nothing, replaces nobody's name and tests
  nothing;
- the libraries with the pack's rows as dicts in memory, for both formats: what a program pays that has its rows in
  Python;
- the libraries with the pack's rows in memory, in the form that each likes best: Arrow tables for Parquet, dicts for
  JSONL. That is the least that anything can cost that writes these files.
"""

from __future__ import annotations

import argparse
import json
import os
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
from benchmarks.processes import measured
from crawler.processes import cores

Spent = dict[str, float]

POSTS = 2_000_000
_ROWS = 20_000
_GROUP = 50_000
_SELF = (sys.executable, "-m", "benchmarks.pack")
_TOOL = (sys.executable, "-c", "from crawler.commands import main; main()")


def run(posts: int = POSTS) -> Iterator[str]:
    """So many posts of 400 characters, and what belongs to them; some minutes, and 15 GB of disk for 2 million."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR")) as name:
        folder = Path(name)
        make(folder / "crawl", posts)
        command = ["pack", str(folder / "crawl"), "--to", str(folder / "pack"), "--license", "CC0-1.0", "-q"]
        pack = measured([*_TOOL, *command])
        script = measured([*_SELF, "--script", str(folder / "crawl"), str(folder / "pack")])
        base = json.loads(measured([*_SELF, "--reference", str(folder / "pack")]).output)
        release = [*command[:2], "--to", str(folder / "next"), *command[4:], "--since", str(folder / "pack")]
        again = measured([*_TOOL, *release])
    arrow, rows, lines = ((base[name]["wall"], base[name]["cpu"]) for name in ("arrow", "rows", "lines"))
    references = {
        "a script of pyarrow and orjson, that reads and writes the same tables": (script.wall, script.cpu),
        "pyarrow and orjson with dicts in memory for both": (rows[0] + lines[0], rows[1] + lines[1]),
        "pyarrow with Arrow tables and orjson with dicts in memory": (arrow[0] + lines[0], arrow[1] + lines[1]),
    }
    for clock, rank, ours in (
        (f"on {cores()} cores, time on the clock", 0, pack.wall),
        ("processor time", 1, pack.cpu),
    ):
        for label, alone in references.items():
            what = f"pack {posts:,} posts as Parquet and JSONL, {clock}: speed"
            yield f"| {what} | {alone[rank] / ours:.2f} | {ours:.1f} s | {label}: {alone[rank]:.1f} s |"
    what = "memory of all its processes together (of the largest) in MB, and of the script"
    ours = f"{pack.memory:.0f} ({pack.largest:.0f})"
    yield f"| {what} | {pack.memory / script.memory:.2f} | {ours} | {script.memory:.0f} |"
    what, of = "the same posts as a release against that pack, on the clock: speed", "`pack` without `--since`"
    yield f"| {what} | {pack.wall / again.wall:.2f} | {again.wall:.1f} s | {of}: {pack.wall:.1f} s |"
    what = "memory of it in MB"
    yield f"| {what} | {again.memory / pack.memory:.2f} | {again.memory:.0f} | {pack.memory:.0f} |"


def script(crawl: Path, pack: Path) -> None:
    """Read the tables that the pack has, and write them again in both formats."""
    zstd = {"compression": "zstd", "compression_level": 3}
    with tempfile.TemporaryDirectory(dir=crawl.parent) as name:
        for path in sorted((crawl / "parquet").iterdir()):
            there = sorted((pack / "parquet").glob(f"{path.stem}-*"))
            if not there:
                continue
            columns = pq.read_schema(there[0]).names
            with (
                pq.ParquetFile(path) as source,
                (Path(name) / f"{path.stem}.jsonl").open("wb") as lines,
                pq.ParquetWriter(Path(name) / path.name, pq.read_schema(there[0]), **zstd) as writer,
            ):
                for batch in source.iter_batches(_GROUP, columns=columns):
                    writer.write_table(pa.Table.from_batches([batch]).select(columns).cast(writer.schema))
                    _as_lines(lines, batch.to_pylist())


def reference(pack: Path) -> dict[str, Spent]:
    """Seconds in which the libraries write a pack's rows: Parquet from Arrow and from dicts, JSONL from dicts."""
    spent = {name: {"wall": 0.0, "cpu": 0.0} for name in ("arrow", "rows", "lines")}
    with tempfile.TemporaryDirectory(dir=pack.parent) as name:
        for path in sorted((pack / "parquet").iterdir()):
            _rewritten(path, Path(name), spent)
    return spent


def _rewritten(path: Path, folder: Path, spent: dict[str, Spent]) -> None:
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
                start = time.perf_counter(), time.process_time()
                write()
                spent[name]["wall"] += time.perf_counter() - start[0]
                spent[name]["cpu"] += time.process_time() - start[1]


def _from_dicts(writer: pq.ParquetWriter, dicts: list[dict[str, Any]], schema: pa.Schema) -> None:
    writer.write_table(pa.Table.from_pylist(dicts, schema))


def _as_lines(file: IO[bytes], dicts: list[dict[str, Any]]) -> None:
    options = orjson.OPT_APPEND_NEWLINE | orjson.OPT_UTC_Z
    file.writelines(orjson.dumps(row, option=options) for row in dicts)


def main(given: Sequence[str] | None = None) -> None:
    """``python -m benchmarks.pack --posts 100000``: another size."""
    parser = argparse.ArgumentParser(description=run.__doc__)
    parser.add_argument("--posts", type=int, default=POSTS)
    parser.add_argument("--reference", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--script", type=Path, nargs=2, help=argparse.SUPPRESS)
    options: Any = parser.parse_args(given)
    if options.script:
        script(*options.script)
        return
    if options.reference:
        print(json.dumps(reference(options.reference)))
        return
    for line in run(options.posts):
        print(line)


if __name__ == "__main__":
    main()
