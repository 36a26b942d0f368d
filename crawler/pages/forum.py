"""A listing page of a forum."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from lxml import etree

from crawler.items import ForumPage, ForumSeen, SubforumSeen
from crawler.pages.document import Document, heading_mark
from crawler.pages.fields import BREADCRUMB, Field, fallbacks
from crawler.pages.layout import layout_of
from crawler.pages.pager import SOURCES as PAGER
from crawler.pages.pager import current_page, n_pages, note_n_pages, paging_style, per_page
from crawler.pages.row import SOURCES, listed, read_row
from crawler.pages.text import inner_text
from crawler.pages.tree import with_class
from crawler.pages.urls import absolute, canonical, item_of, number_in, on_host_of, page_url, pages_url, positive

_MANY = 100_000  # listing pages that a forum may claim: two million threads
_NUMBER = re.compile(r"\d[\d  .,'’]*")


def _canonical(document: Document) -> str | None:
    """The page's own address, where it names the same site and the forum that the page's machine data name."""
    own = canonical(document.url, document.canonical, "forum")
    machine = _page_id(document)
    return own if machine is None or _forum_id_of(own) == machine else None


def _forum_id_of(url: str | None) -> int | None:
    item = item_of(url)
    return item[1] if item is not None and item[0] == "forum" else None


def _page_id(document: Document) -> int | None:
    return positive(document.page_data.get("id")) if document.page_data.get("controller") == "forums" else None


def _name(mark: str) -> Callable[[Document], str | None]:
    """The name out of the heading that a layout marks so; empty: out of one that no layout has marked."""

    def read(document: Document) -> str | None:
        title = document.heading
        return inner_text(title) if title is not None and heading_mark(title) == mark else None

    return read


def _parents(document: Document) -> list[int] | None:
    """The forums above it: in the breadcrumb the forum itself comes last, or is left out."""
    found = [number for a in document.trail if (number := number_in(a.get("href"), "forum")) is not None]
    return found or None


def _ld_parents(document: Document) -> list[int] | None:
    urls = [item.get("@id") for item in document.breadcrumb]
    return [n for url in urls if isinstance(url, str) and (n := number_in(url, "forum")) is not None] or None


def _declared(document: Document) -> int | None:
    """The number in the listing's heading ("34 topics in this forum"): there is no machine value.

    It is believed only where it fits the number of pages, so that a heading of another kind does no harm.
    """
    heading = _heading(document)
    found = _NUMBER.search(inner_text(heading) or "") if heading is not None else None
    if found is None:
        return None
    digits = re.sub(r"\D", "", found[0])
    full = per_page(document)
    count, pages = int(digits) if len(digits) < 10 else 0, n_pages(document)
    if full is None:
        return count if pages == 1 else None
    return count if (pages - 1) * full < count <= pages * full else None


def _heading(document: Document) -> etree._Element | None:
    """The last section title before the rows."""
    heading = None
    for element in document.root.iter("h2", "ol", "ul", "div"):
        if element.tag == "h2" and "ipsType_sectionTitle" in (element.get("class") or ""):
            heading = element
        elif element.get("data-role") == "tableRows":
            return heading
    return None


FORUM_ID = Field[int](
    "forum.forum_id",
    ("link[rel=canonical]", lambda d: _forum_id_of(_canonical(d))),
    ("body[data-pageid]", _page_id),
    ("address", lambda d: _forum_id_of(d.url)),
)
NAME = Field[str](
    "forum.name",
    ("h1.ipsType_pageTitle", _name("ipsType_pageTitle")),
    ("h1[data-ips-hook=title]", _name("title")),
    ("h1", _name("")),
)
PARENTS = Field[list[int]](
    "forum.parent_forum_id",
    ("JSON-LD BreadcrumbList", _ld_parents),
    (BREADCRUMB, _parents),
)
DECLARED = Field[int]("forum.n_threads_declared", ("[data-role=tableRows] heading", _declared))

FIELDS: tuple[Field[Any], ...] = (FORUM_ID, NAME, PARENTS, DECLARED)

OTHERS = {f"forum.{name}": sources for name, sources in PAGER.items()}
"""Selectors of fields that are no `Field`."""

_FIRST = {field.name: field.sources[0][0] for field in FIELDS} | {
    name: names[0] for name, names in (OTHERS | SOURCES).items()
}
_OPTIONAL = OTHERS.keys() | {
    *("forum.parent_forum_id", "forum.n_threads_declared", "row.author_id", "row.n_replies", "row.created_at"),
    *("row.is_pinned", "row.is_locked"),
}
"""Fields that pages rightly lack: forums at the top or of one page, short counts, guests, stubs of moved threads."""


def is_forum(document: Document) -> bool:
    """True for a page with the markers of a forum."""
    data = document.page_data
    if data.get("app") == "forums" and data.get("controller") == "forums":
        return True
    return bool(listed(document)) and _canonical(document) is not None


def read_forum(document: Document) -> ForumPage | None:
    """The listing; ``None`` where nothing tells the forum's number."""
    forum_id = FORUM_ID.read(document)
    if forum_id is None:
        return None
    asked = item_of(document.url)
    page = current_page(document, asked[2] if asked else 1, "forum")
    own = on_host_of(document.url, _canonical(document) or document.url)
    address = pages_url(own, paging_style(document))
    parents = [number for number in PARENTS.read(document) or [] if number != forum_id]
    forum = ForumSeen(
        forum_id=forum_id,
        page=page,
        n_pages=_plausible_pages(document, page),
        name=NAME.read(document),
        url=page_url(address, 1),
        parent_forum_id=parents[-1] if parents else None,
        n_threads_declared=DECLARED.read(document),
    )
    rows = [row for entry in listed(document) if (row := read_row(entry, document)) is not None]
    layout = layout_of(document)
    return ForumPage(
        url=document.url,
        layout=layout.name,
        fallbacks=fallbacks(document.answers, _FIRST | dict(layout.first), _OPTIONAL),
        repairs=document.repairs,
        pages_url=address,
        forum=forum,
        rows=list({row.thread_id: row for row in rows}.values()),
        subforums=_subforums(document, forum_id),
    )


def _plausible_pages(document: Document, page: int) -> int:
    pages = n_pages(document)
    note_n_pages(document, "forum")
    if pages <= _MANY:
        return pages
    document.repair("implausible_pager")
    return max(_MANY, page)


def _subforums(document: Document, forum_id: int) -> list[SubforumSeen]:
    found: dict[int, SubforumSeen] = {}
    for entry in with_class(document.root, "cForumRow", "li"):
        number = positive(entry.get("data-forumid"))
        for anchor in entry.iter("a"):
            url = absolute(document.url, anchor.get("href"))
            if number is not None and number != forum_id and _forum_id_of(url) == number and url:
                own = on_host_of(document.url, url)
                found.setdefault(number, SubforumSeen(forum_id=number, url=own, name=inner_text(anchor)))
                break
    return list(found.values())
