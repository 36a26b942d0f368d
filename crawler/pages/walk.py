"""One walk over the tree of a body: lines of text with the quote that each stands in, quotes, links.

The walk is iterative: a hostile post nests deeper than Python's stack. It is the same for every layout, as bodies keep
the markup of the editor that wrote them: a page of 5.0 holds posts of 4.0, and of boards before that.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from lxml import etree

from crawler.items import QuoteSeen
from crawler.pages.links import Links
from crawler.pages.text import BLANK, from_unix, squeeze
from crawler.pages.tree import has_class
from crawler.pages.urls import positive

OWN = -1
"""In place of a quote's index: the author's own words."""

_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details dialog div dl dt fieldset figcaption figure "
    "footer form h1 h2 h3 h4 h5 h6 header hgroup hr legend li main menu nav ol optgroup option p pre search section "
    "summary table tbody tfoot thead tr ul".split()
)
_SILENT = frozenset(
    "script style template noscript svg math canvas object iframe video audio textarea select button head title".split()
)
_LABELS = ("ipsQuote_citation", "ipsSpoiler_header", "ipsRichTextBox__title", "ipsBlockquote_citation")
_OLD_QUOTES = ("blockquote", "quote")  # classes of the ``div`` that was a quote before there were blockquotes
_SPACES = re.compile(r"[ \t\n\r\f\xa0]+")
_CELL = re.compile(r" ?\x00 ?")  # NUL never comes from a page (`document.py`): it marks the edge of a table cell
_MAX_QUOTES = 10_000  # a post of a million quotes is an attack: the rest stays in `full_text` and `html`
_UNCOUNTED = -2  # the words of quotes beyond the first ten thousand


@dataclass(slots=True)
class Walk:
    """The state of one walk.

    ``lines`` are the quote's index (-1: own words), how many quotes deep, and the text. ``quote`` is the index of the
    innermost open quote, ``open_quotes`` holds for each open quote its element, and the quote and the bullet outside.
    """

    links: Links
    lines: list[tuple[int, int, str]] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    bullet: bool = False
    quotes: list[QuoteSeen] = field(default_factory=list)
    quote: int = OWN
    open_quotes: list[tuple[etree._Element, int, bool]] = field(default_factory=list)
    attachment: etree._Element | None = None

    def add(self, text: str) -> None:
        """A finished line."""
        self.lines.append((self.quote, len(self.open_quotes), text))

    def flush(self) -> None:
        """End the line."""
        parts = self.parts
        if not parts:
            return
        line = _tidy(parts[0] if len(parts) == 1 else "".join(parts))
        parts.clear()
        if not line:
            return
        if self.bullet:
            line, self.bullet = f"- {line}", False
        self.lines.append((self.quote, len(self.open_quotes), line))


def _tidy(line: str) -> str:
    """A line with its white space squeezed, and cells of a table apart."""
    line = line.strip(BLANK)
    if line.isprintable() and "  " not in line:  # most lines have nothing to squeeze, and these tests are quick
        return line
    line = _SPACES.sub(" ", line)
    return _CELL.sub("\t", line).strip("\t") if "\x00" in line else line


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
            line = _tidy(child.text or "")
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
            start = _START.get(element.tag)
            if start is not None and start(state, element):
                steps.skip_subtree()
                continue
            text = element.text
        else:
            end = _END.get(element.tag)
            if end is not None:
                end(state, element)
            text = element.tail if element is not top else None
        if text and (parts or text.strip(BLANK)):
            parts.append(text)


# What happens at the start of an element; true where its inside is not walked.


def _block(state: Walk, element: etree._Element) -> bool:
    if state.parts:
        state.flush()
    css = element.get("class")
    return css is not None and any(label in css for label in _LABELS)


def _box(state: Walk, element: etree._Element) -> bool:
    """A ``div``, which may be a quote of boards before version 4."""
    if state.parts:
        state.flush()
    css = element.get("class")
    if css is None:
        return False
    if any(label in css for label in _LABELS):
        return True
    if "quote" in css and _is_old_quote(element):
        _open_quote(state, element)
    return False


def _is_old_quote(element: etree._Element) -> bool:
    """Two of them, one in the other, are one quote."""
    parent = element.getparent()
    if not any(has_class(element, name) for name in _OLD_QUOTES):
        return False
    return parent is None or parent.tag != "div" or not any(has_class(parent, name) for name in _OLD_QUOTES)


def _paragraph(state: Walk, element: etree._Element) -> bool:
    """The older boards cite in a paragraph of a class of its own."""
    if state.parts:
        state.flush()
    css = element.get("class")
    return css is not None and (css.strip() == "citation" or any(label in css for label in _LABELS))


def _cite(_state: Walk, element: etree._Element) -> bool:
    css = (element.get("class") or "").strip()
    return css == "citation" or any(label in css for label in _LABELS)


def _summary(state: Walk, element: etree._Element) -> bool:
    """The label of a box of the 5.0 editor, spoilers among them."""
    parent = element.getparent()
    return _block(state, element) or (parent is not None and "ipsRichTextBox" in (parent.get("class") or ""))


def _item(state: Walk, _element: etree._Element) -> bool:
    state.flush()
    state.bullet = True
    return False


def _break(state: Walk, _element: etree._Element) -> bool:
    if state.parts:
        state.flush()
    return False


def _cell(state: Walk, _element: etree._Element) -> bool:
    state.parts.append("\x00")
    return False


def _blockquote(state: Walk, element: etree._Element) -> bool:
    """Every blockquote is a quote but the spoilers of older boards."""
    if state.parts:
        state.flush()
    if "ipsStyle_spoiler" not in (element.get("class") or "") and element.get("data-ipsspoiler") is None:
        _open_quote(state, element)
    return False


def _open_quote(state: Walk, element: etree._Element) -> None:
    index, parent = len(state.quotes), state.quote
    state.open_quotes.append((element, parent, state.bullet))
    state.bullet = False
    if index >= _MAX_QUOTES:
        state.quote = _UNCOUNTED
        return
    state.quote = index
    get = element.get
    state.quotes.append(
        QuoteSeen(
            quote_index=index,
            parent_quote_index=parent if parent >= 0 else None,
            depth=state.quotes[parent].depth + 1 if parent >= 0 else 0,
            cited_author_name=squeeze(get("data-ipsquote-username") or get("data-cite") or get("data-author")),
            cited_author_id=positive(get("data-ipsquote-userid")),
            cited_at=from_unix(get("data-ipsquote-timestamp") or get("data-time")),
            cited_post_id=positive(get("data-ipsquote-contentcommentid") or get("data-cid")),
            cited_thread_id=positive(get("data-ipsquote-contentid")),
            cited_class=squeeze(get("data-ipsquote-contentclass")),
        )
    )


def _anchor(state: Walk, element: etree._Element) -> bool:
    if state.links.anchor(element, in_quote=bool(state.open_quotes)) and state.attachment is None:
        state.attachment = element
    return False


def _image(state: Walk, element: etree._Element) -> bool:
    css = element.get("class") or ""
    if "ipsEmoji" in css or "ipsEmoticon" in css or element.get("data-emoticon") is not None:
        state.parts.append(element.get("alt") or "")
    elif state.attachment is None:  # the attachment around an image has the row
        state.links.image(element, in_quote=bool(state.open_quotes))
    return False


def _silent(_state: Walk, _element: etree._Element) -> bool:
    return True


def _embed(state: Walk, element: etree._Element) -> bool:
    state.links.embed(element, in_quote=bool(state.open_quotes))
    return True


def _code(state: Walk, element: etree._Element) -> bool:
    """Code is verbatim: one entry of as many lines as it has."""
    state.flush()
    if next(element.iter("br"), None) is None:
        code = etree.tostring(element, encoding="unicode", method="text", with_tail=False)
    else:
        code = "".join(_broken_lines(element))
    code = code.replace("\r\n", "\n").replace("\r", "\n").strip("\n").rstrip()
    state.bullet = False
    if code.strip():
        state.add(code)
    state.links.anchors(element, in_quote=bool(state.open_quotes))
    return True


def _broken_lines(element: etree._Element) -> Iterator[str]:
    for event, node in etree.iterwalk(element, events=("start", "end")):
        if event == "start":
            yield "\n" if node.tag == "br" else node.text or ""
        elif node is not element and node.tail:
            yield node.tail


# What happens at the end of an element.


def _end_block(state: Walk, _element: etree._Element) -> None:
    if state.parts:
        state.flush()


def _end_item(state: Walk, _element: etree._Element) -> None:
    state.flush()
    state.bullet = False


def _end_quote(state: Walk, element: etree._Element) -> None:
    if state.parts:
        state.flush()
    if state.open_quotes and state.open_quotes[-1][0] is element:
        _element, state.quote, state.bullet = state.open_quotes.pop()


def _end_anchor(state: Walk, element: etree._Element) -> None:
    if element is state.attachment:
        state.attachment = None


_START: dict[str, Callable[[Walk, etree._Element], bool]] = {
    **dict.fromkeys(_BLOCKS, _break),
    **dict.fromkeys(_SILENT, _silent),
    **dict.fromkeys(("iframe", "video", "audio"), _embed),
    **dict.fromkeys(("td", "th"), _cell),
    "a": _anchor,
    "blockquote": _blockquote,
    "br": _break,
    "cite": _cite,
    "div": _box,
    "header": _block,
    "img": _image,
    "li": _item,
    "p": _paragraph,
    "pre": _code,
    "summary": _summary,
}
_END: dict[str, Callable[[Walk, etree._Element], None]] = {
    **dict.fromkeys(_BLOCKS - {"pre"}, _end_block),
    "a": _end_anchor,
    "blockquote": _end_quote,
    "div": _end_quote,
    "li": _end_item,
}
