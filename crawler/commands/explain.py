"""`threadset explain`: each field of a page, its value, and which selector answered."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from scrapy.http import Response

from crawler.commands._errors import CommandError
from crawler.commands._options import crawl_options, crawl_settings, json_option, quiet_option, verbose_option
from crawler.commands._output import print_json
from crawler.commands._peek import FirstPages, peek
from crawler.commands._terminal import watched
from crawler.extract.inputs import is_html
from crawler.extract.reading import address_of
from crawler.items import ErrorPage, ForumPage, PageItem, PageRef, TopicPage, Wall
from crawler.middlewares.robots import ROBOTS_FLAG
from crawler.outcome import BLOCKED, COMPLETE, ERROR, INCOMPLETE, NOT_READ, REASONS, USAGE
from crawler.pages import AddressError, Page, item_of, page_url, parse_ref, parse_with_document
from crawler.pages.explain import choices
from crawler.pages.urls import pages_url
from crawler.store.settle import NOT_UNDERSTOOD, WALLS
from crawler.visible import printable

_HELP = """Say of a page what each field is, and which selector gave it: first choice, fallback or none.

PAGE is a saved HTML file, or an address of a thread or forum, which is then fetched: one page, robots.txt obeyed.
A file says mostly itself which address it is of.
"""

_SHORT = 70  # characters of a value that are shown
_NARROW = 72  # columns below which there is no table
_WIDE = 240  # columns where no terminal sets a limit


@dataclasses.dataclass(frozen=True, slots=True)
class Line:
    """A field of a page."""

    field: str
    value: str
    source: str
    choice: str


@dataclasses.dataclass(frozen=True, slots=True)
class Source:
    """A page as it was saved or answered."""

    body: bytes
    url: str
    status: int = 200
    headers: dict[str, str] = dataclasses.field(default_factory=dict)


class OnePage(FirstPages):
    """Fetches the very page that an address names, and none that it leads to."""

    name = "one_page"

    def seed_of(self, address: str) -> PageRef:
        """As in the base, but with the page number."""
        ref = super().seed_of(address)
        _kind, _item_id, number = item_of(address) or ("topic", 0, 1)
        return dataclasses.replace(ref, page=number, url=page_url(pages_url(ref.url), number))


@click.command(help=_HELP, short_help="Say which selector gave each field of a page.")
@click.argument("page", metavar="PAGE")
@click.option("--url", metavar="URL", help="Of a file that does not say it, the address that it was saved from.")
@crawl_options
@json_option
@verbose_option
@quiet_option
def explain(page: str, url: str | None, **options: Any) -> int:
    """Read one page and show what was found where."""
    source = _saved(Path(page), url) or _fetched(page, options)
    parsed, document = parse_with_document(source.body, source.url, status=source.status, headers=source.headers)
    lines = list(_lines(parsed, document.answers.counts))
    if options["as_json"]:
        fields = [dataclasses.asdict(line) for line in lines]
        print_json({"page": _name(parsed), "layout": parsed.layout, "fields": fields, "exit_code": _code(parsed)})
    elif not options["quiet"]:
        _show(parsed, lines)
    return _code(parsed)


def _saved(path: Path, url: str | None) -> Source | None:
    """The page in a file, if it is one."""
    if path.is_dir():
        raise CommandError(str(path), "it is a folder", "give a file in it, or a whole address", USAGE)
    if not path.is_file():
        return None
    try:
        if not is_html(path):
            fix = "give a saved page; `threadset extract` reads WARC files and text"
            raise CommandError(str(path), "it is no HTML page", fix, USAGE)
        body = path.read_bytes()
    except OSError as error:
        raise CommandError(str(path), f"it cannot be read ({error.strerror})", "check its permissions", USAGE) from None
    return Source(body, url or address_of(body) or "https://saved.invalid/")


def _fetched(address: str, options: dict[str, Any]) -> Source:
    """One page through the crawl's own machinery, so that robots.txt and delays hold here too."""
    try:
        parse_ref(address)
    except AddressError as error:
        if "://" not in address:
            raise CommandError(address, "there is no such file", "give a file or a whole address", USAGE) from None
        raise CommandError(address, error.reason, error.fix, USAGE) from None
    answers: list[Source] = []

    def keep(response: Response) -> None:
        if not response.meta.get(ROBOTS_FLAG):
            headers = {str(name): str(value) for name, value in response.headers.to_unicode_dict().items()}
            answers.append(Source(response.body, response.url, response.status, headers))

    pages = peek([address], crawl_settings(options), spider=OnePage, on_response=keep).pages
    last = pages[-1][0] if pages else None
    if not answers or (isinstance(last, ErrorPage | Wall) and last.fetch is not None and last.fetch.status is None):
        raise _unfetched(address, last)
    return answers[-1]


def _unfetched(address: str, page: PageItem | None) -> CommandError:
    if not isinstance(page, ErrorPage | Wall) or page.kind not in REASONS:
        return CommandError(address, "it could not be fetched", "try it with -v")
    reason, fix = REASONS[page.kind]
    return CommandError(address, reason, fix, BLOCKED if page.kind in WALLS else ERROR)


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
    console = Console(highlight=False, markup=False, width=None if watched(sys.stdout) else _WIDE)
    console.print(f"{_name(page)}, layout {page.layout or 'none'}")
    if isinstance(page, Wall | ErrorPage) and page.kind in REASONS:
        reason, fix = REASONS[page.kind]
        console.print(f"{reason}; {fix}")
    if console.width < _NARROW:
        _stack(console, lines)
    else:
        table = Table("field", "value", "selector", "choice", box=None, pad_edge=False)
        for line in lines:
            table.add_row(line.field, line.value, line.source, line.choice)
        console.print(table)
    for name, count in sorted(page.repairs.items()):
        console.print(f"mended: {name} {count}")


def _stack(console: Console, lines: list[Line]) -> None:
    """One field below the other, where columns would cut off their names."""
    for line in lines:
        console.print(f"{line.field}: {line.value}")
        if line.source:
            console.print(f"  {line.source} ({line.choice})" if line.choice != line.source else f"  {line.source}")


def _code(page: Page) -> int:
    if isinstance(page, Wall) or (isinstance(page, ErrorPage) and page.kind in WALLS):
        return BLOCKED
    if isinstance(page, ErrorPage):
        return NOT_READ if page.kind in NOT_UNDERSTOOD else INCOMPLETE
    return COMPLETE
