"""Errors of commands: one line with the thing, the reason and the fix."""

from __future__ import annotations

import click

from crawler.logformatter import printable
from crawler.outcome import ERROR


class CommandError(Exception):
    """A command cannot go on. ``exit_code`` is that of the design."""

    def __init__(self, what: str, reason: str, fix: str, exit_code: int = ERROR) -> None:
        super().__init__(f"{what}: {reason}; {fix}")
        self.exit_code = exit_code


def fail(error: CommandError) -> int:
    """Tell of an error and give its exit code."""
    click.echo(f"threadset: {printable(error)}", err=True)
    return error.exit_code
