"""`threadset demo`: the built-in forum, grabbed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from crawler.commands._options import format_option, json_option, quiet_option, verbose_option
from crawler.commands.grab import grab
from crawler.demo import DemoServer

_HELP = """Serve a small made-up forum on this machine, grab it, and show what came out.

No network is used. The forum has a news thread of several pages with quotes, an edit, a guest and a poll, and a few
smaller threads.
"""


_PORT = 8470


@click.command(help=_HELP, short_help="Grab a small made-up forum, without any network.")
@click.option(
    "--out",
    metavar="DIR",
    type=click.Path(path_type=Path),
    default=Path("data/demo"),
    show_default=True,
    help="Folder.",
)
@format_option
@json_option
@verbose_option
@quiet_option
@click.pass_context
def demo(ctx: click.Context, /, out: Path, **options: Any) -> int:
    """Serve, grab, end."""
    with _server() as server:
        urls = tuple(server.url + board.path for board in server.forum.boards if server.forum.listed(board))
        code = ctx.invoke(
            grab,
            urls=urls,
            out=out,
            delay=0.0,
            cookies=None,
            user_agent=None,
            no_archive=False,
            subforums=True,
            refresh=False,
            max_pages=None,
            accept_yield=False,
            **options,
        )
    return int(code)


def _server() -> DemoServer:
    """The same port each time where it is free, so that a second run finds the same addresses."""
    try:
        return DemoServer(port=_PORT)
    except OSError:
        return DemoServer()
