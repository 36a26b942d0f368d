"""A post's HTML made fit to be read: an allow-list of elements, quotes under their own citation line, nothing loaded.

The tree is first brought into shape with lxml; what comes out is then cleaned by nh3, which parses it as browsers do.
Citation lines are ours and hold links, so they go in after that, in the place of marks that no page can forge.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

import nh3
from lxml import etree, html
from markupsafe import Markup

from output.report.clean import ALLOWED, DROPPED, ROLES, allowed_attribute

_DEEPEST = 120
"""Levels of elements; a post that nests deeper is shown as text. Browsers give up at 512."""

_LONGEST = 2_000_000  # characters of HTML; a longer post is shown as text
_LONGEST_TEXT = 200_000  # characters of text that are shown

_LABEL = re.compile(r"ips(?:Quote_citation|Blockquote_citation)")
_OLD_QUOTES = {"blockquote", "quote"}
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # lxml takes none of these
_EMOJI = re.compile(r"ipsEmoji|ipsEmoticon")
_SCHEMES = {"http", "https", "mailto"}
_FRAMES = ("iframe", "video", "audio", "embed", "object")
_XMLNAME = re.compile(r"[A-Za-z][A-Za-z0-9]*")

Cite = Callable[[int], Markup]
"""The citation line of a quote, by its 0-based rank in the post."""


@dataclass(frozen=True, slots=True)
class Cited:
    """What a row of ``quotes`` says that the markup says too: enough to know the one by the other."""

    quote_index: int
    post_id: int | None


class Bodies:
    """Makes bodies. With ``media``, images are loaded from where they are; else a line tells what they are."""

    def __init__(self, *, media: bool = False) -> None:
        self._media = media
        self._token = secrets.token_hex(12)
        self._mark = re.compile(f"{self._token}-([0-9]+);")
        self._cleaner = nh3.Cleaner(
            tags=set(ALLOWED),
            clean_content_tags=set(DROPPED),
            attributes={"*": {"dir"}, **{tag: set(names) for tag, names in ROLES.items()}},
            set_tag_attribute_values={"table": {"tabindex": "0"}},  # wide ones scroll, so keys must reach them
            attribute_filter=allowed_attribute,
            url_schemes=_SCHEMES,
            link_rel="noopener noreferrer nofollow",
            strip_comments=True,
        )

    def body(self, source: str | None, base: str, quotes: Sequence[Cited], cite: Cite) -> Markup | None:
        """A post's HTML, cleaned; None where it cannot be shown as HTML. ``base`` is the address of its page."""
        if not source or len(source) > _LONGEST:
            return None
        tree = _parsed(source)
        if tree is None:
            return None
        _Shaping(tree, base, self._token, media=self._media).shape(quotes)
        text = etree.tostring(tree, encoding="unicode", method="html")
        clean = self._cleaner.clean(text)
        return Markup(self._mark.sub(lambda found: cite(int(found[1])), clean))  # noqa: S704  nh3 has cleaned it

    def images(self, source: str | None, base: str) -> list[Markup]:
        """The images of a post, in order: each as it would stand in the body; emoji are none."""
        tree = _parsed(source) if source and len(source) <= _LONGEST and "<img" in source else None
        if tree is None:
            return []
        shaping = _Shaping(tree, base, self._token, media=self._media)
        found = []
        for image in list(tree.iter("img")):
            alone = etree.Element("div")
            image.tail = None
            alone.append(image)
            shaping.element(image)
            if len(alone):
                found.append(self._cleaner.clean(etree.tostring(alone[0], encoding="unicode", method="html")))
        return [Markup(image) for image in found]  # noqa: S704  nh3 has cleaned them


def plain(text: str | None) -> Markup:
    """Text as paragraphs; lines behind ``> `` are quotes, level by level."""
    shown = (text or "")[:_LONGEST_TEXT]
    lines: list[Markup] = []
    depth = 0
    for line in shown.split("\n"):
        level = 0
        while line.startswith("> ") and level < _DEEPEST // 4:
            line, level = line[2:], level + 1  # noqa: PLW2901  peeled
        lines += [Markup("<blockquote>")] * max(0, level - depth) + [Markup("</blockquote>")] * max(0, depth - level)
        depth = level
        lines.append(Markup("<p>{}</p>").format(line))
    lines += [Markup("</blockquote>")] * depth
    if text and len(text) > _LONGEST_TEXT:
        lines.append(
            Markup('<p class="note">{:,} more characters are in the dataset.</p>').format(len(text) - len(shown))
        )
    return Markup("").join(lines)


def web_address(url: str | None, base: str = "") -> str | None:
    """An address that a link may lead to: http, https or mailto, and no action of the forum; else None."""
    if not url:
        return None
    try:
        parts = urlsplit(urljoin(base, "".join(_CONTROL.sub("", url).split())))
        if parts.scheme not in _SCHEMES or (parts.scheme != "mailto" and not parts.netloc):
            return None
        query = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name != "do"]
        kept = parts.query if "do=" not in parts.query else urlencode(query)
        return parts._replace(query=kept).geturl()
    except ValueError:
        return None


