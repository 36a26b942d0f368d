"""Making the report of a folder, for the commands that write one."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from crawler.commands._errors import CommandError
from crawler.commands._folder import existing, locked
from crawler.commands._output import fail
from crawler.outcome import ERROR, USAGE
from output.errors import ManifestError, OutputError
from output.manifest import MANIFEST
from output.pack import is_pack
from output.report import NAME, ReportError, has_extra
from output.report.files import clear_leftovers
from pipelines.diff import word_diff

if TYPE_CHECKING:
    from output.report.build import Written


def make_report(folder: Path, to: Path | None = None, *, media: bool = False) -> Written:
    """Write the report of a dataset's folder; one that goes into it waits for no other. Raises `CommandError`."""
    existing(folder)
    if is_pack(folder):
        reason = "it is a pack, without the pages and addresses that a report shows"
        raise CommandError(str(folder), reason, "give the folder that it was packed of", USAGE)
    target = to or folder / NAME
    if target.parent.resolve() != folder.resolve() or not (folder / MANIFEST).exists():
        return _made(folder, target, media=media)
    if not os.access(folder, os.W_OK | os.X_OK):
        raise CommandError(str(folder), "the folder cannot be written", "give a file elsewhere with --to", USAGE)
    with locked(folder):
        clear_leftovers(folder)
        return _made(folder, target, media=media)


def report_beside(folder: Path, *, as_event: bool = False) -> Path | None:
    """The report of a folder that was just published and is locked.

    That it cannot be made is told, and changes nothing else: the tables are there.
    """
    clear_leftovers(folder)
    try:
        return _made(folder, folder / NAME).path
    except CommandError as error:
        fail(error, as_event=as_event)
        return None


def _made(folder: Path, to: Path, *, media: bool = False) -> Written:
    if not has_extra():
        raise CommandError("report", "what makes reports is not installed", "pip install 'threadset[report]'", USAGE)
    from output.report.build import build  # noqa: PLC0415  needs the extra

    try:
        return build(folder, to, diff=word_diff, media=media)
    except ManifestError as error:
        raise CommandError(str(folder), error.reason, error.fix, USAGE) from None
    except ReportError as error:
        raise CommandError("report", error.reason, error.fix, USAGE) from None
    except OutputError as error:
        raise CommandError(str(folder), error.reason, error.fix, ERROR) from None
