"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from output.manifest import FORMATS

F = TypeVar("F", bound=Callable[..., Any])


class FormatList(click.ParamType[tuple[str, ...]]):
    """``parquet,jsonl`` and the like."""

    name = "format,…"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, ...]:
        """A tuple of formats, each once."""
        if isinstance(value, tuple):
            return value
        names = tuple(dict.fromkeys(part.strip().lower() for part in str(value).split(",") if part.strip()))
        unknown = [name for name in names if name not in FORMATS]
        if unknown or not names:
            self.fail(f"{', '.join(unknown) or 'nothing'}: choose of {', '.join(FORMATS)}", param, ctx)
        return names


format_option = click.option(
    "--format",
    "formats",
    type=FormatList(),
    default="parquet,jsonl",
    show_default=True,
    help="Formats to write: parquet, jsonl, csv (safe to open in a spreadsheet).",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
quiet_option = click.option("-q", "--quiet", is_flag=True, help="Print errors only.")
verbose_option = click.option("-v", "--verbose", count=True, help="Log what happens; twice for every page.")
out_option = click.option("--out", type=click.Path(path_type=Path), help="Folder of the dataset.")


def crawl_options(function: F) -> F:
    """Options of commands that fetch."""
    options = [
        click.option("--delay", type=click.FloatRange(min=0), default=1.0, show_default=True,
                     help="Seconds between two requests to a host."),
        click.option("--cookies", type=click.Path(path_type=Path, dir_okay=False),
                     help="Your own login, as a Netscape cookies.txt."),
        click.option("--user-agent", help="Who is crawling: name and an address where you can be reached."),
        click.option("--no-archive", is_flag=True, help="Keep no raw pages. (None are kept by this version.)"),
    ]  # fmt: skip
    for option in reversed(options):
        function = option(function)
    return function


def log_level(verbose: int, *, quiet: bool) -> str:
    """The log level that -v and -q ask for."""
    if quiet:
        return "ERROR"
    return ("WARNING", "INFO", "DEBUG")[min(verbose, 2)]
