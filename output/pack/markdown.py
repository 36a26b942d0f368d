"""Pieces of Markdown, in which nothing that stands in a dataset is obeyed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import orjson

_ESCAPES = {"|": "\\|", "<": "&lt;", ">": "&gt;", "&": "&amp;", "[": "\\[", "]": "\\]"}


def plain(value: object) -> str:
    """On one line, without what Markdown or HTML would obey."""
    return "".join(_ESCAPES.get(char, char) for char in str(value) if char.isprintable())


def own(text: str) -> str:
    """Our own words for a cell of a table: code between backticks stays as it is, for nothing is obeyed in there."""
    pieces = text.split("`")
    return "`".join(piece.replace("|", "\\|") if rank % 2 else plain(piece) for rank, piece in enumerate(pieces))


def table(heads: tuple[str, ...], rows: Iterable[Iterable[Any]]) -> str:
    """A table; cells are :class:`Own`, or values from a dataset."""
    text = [f"| {' | '.join(_cell(cell) for cell in line)} |" for line in (heads, *rows)]
    text.insert(1, "|" + "---|" * len(heads))
    return "\n".join(text)


class Own(str):
    """A cell in our own words."""

    __slots__ = ()


def _cell(value: object) -> str:
    if isinstance(value, Own):
        return own(value)
    return plain("" if value is None else value)


def counts(counter: Counter[str]) -> str:
    """Such as ``3 active, 1 missing``."""
    return ", ".join(f"{count} {plain(name)}" for name, count in sorted(counter.items())) or "none"


def many(number: int, one: str, more: str | None = None) -> str:
    """A number and its noun: ``1 thread``, ``2 threads``."""
    return f"{number} {one if number == 1 else more or f'{one}s'}"


def quoted(value: Any) -> str:
    """As JSON, which YAML reads."""
    return orjson.dumps(value).decode()
