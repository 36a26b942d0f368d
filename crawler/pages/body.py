"""The body of a post: own words, text as shown, quotes and links, in one walk over its tree.

The walk is iterative: a hostile post nests deeper than Python's stack. It is the same for every layout; what differs
between layouts is where the body stands on the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import blake2b

from lxml import etree

from crawler.items import Body, QuoteSeen
from crawler.pages.links import Links, domain_of
from crawler.pages.text import from_unix, squeeze
from crawler.pages.tree import inner_html, strip_marks
from crawler.pages.urls import positive

PARSER_VERSION = 1
"""Raised when the same HTML gives other rows than before."""

HASH_BYTES = 16

_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details dialog div dl dt fieldset figcaption figure "
    "footer form h1 h2 h3 h4 h5 h6 header hgroup hr legend li main menu nav ol optgroup option p pre search section "
    "summary table tbody tfoot thead tr ul".split()
)
_SILENT = frozenset(
    "script style template noscript svg math canvas object iframe video audio textarea select button head title".split()
)
_LABELS = ("ipsQuote_citation", "ipsSpoiler_header", "ipsRichTextBox__title", "ipsBlockquote_citation")
_SPACES = re.compile(r"[ \t\n\r\f\xa0]+")
_CELL = re.compile(r" ?\x00 ?")  # NUL never comes from a page (`document.py`): it marks the edge of a table cell
_MAX_QUOTES = 10_000  # a post of a million quotes is an attack: the rest stays in `full_text` and `html`
_MAX_MARKS = 256  # levels that `full_text` marks: deeper ones would make a small post a huge text
_OWN = -1
_UNCOUNTED = -2  # the words of quotes beyond the first ten thousand


@dataclass(slots=True)
class _Line:
    """A line of text, in the quote of that index (-1: the author's own), that many quotes deep."""

    quote: int
    depth: int
    text: str


@dataclass(slots=True)
class _Walk:
    """The state of one walk. ``open_quotes`` holds for each open quote its index, and the bullet that waits outside."""

    links: Links
    lines: list[_Line] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    bullet: bool = False
    quotes: list[QuoteSeen] = field(default_factory=list)
    open_quotes: list[tuple[int, bool]] = field(default_factory=list)
    attachment: etree._Element | None = None

    @property
    def quote(self) -> int:
        return self.open_quotes[-1][0] if self.open_quotes else _OWN

    def add(self, text: str) -> None:
        """A finished line."""
        self.lines.append(_Line(self.quote, len(self.open_quotes), text))

    def flush(self) -> None:
        """End the line."""
        if not self.parts:
            return
        line = _SPACES.sub(" ", "".join(self.parts)).strip(" ")
        self.parts.clear()
        if "\x00" in line:
            line = _CELL.sub("\t", line).strip("\t")
        if not line:
            return
        if self.bullet:
            line, self.bullet = f"- {line}", False
        self.add(line)


def read_body(content: etree._Element, base: str) -> Body:
    """Read the element that holds a post's body.

    ``base`` is the address of the page, for relative links. Elements with ``data-excludequote`` (the edit mark) are
    taken out of the tree: read them before.
    """
    strip_marks(content)
    html = inner_html(content)
    walk = _Walk(Links(base))
    _walk(content, walk)
    return _body(html, walk)


def _walk(content: etree._Element, walk: _Walk) -> None:
    steps = etree.iterwalk(content, events=("start", "end"))
    for event, element in steps:
        tag = element.tag
        if event == "start":
            if element is not content and _skips(element, tag, walk):
                steps.skip_subtree()
            else:
                _start(element, tag, walk)
                if element.text:
                    walk.parts.append(element.text)
        else:
            _end(element, tag, walk)
            if element.tail and element is not content:
                walk.parts.append(element.tail)
    walk.flush()


def _skips(element: etree._Element, tag: str, walk: _Walk) -> bool:
    """True for an element whose inside is no text of the post (its links are taken all the same)."""
    if tag in _SILENT:
        if tag in {"iframe", "video", "audio"}:
            walk.links.embed(element, in_quote=bool(walk.open_quotes))
        return True
    if tag == "pre":
        _code(element, walk)
        walk.links.anchors(element, in_quote=bool(walk.open_quotes))
        return True
    css = element.get("class")
    if css is not None and tag in {"div", "header", "p", "summary", "cite"}:
        return any(label in css for label in _LABELS) or (tag in {"p", "cite"} and css.strip() == "citation")
    return False


def _start(element: etree._Element, tag: str, walk: _Walk) -> None:
    if tag == "br":
        walk.flush()
    elif tag in _BLOCKS:
        walk.flush()
        if tag == "li":
            walk.bullet = True
        elif tag == "blockquote" and _is_quote(element):
            _open_quote(element, walk)
    elif tag == "a":
        if walk.links.anchor(element, in_quote=bool(walk.open_quotes)) and walk.attachment is None:
            walk.attachment = element
    elif tag == "img":
        _image(element, walk)
    elif tag in {"td", "th"}:
        walk.parts.append("\x00")


def _end(element: etree._Element, tag: str, walk: _Walk) -> None:
    if element is walk.attachment:
        walk.attachment = None
    if tag not in _BLOCKS or tag == "pre":
        return
    walk.flush()
    if tag == "li":
        walk.bullet = False
    elif tag == "blockquote" and _is_quote(element) and walk.open_quotes:
        walk.bullet = walk.open_quotes.pop()[1]


def _is_quote(element: etree._Element) -> bool:
    """Every blockquote but the spoilers of older boards, which are blockquotes too."""
    css = element.get("class") or ""
    return "ipsStyle_spoiler" not in css and element.get("data-ipsspoiler") is None


def _open_quote(element: etree._Element, walk: _Walk) -> None:
    index, parent = len(walk.quotes), walk.quote
    outside, walk.bullet = walk.bullet, False
    if index >= _MAX_QUOTES:
        walk.open_quotes.append((_UNCOUNTED, outside))
        return
    get = element.get
    walk.quotes.append(
        QuoteSeen(
            quote_index=index,
            parent_quote_index=parent if parent >= 0 else None,
            depth=walk.quotes[parent].depth + 1 if parent >= 0 else 0,
            cited_author_name=squeeze(get("data-ipsquote-username") or get("data-cite") or get("data-author")),
            cited_author_id=positive(get("data-ipsquote-userid")),
            cited_at=from_unix(get("data-ipsquote-timestamp") or get("data-time")),
            cited_post_id=positive(get("data-ipsquote-contentcommentid") or get("data-cid")),
            cited_thread_id=positive(get("data-ipsquote-contentid")),
            cited_class=squeeze(get("data-ipsquote-contentclass")),
        )
    )
    walk.open_quotes.append((index, outside))


def _image(element: etree._Element, walk: _Walk) -> None:
    css = element.get("class") or ""
    if "ipsEmoji" in css or "ipsEmoticon" in css or element.get("data-emoticon") is not None:
        walk.parts.append(element.get("alt") or "")
    elif walk.attachment is None:  # the attachment around an image has the row
        walk.links.image(element, in_quote=bool(walk.open_quotes))


def _code(element: etree._Element, walk: _Walk) -> None:
    """Code is verbatim: one entry of as many lines as it has."""
    walk.flush()
    if next(element.iter("br"), None) is None:
        code = etree.tostring(element, encoding="unicode", method="text", with_tail=False)
    else:
        code = "".join(_broken_lines(element))
    code = code.replace("\r\n", "\n").replace("\r", "\n").strip("\n").rstrip()
    walk.bullet = False
    if code.strip():
        walk.add(code)


def _broken_lines(element: etree._Element) -> Iterator[str]:
    for event, node in etree.iterwalk(element, events=("start", "end")):
        if event == "start":
            yield "\n" if node.tag == "br" else node.text or ""
        elif node is not element and node.tail:
            yield node.tail


def _body(html: str | None, walk: _Walk) -> Body:
    own: list[str] = []
    quoted: dict[int, list[str]] = {}
    shown: list[str] = []
    for line in walk.lines:
        if line.quote == _OWN:
            own.append(line.text)
        elif line.quote >= 0:
            quoted.setdefault(line.quote, []).append(line.text)
        mark = "> " * min(line.depth, _MAX_MARKS)
        shown.append("\n".join(mark + piece for piece in line.text.split("\n")) if mark else line.text)
    for quote, lines in quoted.items():
        walk.quotes[quote].quoted_text = "\n".join(lines)
    full_text = "\n".join(shown) or None
    return Body(
        html=html,
        text="\n".join(own) or None,
        full_text=full_text,
        text_hash=_text_hash(full_text, walk),
        quotes=walk.quotes,
        links=walk.links.found,
        parser_version=PARSER_VERSION,
    )


def _text_hash(full_text: str | None, walk: _Walk) -> bytes:
    """Hash of what makes a version: words with their quote levels, whom quotes cite, where links and attachments go.

    Left out: markup, images and embeds (lazy loading and proxies change their addresses), addresses on the page's own
    host, mentions' addresses.
    """
    home = domain_of(walk.links.base)
    digest = blake2b(digest_size=HASH_BYTES)
    digest.update((full_text or "").encode("utf-8", "replace"))
    for quote in walk.quotes:
        digest.update(f"\0q{quote.parent_quote_index},{quote.cited_post_id}".encode())
    for link in walk.links.found:
        if link.kind == "link" and link.url and link.domain != home:
            digest.update(f"\0l{link.url}".encode("utf-8", "replace"))
        elif link.kind == "attachment" and link.attachment_id is not None:
            digest.update(f"\0a{link.attachment_id}".encode())
    return digest.digest()
