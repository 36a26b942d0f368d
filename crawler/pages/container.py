"""A post's container and its landmarks: where its machine data and its body stand, and which numbers it names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from crawler.pages.document import Document
from crawler.pages.layout import Layout
from crawler.pages.tree import BODY_ROLE, POST_ID, has_class
from crawler.pages.urls import positive

PARTS = ("div", "li", "span")
"""Tags of what the known layouts show around a body."""


@dataclass(slots=True)
class Numbers:
    """The numbers that a container names: of the post three times, and of the thread."""

    post_id: int | None
    named: int | None
    quoted: int | None
    thread_id: int | None

    def agree(self, thread_id: int | None) -> bool:
        """True where what is named agrees; the container's own number alone proves nothing."""
        named = self.quoted if self.named is None else self.named
        if named is None or named != self.post_id or self.quoted not in {None, named}:
            return False
        return thread_id is None or self.thread_id is None or self.thread_id == thread_id

    def are_complete(self, thread_id: int | None) -> bool:
        """True where all of them are there, and agree."""
        return None not in {self.named, self.quoted, self.thread_id} and self.agree(thread_id)


@dataclass(slots=True)
class Container:
    """One post on the page.

    ``machine`` is the JSON of ``data-quotedata``, empty where there is none. Where the body has its role, ``time`` and
    ``group`` (an ``li``), the first of each before it, are found on the way to it.
    """

    element: etree._Element
    layout: Layout
    wrap: etree._Element | None = None
    content: etree._Element | None = None
    time: etree._Element | None = None
    group: etree._Element | None = None
    machine: dict[str, Any] = field(default_factory=dict)

    @property
    def numbers(self) -> Numbers:
        """The numbers that it names."""
        machine, wrap = self.machine, self.wrap
        return Numbers(
            positive((self.element.get("id") or "").removeprefix(POST_ID)),
            positive(wrap.get("data-commentid")) if wrap is not None else None,
            positive(machine.get("contentcommentid")),
            positive(machine.get("contentid")),
        )

    def following(self) -> list[etree._Element]:
        """What stands behind the body: `PARTS`, or any element where the layout is unknown."""
        tags = PARTS if self.layout.parts else ()
        found: list[etree._Element] = []
        node = self.content
        while node is not None and node is not self.element:
            for sibling in node.itersiblings():
                found += sibling.iter(*tags)
            node = node.getparent()
        return found

    def aside(self, *tags: str) -> Iterator[etree._Element]:
        """What stands in the author's pane, or, where there is none, before the body."""
        pane = next(self.element.iterchildren("aside"), None)
        if pane is None:
            return self.outside(*tags)
        if self.group is not None and tags == ("li",) and pane in self.group.iterancestors("aside"):
            return iter((self.group,))
        return iter(pane.iter(*tags))

    def outside(self, *tags: str) -> Iterator[etree._Element]:
        """What stands before the body: nothing that a member wrote."""
        for element in self.element.iter(*tags):
            if self.content is not None and self.holds(element):
                return
            yield element

    def holds(self, element: etree._Element) -> bool:
        """True for an element within the body."""
        node: etree._Element | None = element
        while node is not None and node is not self.element:
            if node is self.content:
                return True
            node = node.getparent()
        return False


def container(document: Document, element: etree._Element, layout: Layout) -> Container:
    """The landmarks of a post's container."""
    found = Container(element, layout)
    if layout.parts:
        _look_around(found)
    if found.content is None:
        found.content = _content(element, layout)
    found.wrap = _wrap(element, found.content, layout)
    data = found.wrap.get("data-quotedata") if found.wrap is not None else None
    value = document.json(data) if data else None
    if isinstance(value, dict):
        found.machine = value
    return found


def _look_around(found: Container) -> None:
    """The body by its role, and on the way to it time and group."""
    time = group = None
    for part in found.element.iter("time", "li", *found.layout.parts):
        role = part.get("data-role")
        if role == BODY_ROLE and part.tag in found.layout.parts:
            found.content, found.time, found.group = part, time, group
            return
        if time is None and part.tag == "time" and part.get("datetime"):
            time = part
        elif role == "group" and group is None and part.tag == "li":
            group = part


def _content(element: etree._Element, layout: Layout) -> etree._Element | None:
    """The body by its role, or by its class, in any element where the layout is unknown."""
    for part in element.iter(*layout.parts):
        if part.get("data-role") == BODY_ROLE:
            return part
    if layout.body is None:
        return None
    return next((e for e in element.iter("div") if has_class(e, layout.body)), None)


def _wrap(element: etree._Element, content: etree._Element | None, layout: Layout) -> etree._Element | None:
    """What holds the machine data: around the body, else the last before it."""
    node = content.getparent() if content is not None else None
    while node is not None and (node is not element or not layout.parts):
        get = node.get
        if get("data-commentid") is not None or get("data-quotedata") is not None:
            return node
        node = node.getparent() if node is not element else None
    found = None
    for part in element.iter(*layout.parts):
        if part is content and part.get("data-role") == BODY_ROLE:
            break
        if _is_wrap(part):
            found = part
    return found


def _is_wrap(element: etree._Element) -> bool:
    return element.get("data-commentid") is not None or element.get("data-quotedata") is not None
