"""`threadset link`: quotes linked again, of a folder of ours or of any posts JSONL."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import orjson

from crawler.commands._errors import CommandError
from crawler.commands._folder import opened_folder, target_folder
from crawler.commands._live import Steps
from crawler.commands._manifest import linking
from crawler.commands._options import format_option, json_option, quiet_option
from crawler.commands._output import print_json, say
from crawler.commands._publish import publish
from crawler.commands._summary import count
from crawler.commands._tally import Tally
from crawler.outcome import COMPLETE, ERROR, USAGE
from crawler.store import STATE_FILE
from output import OutputError, Publisher
from output.manifest import MANIFEST
from pipelines.authors import AuthorIndex
from pipelines.calibration import Calibration, calibrate, confidence_of
from pipelines.given import Given, GivenError, take
from pipelines.quotes import LINKER_VERSION
from pipelines.relink import relink

_HELP = """Link quotes again: find the post that each of them quotes.

Give the folder of a dataset, or a file of posts, one JSON object a line, with their quotes nested: the form of
jsonl/posts.jsonl (also gzipped). Of a post only post_id and thread_id are needed; what else is missing is said.

The result goes into the folder itself, or beside the file into <name>-linked, or where --out says.
"""

_SITE = "unknown"
"""Site of lines that name none."""


@click.command(help=_HELP, short_help="Link quotes again, in a dataset or in any posts JSONL.")
@click.argument("source", metavar="DIR|POSTS.jsonl", type=click.Path(path_type=Path))
@click.option("--out", metavar="DIR", type=click.Path(path_type=Path), help="Folder to write to.")
@format_option
@json_option
@quiet_option
def link(source: Path, *, out: Path | None, formats: tuple[str, ...], as_json: bool, quiet: bool) -> int:
    """Link, write, and say what was found."""
    if not source.exists():
        raise CommandError(str(source), "there is no such file or folder", "give a dataset or a posts JSONL", USAGE)
    if source.is_dir():
        facts = _folder(source, out or source, formats, quiet=quiet or as_json)
    else:
        if out is None and (home := _dataset_of(source)) is not None:
            fix = f"give the folder, {home}, or another one with --out"
            raise CommandError(str(source), "it is a table of a dataset", fix, USAGE)
        facts = _file(source, out or source.parent / f"{source.name.split('.')[0]}-linked", formats)
    if as_json:
        print_json(facts | {"exit_code": COMPLETE})
    else:
        say(_lines(facts), quiet=quiet)
    return COMPLETE


def _dataset_of(posts: Path) -> Path | None:
    """The dataset of which a file is a table: what lay beside it would be no part of it."""
    return next((folder for folder in posts.absolute().parents[:3] if (folder / MANIFEST).is_file()), None)


def _folder(folder: Path, target: Path, formats: tuple[str, ...], *, quiet: bool) -> dict[str, Any]:
    if not (folder / STATE_FILE).is_file():
        posts = folder / "jsonl" / "posts.jsonl"
        if not posts.is_file():
            fix = "give the folder of a dataset, or a file of posts"
            raise CommandError(str(folder), f"it has neither {STATE_FILE} nor jsonl/posts.jsonl", fix, USAGE)
        if target.resolve() == folder.resolve():
            fix = f"give another folder with --out; {posts} is what would be read"
            raise CommandError(str(folder), f"it has no {STATE_FILE}, so it cannot be written again", fix, USAGE)
        return _file(posts, target, formats)
    elsewhere = target_folder(target) if target.resolve() != folder.resolve() else nullcontext()
    with opened_folder(folder, create=False), elsewhere, Steps("linking", "threads", quiet=quiet) as watch:
        published = publish(folder, formats=formats, to=target, again=True, watch=watch)
    if published.nothing_read:
        raise CommandError(str(folder), "nothing was ever read into it", "grab something first", USAGE)
    return _facts(target, published.tally, published.calibrations)


def _file(path: Path, target: Path, formats: tuple[str, ...]) -> dict[str, Any]:
    given = _read(path)
    if not given.histories:
        raise CommandError(str(path), "there is no post in it", "give a file of posts, one JSON object a line", USAGE)
    with target_folder(target):
        tally, calibrations = _write(given, target, formats)
    return _facts(target, tally, calibrations) | {
        "lines_without": dict(sorted(given.missing.items())),
        "not_kept": sorted(given.unknown),
    }


def _write(given: Given, target: Path, formats: tuple[str, ...]) -> tuple[Tally, dict[str, Calibration]]:
    tally, authors = Tally(), AuthorIndex()
    calibrations = calibrate(given.histories, given.histories.__getitem__)
    try:
        with Publisher(target, formats=formats) as publisher:
            for key in given.histories:
                rows = relink(given, key, confidence_of(calibrations, key.site))
                publisher.add(rows.tables)
                authors.add(key.site, rows.tables["posts"], rows.names)
                tally.add(rows)
            members = authors.rows()
            tally.authors = len(members)
            publisher.add({"authors": members})
            sites = sorted({key.site for key in given.histories})
            publisher.finish({"sites": sites, "linking": linking(tally, calibrations)})
    except OutputError as error:
        raise CommandError(str(target), error.reason, error.fix) from None
    return tally, calibrations


def _read(path: Path) -> Given:
    try:
        seen_at = datetime.fromtimestamp(path.stat().st_mtime, UTC).replace(microsecond=0)
        return take(_objects(path), _SITE, seen_at)
    except GivenError as error:
        fix = "give posts in the form of jsonl/posts.jsonl, one JSON object a line"
        raise CommandError(str(path), str(error), fix, ERROR) from None
    except (OSError, EOFError) as error:
        reason = getattr(error, "strerror", None) or "it is cut off or no gzip file"
        raise CommandError(str(path), f"it cannot be read ({reason})", "check the file", USAGE) from None


def _objects(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                raise GivenError(f"line {number}: it is empty")
            try:
                value = orjson.loads(line)
            except orjson.JSONDecodeError as error:
                raise GivenError(f"line {number}: it is no JSON ({error})") from None
            if not isinstance(value, dict):
                raise GivenError(f"line {number}: it is no object")
            yield value


def _facts(target: Path, tally: Tally, calibrations: dict[str, Calibration]) -> dict[str, Any]:
    return {
        "folder": str(target),
        "linker_version": LINKER_VERSION,
        "threads": tally.threads,
        "posts": tally.posts,
        "unresolved": tally.unlinked,
        **linking(tally, calibrations),
    }


def _lines(facts: dict[str, Any]) -> list[str]:
    """What was found, for people."""
    methods = facts["methods"]
    lines = [f"{facts['folder']}:", f"  content  {count(facts['threads'], 'thread')}, {count(facts['posts'], 'post')}"]
    unknown = f", of which {facts['unresolved']:,} without a known post" if facts["unresolved"] else ""
    lines.append(f"  quotes   {facts['quotes']:,}{unknown}" if facts["quotes"] else "  quotes   none")
    lines += [f"           {number:,} {method}" for method, number in methods.items() if method != "unresolved"]
    without = [f"{name} ({count(number, 'line')})" for name, number in facts.get("lines_without", {}).items()]
    if without:
        lines.append(f"  missing  {', '.join(without)}")
    if facts.get("not_kept"):
        lines.append(f"  dropped  columns that are none of ours: {', '.join(facts['not_kept'])}")
    return lines