def _parsed(source: str) -> etree._Element | None:
    """The tree in a ``div``; None where it cannot be parsed or nests too deep."""
    try:
        source = _CONTROL.sub("\ufffd", source)
        tree: etree._Element = html.fragment_fromstring(source, create_parent="div")
    except (etree.LxmlError, ValueError):
        return None
    depth = 0
    for event, _element in etree.iterwalk(tree, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > _DEEPEST:
            return None
    return tree


class _Shaping:
    """Brings the tree of one post into shape."""

    def __init__(self, tree: etree._Element, base: str, token: str, *, media: bool) -> None:
        self._tree, self._base, self._token, self._media = tree, base, token, media

    def shape(self, quotes: Sequence[Cited]) -> None:
        etree.strip_tags(self._tree, etree.Comment, etree.ProcessingInstruction)
        self._quotes(quotes)
        for element in list(self._tree.iter()):
            if isinstance(element.tag, str):
                self.element(element)

    def _quotes(self, rows: Sequence[Cited]) -> None:
        found = [element for element in self._tree.iter("blockquote", "div") if _is_quote(element)]
        for element, index in zip(found, _aligned(found, rows), strict=True):
            for label in [e for e in element.iter("div", "header", "p", "cite") if _is_label(e, element)]:
                _drop(label)
            element.tag = "blockquote"
            if index is not None:
                element.text = _sound(f"{self._token}-{index};{element.text or ''}")

    def element(self, element: etree._Element) -> None:
        """Shape one element, without what is in it."""
        tag, css = element.tag, element.get("class") or ""
        if "ipsSpoiler" in css or "ipsStyle_spoiler" in css:
            _spoiler(element, css)
        elif tag == "img":
            self._image(element, css)
        elif tag in _FRAMES:
            self._frame(element)
        elif tag == "a":
            self._anchor(element)
        elif tag in {"h1", "h2", "h3", "h4", "h5", "h6"}:
            element.tag = "h3" if tag in {"h1", "h2"} else "h4"
        elif tag == "p" and len(element) == 0 and not (element.text or "").strip("\xa0 \n\t\r\u200b"):
            _drop(element)  # editors make distance with empty paragraphs

    def _anchor(self, element: etree._Element) -> None:
        address = web_address(element.get("href"), self._base)
        if address is not None:
            element.set("href", address)
        elif element.get("href") is not None:
            del element.attrib["href"]

    def _image(self, element: etree._Element, css: str) -> None:
        alt = " ".join((element.get("alt") or "").split())[:300]
        if _EMOJI.search(css) or element.get("data-emoticon") is not None:
            _replace(element, alt)
            return
        address = web_address(element.get("data-src") or element.get("src"), self._base)
        if self._media and address is not None and address.startswith("https:"):
            element.set("src", address)
            element.set("alt", _sound(alt))
            element.set("loading", "lazy")
            element.set("referrerpolicy", "no-referrer")
            return
        self._stand_in(element, f"Image: {alt}" if alt else "Image", address)

    def _frame(self, element: etree._Element) -> None:
        source = element.get("data-embed-src") or element.get("src") or element.get("data")
        address = web_address(source, self._base)
        host = urlsplit(address).hostname if address else None
        self._stand_in(element, f"Embedded: {host}" if host else "Embedded", address)

    def _stand_in(self, element: etree._Element, words: str, address: str | None) -> None:
        """A line in the place of what would be loaded; in a link, that link is enough."""
        linked = any(parent.tag == "a" for parent in element.iterancestors())
        made = etree.Element("a" if address and not linked else "small")
        if address and not linked:
            made.set("href", address)
        made.set("data-part", "media")
        made.text = _sound(words)
        made.tail = _sound(element.tail or "")
        parent = element.getparent()
        if parent is not None:
            parent.replace(element, made)


def _is_quote(element: etree._Element) -> bool:
    """As the parser sees it: every blockquote but spoilers, and the ``div`` that was a quote on older boards."""
    css = element.get("class") or ""
    if element.tag == "blockquote":
        return "ipsStyle_spoiler" not in css and element.get("data-ipsspoiler") is None
    parent = element.getparent()
    if not _OLD_QUOTES & set(css.split()):
        return False
    return parent is None or parent.tag != "div" or not _OLD_QUOTES & set((parent.get("class") or "").split())


def _is_label(element: etree._Element, quote: etree._Element) -> bool:
    css = (element.get("class") or "").strip()
    if css != "citation" and not _LABEL.search(css):
        return False
    return next((parent for parent in element.iterancestors() if _is_quote(parent)), None) is quote


def _aligned(found: Sequence[etree._Element], rows: Sequence[Cited]) -> Iterator[int | None]:
    """For each quote of the tree, which row it is: by rank where there are as many, else by the post it names."""
    if len(found) == len(rows):
        yield from (row.quote_index for row in rows)
        return
    left = list(rows)
    for element in found:
        named = element.get("data-ipsquote-contentcommentid") or element.get("data-cid")
        row = next((row for row in left if row.post_id is not None and str(row.post_id) == named), None)
        if row is not None:
            del left[: left.index(row) + 1]
        yield row.quote_index if row is not None else None


def _spoiler(element: etree._Element, css: str) -> None:
    names = css.split()
    if "ipsSpoiler_header" in names:
        element.tag = "summary"
        words = " ".join("".join(map(str, element.itertext())).split())
        for child in list(element):
            element.remove(child)
        element.text = _sound(words) or "Spoiler"
    elif "ipsSpoiler" in names or "ipsStyle_spoiler" in names:
        element.tag = "details"


def _sound(text: str) -> str:
    """Text without control characters: ``&#8;`` brings one into a tree, which takes it from nobody else."""
    return _CONTROL.sub("\ufffd", text)


def _drop(element: etree._Element) -> None:
    """Take an element out, and leave what stands behind it."""
    _replace(element, "")


def _replace(element: etree._Element, words: str) -> None:
    parent, tail = element.getparent(), _sound(words + (element.tail or ""))
    if parent is None:
        return
    before = element.getprevious()
    if before is not None:
        before.tail = _sound(before.tail or "") + tail
    else:
        parent.text = _sound(parent.text or "") + tail
    parent.remove(element)
