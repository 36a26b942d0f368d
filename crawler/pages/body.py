"""The body of a post: own words, text as shown, quotes and links, in one walk over its tree.

The walk is iterative: a hostile post nests deeper than Python's stack. It is the same for every layout; what differs
between layouts is where the body stands on the page.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from hashlib import blake2b
from urllib.parse import urlsplit

from lxml import etree

from crawler.items import Body, LinkSeen, QuoteSeen
from crawler.pages.text import from_unix, inner_text, squeeze
from crawler.pages.urls import absolute, positive

PARSER_VERSION = 1
"""Raised when the same HTML gives other rows than before."""

HASH_BYTES = 16

_BLOCKS = frozenset(
    "address article aside blockquote center dd details dialog div dl dt fieldset figcaption figure footer form h1 h2 "
    "h3 h4 h5 h6 header hgroup hr li main nav ol p pre section summary table tbody tfoot thead tr ul".split()
)
_SILENT = frozenset(
    "script style template noscript svg math canvas object iframe video audio textarea select button head title".split()
)
_LABELS = ("ipsQuote_citation", "ipsSpoiler_header", "ipsRichTextBox__title", "ipsBlockquote_citation")
_SPACES = re.compile(r"[ \t\n\r\f\xa0]+")
_CELL = re.compile(r" ?\x00 ?")  # NUL never comes from a page (`document.py`): it marks the edge of a table cell
_ATTACHMENT = re.compile(r"attachment\.php\?(?:[^#]*&)?id=(\d{1,18})")
_MAX_QUOTES = 10_000  # a post of a million quotes is an attack: what lies deeper stays in `full_text` and `html`


@dataclass(slots=True)
class _Walk:
    """The state of one walk."""

    base: str
    lines: list[tuple[int, str]] = field(default_factory=list)  # (quote index or -1, line)
    parts: list[str] = field(default_factory=list)
    bullet: bool = False
    quotes: list[QuoteSeen] = field(default_factory=list)
    open_quotes: list[int] = field(default_factory=list)
    links: list[LinkSeen] = field(default_factory=list)

    @property
    def quote(self) -> int:
        return self.open_quotes[-1] if self.open_quotes else -1

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
        self.lines.append((self.quote, line))

    def add_link(self, kind: str, url: str | None, text: str | None, **numbers: int | None) -> None:
        link = LinkSeen(
            link_index=len(self.links),
            kind=kind,
            url=url,
            text=text,
            domain=domain_of(url),
            in_quote=bool(self.open_quotes),
            attachment_id=numbers.get("attachment_id"),
            mentioned_author_id=numbers.get("mentioned_author_id"),
        )
        self.links.append(link)


def read_body(content: etree._Element, base: str) -> Body:
    """Read the element that holds a post's body.

    ``base`` is the address of the page, for relative links. Elements with ``data-excludequote`` (the edit mark) are
    taken out of the tree: read them before.
    """
    for mark in [e for e in content.iter() if e.get("data-excludequote") is not None]:
        _remove(mark)
    html = inner_html(content)
    walk = _Walk(base)
    _walk(content, walk)
    return _body(html, walk)


def domain_of(url: str | None) -> str | None:
    """Host of an address in lower case without ``www.``; ``None`` where there is none."""
    if not url:
        return None
    try:
        host = urlsplit(url).hostname
    except ValueError:
        return None
    return host.removeprefix("www.") or None if host else None


def inner_html(element: etree._Element) -> str | None:
    """What stands between the tags of an element; ``None`` when that is nothing but white space."""
    attributes = [(str(name), str(value)) for name, value in element.attrib.items()]
    element.attrib.clear()  # so that the outer tag has a known length
    outer = etree.tostring(element, encoding="unicode", method="html", with_tail=False)
    for name, value in attributes:
        element.set(name, value)
    tag = len(str(element.tag))
    return outer[tag + 2 : -(tag + 3)].strip() or None


def _remove(element: etree._Element) -> None:
    """Take an element out, and leave the text behind it."""
    parent = element.getparent()
    if parent is None:
        return
    if element.tail:
        before = element.getprevious()
        if before is None:
            parent.text = (parent.text or "") + element.tail
        else:
            before.tail = (before.tail or "") + element.tail
    parent.remove(element)


def _walk(content: etree._Element, walk: _Walk) -> None:
    steps = etree.iterwalk(content, events=("start", "end"))
    for event, element in steps:
        tag = element.tag
        if not isinstance(tag, str):
            continue
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
            _embed(element, tag, walk)
        return True
    if tag == "pre":
        _code(element, walk)
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
        _anchor(element, walk)
    elif tag == "img":
        _image(element, walk)
    elif tag in {"td", "th"}:
        walk.parts.append("\x00")


def _end(element: etree._Element, tag: str, walk: _Walk) -> None:
    if tag not in _BLOCKS or tag == "pre":
        return
    walk.flush()
    if tag == "li":
        walk.bullet = False
    elif tag == "blockquote" and _is_quote(element) and walk.open_quotes:
        walk.open_quotes.pop()


def _is_quote(element: etree._Element) -> bool:
    """Every blockquote but the spoilers of older boards, which are blockquotes too."""
    css = element.get("class") or ""
    return "ipsStyle_spoiler" not in css and element.get("data-ipsspoiler") is None


def _open_quote(element: etree._Element, walk: _Walk) -> None:
    index = len(walk.quotes)
    if index >= _MAX_QUOTES:
        walk.open_quotes.append(walk.quote)
        return
    parent = walk.quote
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
    walk.open_quotes.append(index)


def _anchor(element: etree._Element, walk: _Walk) -> None:
    get = element.get
    css = get("class") or ""
    url = absolute(walk.base, get("href"))
    text = inner_text(element)
    if get("data-mentionid") is not None or "ipsMention" in css:
        walk.add_link("mention", url, text, mentioned_author_id=positive(get("data-mentionid")))
        return
    image = next(element.iter("img"), None)
    if text is None and image is not None:
        text = squeeze(image.get("alt"))
    attachment = _attachment_id(element, image, url)
    if "ipsAttachLink" in css or attachment is not None:
        walk.add_link("attachment", url, text, attachment_id=attachment)
    elif get("href") and not (get("href") or "").lstrip().startswith("#"):
        walk.add_link("link", url, text)


def _attachment_id(element: etree._Element, image: etree._Element | None, url: str | None) -> int | None:
    number = positive(element.get("data-fileid"))
    if number is None and image is not None:
        number = positive(image.get("data-fileid"))
    if number is None and url and (found := _ATTACHMENT.search(url)):
        number = positive(found[1])
    return number


def _image(element: etree._Element, walk: _Walk) -> None:
    css = element.get("class") or ""
    if "ipsEmoji" in css or "ipsEmoticon" in css or element.get("data-emoticon") is not None:
        walk.parts.append(element.get("alt") or "")
        return
    parent = element.getparent()
    while parent is not None and parent.tag in {"span", "strong", "em", "b", "i", "u", "font"}:
        parent = parent.getparent()
    if parent is not None and parent.tag == "a" and "ipsAttachLink" in (parent.get("class") or ""):
        return  # the attachment around it has the row
    source = element.get("src") or ""
    if not source or source.endswith("/spacer.png"):
        source = element.get("data-src") or source
    number = positive(element.get("data-fileid"))
    walk.add_link("image", absolute(walk.base, source), squeeze(element.get("alt")), attachment_id=number)


def _embed(element: etree._Element, tag: str, walk: _Walk) -> None:
    source = element.get("src") or ""
    if not source or source.endswith("/interface/index.html"):
        source = element.get("data-embed-src") or element.get("data-src") or element.get("data-video-src") or source
    if not source and tag != "iframe":
        source = next((s.get("src") or "" for s in element.iter("source") if s.get("src")), "")
    walk.add_link("embed", absolute(walk.base, source), squeeze(element.get("title")))
    for anchor in element.iter("a"):
        _anchor(anchor, walk)


def _code(element: etree._Element, walk: _Walk) -> None:
    """Code is verbatim: one entry of as many lines as it has."""
    walk.flush()
    pieces = []
    for event, node in etree.iterwalk(element, events=("start", "end")):
        if event == "start":
            pieces.append("\n" if node.tag == "br" else node.text or "")
        elif node is not element and node.tail:
            pieces.append(node.tail)
    code = "".join(pieces).replace("\r\n", "\n").replace("\r", "\n").strip("\n").rstrip()
    walk.bullet = False
    if code.strip():
        walk.lines.append((walk.quote, code))


def _body(html: str | None, walk: _Walk) -> Body:
    own: list[str] = []
    quoted: dict[int, list[str]] = {}
    shown: list[str] = []
    for quote, line in walk.lines:
        if quote < 0:
            own.append(line)
            shown.append(line)
        else:
            quoted.setdefault(quote, []).append(line)
            mark = "> " * (walk.quotes[quote].depth + 1)
            shown.append("\n".join(mark + piece for piece in line.split("\n")))
    for quote, lines in quoted.items():
        walk.quotes[quote].quoted_text = "\n".join(lines)
    full_text = "\n".join(shown) or None
    return Body(
        html=html,
        text="\n".join(own) or None,
        full_text=full_text,
        text_hash=_text_hash(full_text, walk),
        parser_version=PARSER_VERSION,
        quotes=walk.quotes,
        links=walk.links,
    )


def _text_hash(full_text: str | None, walk: _Walk) -> bytes:
    """Hash of what makes a version: words with their quote levels, whom quotes cite, where links and attachments go.

    Left out: markup, images and embeds (lazy loading and proxies change their addresses), addresses on the page's own
    host, mentions' addresses.
    """
    home = domain_of(walk.base)
    digest = blake2b(digest_size=HASH_BYTES)
    digest.update((full_text or "").encode("utf-8", "replace"))
    for quote in walk.quotes:
        digest.update(f"\0q{quote.parent_quote_index},{quote.cited_post_id}".encode())
    for link in walk.links:
        if link.kind == "link" and link.url and link.domain != home:
            digest.update(f"\0l{link.url}".encode("utf-8", "replace"))
        elif link.kind == "attachment" and link.attachment_id is not None:
            digest.update(f"\0a{link.attachment_id}".encode())
    return digest.digest()
