"""What commands print. Whatever somebody wrote on a page is made harmless for a terminal first."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from typing import Any

import click
import orjson

from crawler.commands._errors import CommandError
from crawler.commands._terminal import paint
from crawler.items import TOOL
from crawler.visible import printable


def fail(error: CommandError, *, as_event: bool = False) -> int:
    """Tell of an error, in one line, and give its exit code."""
    if as_event:
        log_event("error", level="error", message=str(error), exit_code=error.exit_code)
    else:
        click.echo(f"{paint(f'{TOOL}:', 'red', sys.stderr)} {printable(error)}", err=True, color=True)
    return error.exit_code


def log_event(event: str, *, level: str = "info", **fields: object) -> None:
    """Write a line of the log that is kept as JSON: one object, in ASCII."""
    time = datetime.now(UTC).isoformat(timespec="milliseconds")
    facts = {"time": time, "level": level, "logger": TOOL, "event": event, **fields}
    click.echo(json.dumps(facts, default=_plain), err=True)


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def say(lines: list[str], *, quiet: bool) -> None:
    """Write lines to standard output."""
    if not quiet:
        for line in lines:
            click.echo(printable(line))


def print_json(facts: Any) -> None:
    """Write JSON; characters that a terminal might obey are written as escapes, which mean the same."""
    text = orjson.dumps(facts, option=orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z).decode()
    plain = (sys.stdout.encoding or "").lower() not in {"utf-8", "utf8"}  # then all that is not ASCII is escaped
    shown = str.isascii if plain else str.isprintable
    click.echo("".join(c if c == "\n" or (c.isprintable() and shown(c)) else _escaped(c) for c in text))


def _escaped(character: str) -> str:
    pairs = character.encode("utf-16-be")
    return "".join(f"\\u{pairs[i]:02x}{pairs[i + 1]:02x}" for i in range(0, len(pairs), 2))
