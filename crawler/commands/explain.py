"""`threadset explain`: each field of a page, its value, and which selector answered."""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import orjson
from rich.console import Console
from rich.table import Table
from scrapy.http import Response

from crawler.commands._crawl import crawl
from crawler.commands._errors import CommandError
from crawler.commands._options import crawl_options, json_option, log_level, quiet_option, verbose_option
from crawler.items import ErrorPage, ForumPage, TopicPage, Wall
from crawler.logformatter import printable
from crawler.middlewares.robots import ROBOTS_FLAG
from crawler.outcome import COMPLETE, NOT_READ, REASONS, USAGE
from crawler.pages import AddressError, Page, parse_ref, parse_with_document
from crawler.pages.explain import choices
from crawler.store.settle import NOT_UNDERSTOOD, WALLS

_HELP = """Say of a page what each field is, and which selector gave it: first choice, fallback or none.

PAGE is a saved HTML file, or an address of a thread or forum, which is then fetched: one page, robots.txt obeyed.
"""

_SHORT = 70


@dataclasses.dataclass(frozen=True, slots=True)
class Line:
    """A field of a page."""

    field: str
    value: str
    source: str
    choice: str


@click.command(help=_HELP)
@click.argument("page", metavar="PAGE")
@click.option("--url", help="Of a file, the address that it was saved from.")
@crawl_options
@json_option
@verbose_option
@quiet_option
def explain(page: str, url: str | None, **options: Any) -> int:
    """Read one page and show what was found where."""
    path = Path(page)
    if path.is_file():
        body, address, status = path.read_bytes(), url or "https://saved.invalid/", 200
    else:
        body, address, status = _fetch(page, options)
    parsed, document = parse_with_document(body, address, status=status)
    lines = list(_lines(parsed, document.answers.counts))
    if options["as_json"]:
        facts = {"page": _name(parsed), "layout": parsed.layout, "fields": [dataclasses.asdict(x) for x in lines]}
        click.echo(orjson.dumps(facts, option=orjson.OPT_INDENT_2).decode())
    else:
        _show(parsed, lines)
    return _code(parsed)


def _fetch(page: str, options: dict[str, Any]) -> tuple[bytes, str, int]:
    """One page through the crawl's own machinery, so that robots.txt and delays hold here too."""
    try:
        parse_ref(page)
    except AddressError as error:
        if "://" not in page:
            raise CommandError(page, "there is no such file", "give a file or a whole address", USAGE) from None
        raise CommandError(page, error.reason, error.fix, USAGE) from None
    kept: list[tuple[bytes, str, int]] = []

    def keep(response: Response) -> None:
        if not response.meta.get(ROBOTS_FLAG):
            kept.append((response.body, response.url, response.status))

    with tempfile.TemporaryDirectory(prefix="threadset-") as folder:
        settings: dict[str, Any] = {
            "STATE_DIR": folder,
            "DOWNLOAD_DELAY": options["delay"],
            "PAGE_BUDGET": 2,  # the page, and once more where its address is not the right one
            "LOG_LEVEL": log_level(options["verbose"], quiet=options["quiet"]),
        }
        if options["user_agent"]:
            settings["USER_AGENT"] = options["user_agent"]
        if options["cookies"]:
            settings["COOKIES_FILE"] = str(options["cookies"])
        crawl([page], settings, on_response=keep)
    if not kept:
        raise CommandError(page, "it could not be fetched", "try it with -v", 1)
    first = [entry for entry in kept if not 300 <= entry[2] < 400]
    return (first or kept)[0]


def _lines(page: Page, answers: dict[str, dict[str, int]]) -> Iterator[Line]:
    for name, value in _values(page):
        for source, choice in choices(name, answers):
            yield Line(name, value, source, choice)


def _values(page: Page) -> Iterator[tuple[str, str]]:
    """Fields by name with their value; of posts those of the first, and of how many there are."""
    if isinstance(page, TopicPage):
        yield from _fields("thread", page.thread)
        yield "posts", str(len(page.posts))
        first = page.posts[0]
        yield from _fields("post", first)
        for name in ("text", "full_text", "html", "quotes", "links"):
            yield f"post.body.{name}", _short(getattr(first.body, name))
    elif isinstance(page, ForumPage):
        yield from _fields("forum", page.forum)
        yield "rows", str(len(page.rows))
        if page.rows:
            yield from _fields("row", page.rows[0])
        yield "subforums", str(len(page.subforums))
    else:
        for name in ("kind", "status", "code", "detail", "target", "retry_after"):
            if hasattr(page, name):
                yield name, _short(getattr(page, name))


def _fields(prefix: str, facts: Any) -> Iterator[tuple[str, str]]:
    for item in dataclasses.fields(facts):
        if item.name != "body":
            yield f"{prefix}.{item.name}", _short(getattr(facts, item.name))


def _short(value: Any) -> str:
    if isinstance(value, list) and value and dataclasses.is_dataclass(value[0]):
        return f"{len(value)} of them"
    text = printable("null" if value is None else value)
    return text if len(text) <= _SHORT else f"{text[: _SHORT - 1]}…"


def _name(page: Page) -> str:
    kind = getattr(page, "kind", None)
    return type(page).__name__ + (f" ({kind})" if kind else "")


def _show(page: Page, lines: list[Line]) -> None:
    console = Console(width=None, soft_wrap=False, highlight=False, markup=False)
    console.print(f"{_name(page)}, layout {page.layout or 'none'}")
    if isinstance(page, Wall | ErrorPage) and page.kind in REASONS:
        reason, fix = REASONS[page.kind]
        console.print(f"{reason}; {fix}")
    table = Table("field", "value", "selector", "choice", box=None, pad_edge=False)
    for line in lines:
        table.add_row(line.field, line.value, line.source, line.choice)
    console.print(table)
    for name, count in sorted(page.repairs.items()):
        console.print(f"mended: {name} {count}")


def _code(page: Page) -> int:
    if isinstance(page, Wall) or (isinstance(page, ErrorPage) and page.kind in WALLS):
        return 4
    if isinstance(page, ErrorPage):
        return NOT_READ if page.kind in NOT_UNDERSTOOD else 3
    return COMPLETE
