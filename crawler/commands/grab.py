"""`threadset grab`: threads and forums, now."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from crawler.commands._crawl import CrawlEnd, crawl
from crawler.commands._errors import CommandError
from crawler.commands._folder import default_folder, opened_folder
from crawler.commands._options import (
    crawl_options,
    crawl_settings,
    format_option,
    json_option,
    out_option,
    quiet_option,
    verbose_option,
)
from crawler.commands._output import fail, print_json, say
from crawler.commands._progress import Progress
from crawler.commands._publish import Published, as_json, publish
from crawler.commands._summary import describe, summary
from crawler.items import TOOL, PageRef
from crawler.logformatter import printable
from crawler.outcome import COMPLETE, INCOMPLETE, INTERRUPTED, INTERRUPTED_TWICE, USAGE, Outcome
from crawler.pages import AddressError, parse_ref

_HELP = """Fetch threads, or whole forums, and write a dataset.

URL is the address of a thread (any page of it, or a link to a post) or of a forum, as the browser shows it. Run it
again on the same folder to go on with what a stopped run left, or to look for what has changed.

\b
Example:
  threadset grab https://forum.example/topic/123-some-thread/

\b
Exit codes:
  0 complete  3 incomplete: what is missing is listed  4 blocked  5 not understood
  2 wrong usage  1 another error  6 another run is at work in the folder
"""

_BACKLOG = {"waiting", "count"}
"""What is missing because the run was told to end before its time."""


@click.command(help=_HELP, short_help="Fetch threads, or whole forums.", no_args_is_help=True)
@click.argument("urls", nargs=-1, required=True, metavar="URL…")
@out_option
@format_option
@crawl_options
@click.option("--no-archive", is_flag=True, help="Keep no raw pages. This version keeps none in any case.")
@click.option("--subforums", is_flag=True, help="Of a forum, take the forums below it too.")
@click.option("--refresh", is_flag=True, help="Read everything again, even where the last run was not finished.")
@click.option("--max-pages", type=click.IntRange(min=1), metavar="N", help="End after N pages; the next run goes on.")
@json_option
@verbose_option
@quiet_option
def grab(urls: tuple[str, ...], out: Path | None, **options: Any) -> int:
    """Fetch, publish, say what is there and what is missing."""
    refs = _refs(urls)
    folder = out or default_folder(refs)
    settings = _settings(folder, urls, options)
    quiet = options["quiet"] or options["as_json"]
    with opened_folder(folder, create=True):
        with Progress(delay=options["delay"], quiet=quiet) as progress:
            end = crawl(urls, settings, subforums=options["subforums"], on_page=progress.page)
        _check(end, folder)
        try:
            published = publish(folder, formats=options["formats"])
        except KeyboardInterrupt:
            return INTERRUPTED if end.signal_code is None else INTERRUPTED_TWICE
    return _report(published, end, options)


def _refs(urls: tuple[str, ...]) -> list[PageRef]:
    refs = []
    for url in urls:
        try:
            refs.append(parse_ref(url, is_seed=True))
        except AddressError as error:
            raise CommandError(url or "URL", error.reason, error.fix, USAGE) from None
    return refs


def _settings(folder: Path, urls: tuple[str, ...], options: dict[str, Any]) -> dict[str, Any]:
    named = {name: options[name] for name in ("delay", "subforums", "refresh", "max_pages")}
    return crawl_settings(options) | {
        "STATE_DIR": str(folder),
        "REFRESH": options["refresh"],
        "PAGE_BUDGET": options["max_pages"] or 0,
        "RUN_CONFIG": {"command": "grab", "urls": list(urls), **named},
    }


def _check(end: CrawlEnd, folder: Path) -> None:
    """Go on only where the store is whole and somebody still waits for the tables."""
    if end.stopped is not None and end.stopped.startswith("store: "):
        reason = f"its store cannot be written ({end.stopped.removeprefix('store: ')})"
        raise CommandError(str(folder), reason, "make room on the disk and run the same command again")
    if end.failed:
        raise CommandError(str(folder), "the crawl did not start", "run it again with -v and report what it says")
    if end.signal_code == INTERRUPTED_TWICE:
        what = "the pages that were read are kept, the tables are as they were"
        raise CommandError(str(folder), f"stopped at once: {what}", "run the same command again", INTERRUPTED_TWICE)


def _report(published: Published, end: CrawlEnd, options: dict[str, Any]) -> int:
    """Say what came of it, and give the exit code."""
    code = _code(published, end)
    errors = _errors(published, code)
    if options["as_json"]:
        print_json(as_json(published) | {"exit_code": code})
    elif not published.nothing_read:
        say([f"{published.folder}:", *summary(published, options["formats"])], quiet=options["quiet"])
    for error in errors:
        fail(error)
    if options["quiet"] and not errors and code == INCOMPLETE:
        number = sum(not problem.known for problem in published.outcome.problems)
        click.echo(f"{TOOL}: {printable(published.folder)}: {number} missing, see manifest.json", err=True)
    if published.tally.threads == 0 and code == COMPLETE:
        fail(CommandError(str(published.folder), "no threads there", "a forum of forums needs --subforums"))
    if end.signal_code is not None:
        click.echo(f"{TOOL}: stopped; run the same command again to go on", err=True)
    return code


def _code(published: Published, end: CrawlEnd) -> int:
    outcome = published.outcome
    if end.signal_code is not None:
        return end.signal_code
    if end.stopped == "budget":
        return Outcome([problem for problem in outcome.problems if problem.outcome not in _BACKLOG]).exit_code
    if published.all_gone and outcome.exit_code == COMPLETE:
        return INCOMPLETE  # what an earlier run found gone is no news, unless nothing else was asked for
    return outcome.exit_code


def _errors(published: Published, code: int) -> list[CommandError]:
    """What is wrong with the addresses that were given; and where nothing was read, at least one reason for it."""
    told = [problem for problem in published.outcome.problems if not problem.known or published.all_gone]
    fresh = [problem for problem in told if problem.outcome not in _BACKLOG]
    found = [p for p in fresh if p.page == 1 and (p.what, p.site, p.item_id) in published.seeds]
    if not found and published.nothing_read and code != COMPLETE:
        found = fresh[:1]
    return [CommandError(p.url or describe(p), p.reason, p.fix, p.exit_code) for p in found]
