"""What the sections of a report consist of: words, a chart where there is enough to draw, and tables behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from output.report.words import share


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table: a whole number or words.

    ``part`` (0 to 1) adds a bar, ``href`` makes it a link, ``small`` stands below in small type, ``right`` sets words
    to the right, as numbers are, and ``mark`` is what links to it name.
    """

    value: str | int
    part: float | None = None
    href: str | None = None
    small: str | None = None
    right: bool = False
    mark: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """``rows`` hold a cell a column; the first one names the row.

    It is shown at once where it is ``open``, otherwise behind its caption. ``note`` stands below it.
    """

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    open: bool = False
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Key:
    """A colour of a chart, from 1 to 6, and what it stands for."""

    color: int
    name: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A heading, sentences, and what is to be seen.

    ``chart`` is drawn for wide pages and ``narrow`` for phones; without the latter ``chart`` serves both. A ``half``
    has another beside it where there is room.
    """

    heading: str
    words: Sequence[str] = ()
    chart: Markup | None = None
    narrow: Markup | None = None
    legend: Sequence[Key] = ()
    tables: Sequence[Table] = ()
    half: bool = False


def row(*values: str | int) -> list[Cell]:
    """A row of plain cells; numbers are set to the right."""
    return [Cell(value, right=isinstance(value, int)) for value in values]


def counted(number: int, whole: int) -> list[Cell]:
    """Two cells: a number with a bar, and its share of the whole."""
    return [Cell(number, part=number / whole if whole else 0.0, right=True), Cell(share(number, whole), right=True)]


def render(template: str, **values: Any) -> Markup:
    """A piece of a page; everything that is put into it is escaped."""
    return Markup(_templates().get_template(template).render(**values))  # noqa: S704  escaped by the template


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
