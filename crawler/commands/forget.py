"""`threadset forget`: a post, an author, a thread or a site is erased for good, and kept from coming back."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from crawler.commands._errors import CommandError
from crawler.commands._folder import opened_folder
from crawler.commands._forgotten import forgetting, is_stale
from crawler.commands._options import json_option, quiet_option
from crawler.commands._output import print_json, say
from crawler.commands._publish import publish
from crawler.commands._report import make_report
from crawler.commands._summary import count
from crawler.forget import Forgotten, load_forgotten
from crawler.forget.finish import Done, exports, finish, own_manifest, preview, strangers
from crawler.forget.target import Search, Target, TargetError, is_listed
from crawler.outcome import COMPLETE, INTERRUPTED, USAGE
from crawler.store import STATE_FILE, Store
from crawler.store.db import integrity
from crawler.store.killpoints import reach
from output.manifest import FORMATS, MANIFEST, Manifest
from output.report import NAME as REPORT
from output.report import has_extra

_HELP = """Erase a post, all of an author, a thread or a whole site for good, and keep it from coming back.

It goes out of the store, with its versions and with what quotes it in other posts, out of the archive (the records of
all pages that may hold it), out of the tables, canonical exports in the folder and the report. A list of keyed hashes
stays in the folder, so that no later run brings it back. Nothing of it can be undone.

Give one of --post, --author, --author-id and --thread; with one of them, --site says of which site, where there are
several. --site alone is the whole site.

\b
Exit codes:
  0 it is erased  2 it is not there, or is not clear  6 a run is at work in the folder  1 another error
"""


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is asked for, and how to go about it."""

    folder: Path
    target: Target
    dry_run: bool
    yes: bool
    as_json: bool
    quiet: bool


@click.command(help=_HELP, short_help="Erase a post, an author, a thread or a site for good.")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--post", type=click.IntRange(min=1), metavar="ID", help="A post, by its number.")
@click.option("--author", metavar="NAME", help="All posts of an author, and the name everywhere else.")
@click.option("--author-id", type=click.IntRange(min=1), metavar="ID", help="The same, by the member's number.")
@click.option("--thread", type=click.IntRange(min=1), metavar="ID", help="A thread with all its posts.")
@click.option("--site", metavar="NAME", help="A whole site; with one of the others, the site that is meant.")
@click.option("--dry-run", is_flag=True, help="Say what would be erased, and change nothing.")
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@json_option
@quiet_option
def forget(folder: Path, **given: Any) -> int:
    """Find it, say what goes, erase it."""
    names = ("post", "author", "author_id", "thread")
    asked = {name: given[name] for name in names if given[name] is not None}
    if len(asked) > 1 or not (asked or given["site"]):
        fix = "give one of --post, --author, --author-id, --thread and --site"
        raise CommandError("forget", f"{'more than one thing' if asked else 'nothing'} is named", fix, USAGE)
    target = Target(**asked, site=given["site"])
    plan = _Plan(folder, target, given["dry_run"], given["yes"], given["as_json"], given["quiet"])
    if not (folder / STATE_FILE).is_file() and folder.is_dir():
        raise CommandError(str(folder), "there is no store here", "give the folder of a dataset made by a crawl", USAGE)
    with opened_folder(folder, create=False), forgetting(folder):
        return _forget(plan)


def _forget(plan: _Plan) -> int:
    folder = plan.folder
    _check(folder)
    found = _look(plan)
    if found is None:
        if is_stale(folder, folder):
            _Made.of(folder).again(folder)
        _tell(plan, Done(), "was forgotten here before: nothing of it is left")
        return COMPLETE
    forgotten, would = found
    if plan.dry_run:
        _tell(plan, would, "would go")
        return COMPLETE
    _ask(plan, would)
    made = _Made.of(folder)
    forgotten.save(folder)
    reach("forget-listed")
    done = finish(folder)
    made.again(folder)
    reach("forget-published")
    _tell(plan, done, "gone")
    return COMPLETE


