"""Reactions to a post: how many of each kind. Who reacted is not read."""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree

from crawler.pages.text import all_text, squeeze
from crawler.pages.tree import has_class

_COUNT = "ipsReact_reactCount"


def read_reactions(elements: Iterable[etree._Element]) -> tuple[list[tuple[str, int]], int | None]:
    """Counts by kind, and in all, out of the elements that follow the body.

    The total is ``None`` where the page has no place for reactions, and where a count is abbreviated ("1.2k").
    """
    by_kind: dict[str, int] = {}
    shown: list[str] = []
    has_place = is_short = False
    for element in elements:
        get = element.get
        if get("data-role") == "reactCountText":
            shown.append(all_text(element))
        elif get("data-controller") == "core.front.core.reaction":
            has_place = True
        elif (css := get("class")) is not None and _COUNT in css and has_class(element, _COUNT):
            name, count = _reaction(element)
            is_short = is_short or count is None
            if name and count:
                by_kind[name] = by_kind.get(name, 0) + count
    total = _count(shown[0]) if shown else None
    if total is None and not is_short and (by_kind or (has_place and not any(map(str.strip, shown)))):
        total = sum(by_kind.values())
    return sorted(by_kind.items()) if by_kind else [], total


def _reaction(element: etree._Element) -> tuple[str | None, int | None]:
    image = next(element.iter("img"), None)
    name = squeeze(image.get("alt")) if image is not None else None
    return name, _count(all_text(element))


def _count(text: str) -> int | None:
    """A count that is shown in full; ``None`` for an abbreviated one ("1.2k")."""
    digits = squeeze(text) or ""
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else None
