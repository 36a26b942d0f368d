"""`threadset grab`: threads and forums, now."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from crawler.commands._dry_run import dry_run
from crawler.commands._errors import CommandError
from crawler.commands._expected import left_line
from crawler.commands._folder import default_folder, opened_folder
from crawler.commands._options import (
    accept_option,
    crawl_options,
    crawl_settings,
    format_option,
    json_option,
    out_option,
    quiet_option,
    verbose_option,
)
from crawler.commands._output import say
from crawler.commands._run import Plan, mend_before, report, run
from crawler.items import PageRef
from crawler.outcome import USAGE
from crawler.pages import AddressError, parse_ref
from output.report import has_extra

_HELP = """Fetch threads, or whole forums, and write a dataset.

URL is the address of a thread (any page of it, or a link to a post) or of a forum, as the browser shows it. Run it
again on the same folder to go on with what a stopped run left, or to look for what has changed.

\b
Example:
  threadset grab https://forum.example/topic/123-some-thread/
  threadset grab --dry-run https://forum.example/forum/2-news/

\b
Exit codes:
  0 complete  3 incomplete: what is missing is listed  4 blocked  5 not understood
  2 wrong usage  1 another error  6 another run is at work in the folder
"""


@click.command(help=_HELP, short_help="Fetch threads, or whole forums.")
@click.argument("urls", nargs=-1, required=True, metavar="URL…")
@out_option
@format_option
@crawl_options
@click.option("--no-archive", is_flag=True, help="Do not keep the pages as they came.")
@click.option("--no-report", is_flag=True, help="Write no report to look at.")
@click.option("--subforums", is_flag=True, help="Of a forum, take the forums below it too.")
@click.option("--refresh", is_flag=True, help="Read everything again, even where the last run was not finished.")
@click.option("--dry-run", is_flag=True, help="Say how much there is and how long it takes; read first pages only.")
@click.option("--max-pages", type=click.IntRange(min=1), metavar="N", help="End after N pages; the next run goes on.")
@accept_option
@json_option
@verbose_option
@quiet_option
def grab(urls: tuple[str, ...], out: Path | None, **options: Any) -> int:
    """Fetch, publish, say what is there and what is missing."""
    refs = _refs(urls)
    folder = out or default_folder(refs)
    if options["dry_run"]:
        look = dry_run(folder, urls, refs, _settings(folder, urls, options))
        return look.tell(as_json=options["as_json"], quiet=options["quiet"])
    plan = Plan(
        folder=folder,
        urls=urls,
        settings=_settings(folder, urls, options),
        formats=options["formats"],
        delay=options["delay"],
        report=not options["no_report"] and has_extra(),
        subforums=options["subforums"],
        accept=options["accept_yield"],
        as_json=options["as_json"],
        quiet=options["quiet"],
    )
    with opened_folder(folder, create=True):
        left = left_line(folder, [ref.site for ref in refs], plan.delay)
        say([left] if left is not None else [], quiet=plan.quiet or plan.as_json)
        mend_before(plan)
        finished = run(plan)
    return report(finished, plan)


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
        "ARCHIVE": not options["no_archive"],
        "PAGE_BUDGET": options["max_pages"] or 0,
        "RUN_CONFIG": {"command": "grab", "urls": list(urls), **named},
    }
