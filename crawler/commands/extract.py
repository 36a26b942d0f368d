"""`threadset extract`: the tables out of what was saved, with no network."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

import click

from crawler.commands._errors import CommandError
from crawler.commands._folder import opened_folder
from crawler.commands._forgotten import finish_forgetting, list_for
from crawler.commands._live import Steps
from crawler.commands._options import format_option, json_option, log_level, quiet_option, verbose_option
from crawler.commands._output import fail, print_json, say
from crawler.commands._publish import publish
from crawler.commands._published import Published, Watch
from crawler.commands._summary import count, facts_of, summary
from crawler.extract.anew import store_anew
from crawler.extract.inputs import Input, InputError, inputs_of
from crawler.extract.pool import Outcome, read_parts
from crawler.extract.saved import Damage, Reading
from crawler.extract.sources import Asked, parts_of
from crawler.extract.store import Extracted, Extraction
from crawler.forget import Redactor
from crawler.logformatter import make_plain
from crawler.outcome import BLOCKED, INCOMPLETE, USAGE, Problem
from crawler.pages import AddressError, item_of, parse_ref, site_of
from crawler.processes import cores
from crawler.store import STATE_FILE, Store
from output.manifest import MANIFEST

_HELP = """Read saved pages as a crawl would have read them, and write a dataset. Nothing is fetched.

FILE is a WARC file (.warc or .warc.gz, of this program or another), an HTML page that a browser saved, a thread's page
that survives as flattened text, or a folder with such files. Pages of threads and forums are taken; everything else is
passed over.

