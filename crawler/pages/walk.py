"""One walk over the tree of a body: lines of text with the quote that each stands in, quotes, links.

The walk is iterative: a hostile post nests deeper than Python's stack. It is the same for every layout, as bodies keep
the markup of the editor that wrote them: a page of 5.0 holds posts of 4.0, and of boards before that.
"""

from __future__ import annotations

from lxml import etree

from crawler.pages.lines import OWN, Walk, tidy
from crawler.pages.links import Links
from crawler.pages.steps import END, START
from crawler.pages.text import BLANK


def walk(content: etree._Element, links: Links) -> Walk:
    """Walk the element that holds a body. Comments must be out of the tree.

    White space that begins a line is no part of it: text is kept where the line has some, or where it is more.
    """
    state = Walk(links)
    parts, lines = state.parts, state.lines
    text = content.text
    if text and text.strip(BLANK):
        parts.append(text)
    for child in content:
        if child.tag == "p" and len(child) == 0 and child.get("class") is None:
            if parts:
                state.flush()  # most of what members write are plain paragraphs: not worth a walk
            line = tidy(child.text or "")
            if line:
                lines.append((OWN, 0, line))
        else:
            _branch(child, state)
        text = child.tail
        if text and (parts or text.strip(BLANK)):
            parts.append(text)
    if parts:
        state.flush()
    return state


def _branch(top: etree._Element, state: Walk) -> None:
    """Walk one element of the body, without the text behind it."""
    parts = state.parts
    steps = etree.iterwalk(top, events=("start", "end"))
    for event, element in steps:
        if event == "start":
            start = START.get(element.tag)
            if start is not None and start(state, element):
                steps.skip_subtree()
                continue
            text = element.text
        else:
            end = END.get(element.tag)
            if end is not None:
                end(state, element)
            text = element.tail if element is not top else None
        if text and (parts or text.strip(BLANK)):
            parts.append(text)
