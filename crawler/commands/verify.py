"""`threadset verify`: is a dataset what its manifest says, and does it hold together?"""

from __future__ import annotations

import sqlite3
from pathlib import Path

import click

from crawler.archive import FOLDER
from crawler.archive.check import check
from crawler.commands._errors import CommandError
from crawler.commands._options import json_option, quiet_option
from crawler.commands._output import print_json, say
from crawler.items import TOOL
from crawler.logformatter import printable
from crawler.outcome import COMPLETE, ERROR, USAGE
from crawler.store import STATE_FILE, Store, StoreError
from crawler.store.check import damages
from crawler.store.db import integrity
from output.pack import is_pack, verify_pack
from output.verify import Problem
from output.verify import verify as verify_dataset

_HELP = """Check a dataset: hashes of the manifest, schema, keys, order, references, counts, text; and its archive,
record by record. Of a pack, the rules of its profile too; that needs nothing but the pack.

Each failure is a line with file, row and fix. Exit code 0 when all is well, 1 otherwise.
"""


@click.command(help=_HELP, short_help="Check a dataset.")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@json_option
@quiet_option
def verify(folder: Path, *, as_json: bool, quiet: bool) -> int:
    """Check, and say what is wrong."""
    if not folder.is_dir():
        raise CommandError(str(folder), "there is no such folder", "give the folder of a dataset", USAGE)
    problems = verify_pack(folder) if is_pack(folder) else verify_dataset(folder)
    state = folder / STATE_FILE
    if state.is_file() and not state.stat().st_size:
        problems.append(Problem(STATE_FILE, None, "it is empty", "put back a copy: all that was ever read was in it"))
    elif state.is_file():
        damaged = [
            Problem(STATE_FILE, None, f"damaged: {line}", f"put back a copy, or grab again with {TOOL}")
            for line in integrity(state)
        ]
        problems += damaged or _store(folder)
    if as_json:
        facts = [{"file": p.file, "row": p.row, "message": p.message, "fix": p.fix} for p in problems]
        print_json({"ok": not problems, "problems": facts})
    elif problems:
        for problem in problems:
            click.echo(printable(problem), err=True)
    else:
        say([f"{folder}: all is well"], quiet=quiet)
    return ERROR if problems else COMPLETE


def _store(folder: Path) -> list[Problem]:
    """What is wrong inside the store, and with its archive, where the store can be asked."""
    fix = "put back a copy; the tables do not need it"
    try:
        with Store(folder / STATE_FILE) as store:
            inside = [Problem(STATE_FILE, None, line, "put back a copy") for line in damages(store.db)]
            return inside + [Problem(name, None, message, fix) for name, message in check(folder, store.db)]
    except (StoreError, sqlite3.Error) as error:
        return [Problem(STATE_FILE, None, f"damaged: {error}", "put back a copy")]
    except OSError as error:
        return [Problem(FOLDER, None, f"it cannot be read ({error.strerror})", "check its permissions")]
