"""A report: a dataset as pages that a browser opens from disk, with no network. Needs the extra ``[report]``."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from output.report.errors import ReportError
from output.report.files import clear_leftovers, clear_threads

if TYPE_CHECKING:
    from output.report.history import Diff

__all__ = ["NAME", "ReportError", "has_extra", "remove_report", "write_report"]

NAME = "report.html"
"""The report of a dataset, in its folder; the threads of a large one lie in a folder of the same stem beside it."""

_NEEDED = ("jinja2", "nh3", "vl_convert")


def has_extra() -> bool:
    """Whether what a report needs is installed."""
    return all(find_spec(name) is not None for name in _NEEDED)


def write_report(dataset: Path, to: Path | None = None, *, diff: Diff, media: bool = False) -> Path:
    """Write the report of the dataset in a folder, and say where it is: ``report.html`` in that folder, or ``to``.

    ``diff`` tells what was changed between two texts, word by word (`pipelines.diff.word_diff`). With ``media``, pages
    load the images that posts show from where they are. What was there before stays until all is written. Raises
    :class:`ReportError`, :class:`DatasetError` and :class:`ManifestError`.
    """
    if not has_extra():
        raise ReportError("what makes reports is not installed", "pip install 'threadset[report]'")
    from output.report.build import build  # noqa: PLC0415  the extra need not be there for the rest

    return build(dataset, to or dataset / NAME, diff=diff, media=media).path


def remove_report(folder: Path) -> None:
    """Take the report out of a dataset's folder, where there is one."""
    (folder / NAME).unlink(missing_ok=True)
    clear_threads(folder / Path(NAME).stem, keep=())
    clear_leftovers(folder)
