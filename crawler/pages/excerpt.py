"""A thread's page without its furniture. Building the tree is most of the work of reading, so it is built of this.

Left out are the panes of all posts but the first, by which layouts are told apart (`panes.py`), the controls and share
menus behind their bodies (`tail.py`), and the menus and widgets before and behind the thread (`shell.py`). Nothing of a
body is touched: bodies, and what they break, are the parser's.

How many ``div`` stand open at a body is counted in one post and taken for granted in the others. A wrong count puts the
next post into another element. So whoever reads an excerpt must find in its tree each post that was counted here and
the mark behind them, all in one parent, every script with data, the mark of every tail at its place, and nothing odd;
else the page is to be read whole (`dispatch.py`). A container that somebody wrote into a post is cut too, and then
found inside that post, which is odd; one that is in truth no element (in an attribute, say) is missing in the tree.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from crawler.pages.find import count, places
from crawler.pages.panes import needed_of, pane_of
from crawler.pages.shell import LINKED, before, behind
from crawler.pages.tail import without_tail
from crawler.pages.tree import BODY_ROLE, POST_ID

END = "x-end-of-posts"
"""Tag of the element that is put behind the last post."""

_START = re.compile(rb"""<article\s[^<>]*?\bid=["']?%b\d[^<>]*>""" % POST_ID.encode())
_TAG, _END_TAG = b"<article", b"</article>"
_END = f"<{END}></{END}>".encode()
_BODY = re.compile(rb"""<div\s[^<>]*\bdata-role=["']""")
_ROLE = BODY_ROLE.encode()


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Bytes of a page that are enough to read it, and how many posts, cut ones and scripts with JSON-LD they have.

    ``data`` is the JSON-LD of those scripts that hold its rank in its place (`shell.py`).
    """

    body: bytes
    n_posts: int
    n_cut: int
    n_data: int
    data: list[bytes]


def excerpt(body: bytes) -> Excerpt | None:
    """The page without furniture; ``None`` where it has no posts, or one that does not look like a post."""
    starts = post_starts(body)
    if not starts:
        return None
    end = body.find(_END_TAG, starts[-1][1]) + len(_END_TAG)
    posts = _posts(body, starts, end) if end > starts[-1][1] else None
    if posts is None:
        return None
    kept, n_cut = posts
    tail, data = behind(body, end, starts[-1][0])
    cut = b"".join((before(body, starts[0][0]), *kept, _END, tail))
    return Excerpt(cut, len(starts), n_cut, count(cut, LINKED), data)


def post_starts(body: bytes) -> list[tuple[int, int]]:
    """Where the start tags of posts begin and end."""
    found = [start.span() for place in places(body, _TAG) if (start := _START.match(body, place)) is not None]
    return found[::-1]


def _posts(body: bytes, starts: list[tuple[int, int]], end: int) -> tuple[list[bytes], int] | None:
    """The posts, cut down, with what stands between them, and how many of them have lost their tail."""
    kept: list[bytes] = []
    begin, outer, inner, n_cut = starts[0][0], -1, -1, 0
    limits = [start for start, _opened in starts[1:]] + [end]
    for number, ((start, opened), limit) in enumerate(zip(starts, limits, strict=True)):
        if number:  # the first post keeps its pane
            role = body.find(_ROLE, opened, limit)
            begin = body.rfind(b"<", opened, role) if role > 0 else -1
            pane = pane_of(body[opened:begin]) if begin > 0 and _BODY.fullmatch(body, begin, role) else None
            needed = needed_of(pane) if pane is not None else None
            if pane is None or needed is None:
                return None
            if outer < 0:
                outer, inner = pane.depths()
                if outer < 0 or inner < 0:
                    return None
            kept += (body[start:opened], needed, b"<div>" * outer, pane.wrap, b"<div>" * inner)
        rest = body[begin:limit]
        cut = without_tail(rest)
        n_cut += cut is not None
        kept.append(rest if cut is None else cut)
    return kept, n_cut
