"""Puts a report together: the front page, and the threads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from output.read import read_dataset
from output.report.files import files_for
from output.report.graph import graph_html
from output.report.overview import overview_html
from output.report.page import Pages


class Change(Protocol):
    """A stretch of text that is ``same``, ``removed`` or ``added``."""

    @property
    def kind(self) -> str: ...  # noqa: D102
    @property
    def text(self) -> str: ...  # noqa: D102


Diff = Callable[[str | None, str | None], Sequence[Change]]
"""What was changed between two texts."""


@dataclass(frozen=True, slots=True)
class Written:
    """A report that was written: the file to open, how many files it has, and their bytes."""

    path: Path
    files: int
    bytes: int


def build(folder: Path, to: Path, *, diff: Diff, media: bool = False) -> Written:  # noqa: ARG001
    """Write the report of a dataset to ``to``. See `output.report.write_report`."""
    dataset = read_dataset(folder)
    for name in dataset.tables:
        for entry in dataset.files(name):
            dataset.file(entry)  # before long work: is all of it there?
    pages = Pages(media=media)
    with files_for(to) as files:
        front = pages.render(
            "report.html",
            title=folder.resolve().name,
            overview=overview_html(dataset),
            graph=graph_html(dataset),
        )
        files.write(to.name, front)
        files.place()
    return Written(to, len(files.names), files.bytes)
