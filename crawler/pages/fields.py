"""A field of a page: selectors in order of preference, and a record of which one answered."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from typing import Generic, TypeVar

from crawler.pages.document import Answers, Document

T = TypeVar("T")

Source = tuple[str, Callable[[Document], T | None]]

NONE = "none"
BREADCRUMB = "[data-role=breadcrumbList] a, ol[itemtype$=BreadcrumbList] a"


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


def fallbacks(answers: Answers, first: Mapping[str, str], optional: Container[str]) -> dict[str, int]:
    """As ``field:source``, what did not come from its first choice; an optional field that lacks counts not."""
    others = answers.others(first)
    return {key: n for key, n in others.items() if not (key.endswith(f":{NONE}") and key[: -len(NONE) - 1] in optional)}
