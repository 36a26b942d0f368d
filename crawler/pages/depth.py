"""Posts that nest deeper than the parser goes, made as shallow as it takes.

The parser gives up at 2,048 levels, and what lies behind is not in its tree: one such post would cost its page. Levels
beyond the first thousand of a post are taken out, and their words stay. Each post is counted from its own beginning, so
that what one leaves open changes nothing in the next.
"""

from __future__ import annotations

import re
from itertools import pairwise

LEVELS = 1000

_TAG = re.compile(rb"""<!--.*?-->|<(/?)([a-z][^\s/<>]*)(?:[^<>"']++|"[^"]*+"|'[^']*+')*+>""", re.IGNORECASE | re.DOTALL)
_VOID = frozenset(b"area base br col embed hr img input link meta source track wbr".split())


def shallow(body: bytes, starts: list[int]) -> tuple[bytes, int] | None:
    """The page with posts that begin at these places cut to `LEVELS`, and how many of them were deeper.

    Beyond the last level nothing but words is kept until the elements that were opened there are closed in order: no
    end tag is kept whose start tag was not. ``None`` where no post is too deep, or where one is never closed, as then
    nobody knows where it ends.
    """
    bounds = [*starts, len(body)]
    pieces = [body[: bounds[0]]]
    for start, end in pairwise(bounds):
        kept = _cut(body[start:end])
        if kept is None:
            return None
        pieces.append(kept)
    count = sum(len(kept) < end - start for kept, (start, end) in zip(pieces[1:], pairwise(bounds), strict=True))
    return (b"".join(pieces), count) if count else None


def _cut(post: bytes) -> bytes | None:
    open_tags: list[bytes] = []
    kept: list[bytes] = []
    done = 0
    for tag in _TAG.finditer(post):
        name = tag[2].lower() if tag[2] else b""
        was_deep = len(open_tags) > LEVELS
        if tag[1] and open_tags and open_tags[-1] == name:
            open_tags.pop()
        elif name and not tag[1] and name not in _VOID:
            open_tags.append(name)
        if was_deep or len(open_tags) > LEVELS:
            kept.append(post[done : tag.start()])
            done = tag.end()
    kept.append(post[done:])
    return b"".join(kept) if len(open_tags) <= LEVELS else None
