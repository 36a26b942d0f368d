"""Options that several commands share."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any, TypeVar

import click

from crawler.commands._errors import CommandError
from crawler.outcome import USAGE
from crawler.spelling import meant
from output.manifest import FORMATS

F = TypeVar("F", bound=Callable[..., Any])


class FormatList(click.ParamType[tuple[str, ...]]):
    """``parquet,jsonl`` and the like, out of the formats that are known."""

    name = "format,…"

    def __init__(self, known: Collection[str] = FORMATS) -> None:
        self._known = known

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, ...]:
        """A tuple of formats, each once."""
        if isinstance(value, tuple):
            return value
        names = tuple(dict.fromkeys(part.strip().lower() for part in str(value).split(",") if part.strip()))
        unknown = [name for name in names if name not in self._known]
        if unknown or not names:
            fix = meant(unknown[0], self._known) if unknown else f"choose of {', '.join(self._known)}"
            self.fail(f"{', '.join(unknown) or 'nothing'}: {fix}", param, ctx)
        return names


_LONGEST_DELAY = 3600


class Seconds(click.FloatRange):
    """A number of seconds, called so in messages."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """As in the base; what is no finite number of seconds would be no delay at all, or one without end."""
        seconds = float(super().convert(value, param, ctx))
        if not math.isfinite(seconds) or seconds > _LONGEST_DELAY:
            self.fail(f"{value} is not a number of seconds up to {_LONGEST_DELAY}", param, ctx)
        return seconds


format_option = click.option(
    "--format",
    "formats",
    type=FormatList(),
    default="parquet,jsonl",
    show_default=True,
    metavar="NAME,…",
    help="Formats to write: parquet, jsonl, csv (safe to open in a spreadsheet).",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
quiet_option = click.option("-q", "--quiet", is_flag=True, help="Print errors only.")
verbose_option = click.option("-v", "--verbose", count=True, help="Log what happens; twice for every page.")
out_option = click.option("--out", metavar="DIR", type=click.Path(path_type=Path), help="Folder of the dataset.")
accept_option = click.option(
    "--accept-yield", is_flag=True, help="Publish what was read, however little it looks like earlier runs."
)


def crawl_options(function: F) -> F:
    """Options of commands that fetch."""
    options = [
        click.option("--delay", type=Seconds(min=0), default=1.0, show_default=True, metavar="SECONDS",
                     help="Time between two requests to a host."),
        click.option("--cookies", type=click.Path(path_type=Path), metavar="FILE",
                     help="Your own login, as a Netscape cookies.txt."),
        click.option("--user-agent", metavar="TEXT",
                     help="Who is crawling: name and an address where you can be reached."),
        click.option("--private-host", "private_hosts", multiple=True, metavar="HOST",
                     help="Connect to HOST though it has an address in a private network."),
    ]  # fmt: skip
    for option in reversed(options):
        function = option(function)
    return function


def crawl_settings(options: dict[str, Any]) -> dict[str, Any]:
    """Settings out of `crawl_options`, -v and -q. Raises `CommandError`."""
    settings: dict[str, Any] = {
        "DOWNLOAD_DELAY": options["delay"],
        "PRIVATE_HOSTS": list(options["private_hosts"]),
        "LOG_LEVEL": log_level(options["verbose"], quiet=options["quiet"] or options["as_json"]),
    }
    if options["user_agent"]:
        if not options["user_agent"].isprintable():
            raise CommandError("--user-agent", "it has control characters in it", "write it on one line", USAGE)
        settings["USER_AGENT"] = options["user_agent"]
    if options["cookies"]:
        from crawler.middlewares.cookies import CookieFileError, load_cookies  # noqa: PLC0415  loads all of Scrapy

        try:
            load_cookies(options["cookies"])
        except CookieFileError as error:
            raise CommandError("--cookies", error.reason, error.fix, USAGE) from None
        settings["COOKIES_FILE"] = str(options["cookies"])
    return settings


def log_level(verbose: int, *, quiet: bool) -> str:
    """The log level that -v and -q ask for."""
    if quiet:
        return "ERROR"
    return ("WARNING", "INFO", "DEBUG")[min(verbose, 2)]
