"""`threadset grab`: threads and forums, now."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import click
import orjson

from crawler.commands._crawl import CrawlEnd, crawl
from crawler.commands._errors import CommandError, fail
from crawler.commands._folder import default_folder, opened_folder, remove_if_bare
from crawler.commands._options import (
    crawl_options,
    format_option,
    json_option,
    log_level,
    out_option,
    quiet_option,
    verbose_option,
)
from crawler.commands._progress import Progress
from crawler.commands._publish import Published, as_json, publish
from crawler.commands._summary import describe, say, summary
from crawler.items import PageRef
from crawler.middlewares.cookies import CookieFileError, load_cookies
from crawler.outcome import COMPLETE, USAGE, Problem
from crawler.pages import AddressError, parse_ref

_HELP = """Fetch threads, or whole forums, and write a dataset.

URL is the address of a thread (any page of it, or a link to a post) or of a forum, as the browser shows it. Run it
again on the same folder to go on with what a stopped run left, or to look for what has changed.

\b
Example:
  threadset grab https://forum.example/topic/123-some-thread/
"""


@click.command(help=_HELP, no_args_is_help=True)
@click.argument("urls", nargs=-1, required=True, metavar="URL…")
@out_option
@format_option
@crawl_options
@click.option("--subforums", is_flag=True, help="Of a forum, take the forums below it too.")
@click.option("--refresh", is_flag=True, help="Read everything again, even where the last run was not finished.")
@json_option
@verbose_option
@quiet_option
def grab(urls: tuple[str, ...], out: Path | None, **options: Any) -> int:
    """Fetch, publish, say what is there and what is missing."""
    refs = _refs(urls)
    folder = out or default_folder(refs)
    settings = _settings(folder, urls, options)
    quiet = options["quiet"] or options["as_json"]
    with opened_folder(folder, create=True) as new:
        with Progress(delay=options["delay"], quiet=quiet) as progress:
            end = crawl(urls, settings, subforums=options["subforums"], on_page=progress.page)
        _check(end, folder)
        published = publish(folder, formats=options["formats"])
    if published.nothing_read and new:
        remove_if_bare(folder)
    return _report(published, refs, end, options)


def _refs(urls: tuple[str, ...]) -> list[PageRef]:
    refs = []
    for url in urls:
        try:
            refs.append(parse_ref(url, is_seed=True))
        except AddressError as error:
            raise CommandError(url, error.reason, error.fix, USAGE) from None
    return refs


def _settings(folder: Path, urls: tuple[str, ...], options: dict[str, Any]) -> dict[str, Any]:
    settings: dict[str, Any] = {
        "STATE_DIR": str(folder),
        "DOWNLOAD_DELAY": options["delay"],
        "REFRESH": options["refresh"],
        "LOG_LEVEL": log_level(options["verbose"], quiet=options["quiet"] or options["as_json"]),
        "RUN_CONFIG": {
            "command": "grab",
            "urls": list(urls),
            "delay": options["delay"],
            "subforums": options["subforums"],
            "refresh": options["refresh"],
        },
    }
    if options["user_agent"]:
        if not options["user_agent"].isprintable():
            raise CommandError("--user-agent", "it has control characters in it", "write it on one line", USAGE)
        settings["USER_AGENT"] = options["user_agent"]
    if options["cookies"]:
        try:
            load_cookies(options["cookies"])
        except CookieFileError as error:
            raise CommandError("--cookies", str(error), "see `threadset grab --help`", USAGE) from None
        settings["COOKIES_FILE"] = str(options["cookies"])
    return settings


def _check(end: CrawlEnd, folder: Path) -> None:
    if end.failed:
        raise CommandError(str(folder), "the crawl did not start", "run it again with -v and report what it says")


def _report(published: Published, refs: list[PageRef], end: CrawlEnd, options: dict[str, Any]) -> int:
    """Say what came of it, and give the exit code."""
    outcome = published.outcome
    code = end.signal_code if end.signal_code is not None else outcome.exit_code
    if options["as_json"]:
        facts = as_json(published) | {"exit_code": code}
        click.echo(orjson.dumps(facts, option=orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z).decode())
        return code
    seeds = {(ref.site, ref.kind, ref.item_id) for ref in refs}
    if outcome.exit_code != COMPLETE:
        for problem in outcome.problems:
            if (problem.site, _kind(problem), problem.item_id) in seeds and not problem.known and problem.page == 1:
                what = problem.url or describe(problem)
                fail(CommandError(what, problem.reason, problem.fix, problem.exit_code))
    if published.nothing_read:
        return code
    if not options["quiet"]:
        click.echo(f"{published.folder}:")
    say(summary(published, options["formats"]), quiet=options["quiet"])
    if end.signal_code is not None:
        click.echo("stopped; run the same command again to go on", err=True)
    return code


def _kind(problem: Problem) -> str:
    return "forum" if problem.what == "listing_page" else "topic"


logger = logging.getLogger(__name__)