\b
The archive of a crawl, read by the parser of today:
  threadset extract data/news/archive/*.warc.gz --out data/news-again
A page saved from the browser:
  threadset extract page.html --url https://forum.example/topic/123-some-thread/ --out data/saved
A thread's page as text:
  threadset extract page.txt --site forum.example --out data/dump

\b
Exit codes:
  0 complete  3 incomplete: what is missing or damaged is listed  5 a page was not understood
  2 wrong usage, or nothing that can be read  1 another error  6 another run is at work in the folder
"""


@click.command(help=_HELP, short_help="Read WARC files and saved pages, without any network.")
@click.argument("files", nargs=-1, required=True, metavar="FILE…", type=click.Path(path_type=Path))
@click.option("--out", required=True, metavar="DIR", type=click.Path(path_type=Path), help="Folder of the dataset.")
@click.option("--url", metavar="URL", help="Address of a saved page that does not say its own.")
@click.option("--site", metavar="NAME", help="Name of the site, in the place of its host; of text, of `text`.")
@click.option(
    "--forgotten",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Leave out what this dataset has forgotten; that whose archive is read is looked at anyway.",
)
@click.option("--workers", type=click.IntRange(min=1), metavar="N", help="Processes that read; as many as cores.")
@format_option
@json_option
@verbose_option
@quiet_option
def extract(files: tuple[Path, ...], out: Path, **options: Any) -> int:
    """Read, publish, say what is there and what is missing."""
    inputs = _inputs(files)
    asked = Asked(_url(options["url"], inputs), _site(options["site"]))
    logging.basicConfig(level=log_level(options["verbose"], quiet=options["quiet"] or options["as_json"]))
    make_plain()
    with opened_folder(out, create=True):
        _check_folder(out)
        redactor = list_for(out, [given.path for given in inputs], options["forgotten"])
        quiet = options["quiet"] or options["as_json"]
        with Steps("reading", "pages", quiet=quiet) as watch:
            done = _extract(inputs, asked, out, options["workers"] or cores(), redactor, watch)
        finish_forgetting(out)  # what only later pages tell goes, too; the store notes by which list it is clean
        more = [_problem(damage) for damage in done.damages]
        with Steps("deriving", "threads", quiet=quiet) as watch:
            published = publish(out, formats=options["formats"], more=more, watch=watch)
    return _report(published, done, options)


def _inputs(files: Sequence[Path]) -> list[Input]:
    try:
        return inputs_of(files)
    except InputError as error:
        raise CommandError(error.what, error.reason, error.fix, USAGE) from None


def _url(url: str | None, inputs: Sequence[Input]) -> str | None:
    if url is None:
        return None
    try:
        parse_ref(url)
    except AddressError as error:
        raise CommandError(url, error.reason, error.fix, USAGE) from None
    if item_of(url) is None or len(inputs) > 1 or inputs[0].kind != "html":
        raise CommandError("--url", "it is the address of one saved page", "give one HTML file with it", USAGE)
    return url


def _site(name: str | None) -> str | None:
    if name is not None and (not name or site_of(f"https://{name}/") != name):
        raise CommandError("--site", "it is no name of a site", "give a name such as forum.example", USAGE)
    return name


def _check_folder(out: Path) -> None:
    """An extraction that was broken off is begun again; a dataset is never added to, as nothing may count twice."""
    if (out / MANIFEST).exists():
        raise CommandError(str(out), "it holds a dataset already", "give a new folder with --out", USAGE)
    with Store(out / STATE_FILE) as store:
        is_crawl = store.db.execute("SELECT EXISTS (SELECT 1 FROM runs WHERE config NOT LIKE ?)", (_MARK,)).fetchone()[
            0
        ]
    if is_crawl:
        raise CommandError(str(out), "a crawl is at home in it", "give a new folder with --out", USAGE)


_MARK = '{"command":"extract"%'


def _extract(  # noqa: PLR0917
    inputs: Sequence[Input], asked: Asked, out: Path, workers: int, redactor: Redactor, watch: Watch
) -> Extracted:
    try:
        with store_anew(out / STATE_FILE) as store:
            extraction = Extraction(store, [given.name for given in inputs], redactor)
            found = read_parts(parts_of(inputs, asked), workers=workers, as_rows=redactor.is_idle)
            return extraction.enter(_counted(found, watch))
    except (sqlite3.Error, OSError) as error:
        raise CommandError(str(out), f"its store cannot be written ({error})", "make room on the disk") from None
    except BrokenProcessPool:
        raise CommandError("extract", "a process that read pages died", "run it again with --workers 1") from None


def _counted(outcomes: Iterable[Outcome], watch: Watch) -> Iterator[Outcome]:
    """As they come, with a word of how many there were."""
    n_read = 0
    for outcome in outcomes:
        n_read += isinstance(outcome, Reading)
        watch(n_read, 0)
        yield outcome


def _problem(damage: Damage) -> Problem:
    """Something damaged, as what is missing is listed."""
    place = f"{damage.file} at byte {damage.offset}" if damage.offset is not None else damage.file
    return Problem(
        site="", what="record" if damage.offset is not None else "file", item_id=damage.offset or 0, page=None,
        url=None, outcome="damaged", reason=f"{place}: {damage.reason}", fix="see whether you have another copy",
        exit_code=INCOMPLETE,
    )  # fmt: skip


def _report(published: Published, done: Extracted, options: dict[str, Any]) -> int:
    code = _code(published)
    if published.nothing_read and not done.damages and not published.outcome.problems:
        raise CommandError("extract", "there is no page of a thread or forum in it", "give other files", USAGE)
    if options["as_json"]:
        facts = {"pages": done.pages, "passed_over": done.skipped, "damaged": done.n_damaged}
        print_json(facts_of(published) | {"extract": facts, "exit_code": code})
    elif not published.nothing_read:
        say([f"{published.folder}:", _files(done), *summary(published, options["formats"])], quiet=options["quiet"])
    if published.nothing_read or (options["quiet"] and code):
        first = published.outcome.problems[0]
        reason = f"{len(published.outcome.problems)} missing, the first {first.reason}"
        return fail(CommandError("extract", reason, first.fix, code))
    return code


def _files(done: Extracted) -> str:
    pages, others = count(done.pages, "page"), count(done.skipped, "other thing")
    return f"  files    {pages} read, {others} passed over, {done.n_damaged:,} damaged"


def _code(published: Published) -> int:
    """As of a crawl; but nobody is blocked now who was when the pages were saved."""
    code = published.outcome.exit_code
    return INCOMPLETE if code == BLOCKED else code
