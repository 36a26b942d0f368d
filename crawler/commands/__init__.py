"""The command `threadset`: one file a command."""

from __future__ import annotations

import sys

import click

from crawler.commands._errors import CommandError, fail
from crawler.commands.demo import demo
from crawler.commands.explain import explain
from crawler.commands.export import export
from crawler.commands.grab import grab
from crawler.commands.verify import verify
from crawler.items import TOOL, tool_version

_HELP = """Turn forum threads into datasets.

\b
Start with one thread:
  threadset grab https://forum.example/topic/123-some-thread/
or see what comes out, without any network:
  threadset demo
"""


class _Group(click.Group):
    """Suggests the command that was meant."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        from difflib import get_close_matches  # noqa: PLC0415  only where something was mistyped

        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            close = get_close_matches(args[0], self.commands, n=1)
            if not close:
                raise
            raise click.UsageError(f"{error.message} Did you mean {close[0]!r}?", ctx) from None


@click.group(cls=_Group, help=_HELP, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(tool_version(), prog_name=TOOL)
def cli() -> None:
    """Group of all commands."""


for _command in (grab, export, verify, explain, demo):
    cli.add_command(_command)


def main(args: list[str] | None = None) -> None:
    """Entry point of the console script: errors are one line, exit codes are those of `crawler.outcome`."""
    try:
        code = cli.main(args, prog_name=TOOL, standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except CommandError as error:
        sys.exit(fail(error))
    sys.exit(code if isinstance(code, int) else 0)
