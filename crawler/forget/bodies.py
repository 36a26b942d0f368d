"""Takes what is forgotten out of the bodies of other posts: quotes of it, names, addresses."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from crawler.forget.forgotten import Forgotten
from crawler.forget.marks import MARK, names_number, names_somebody, without_names
from crawler.forget.words import runs
from crawler.items import Body, QuoteSeen
from crawler.pages import body_tree, read_body
from crawler.pages.steps import cited, is_quote
from crawler.pages.tree import inner_html

_PLAIN = frozenset("class style rel type role target lang dir width height".split())
"""Attributes that never hold a name, though a name may be spelled as one of their words."""

_KEPT = ("ipsQuote", "ipsBlockquote", "quote", "blockquote")


@dataclass(slots=True)
class Redacted:
    """A body without what is forgotten, and how many quotes were emptied."""

    body: Body
    quotes: int


def redact_body(forgotten: Forgotten, site: str, content_class: str, body: Body, base: str) -> Redacted | None:
    """The body without it; ``None`` where there is nothing of it, which is soon seen.

    Of a quote its place is left, so that the table `quotes` still tells that the post quotes something. ``base`` is an
    address of the site.
    """
    if body.html is None or not _tells(forgotten, site, content_class, body):
        return None
    tree = body_tree(body.html)
    if tree is None:
        return None
    quotes = _empty_quotes(forgotten, site, content_class, tree)
    _clear_links(forgotten, site, tree)
    _clear_text(forgotten, site, tree)
    html = inner_html(tree)
    again = body_tree(html)
    fresh = read_body(tree if again is None else again, base)
    return Redacted(fresh, quotes) if fresh.html != body.html else None


def is_quote_of(forgotten: Forgotten, site: str, content_class: str, quote: QuoteSeen, text: str | None) -> bool:
    """True for a quote of something forgotten: by number, by author, by author and time, by its words."""
    if quote.cited_class in {None, content_class} and (
        forgotten.post(site, quote.cited_post_id) or forgotten.thread(site, quote.cited_thread_id)
    ):
        return True
    name = quote.cited_author_name
    return (
        forgotten.author(site, quote.cited_author_id, name)
        or forgotten.moment(site, name, quote.cited_at)
        or forgotten.said(site, name, text)
        or has_words(forgotten, site, text)
    )


def has_words(forgotten: Forgotten, site: str, text: str | None) -> bool:
    """True for text with a run of words of a forgotten post."""
    if not text or not forgotten.entries["words"]:
        return False
    return any(forgotten.words(site, gram) for _length, gram in runs(text))


def _tells(forgotten: Forgotten, site: str, content_class: str, body: Body) -> bool:
    html = body.html or ""
    return (
        any(is_quote_of(forgotten, site, content_class, quote, quote.quoted_text) for quote in body.quotes)
        or names_number(forgotten, site, html)
        or names_somebody(forgotten, site, html)
        or names_somebody(forgotten, site, body.full_text or "")
        or any(link.kind == "mention" and _is_mention_of(forgotten, site, link.text) for link in body.links)
    )


def _is_mention_of(forgotten: Forgotten, site: str, text: str | None) -> bool:
    return text is not None and forgotten.name(site, text.strip().removeprefix("@"))


def _empty_quotes(forgotten: Forgotten, site: str, content_class: str, tree: etree._Element) -> int:
    count = 0
    gone: set[etree._Element] = set()  # what stood in a quote that has been emptied
    for element in list(tree.iter("blockquote", "div")):
        if element is tree or element in gone or not is_quote(element):
            continue
        if is_quote_of(forgotten, site, content_class, cited(element), _own_words(element)):
            gone.update(element.iterdescendants())
            kept = [name for name in (element.get("class") or "").split() if name in _KEPT]
            _clear(element)
            if kept:
                element.set("class", " ".join(kept))
            count += 1
    return count


def _clear(element: etree._Element) -> None:
    """Nothing is left of an element but its tag and what stands behind it."""
    for child in list(element):
        element.remove(child)
    element.text = None
    element.attrib.clear()


def _own_words(quote: etree._Element) -> str:
    """The words of a quote without those of quotes in it."""
    pieces: list[str] = []
    steps = etree.iterwalk(quote, events=("start", "end"))
    for event, element in steps:
        if event == "end":
            pieces.append((element.tail or "") if element is not quote else "")
        elif element is not quote and is_quote(element):
            steps.skip_subtree()
        else:
            pieces.append(element.text or "")
    return " ".join(piece for piece in pieces if piece)


def _clear_links(forgotten: Forgotten, site: str, tree: etree._Element) -> None:
    """Elements and attributes that name something forgotten."""
    gone: set[etree._Element] = set()
    for element in list(tree.iter()):
        if not isinstance(element.tag, str) or element is tree or element in gone:
            continue
        mention = element.get("data-mentionid") is not None or "ipsMention" in (element.get("class") or "")
        named = mention and _is_mention_of(forgotten, site, "".join(map(str, element.itertext())))
        values = {str(name): str(value) for name, value in element.attrib.items()}
        hit = [name for name, value in values.items() if names_number(forgotten, site, f'{name}="{value}"')]
        if element.tag == "a" and (hit or named):
            gone.update(element.iterdescendants())
            _clear(element)
            element.text = MARK
            continue
        for name, value in values.items():
            told = names_somebody(forgotten, site, value) or forgotten.name(site, value.strip())
            if name in hit or (told and name not in _PLAIN):
                del element.attrib[name]


def _clear_text(forgotten: Forgotten, site: str, tree: etree._Element) -> None:
    for element in tree.iter():
        if element.text and isinstance(element.tag, str):
            cites = (element.get("class") or "") == "citation" or element.tag == "cite"
            fresh = without_names(forgotten, site, element.text)
            if cites and forgotten.name(site, _cited_in(element.text)):
                fresh = MARK
            if fresh != element.text:
                element.text = _writable(fresh)
        if element.tail and element is not tree:
            fresh = without_names(forgotten, site, element.tail)
            if fresh != element.tail:
                element.tail = _writable(fresh)


def _cited_in(text: str) -> str:
    """The name in a citation such as ``Ann said:``."""
    return text.strip().rstrip(":").rpartition(" ")[0].strip()


def _writable(text: str) -> str:
    """Text without what lxml reads and refuses to write."""
    return "".join(c for c in text if c in "\t\n\r" or (c >= " " and not "\ud800" <= c <= "\udfff" and c < "\ufffe")
                   or c > "\uffff")  # fmt: skip