def _check(folder: Path) -> None:
    """Erasing goes by what is in the store: where that is damaged, it cannot be relied on."""
    wrong = integrity(folder / STATE_FILE)
    if wrong:
        raise CommandError(str(folder / STATE_FILE), f"it is damaged ({wrong[0]})", "put back a copy, then forget")


def _look(plan: _Plan) -> tuple[Forgotten, Done] | None:
    """The list with what is to be forgotten, and what that means; ``None`` where it was forgotten before."""
    forgotten = load_forgotten(plan.folder).copy()
    with Store(plan.folder / STATE_FILE) as store:
        search = Search(store.db)
        try:
            matched = search.find(plan.target)
        except TargetError as error:
            sites = [row[0] for row in store.db.execute("SELECT DISTINCT site FROM fetches")]
            if is_listed(forgotten, plan.target, sites):
                return None
            raise CommandError(str(plan.folder), error.reason, error.fix, USAGE) from None
        search.enter(plan.target, matched, forgotten)
        return forgotten, preview(plan.folder, store, forgotten)


def _ask(plan: _Plan, would: Done) -> None:
    if plan.yes:
        return
    if plan.as_json or not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise CommandError(str(plan.folder), "erasing cannot be undone", "look with --dry-run, then give --yes", USAGE)
    for line in _lines(would, "will go"):
        click.echo(line, err=True)
    if not click.confirm("Erase it for good?", err=True):
        raise CommandError(str(plan.folder), "nothing was erased", "answer y to erase it", INTERRUPTED)


@dataclass(frozen=True, slots=True)
class _Made:
    """What was made of the store and lies in the folder: tables, exports of them, a report."""

    tables: list[tuple[Path, Manifest]]
    report: bool

    @classmethod
    def of(cls, folder: Path) -> _Made:
        own = [(folder, own_manifest(folder))] if (folder / MANIFEST).exists() else []
        return cls([*own, *exports(folder)], bool(own) and (folder / REPORT).exists())

    def again(self, folder: Path) -> None:
        """Make it again."""
        for place, manifest in self.tables:
            formats = tuple(name for name in FORMATS if name in {entry.format for entry in manifest.files})
            publish(folder, formats=formats or FORMATS[:2], canonical=manifest.canonical, to=place, again=True)
        if self.report and has_extra() and (folder / MANIFEST).exists():
            make_report(folder)


def _tell(plan: _Plan, done: Done, what: str) -> None:
    if plan.as_json:
        print_json({**_facts(done), "dry_run": plan.dry_run, "not_ours": strangers(plan.folder), "exit_code": COMPLETE})
        return
    lines = _lines(done, what) if done.erased.posts or done.erased.fetches or done.files else [f"  {what}"]
    say([f"{plan.folder}:", *lines], quiet=plan.quiet)
    others = strangers(plan.folder)
    if others:
        say([f"  not looked into, as it is none of ours: {', '.join(others)}"], quiet=plan.quiet)
    for line in done.records.damaged or ():
        say([f"  {line}; it is left out of the archive"], quiet=plan.quiet)


def _lines(done: Done, what: str) -> list[str]:
    erased, records = done.erased, done.records
    lines = [f"  {count(erased.posts, 'post')} {what}, read {count(erased.readings, 'time')}"]
    if erased.threads:
        lines.append(f"  {count(erased.threads, 'thread')} {what}")
    if erased.quotes or erased.bodies:
        lines.append(f"  {count(erased.bodies, 'other text')} changed, {count(erased.quotes, 'quote')} in them emptied")
    if erased.facts:
        lines.append(f"  {count(erased.facts, 'other fact')} without a name")
    if records.records:
        lines.append(f"  {count(records.records, 'record')} of the archive {what}")
    return [*lines, *(f"  {name} {what}" for name in done.files)]


def _facts(done: Done) -> dict[str, Any]:
    erased = done.erased
    return {
        "posts": erased.posts, "threads": erased.threads, "readings": erased.readings, "quotes": erased.quotes,
        "bodies": erased.bodies, "facts": erased.facts, "records": done.records.records, "files": done.files,
    }  # fmt: skip
