"""What stands in a post behind its body, cut down to what is read of it.

Behind the body of a post stand its reactions, controls, signature and share menu, which often holds the words of the
post once more. Of all this only the reactions are read. So a post ends behind them, with a mark, or behind the start of
its controls where it has none; the elements that are open there are closed as the post closes them.

All up to the mark is the page's own, so that a parser makes of it what it makes of the page, whatever a member wrote.
Whoever reads an excerpt must find each mark outside of body and reactions (`Document.is_cut_well`): else something in
the post is not as it seems.
"""

from __future__ import annotations

from lxml import etree

from crawler.pages.shell import LINKED
from crawler.pages.tree import BODY_ROLE, POST_ID

MARK = "x-end-of-post"
"""Tag of the element that is put where a post was cut."""

_MARK = f"<{MARK}></{MARK}>".encode()
_COUNT = "reactCount"
"""In the class or role of what shows how many reacted."""

_COUNTED = _COUNT.encode()
_REACTION, _CONTROLS = b"core.front.core.reaction", b"commentControls"
_END = b"</article>"


def without_tail(post: bytes) -> bytes | None:
    """A post, and what stands behind it, without its tail; ``None`` where it is not plain to see what that is."""
    end = post.rfind(_END)
    place = post.rfind(_COUNTED, 0, end)
    if place >= 0:
        cut = post.find(b"</ul>", place, end) + len(b"</ul>")
        place = max(place, post.rfind(_REACTION, 0, end))
    else:
        place = post.rfind(_REACTION, 0, end)
        if place < 0:
            place = post.rfind(_CONTROLS, 0, end)
        cut = post.find(b">", place, end) + 1
    if end < 0 or place < 0 or cut <= place or post.rfind(LINKED, cut, end) >= 0:
        return None
    n_open = post.count(b"</div", cut, end) - post.count(b"<div", cut, end)
    return b"".join((post[:cut], _MARK, b"</div>" * n_open, post[end:])) if n_open >= 0 else None


def is_outside(mark: etree._Element) -> bool:
    """True for a mark that stands in a post, and there neither in the body nor in what shows its reactions."""
    node = mark.getparent()
    while node is not None:
        get = node.get
        if node.tag == "article" and (get("id") or "").startswith(POST_ID):
            return True
        role = get("data-role")
        if (role is not None and (role == BODY_ROLE or _COUNT in role)) or _COUNT in (get("class") or ""):
            return False
        node = node.getparent()
    return False
