"""A field of a page: selectors in order of preference, and a record of which one answered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from crawler.pages.document import Document

T = TypeVar("T")

Source = tuple[str, Callable[[Document], T | None]]

NONE = "none"


class Field(Generic[T]):
    """Sources are tried in order; the first that gives something else than ``None`` wins.

    ``sources`` are pairs of a name, as `threadset explain` shows it, and a function of the document.
    """

    def __init__(self, name: str, *sources: Source[T]) -> None:
        self.name = name
        self.sources = sources

    def read(self, document: Document) -> T | None:
        """The value; which source gave it is noted in ``document.answers``."""
        for source, function in self.sources:
            value = function(document)
            if value is not None:
                document.answers.note(self.name, source)
                return value
        document.answers.note(self.name, NONE)
        return None


def first_choices(fields: dict[str, tuple[str, ...]]) -> dict[str, str]:
    """Of each field the source that is tried first."""
    return {name: sources[0] for name, sources in fields.items() if sources}
