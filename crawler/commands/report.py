"""`threadset report`: a dataset to look at."""

from __future__ import annotations

from pathlib import Path

import click

from crawler.commands._options import json_option, quiet_option
from crawler.commands._output import print_json, say
from crawler.commands._report import make_report
from crawler.outcome import COMPLETE

_HELP = """Write a report of a dataset: one page that opens in any browser, from disk, without network.

It shows what is in the dataset and what is missing, and sets the threads to be read: quotes lead to the posts that they
quote and back, edits show what was changed. The threads of a large dataset lie in files of their own beside it.
"""


@click.command(help=_HELP, short_help="Write a report to look at: figures, threads, quotes, edits.")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--to", metavar="FILE", type=click.Path(path_type=Path), help="Another file to write.  [default: DIR/report.html]"
)
@click.option("--media", is_flag=True, help="Let the pages load the images of posts from the network.")
@json_option
@quiet_option
def report(folder: Path, *, to: Path | None, media: bool, as_json: bool, quiet: bool) -> int:
    """Write it, and say what to open."""
    made = make_report(folder, to, media=media)
    if as_json:
        print_json({"report": str(made.path), "files": made.files, "bytes": made.bytes, "exit_code": COMPLETE})
    else:
        more = f" (and {made.files - 1} files in {made.path.with_suffix('')})" if made.files > 1 else ""
        say([f"open {made.path}{more}"], quiet=quiet)
    return COMPLETE
