"""The edit mark of a post: only its last edit leaves one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from lxml import etree

from crawler.pages.text import all_text, from_iso, squeeze
from crawler.pages.tree import marks

NO_EDIT: tuple[datetime | None, str | None, str | None] = (None, None, None)


def edit_mark(content: etree._Element, author_name: str | None) -> tuple[datetime | None, str | None, str | None]:
    """Time, name and reason of the edit mark: the name follows the time, the reason the bold line."""
    mark = next((e for e in reversed(marks(content)) if not _in_quote(e, content)), None)
    if mark is None:
        return NO_EDIT
    time = next((t for t in mark.iter("time") if t.get("datetime")), None)
    edited_at = from_iso(time.get("datetime")) if time is not None else None
    by = _editor(time.tail, author_name) if time is not None else None
    bold = next(mark.iter("strong"), None)
    reason = "".join(_tails(bold, mark)) if bold is not None else ""
    return edited_at, by, squeeze(reason)


def _editor(tail: str | None, author_name: str | None) -> str | None:
    """The name behind the time, without the language's "by" before it.

    The name has no machine value. Where the text ends in the author's own name it is that; else the first word is the
    label, and where the label is no separate word the whole is kept.
    """
    words = squeeze(tail)
    if words is None:
        return None
    if author_name and f" {words}".endswith(f" {author_name}"):
        return author_name
    _label, space, name = words.partition(" ")
    return name if space else words


def _tails(element: etree._Element, within: etree._Element) -> Iterator[str]:
    """Text behind an element, within another."""
    node: etree._Element | None = element
    while node is not None and node is not within:
        yield node.tail or ""
        for sibling in node.itersiblings():
            yield all_text(sibling)
            yield sibling.tail or ""
        node = node.getparent()


def _in_quote(element: etree._Element, content: etree._Element) -> bool:
    for ancestor in element.iterancestors():
        if ancestor is content:
            return False
        if ancestor.tag == "blockquote":
            return True
    return False
