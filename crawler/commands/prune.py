"""`threadset prune`: old pages go out of the archive."""

from __future__ import annotations

from pathlib import Path

import click
import orjson

from crawler.commands._errors import CommandError
from crawler.commands._folder import opened_folder
from crawler.commands._options import json_option, quiet_option
from crawler.commands._output import print_json, say
from crawler.commands._prune import prune_folder
from crawler.commands._publish import publish
from crawler.outcome import COMPLETE, USAGE
from crawler.store import STATE_FILE, Store
from crawler.visible import printable
from output.manifest import FORMATS, MANIFEST, read_manifest

_HELP = """Take old pages out of the archive of a dataset. The tables keep what was read in them.

Records that were fetched more than N days ago go: whole files, or files are written anew without them. A page that has
not changed since stays, where a later fetch within the N days refers to its record. Without --keep-days the number is
that of the job that last ran in the folder.
"""


@click.command(help=_HELP, short_help="Take old pages out of the archive.")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--keep-days", type=click.IntRange(min=0), metavar="N", help="Keep what was fetched in the last N days.")
@click.option("--dry-run", is_flag=True, help="Say what would go, and change nothing.")
@json_option
@quiet_option
def prune(folder: Path, *, keep_days: int | None, dry_run: bool, as_json: bool, quiet: bool) -> int:
    """Prune, and write the table `fetches` again, which names the records."""
    with opened_folder(folder, create=False):
        days = keep_days if keep_days is not None else _days_of_job(folder)
        done = prune_folder(folder, days, dry_run=dry_run)
        if done.records and not dry_run and (folder / MANIFEST).exists():
            publish(folder, formats=_formats(folder), again=True)
    if as_json:
        print_json({
            "records": done.records, "files_removed": done.files_removed, "files_rewritten": done.files_rewritten,
            "bytes": done.bytes, "damaged": done.damaged, "dry_run": dry_run, "exit_code": COMPLETE,
        })  # fmt: skip
    else:
        would = "would go" if dry_run else "gone"
        files = f"{done.files_removed} files with all of them, {done.files_rewritten} files written anew"
        say([f"{folder}: {done.records:,} records {would}, {files}, {done.bytes / 1e6:,.1f} MB less"], quiet=quiet)
    for line in done.damaged or ():
        click.echo(printable(f"threadset: {line}; it is left out"), err=True)
    return COMPLETE


def _formats(folder: Path) -> tuple[str, ...]:
    """The formats in which the folder was published."""
    written = {entry.format for entry in read_manifest(folder).files}
    return tuple(name for name in FORMATS if name in written)


def _days_of_job(folder: Path) -> int:
    with Store(folder / STATE_FILE) as store:
        row = store.db.execute("SELECT config FROM runs ORDER BY run_id DESC LIMIT 1").fetchone()
    config = orjson.loads(row[0]) if row else {}
    days = config.get("keep_days")
    if not isinstance(days, int):
        raise CommandError(str(folder), "no job says how long pages are kept", "give --keep-days", USAGE)
    return days
