"""A listing page of a forum of IPS 4.4-4.7."""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

from crawler.items import ForumPage, ForumSeen, ListingRow, SubforumSeen
from crawler.pages.document import Document
from crawler.pages.fields import Field
from crawler.pages.pager import current_page, n_pages, paging_style, per_page
from crawler.pages.text import all_text, from_iso, inner_text, squeeze
from crawler.pages.tree import has_class, with_class
from crawler.pages.urls import absolute, canonical, item_of, number_in, on_host_of, page_url, pages_url, positive

LAYOUT = "ips4"

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


def _name(document: Document) -> str | None:
    title = next((h for h in document.root.iter("h1") if "ipsType_pageTitle" in (h.get("class") or "")), None)
    return inner_text(title) if title is not None else None


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
NAME = Field[str]("forum.name", ("h1.ipsType_pageTitle", _name))
PARENTS = Field[list[int]](
    "forum.parent_forum_id",
    ("JSON-LD BreadcrumbList", _ld_parents),
    ("[data-role=breadcrumbList] a", _parents),
)
DECLARED = Field[int]("forum.n_threads_declared", ("[data-role=tableRows] heading", _declared))

FIELDS: tuple[Field[Any], ...] = (FORUM_ID, NAME, PARENTS, DECLARED)


def is_forum(document: Document) -> bool:
    """True for a page with the markers of a forum."""
    data = document.page_data
    if data.get("app") == "forums" and data.get("controller") == "forums":
        return True
    return bool(_rows(document)) and _canonical(document) is not None


def read_forum(document: Document) -> ForumPage | None:
    """The listing; ``None`` where nothing tells the forum's number."""
    forum_id = FORUM_ID.read(document)
    if forum_id is None:
        return None
    asked = item_of(document.url)
    page = current_page(document, asked[2] if asked else 1)
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
    rows = [row for entry in _rows(document) if (row := _row(entry, document)) is not None]
    return ForumPage(
        url=document.url,
        layout=LAYOUT,
        repairs=document.repairs,
        pages_url=address,
        forum=forum,
        rows=list({row.thread_id: row for row in rows}.values()),
        subforums=_subforums(document, forum_id),
    )


def _plausible_pages(document: Document, page: int) -> int:
    pages = n_pages(document)
    if pages <= _MANY:
        return pages
    document.repair("implausible_pager")
    return max(_MANY, page)


def _rows(document: Document) -> list[etree._Element]:
    return [li for li in document.root.iter("li") if li.get("data-rowid") is not None and _is_listed(li)]


def _is_listed(row: etree._Element) -> bool:
    if "forum.topicRow" in (row.get("data-controller") or ""):
        return True
    return any(ancestor.get("data-role") == "tableRows" for ancestor in row.iterancestors())


def _row(row: etree._Element, document: Document) -> ListingRow | None:
    """One thread of the listing. A row whose address and number disagree is the stub of a moved thread."""
    thread_id = positive(row.get("data-rowid"))
    title = next((h for h in row.iter("h4", "h3", "h2") if "ipsDataItem_title" in (h.get("class") or "")), None)
    anchor = _title_link(title if title is not None else row)
    url = absolute(document.url, anchor.get("href")) if anchor is not None else None
    item = item_of(url)
    if thread_id is None or item is None or item[0] != "topic":
        return None
    icons = " ".join(e.get("class") or "" for e in (title if title is not None else row).iter("i"))
    author_id, author_name = _author(row)
    times = [time for t in row.iter("time") if (time := from_iso(t.get("datetime"))) is not None]
    return ListingRow(
        thread_id=thread_id,
        url=page_url(pages_url(on_host_of(document.url, url or "")), 1),
        title=inner_text(anchor) if anchor is not None else None,
        author_id=author_id,
        author_name=author_name,
        created_at=times[0] if times else None,
        last_post_at=times[-1] if times else None,
        n_replies=_replies(row),
        is_pinned="fa-thumb-tack" in icons or "fa-thumbtack" in icons,
        is_locked="fa-lock" in icons,
        is_moved=item[1] != thread_id or "fa-arrow-left" in icons or "fa-share" in icons,
    )


def _title_link(within: etree._Element) -> etree._Element | None:
    """The link with the title: icons before it lead to the first unread post."""
    links = [anchor for anchor in within.iter("a") if (item_of(anchor.get("href")) or ("", 0, 0))[::2] == ("topic", 1)]
    return next((anchor for anchor in links if inner_text(anchor) is not None), links[0] if links else None)


def _author(row: etree._Element) -> tuple[int | None, str | None]:
    """Who started it: the member named in the row's first line."""
    for block in row.iter("div"):
        if has_class(block, "ipsDataItem_meta"):
            for anchor in block.iter("a"):
                number = number_in(anchor.get("href"), "profile")
                if number is not None:
                    return number, inner_text(anchor)
    return None, None


def _replies(row: etree._Element) -> int | None:
    """The reply count where it is shown in full; ``None`` for an abbreviated one ("8.8k")."""
    for item in row.iter("li"):
        if item.get("data-stattype") == "forums_comments":
            number = next((s for s in item.iter("span") if "stats_number" in (s.get("class") or "")), None)
            digits = squeeze(all_text(number)) if number is not None else None
            return int(digits) if digits and digits.isascii() and digits.isdigit() and len(digits) < 10 else None
    return None


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
