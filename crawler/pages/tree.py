"""Finding things in a tree. Walking by tag is ten times as fast as an XPath expression over the whole page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

BODY_ROLE = "commentContent"
POST_ID = "elComment_"
NUMBERED = re.compile(rf"{POST_ID}\d+")

_MARKS = etree.XPath("descendant::*[@data-excludequote]")
_NO_TEXT = "x-no-text"
_START = re.compile(r"""<(?:[^>"']++|"[^"]*+"|'[^']*+')*+>""")


def has_class(element: etree._Element, name: str) -> bool:
    """True when the element has that class."""
    value = element.get("class")
    return value is not None and name in value and name in value.split()


def with_class(root: etree._Element, name: str, *tags: str) -> Iterator[etree._Element]:
    """Elements of these tags that have a class."""
    for element in root.iter(*tags):
        value = element.get("class")
        if value is not None and name in value and name in value.split():
            yield element


def with_attribute(root: etree._Element, attribute: str, value: str | None, *tags: str) -> Iterator[etree._Element]:
    """Elements of these tags whose attribute is there (and has that value, where one is given)."""
    for element in root.iter(*tags):
        found = element.get(attribute)
        if found is not None and value in {None, found}:
            yield element


def marks(root: etree._Element) -> list[etree._Element]:
    """The elements that a quote of the post leaves out: its edit mark."""
    found: Any = _MARKS(root)
    return list(found)


def strip_marks(root: etree._Element) -> None:
    """Take those out, and comments, and leave the text behind them.

    Text is never set: a page may hold characters that lxml reads and refuses to write.
    """
    for mark in marks(root):
        mark.tag = _NO_TEXT
    etree.strip_elements(root, _NO_TEXT, etree.Comment, etree.ProcessingInstruction, with_tail=False)


def in_post(element: etree._Element) -> bool:
    """True for an element that somebody wrote into a post."""
    return any(ancestor.get("data-role") == BODY_ROLE for ancestor in element.iterancestors())


def cut_from(element: etree._Element, within: etree._Element) -> None:
    """Take an element out, with all that follows it within another."""
    node: etree._Element | None = element
    is_first = True
    while node is not None and node is not within:
        parent = node.getparent()
        if parent is None:
            return
        for sibling in list(node.itersiblings()):
            parent.remove(sibling)
        if is_first:
            parent.remove(node)
            is_first = False
        else:
            node.tail = None
        node = parent


def inner_html(element: etree._Element) -> str | None:
    """What stands between the tags of an element; ``None`` when that is nothing but white space."""
    outer = etree.tostring(element, encoding="unicode", method="html", with_tail=False)
    end = outer.find(">") + 1
    tag = outer[:end]
    if "'" in tag or tag.count('"') % 2:  # perhaps a value has that ``>`` in it
        start = _START.match(outer)
        end = start.end() if start else 0
    return outer[end : outer.rfind("</")].strip() or None
