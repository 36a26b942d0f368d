"""Page bytes to items, all fields, against building the tree alone."""

from __future__ import annotations

import time
from collections.abc import Iterator

import lxml.html

from benchmarks.timing import alternate, row
from crawler.demo import build, render
from crawler.items import TopicPage
from crawler.pages import parse

SIZE = 276_000
"""Bytes of a topic page of 25 posts on a real forum of 4.7."""

_BASE = "https://forum.example"
_HEADERS = {"Content-Type": "text/html;charset=UTF-8"}  # as every answer of a forum has
_ROUNDS = 101
_ITEM = (
    '<li class="ipsMenu_item" data-menuitem="{0}"><a href="{1}/forum/{0}-harbour-and-ferries/" title="Forum {0}" '
    'class="ipsType_break"><span class="ipsBadge"><i class="fa fa-comment"></i> {0}</span><span>Ferries {0}</span></a>'
    "</li>\n"
)


def run() -> Iterator[str]:
    """A page of 25 posts of the demo forum's largest thread, in each layout: as it is, and in a page of real size."""
    forum = build()
    thread = max(forum.threads, key=lambda t: len(t.posts))
    for layout in render.LAYOUTS:
        plain = render.topic_page(forum, thread, 1, _BASE, layout=layout)
        for body in (plain, filled(plain)):
            yield measured(body, _BASE + thread.path, layout)


def measured(body: bytes, url: str, layout: str) -> str:
    """Medians of processor time."""
    page = parse(body, url)
    assert isinstance(page, TopicPage)
    ours, tree = alternate(
        lambda: parse(body, url, headers=_HEADERS), lambda: lxml.html.fromstring(body), _ROUNDS, time.process_time
    )
    what = f"parse a topic page of {layout} ({len(body) // 1000} kB, {len(page.posts)} posts)"
    return row(what, ours, tree, "lxml.html.fromstring")


def filled(page: bytes, size: int = SIZE) -> bytes:
    """The page among as many menus and widgets as make it that large: half before its content, half behind it."""
    items = iter(range(1, size))
    start, end = page.index(b"<main"), page.rindex(b"</body>")
    pieces = [_list((size - len(page)) // 2, items) for _ in range(2)]
    return b"".join((page[:start], pieces[0], page[start:end], pieces[1], page[end:]))


def _list(size: int, numbers: Iterator[int]) -> bytes:
    made: list[str] = []
    length = 0
    while length < size:
        made.append(_ITEM.format(next(numbers), _BASE))
        length += len(made[-1])
    return f"<nav><ul>{''.join(made)}</ul></nav>".encode()
