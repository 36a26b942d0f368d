"""What of a page is not in its tree: posts that stand in the bytes only."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from crawler.pages.document import Document
from crawler.pages.find import count
from crawler.pages.tree import NUMBERED, POST_ID

_PREFIXED = re.compile(POST_ID)


def loss(document: Document, *, exact: bool = False) -> str | None:
    """What is lost, if anything. Where containers are odd, those in the bytes are counted exactly."""
    if document.is_cut:
        return "elements nest deeper than the parser goes"
    in_tree, in_bytes = len(document.containers), n_containers(document, exact=exact)
    return None if in_bytes == in_tree else f"{in_bytes} posts in the bytes, {in_tree} in the tree"


def n_containers(document: Document, *, exact: bool = False) -> int:
    """How many post containers stand in the raw bytes.

    The quick count may be misled by text in scripts and attributes, so that where it differs from the tree's the bytes
    are read again, slowly, as HTML.
    """
    body, containers = document.body, document.containers
    first = max(body.find(POST_ID.encode()), 4)
    quick = count(body, body[first - 4 : first] + POST_ID.encode())  # pages are consistent in their quotes
    if quick == len(containers) and not exact:
        return quick
    return _Containers(body, containers[0].tag if containers else "article").count


class _Containers(HTMLParser):
    """Counts the start tags of post containers as HTML has them: not in scripts, comments or attributes."""

    def __init__(self, body: bytes, tag: str) -> None:
        super().__init__(convert_charrefs=False)
        self.count = 0
        self.tag = tag
        self.feed(body.decode("utf-8", "replace"))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        is_post = NUMBERED.fullmatch if self.tag != "article" else _PREFIXED.match
        if tag == self.tag and any(n == "id" and is_post(v or "") for n, v in attrs):
            self.count += 1
