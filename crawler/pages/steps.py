"""What happens in a walk over a body at the start and at the end of an element, by its tag."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from lxml import etree

from crawler.items import QuoteSeen
from crawler.pages.lines import CELL, Walk
from crawler.pages.text import from_unix, squeeze
from crawler.pages.tree import has_class
from crawler.pages.urls import positive

_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details dialog div dl dt fieldset figcaption figure "
    "footer form h1 h2 h3 h4 h5 h6 header hgroup hr legend li main menu nav ol optgroup option p pre search section "
    "summary table tbody tfoot thead tr ul".split()
)
_SILENT = frozenset(
    "script style template noscript svg math canvas object iframe video audio textarea select button head title".split()
)
_LABEL = re.compile("ips(?:Quote_citation|Spoiler_header|RichTextBox__title|Blockquote_citation)")
_OLD_QUOTES = ("blockquote", "quote")  # classes of the ``div`` that was a quote before there were blockquotes
_MAX_QUOTES = 10_000  # a post of a million quotes is an attack: the rest stays in `full_text` and `html`
_UNCOUNTED = -2  # the words of quotes beyond the first ten thousand

# What happens at the start of an element; true where its inside is not walked.


def _block(state: Walk, element: etree._Element) -> bool:
    if state.parts:
        state.flush()
    css = element.get("class")
    return css is not None and _LABEL.search(css) is not None


def _box(state: Walk, element: etree._Element) -> bool:
    """A ``div``, which may be a quote of boards before version 4."""
    if state.parts:
        state.flush()
    css = element.get("class")
    if css is None:
        return False
    if _LABEL.search(css) is not None:
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
    return css is not None and (css.strip() == "citation" or _LABEL.search(css) is not None)


def _cite(_state: Walk, element: etree._Element) -> bool:
    css = (element.get("class") or "").strip()
    return css == "citation" or _LABEL.search(css) is not None


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
    state.parts.append(CELL)
    return False


def _blockquote(state: Walk, element: etree._Element) -> bool:
    """Every blockquote is a quote but the spoilers of older boards."""
    if state.parts:
        state.flush()
    if not _is_spoiler(element):
        _open_quote(state, element)
    return False


def _is_spoiler(element: etree._Element) -> bool:
    return "ipsStyle_spoiler" in (element.get("class") or "") or element.get("data-ipsspoiler") is not None


def is_quote(element: etree._Element) -> bool:
    """True for an element that a walk takes for a quote."""
    if element.tag == "blockquote":
        return not _is_spoiler(element)
    return element.tag == "div" and "quote" in (element.get("class") or "") and _is_old_quote(element)


def _open_quote(state: Walk, element: etree._Element) -> None:
    index, parent = len(state.quotes), state.quote
    state.open_quotes.append((element, parent, state.bullet))
    state.bullet = False
    if index >= _MAX_QUOTES:
        state.quote = _UNCOUNTED
        return
    state.quote = index
    quote = cited(element)
    quote.quote_index = index
    if parent >= 0:
        quote.parent_quote_index, quote.depth = parent, state.quotes[parent].depth + 1
    state.quotes.append(quote)


def cited(element: etree._Element) -> QuoteSeen:
    """What the markup of a quote cites; the first of its post, as far as that goes."""
    get = element.get
    return QuoteSeen(
        quote_index=0,
        parent_quote_index=None,
        depth=0,
        cited_author_name=squeeze(get("data-ipsquote-username") or get("data-cite") or get("data-author")),
        cited_author_id=positive(get("data-ipsquote-userid")),
        cited_at=from_unix(get("data-ipsquote-timestamp") or get("data-time")),
        cited_post_id=positive(get("data-ipsquote-contentcommentid") or get("data-cid")),
        cited_thread_id=positive(get("data-ipsquote-contentid")),
        cited_class=squeeze(get("data-ipsquote-contentclass")),
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


START: dict[str, Callable[[Walk, etree._Element], bool]] = {
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
END: dict[str, Callable[[Walk, etree._Element], None]] = {
    **dict.fromkeys(_BLOCKS - {"pre"}, _end_block),
    "a": _end_anchor,
    "blockquote": _end_quote,
    "div": _end_quote,
    "li": _end_item,
}
