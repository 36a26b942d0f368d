"""Making the report of a folder, for the commands that write one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from crawler.commands._errors import CommandError
from crawler.outcome import ERROR, USAGE
from output.errors import ManifestError, OutputError
from output.report import NAME, ReportError, has_extra
from pipelines.diff import word_diff

if TYPE_CHECKING:
    from output.report.build import Written


def make_report(folder: Path, to: Path | None = None, *, media: bool = False) -> Written:
    """Write the report of a dataset's folder. Raises `CommandError`."""
    if not folder.is_dir():
        raise CommandError(str(folder), "there is no such folder", "give the folder of a dataset", USAGE)
    if not has_extra():
        raise CommandError("report", "what makes reports is not installed", "pip install 'threadset[report]'", USAGE)
    from output.report.build import build  # noqa: PLC0415  needs the extra

    try:
        return build(folder, to or folder / NAME, diff=word_diff, media=media)
    except ManifestError as error:
        raise CommandError(str(folder), error.reason, error.fix, USAGE) from None
    except ReportError as error:
        raise CommandError("report", error.reason, error.fix, USAGE) from None
    except OutputError as error:
        raise CommandError(str(folder), error.reason, error.fix, ERROR) from None
