"""The body of a post: own words, text as shown, quotes and links, whatever the layout."""

from __future__ import annotations

from hashlib import blake2b

from lxml import etree

from crawler.items import Body
from crawler.pages.lines import OWN, Walk
from crawler.pages.links import Links, domain_of
from crawler.pages.tree import inner_html, strip_marks
from crawler.pages.walk import walk

PARSER_VERSION = 2
"""Raised when the same HTML gives other rows than before."""

HASH_BYTES = 16

_MAX_MARKS = 256  # levels that `full_text` marks: deeper ones would make a small post a huge text


def read_body(content: etree._Element, base: str) -> Body:
    """Read the element that holds a post's body.

    ``base`` is the address of the page, for relative links. Elements with ``data-excludequote`` (the edit mark) are
    taken out of the tree: read them before.
    """
    strip_marks(content)
    return read_stripped(content, inner_html(content), base)


def body_tree(html: str | None) -> etree._Element | None:
    """The element that held a body whose HTML was kept; ``None`` where there is none to be had."""
    root = etree.fromstring(f"<div>{html or ''}</div>", etree.HTMLParser(huge_tree=True))
    return root.find(".//div") if root is not None else None


def read_stripped(content: etree._Element, html: str | None, base: str) -> Body:
    """The same for a body without comments and edit mark, whose ``html`` is at hand."""
    found = walk(content, Links(base))
    text, full_text = _texts(found)
    return Body(
        html=html,
        text=text,
        full_text=full_text,
        text_hash=_text_hash(full_text, found),
        quotes=found.quotes,
        links=found.links.found,
        parser_version=PARSER_VERSION,
    )


def _texts(found: Walk) -> tuple[str | None, str | None]:
    """Own words, and the text as shown. The words of each quote are put into it."""
    if not found.quotes:
        text = "\n".join([line for _quote, _depth, line in found.lines]) or None
        return text, text
    own: list[str] = []
    quoted: dict[int, list[str]] = {}
    shown: list[str] = []
    for quote, depth, line in found.lines:
        if quote == OWN:
            own.append(line)
        elif quote >= 0:
            quoted.setdefault(quote, []).append(line)
        mark = "> " * min(depth, _MAX_MARKS)
        shown.append(mark + (line.replace("\n", f"\n{mark}") if "\n" in line else line))
    for quote, lines in quoted.items():
        found.quotes[quote].quoted_text = "\n".join(lines)
    return "\n".join(own) or None, "\n".join(shown) or None


def _text_hash(full_text: str | None, found: Walk) -> bytes:
    """Hash of what makes a version: words with their quote levels, whom quotes cite, where links and attachments go.

    Left out: markup, images and embeds (lazy loading and proxies change their addresses), addresses on the page's own
    host, mentions' addresses.
    """
    digest = blake2b((full_text or "").encode("utf-8", "replace"), digest_size=HASH_BYTES)
    for quote in found.quotes:
        digest.update(f"\0q{quote.parent_quote_index},{quote.cited_post_id}".encode())
    if found.links.found:
        home = domain_of(found.links.base)
        for link in found.links.found:
            if link.kind == "link" and link.url and link.domain != home:
                digest.update(f"\0l{link.url}".encode("utf-8", "replace"))
            elif link.kind == "attachment" and link.attachment_id is not None:
                digest.update(f"\0a{link.attachment_id}".encode())
    return digest.digest()
