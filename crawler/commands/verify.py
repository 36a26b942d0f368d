"""`threadset verify`: is a dataset what its manifest says, and does it hold together?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from crawler.archive import FOLDER
from crawler.archive.check import check
from crawler.commands._folder import existing
from crawler.commands._forgotten import is_stale
from crawler.commands._options import json_option, quiet_option
from crawler.commands._output import print_json, say
from crawler.forget.finish import is_pending
from crawler.items import TOOL
from crawler.outcome import COMPLETE, ERROR
from crawler.store import STATE_FILE, StoreError
from crawler.store.check import find_damages
from crawler.store.look import looked_into
from crawler.store.mending import structure
from crawler.visible import printable
from output.manifest import MANIFEST
from output.pack import is_pack, verify_pack
from output.verify import Problem
from output.verify import verify as verify_dataset

_LISTED = 10  # lines about what the disk has changed in the store
_MEND = "run grab or crawl on the folder: it is read again, from the archive or the site"

_HELP = """Check a dataset: hashes of the manifest, schema, keys, order, references, counts, text; and its archive,
record by record. Of a pack, the rules of its profile too; that needs nothing but the pack.

It only reads. Each failure is a line with file, row and fix. Exit code 0 when all is well, 1 otherwise.
"""


_UNFINISHED = "something was to be forgotten, and is not yet"


@click.command(help=_HELP, short_help="Check a dataset.")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@json_option
@quiet_option
def verify(folder: Path, *, as_json: bool, quiet: bool) -> int:
    """Check, and say what is wrong."""
    existing(folder)
    problems = verify_pack(folder) if is_pack(folder) else verify_dataset(folder)
    if is_stale(folder, folder):
        fix = "finish that: `threadset export` on the folder"
        problems.append(Problem(MANIFEST, None, "the tables may hold what was forgotten since", fix))
    state = folder / STATE_FILE
    if state.is_file() and not state.stat().st_size:
        problems.append(Problem(STATE_FILE, None, "it is empty", "put back a copy: all that was ever read was in it"))
    elif state.is_file():
        problems += _state(folder)
    if as_json:
        facts = [{"file": p.file, "row": p.row, "message": p.message, "fix": p.fix} for p in problems]
        print_json({"ok": not problems, "problems": facts, "exit_code": ERROR if problems else COMPLETE})
    elif problems:
        for problem in problems:
            click.echo(printable(problem), err=True)
    else:
        say([f"{folder}: all is well"], quiet=quiet)
    return ERROR if problems else COMPLETE


def _state(folder: Path) -> Iterator[Problem]:
    """What is wrong with the store, and with the archive where the store can be asked. Nothing is written."""
    try:
        with looked_into(folder / STATE_FILE) as db:
            beyond, misplaced = structure(db)
            if beyond:
                fix = f"put back a copy, or grab again with {TOOL}"
                yield from (Problem(STATE_FILE, None, f"damaged: {line}", fix) for line in beyond)
                return
            if is_pending(folder, db):
                yield Problem(STATE_FILE, None, _UNFINISHED, "finish that: `threadset export` on the folder")
            for table in sorted(misplaced):
                what = f"rows of {table} are in a wrong place" if table else "an index does not agree with its table"
                yield Problem(STATE_FILE, None, what, _MEND)
            found = find_damages(db)
            fix = "put back a copy" if found.beyond_mending is not None else _MEND
            yield from (Problem(STATE_FILE, None, line, fix) for line in found.lines[:_LISTED])
            for name, message in check(folder, db):
                yield Problem(name, None, message, "put back a copy; the tables do not need it")
    except StoreError as error:
        yield Problem(STATE_FILE, None, error.reason, error.fix)
    except OSError as error:
        yield Problem(FOLDER, None, f"it cannot be read ({error.strerror})", "check its permissions")
