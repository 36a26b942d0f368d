"""`threadset demo`: the built-in forum, grabbed."""

from __future__ import annotations

import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from crawler.commands._options import format_option, json_option, quiet_option, verbose_option
from crawler.commands._output import print_json, say
from crawler.commands._summary import count
from crawler.commands.grab import grab
from crawler.demo import DemoServer
from crawler.outcome import COMPLETE

_HELP = """Serve a small made-up forum on this machine, grab it, and show what came out.

No network is used. The forum has a news thread of several pages with quotes, an edit, a guest and a poll, and a few
smaller threads. With --serve it is there to try jobs and options on, until Ctrl-C.
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
@click.option("--serve", is_flag=True, help="Serve only, until Ctrl-C.")
@format_option
@json_option
@verbose_option
@quiet_option
@click.pass_context
def demo(ctx: click.Context, /, out: Path, *, serve: bool, **options: Any) -> int:
    """Serve, grab, end."""
    with _server() as server:
        if serve:
            return _serve(server, as_json=options["as_json"])
        urls = tuple(server.url + board.path for board in server.forum.boards if server.forum.listed(board))
        code = ctx.invoke(
            grab,
            urls=urls,
            out=out,
            delay=0.0,
            cookies=None,
            user_agent=None,
            no_archive=False,
            no_report=False,
            subforums=True,
            refresh=False,
            dry_run=False,
            max_pages=None,
            accept_yield=False,
            **options,
        )
    return int(code)


def _serve(server: DemoServer, *, as_json: bool) -> int:
    """Say what there is to be grabbed, and wait for Ctrl-C."""
    forums = {server.url + board.path: len(server.forum.listed(board)) for board in server.forum.boards}
    forums = {url: threads for url, threads in forums.items() if threads}
    if as_json:
        print_json({"url": f"{server.url}/", "forums": [{"url": url, "threads": n} for url, n in forums.items()]})
    else:
        lines = [f"  {url}  {count(threads, 'thread')}" for url, threads in forums.items()]
        say([f"{server.url}/: until Ctrl-C", *lines], quiet=False)
    with suppress(KeyboardInterrupt):
        threading.Event().wait()
    return COMPLETE


def _server() -> DemoServer:
    """The same port each time where it is free, so that a second run finds the same addresses."""
    try:
        return DemoServer(port=_PORT)
    except OSError:
        return DemoServer()
