"""How many pages a thread or forum has, and how the site writes the address of page N."""

from __future__ import annotations

from crawler.pages.document import Document
from crawler.pages.urls import PagingStyle, positive

_ACTIVE = ("ipsPagination_active", "ipsPagination__active")
_ATTRIBUTES = ("data-pages", "data-ipspagination-pages")

SOURCES: dict[str, tuple[str, ...]] = {
    "n_pages": ("[data-pages]", "[data-ipspagination-pages]", "JSON-LD pageEnd"),
    "page": ("li[class*=active] a[data-page]", "address"),
}
"""By field, for threads and forums alike: selectors in order of preference."""


def n_pages(document: Document) -> int:
    """The most that a pager of the page says; 1 where there is no pager."""
    return _said(document)[0]


def note_n_pages(document: Document, kind: str) -> None:
    """Note which source told the number of pages of a thread or forum; none where nothing tells of more than one."""
    source = _said(document)[1] if document.pagers or n_pages(document) > 1 else "none"
    document.answers.note(f"{kind}.n_pages", source)


def _said(document: Document) -> tuple[int, str]:
    """The most that is said, and by which source first."""
    values = [max((positive(pager.get(name)) or 1 for pager in document.pagers), default=1) for name in _ATTRIBUTES]
    values.append(positive(document.linked("DiscussionForumPosting").get("pageEnd")) or 1)
    most = max(values)
    if most == 1:  # an attribute that is not there says no more than that either
        told = [any(pager.get(name) for pager in document.pagers) for name in _ATTRIBUTES]
        return 1, SOURCES["n_pages"][told.index(True) if True in told else -1]
    return most, SOURCES["n_pages"][values.index(most)]


def per_page(document: Document) -> int | None:
    """How many entries a full page has."""
    found = (positive(pager.get("data-ipspagination-perpage")) for pager in document.pagers)
    return next((number for number in found if number), None)


def current_page(document: Document, asked: int, kind: str) -> int:
    """The page of a thread or forum that this is: the pager's active item, else as the address says."""
    shown, source = _active(document), SOURCES["page"]
    document.answers.note(f"{kind}.page", source[0] if shown else source[1] if document.pagers else "none")
    return shown or asked


def _active(document: Document) -> int | None:
    """The number of the pager's active item."""
    for pager in document.pagers:
        for item in pager.iter("li"):
            if any(name in (item.get("class") or "") for name in _ACTIVE):
                number = next((positive(a.get("data-page")) for a in item.iter("a")), None)
                if number:
                    return number
    return None


def paging_style(document: Document) -> PagingStyle:
    """``path`` (/page/N/, since 4.4) unless the pager's own links write ``?page=N``."""
    return shown_style(document) or "path"


def shown_style(document: Document) -> PagingStyle | None:
    """How the pager's links write the page's number; ``None`` where there is no pager."""
    hrefs = [a.get("href") or "" for pager in document.pagers for a in pager.iter("a") if a.get("data-page")]
    if any("/page/" in href for href in hrefs):
        return "path"
    return "query" if any("page=" in href for href in hrefs) else None
