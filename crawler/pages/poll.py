"""The poll of a thread."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from crawler.items import PollSeen
from crawler.pages.document import Document
from crawler.pages.text import inner_text, squeeze
from crawler.pages.tree import in_post
from crawler.pages.urls import positive

SOURCES: dict[str, tuple[str, ...]] = {
    "has_poll": ("[data-controller=core.front.core.poll]",),
    "polls": ("[data-controller=core.front.core.poll] ol[class*=PollList]",),
}

_CONTROLLER = "core.front.core.poll"
_NAMES = frozenset({"ipsGrid_span4", "i-flex_11", "ipsFieldRow_label"})  # 4.x, 5.0, the form before a vote
_VOTES = frozenset({"ipsGrid_span1", "i-flex_91"})


def has_poll(document: Document) -> bool:
    """True where the page has the place of a poll, whether or not its options can be read."""
    return next(_polls(document), None) is not None


def read_polls(document: Document) -> list[PollSeen]:
    """Poll options with their votes; votes are ``None`` where only those who voted may see them."""
    found: list[PollSeen] = []
    for q, question in enumerate(_questions(document)):
        heading = next(question.iter("h3"), None)
        asked = inner_text(heading) if heading is not None else None
        choices = [li for li in question.iter("li") if li is not question]
        found.extend(_option(q, o, _unnumbered(asked, q), choice) for o, choice in enumerate(choices))
    return [option for option in found if option.option is not None]


def _polls(document: Document) -> Iterator[etree._Element]:
    polls = [poll for poll in document.tagged("section") if _is_poll(poll)]
    if not polls and _CONTROLLER.encode() in document.body:  # most threads have none, and pages have many elements
        polls = [poll for poll in document.root.iter("div", "form") if _is_poll(poll)]
    yield from polls


def _is_poll(element: etree._Element) -> bool:
    return element.get("data-controller") == _CONTROLLER and not in_post(element)


def _questions(document: Document) -> Iterator[etree._Element]:
    for poll in _polls(document):
        for entries in poll.iter("ol"):
            if "PollList" in (entries.get("class") or ""):
                yield from entries.iterchildren("li")


def _option(q: int, o: int, question: str | None, choice: etree._Element) -> PollSeen:
    """Name and votes stand in grid cells; in the voting form the name is the label of a radio button."""
    name = votes = None
    for cell in choice.iter("div", "span", "label"):
        css = (cell.get("class") or "").split()
        if cell.tag == "label" or not _NAMES.isdisjoint(css):
            name = name or inner_text(cell)
        elif not _VOTES.isdisjoint(css):
            digits = inner_text(cell)
            votes = 0 if digits == "0" else positive(digits)
    return PollSeen(question_index=q, option_index=o, question=question, option=name, votes=votes)


def _unnumbered(question: str | None, index: int) -> str | None:
    """Questions are shown behind their number."""
    return squeeze(question.removeprefix(f"{index + 1}.")) if question else None
