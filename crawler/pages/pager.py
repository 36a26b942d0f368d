"""How many pages a thread or forum has, and how the site writes the address of page N."""

from __future__ import annotations

from crawler.pages.document import Document
from crawler.pages.urls import PagingStyle, positive

_ACTIVE = ("ipsPagination_active", "ipsPagination__active")


def n_pages(document: Document) -> int:
    """The most that a pager of the page says; 1 where there is no pager."""
    said = [1]
    for pager in document.pagers:
        said += [positive(pager.get(name)) or 1 for name in ("data-pages", "data-ipspagination-pages")]
    said.append(positive(document.linked("DiscussionForumPosting").get("pageEnd")) or 1)
    return max(said)


def per_page(document: Document) -> int | None:
    """How many entries a full page has."""
    found = (positive(pager.get("data-ipspagination-perpage")) for pager in document.pagers)
    return next((number for number in found if number), None)


def current_page(document: Document, asked: int) -> int:
    """The page that this is: the pager's active item, else as the address says."""
    for pager in document.pagers:
        for item in pager.iter("li"):
            if any(name in (item.get("class") or "") for name in _ACTIVE):
                number = next((positive(a.get("data-page")) for a in item.iter("a")), None)
                if number:
                    return number
    return asked


def paging_style(document: Document) -> PagingStyle:
    """``path`` (/page/N/, since 4.4) unless the pager's own links write ``?page=N``."""
    return shown_style(document) or "path"


def shown_style(document: Document) -> PagingStyle | None:
    """How the pager's links write the page's number; ``None`` where there is no pager."""
    hrefs = [a.get("href") or "" for pager in document.pagers for a in pager.iter("a") if a.get("data-page")]
    if any("/page/" in href for href in hrefs):
        return "path"
    return "query" if any("page=" in href for href in hrefs) else None
