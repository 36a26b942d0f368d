"""One run of a crawl, from a command: fetch, look whether it can be true, publish, say what came of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click

from crawler.commands._crawl import CrawlEnd, crawl
from crawler.commands._errors import CommandError
from crawler.commands._forgotten import wanted_urls
from crawler.commands._live import Steps
from crawler.commands._mend import mend
from crawler.commands._output import fail, log_event, print_json, say
from crawler.commands._progress import Announce, Progress, extent_line
from crawler.commands._prune import prune_folder
from crawler.commands._publish import publish
from crawler.commands._published import Published
from crawler.commands._report import report_beside
from crawler.commands._summary import describe, facts_of, summary
from crawler.commands._tally import Tally
from crawler.items import TOOL
from crawler.jobs.guard import Sign, judge_yield
from crawler.jobs.yields import YieldReader, take_back, unjudged
from crawler.outcome import (
    COMPLETE,
    INCOMPLETE,
    INTERRUPTED,
    INTERRUPTED_TWICE,
    LEFT,
    NOT_READ,
    TERMINATED,
    Outcome,
    worst,
)
from crawler.session import DAMAGED
from crawler.sites import Sites
from crawler.store import STATE_FILE, Store
from crawler.visible import printable
from output import Layout
from pipelines.rereading import Rereading

_BACKLOG = {"waiting", "count"}
"""What is missing because the run was told to end before its time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a run is to do, and how it is told of.

    ``delay`` is in seconds; ``accept`` takes any yield for true; without ``layout`` the tables are laid out as before;
    ``report`` asks for one to look at. ``whole``: all that the listings name is read, not only what has changed.
    """

    folder: Path
    urls: Sequence[str]
    settings: dict[str, Any]
    formats: tuple[str, ...]
    delay: float
    layout: Layout | None = None
    report: bool = False
    subforums: bool = False
    whole: bool = True
    accept: bool = False
    as_json: bool = False
    quiet: bool = False
    log_json: bool = False


class ImplausibleError(CommandError):
    """What a run read cannot be true."""

    def __init__(self, folder: Path, signs: Sequence[Sign | str]) -> None:
        more = f" (and {len(signs) - 1} more)" if len(signs) > 1 else ""
        reason = f"its yield is implausible, the tables of the last good run are kept: {signs[0]}{more}"
        fix = "look at the page with `threadset explain`; if it is right, run again with --accept-yield"
        super().__init__(str(folder), reason, fix, NOT_READ)
        self.signs = [str(sign) for sign in signs]


@dataclass(frozen=True, slots=True)
class Finished:
    """A run that was published."""

    published: Published
    end: CrawlEnd
    page: Path | None = None
    """The report, where one was written."""

    @property
    def code(self) -> int:
        """The exit code."""
        left = {LEFT[why][2] for why in self.end.left.values()}
        found = self._of_pages
        return found if found >= INTERRUPTED else worst({found, *left})

    @property
    def _of_pages(self) -> int:
        outcome = self.published.outcome
        if self.end.signal_code is not None:
            return self.end.signal_code
        if self.end.stopped == "budget":
            return Outcome([problem for problem in outcome.problems if problem.outcome not in _BACKLOG]).exit_code
        if self.published.all_gone and outcome.exit_code == COMPLETE:
            return INCOMPLETE  # what an earlier run found gone is no news, unless nothing else was asked for
        return outcome.exit_code

    @property
    def errors(self) -> list[CommandError]:
        """What is wrong with the addresses that were given; and where nothing was read, at least one reason for it."""
        published = self.published
        told = [problem for problem in published.outcome.problems if not problem.known or published.all_gone]
        fresh = [problem for problem in told if problem.outcome not in _BACKLOG]
        found = [p for p in fresh if p.page == 1 and (p.what, p.site, p.item_id) in published.seeds]
        if not found and published.nothing_read and self.code != COMPLETE:
            found = fresh[:1]
        left = [CommandError(site, *LEFT[why]) for site, why in self.end.left.items()]
        return [CommandError(p.url or describe(p), p.reason, p.fix, p.exit_code) for p in found] or left


def mend_before(plan: Plan) -> None:
    """Mend what the disk has changed since the last run, and say so. Raises `CommandError`."""
    mended = mend(plan.folder)
    if mended is None:
        return
    plan.settings["REFRESH"] = plan.settings.get("REFRESH", False) or mended.refresh
    if plan.log_json:
        log_event("mended", message=str(mended))
    else:
        click.echo(f"{TOOL}: {printable(plan.folder / STATE_FILE)}: {mended}", err=True)


def run(plan: Plan) -> Finished:
    """Crawl and publish; the folder is opened and locked. Raises `CommandError` where no tables can be written."""
    quiet = plan.quiet or plan.as_json
    urls = wanted_urls(plan.folder, plan.urls, Sites.from_setting(plan.settings.get("SITES", {})))
    with Progress(delay=plan.delay, quiet=quiet, whole=plan.whole, announce=_announcer(plan)) as progress:
        end = crawl(urls, plan.settings, subforums=plan.subforums, on_page=progress.page)
    _check(end, plan.folder)
    runs = [] if plan.accept else _guard(plan.folder)
    try:
        days = plan.settings.get("ARCHIVE_KEEP_DAYS")
        pruned = prune_folder(plan.folder, days).records if days is not None else 0
        with Steps("deriving", "threads", quiet=quiet) as watch:
            published = publish(
                plan.folder,
                formats=plan.formats,
                layout=plan.layout,
                again=bool(pruned),
                refuse=lambda tally: _reworded(tally, runs),
                watch=watch,
            )
    except KeyboardInterrupt:
        code = INTERRUPTED if end.signal_code is None else INTERRUPTED_TWICE
        raise _stopped(plan.folder, code) from None
    except SystemExit:  # a signal that came after the crawl
        raise _stopped(plan.folder, TERMINATED) from None
    if published.refused is not None:
        _take_back(plan.folder, runs)
        raise ImplausibleError(plan.folder, [published.refused])
    wanted = plan.report and not published.nothing_read
    return Finished(published, end, report_beside(plan.folder, as_event=plan.log_json) if wanted else None)


def _announcer(plan: Plan) -> Announce | None:
    """Who is told how large something is, once its first page says so."""
    if plan.log_json:
        return lambda extent, seconds: log_event("extent", **asdict(extent), expected_seconds=seconds)
    if plan.quiet or plan.as_json:
        return None
    return lambda extent, seconds: click.echo(f"{TOOL}: {extent_line(extent, seconds)}", err=True)


def _guard(folder: Path) -> list[int]:
    """The runs that are judged here. Raises `ImplausibleError` for what cannot be true, the tables are as they were."""
    try:
        with Store(folder / STATE_FILE) as store:
            runs = unjudged(store.db)
            signs = judge_yield(YieldReader(store.db, runs).read())
    except sqlite3.Error as error:
        raise _unusable(folder, error) from None
    if signs:
        _take_back(folder, runs)
        raise ImplausibleError(folder, signs)
    return runs


def _reworded(tally: Tally, runs: Sequence[int]) -> str | None:
    """Why these runs met another layout, by what was derived; ``None`` where nothing says so."""
    found = Rereading(tally.reread, tally.altered)
    run_id = min(found.implausible & set(runs), default=None)
    if run_id is None:
        return None
    return f"text: {found.changed[run_id]} of {found.read[run_id]} posts that were not edited read differently"


def _take_back(folder: Path, runs: list[int]) -> None:
    try:
        with Store(folder / STATE_FILE) as store:
            take_back(store, runs)
    except sqlite3.Error as error:
        raise _unusable(folder, error) from None


def _unusable(folder: Path, error: sqlite3.Error) -> CommandError:
    reason = f"its {STATE_FILE} cannot be read or written ({error})"
    return CommandError(str(folder), reason, "check the disk; put back a copy if it is damaged")


def _check(end: CrawlEnd, folder: Path) -> None:
    """Go on only where the store is whole and somebody still waits for the tables."""
    if end.stopped is not None and end.stopped.startswith(DAMAGED):
        reason = f"it is damaged ({end.stopped.removeprefix(DAMAGED)}: the disk has changed it)"
        raise CommandError(str(folder / STATE_FILE), reason, "run the same command again: it is mended then")
    if end.stopped is not None and end.stopped.startswith("store: "):
        reason = f"its store cannot be written ({end.stopped.removeprefix('store: ')})"
        raise CommandError(str(folder), reason, "make room on the disk and run the same command again")
    if end.failed:
        raise CommandError(str(folder), "the crawl did not start", "run it again with -v and report what it says")
    if end.signal_code == INTERRUPTED_TWICE:
        raise _stopped(folder, INTERRUPTED_TWICE)


def _stopped(folder: Path, code: int) -> CommandError:
    what = "the pages that were read are kept, the tables are as they were"
    return CommandError(str(folder), f"stopped at once: {what}", "run the same command again", code)


def report(finished: Finished, plan: Plan) -> int:
    """Say what came of it, and give the exit code."""
    published, code, errors = finished.published, finished.code, finished.errors
    if plan.as_json:
        page = {"report": str(finished.page)} if finished.page is not None else {}
        print_json(facts_of(published) | page | {"exit_code": code})
    elif not published.nothing_read:
        say([f"{published.folder}:", *summary(published, plan.formats, finished.page)], quiet=plan.quiet)
    for error in errors:
        fail(error, as_event=plan.log_json)
    if plan.log_json:
        return code
    if plan.quiet and not errors and code == INCOMPLETE:
        number = sum(not problem.known for problem in published.outcome.problems)
        click.echo(f"{TOOL}: {printable(published.folder)}: {number} missing, see manifest.json", err=True)
    if published.tally.threads == 0 and code == COMPLETE:
        fail(CommandError(str(published.folder), "no threads there", "a forum of forums needs --subforums"))
    if finished.end.signal_code is not None:
        click.echo(f"{TOOL}: stopped; run the same command again to go on", err=True)
    return code
