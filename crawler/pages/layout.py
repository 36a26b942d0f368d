"""What the layouts differ in: a row each. All else is the same spine of ids, roles and machine data, and written once.

`docs/layouts.md` tells how each is recognised. No fact depends on that: a page takes its name from here, the places
where its posts show what has no machine value, and the selectors that count as first choice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lxml import etree

from crawler.pages.document import Document, heading_mark
from crawler.pages.pager import shown_style
from crawler.pages.tree import has_class, with_class


@dataclass(frozen=True, slots=True)
class Layout:
    """A family of themes.

    ``heading`` is the class of what holds the author's name in a post, and ``author`` how a selector names that.
    ``group`` is the class of the group where it has no role, ``body`` that of what stands around the body. ``parts``
    are the tags of the landmarks of a post, all where it is empty; ``behind`` those that may follow the body: what
    else does was written into it (all may where it is empty). ``first`` names the first choice of fields where it is
    another than in 4.4-4.7.
    """

    name: str
    author: str = ""
    heading: str | None = None
    group: str | None = None
    body: str | None = None
    parts: tuple[str, ...] = ("div",)
    behind: frozenset[str] = frozenset()
    first: Mapping[str, str] = field(default_factory=dict)


IPS4 = Layout("ips4", author="h3", heading="cAuthorPane_author", body="cPost_contentWrap", behind=frozenset({"div"}))
IPS40 = Layout("ips40", author=IPS4.author, heading=IPS4.heading, body=IPS4.body, behind=IPS4.behind)
IPS5 = Layout(
    "ips5",
    author=".ipsEntry__username",
    heading="ipsEntry__username",
    group="ipsEntry__group",
    body="ipsEntry__post",
    behind=frozenset("div ul menu footer section aside nav form".split()),
    first={
        "thread.title": "h1[data-ips-hook=title]",
        "forum.name": "h1[data-ips-hook=title]",
        "post.author_group": ".ipsEntry__group",
        **dict.fromkeys(("thread.is_pinned", "thread.is_locked", "thread.is_solved"), ".ipsBadge--icon [class*=fa-]"),
        "row.author_id": ".ipsData__meta a[href*=/profile/]",
    },
)
UNKNOWN = Layout("unknown", parts=())

LAYOUTS = (IPS40, IPS4, IPS5, UNKNOWN)


def layout_of(document: Document) -> Layout:
    """The layout of a page."""
    if not document.containers:
        return _without_posts(document)
    first = document.containers[0]
    css = first.get("class") or ""
    if first.tag != "article":
        return UNKNOWN
    if "ipsEntry" in css or first.get("data-ips-first-post") is not None:
        return IPS5
    if "cPost" not in css and "ipsComment" not in css:
        return UNKNOWN
    style = shown_style(document)
    return IPS4 if style == "path" or (style is None and _has_mobile_pane(first)) else IPS40


def _has_mobile_pane(post: etree._Element) -> bool:
    """Since 4.4 a post names its author twice."""
    return any(has_class(element, "cAuthorPane_mobile") for element in post.iterchildren("div"))


def _without_posts(document: Document) -> Layout:
    """By heading and rows: a listing, or a thread's page without posts."""
    mark = heading_mark(document.heading) if document.heading is not None else ""
    if mark == "title" or next(with_class(document.root, "ipsData__item", "li"), None) is not None:
        return IPS5
    if mark:
        return IPS40 if shown_style(document) == "query" else IPS4
    return UNKNOWN
