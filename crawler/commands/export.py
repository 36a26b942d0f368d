"""`threadset export`: the files again, out of the store."""

from __future__ import annotations

from pathlib import Path

import click

from crawler.commands._errors import CommandError
from crawler.commands._folder import opened_folder
from crawler.commands._live import Steps
from crawler.commands._options import format_option, json_option, quiet_option
from crawler.commands._output import print_json, say
from crawler.commands._publish import publish
from crawler.commands._summary import facts_of, summary
from crawler.outcome import COMPLETE, USAGE

_HELP = """Write the tables of a dataset again, out of its store.

With --canonical: facts only. Columns and tables that tell when and by which run we looked are left out, so that the
same facts give the same bytes. They go to DIR/canonical, beside the dataset.
"""


@click.command(help=_HELP, short_help="Write the tables again, out of the store.")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--canonical", is_flag=True, help="Fact columns only, without `fetches` and `runs`.")
@click.option("--to", metavar="DIR", type=click.Path(path_type=Path), help="Another folder to write to.")
@format_option
@json_option
@quiet_option
def export(
    folder: Path, *, canonical: bool, to: Path | None, formats: tuple[str, ...], as_json: bool, quiet: bool
) -> int:
    """Publish again."""
    target = to or (folder / "canonical" if canonical else folder)
    if canonical and target.resolve() == folder.resolve():
        fix = "leave --to out, or give another folder"
        raise CommandError(str(target), "facts alone would take the place of the whole dataset", fix, USAGE)
    with opened_folder(folder, create=False):
        if target != folder:
            _make(target)
        with Steps("deriving", "threads", quiet=quiet or as_json) as watch:
            published = publish(folder, formats=formats, canonical=canonical, to=target, again=True, watch=watch)
    if published.nothing_read:
        raise CommandError(str(folder), "nothing was ever read into it", "grab something first", USAGE)
    if as_json:
        print_json(facts_of(published) | {"exit_code": COMPLETE})
    else:
        say([f"{target}:", *summary(published, formats)], quiet=quiet)
    return COMPLETE


def _make(target: Path) -> None:
    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CommandError(
            str(target), f"it cannot be written ({error.strerror})", "give another folder", USAGE
        ) from None
