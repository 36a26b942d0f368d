"""The command `threadset`: one file a command."""

from __future__ import annotations

import sys
from collections.abc import Iterator, MutableMapping
from importlib import import_module
from pathlib import Path

import click

import output
import pipelines
from crawler.commands._errors import CommandError
from crawler.commands._output import fail, print_json
from crawler.commands._streams import mend_streams
from crawler.items import TOOL, tool_version
from crawler.outcome import INTERRUPTED, USAGE
from crawler.spelling import meant

_HELP = """Turn forum threads into datasets.

\b
Start with one thread:
  threadset grab https://forum.example/topic/123-some-thread/
or see what comes out, without any network:
  threadset demo
"""


_NAMES = (
    "grab", "crawl", "status", "report", "export", "extract", "link", "pack", "forget", "prune", "verify", "explain",
    "demo",
)  # fmt: skip


class _Commands(MutableMapping[str, click.Command]):
    """All commands by name; each is loaded when it is asked for: some need all of Scrapy, which takes a second."""

    def __init__(self) -> None:
        self._loaded: dict[str, click.Command] = {}

    def __getitem__(self, name: str) -> click.Command:
        if name not in self._loaded:
            if name not in _NAMES:
                raise KeyError(name)
            self[name] = getattr(import_module(f"crawler.commands.{name}"), name)
        return self._loaded[name]

    def __setitem__(self, name: str, command: click.Command) -> None:
        """One that needs to be told something explains itself where it was told nothing."""
        command.no_args_is_help = any(param.required for param in command.params)
        self._loaded[name] = command

    def __delitem__(self, name: str) -> None:
        del self._loaded[name]

    def __iter__(self) -> Iterator[str]:
        return iter(_NAMES)

    def __len__(self) -> int:
        return len(_NAMES)


class _Group(click.Group):
    """Suggests the command that was meant."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As in the base, with a word of help for a mistyped name."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError:
            raise CommandError(args[0], "there is no such command", self._meant(args[0]), USAGE) from None

    def _meant(self, word: str) -> str:
        if word == "help":
            return f"`{TOOL} --help` lists them"
        if "://" in word:
            return f"did you mean `{TOOL} grab {word}`?"
        if word.endswith(".toml"):
            return f"did you mean `{TOOL} crawl {word}`?"
        return meant(word, sorted(self.commands))


@click.group(cls=_Group, commands=_Commands(), help=_HELP, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(tool_version(), prog_name=TOOL)
def cli() -> None:
    """Group of all commands."""


def main(args: list[str] | None = None) -> None:
    """Entry point of the console script: errors are one line, exit codes are those of `crawler.outcome`."""
    mend_streams()
    try:
        _check_packages()
        code = cli.main(args, prog_name=TOOL, standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(INTERRUPTED)
    except click.exceptions.NoArgsIsHelpError as error:  # nothing was asked for: explain how to
        error.show()
        sys.exit(USAGE)
    except click.ClickException as error:
        sys.exit(_failed(_in_one_line(error), args))
    except CommandError as error:
        sys.exit(_failed(error, args))
    except OSError as error:  # standard output is full
        sys.exit(fail(CommandError("output", f"it cannot be written ({error.strerror})", "check the disk")))
    sys.exit(code if isinstance(code, int) else 0)


def _failed(error: CommandError, args: list[str] | None) -> int:
    """Tell of an error; where a program reads, on standard output too, which holds nothing else then."""
    if "--json" in (sys.argv[1:] if args is None else args):
        print_json({"error": error.as_json(), "exit_code": error.exit_code})
    return fail(error)


def _check_packages() -> None:
    """The import names are generic: another project's packages of these names would be run in the place of ours."""
    home = Path(__file__).parents[2]
    for package in (pipelines, output):
        found = Path(package.__file__ or "").parents[1]
        if found != home:
            raise CommandError(
                package.__name__,
                f"the package in {found} is not part of {TOOL}",
                f"install {TOOL} in an environment of its own",
            )


def _in_one_line(error: click.ClickException) -> CommandError:
    """What click says, with the place where the right usage is told."""
    if isinstance(error, click.NoSuchOption):
        return CommandError(error.option_name, "there is no such option", _option_meant(error), USAGE)
    path = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx is not None else TOOL
    message = " ".join(error.format_message().split()).rstrip(".").replace("integer range", "integer")
    what = path.removeprefix(f"{TOOL} ") if path != TOOL else "usage"
    return CommandError(what, message[:1].lower() + message[1:], f"see `{path} --help`", USAGE)


def _option_meant(error: click.NoSuchOption) -> str:
    ctx = error.ctx
    if ctx is None:
        return f"see `{TOOL} --help`"
    known = [name for param in ctx.command.get_params(ctx) for name in (*param.opts, *param.secondary_opts)]
    fix = meant(error.option_name, [name for name in known if name.startswith("--")])
    return fix if fix.startswith("did") else f"see `{ctx.command_path} --help`"
