"""Links, images, attachments, embeds and mentions of a post, as rows. Nothing of them is ever fetched."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from lxml import etree

from crawler.items import LinkSeen
from crawler.pages.text import inner_text, squeeze
from crawler.pages.urls import absolute, positive

_ATTACHMENT = re.compile(r"attachment\.php\?(?:[^#]*&)?id=(\d{1,18})")


class Links:
    """Gathers the links of one body in document order. ``base`` is the address of the page."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.found: list[LinkSeen] = []

    def anchor(self, element: etree._Element, *, in_quote: bool) -> bool:
        """An ``a``; true for an attachment, whose image inside has no row of its own."""
        get = element.get
        css = get("class") or ""
        url = absolute(self.base, get("href"))
        text = inner_text(element)
        if get("data-mentionid") is not None or "ipsMention" in css:
            self._add("mention", url, text, in_quote=in_quote, author=positive(get("data-mentionid")))
            return False
        image = next(element.iter("img"), None)
        if text is None and image is not None:
            text = squeeze(image.get("alt"))
        attachment = _attachment_id(element, image, url)
        if "ipsAttachLink" in css or attachment is not None:
            self._add("attachment", url, text, in_quote=in_quote, attachment=attachment)
        elif get("href") and not (get("href") or "").lstrip().startswith("#"):
            self._add("link", url, text, in_quote=in_quote)
        return "ipsAttachLink" in css

    def image(self, element: etree._Element, *, in_quote: bool) -> None:
        """An ``img`` that is no emoji; with lazy loading its address is in ``data-src``."""
        source = element.get("src") or ""
        if not source or source.endswith("/spacer.png"):
            source = element.get("data-src") or source
        url, text = absolute(self.base, source), squeeze(element.get("alt"))
        self._add("image", url, text, in_quote=in_quote, attachment=positive(element.get("data-fileid")))

    def embed(self, element: etree._Element, *, in_quote: bool) -> None:
        """A frame or player, and the links that stand in it for those who cannot show it."""
        get = element.get
        source = get("src") or ""
        if not source or source.endswith("/interface/index.html"):
            source = get("data-embed-src") or get("data-src") or get("data-video-src") or source
        if not source and element.tag != "iframe":
            source = next((s.get("src") or "" for s in element.iter("source") if s.get("src")), "")
        self._add("embed", absolute(self.base, source), squeeze(get("title")), in_quote=in_quote)
        self.anchors(element, in_quote=in_quote)

    def anchors(self, element: etree._Element, *, in_quote: bool) -> None:
        """All links within an element that is not walked."""
        for anchor in element.iter("a"):
            self.anchor(anchor, in_quote=in_quote)

    def _add(
        self,
        kind: str,
        url: str | None,
        text: str | None,
        *,
        in_quote: bool,
        attachment: int | None = None,
        author: int | None = None,
    ) -> None:
        link = LinkSeen(
            link_index=len(self.found),
            kind=kind,
            url=url,
            text=text,
            domain=domain_of(url),
            in_quote=in_quote,
            attachment_id=attachment,
            mentioned_author_id=author,
        )
        self.found.append(link)


def domain_of(url: str | None) -> str | None:
    """Host of an address in lower case without ``www.``; ``None`` where there is none."""
    if not url:
        return None
    try:
        host = urlsplit(url).hostname
    except ValueError:
        return None
    return host.removeprefix("www.") or None if host else None


def _attachment_id(element: etree._Element, image: etree._Element | None, url: str | None) -> int | None:
    number = positive(element.get("data-fileid"))
    if number is None and image is not None:
        number = positive(image.get("data-fileid"))
    if number is None and url and (found := _ATTACHMENT.search(url)):
        number = positive(found[1])
    return number
