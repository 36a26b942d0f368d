"""How many pages a thread or forum has, and how the site writes the address of page N."""

from __future__ import annotations

from crawler.pages.document import Document
from crawler.pages.urls import PagingStyle, positive

_PAGERS = "//ul[contains(concat(' ',@class,' '),' ipsPagination ')][not(ancestor::*[@data-role='commentContent'])]"


def n_pages(document: Document) -> int:
    """The most that a pager of the page says; 1 where there is no pager."""
    most = 1
    for pager in document.selector.xpath(_PAGERS):
        get = pager.root.get
        for value in (get("data-pages"), get("data-ipspagination-pages")):
            most = max(most, positive(value) or 1)
    end = document.linked("DiscussionForumPosting").get("pageEnd")
    return max(most, end) if isinstance(end, int) and not isinstance(end, bool) else most


def current_page(document: Document, asked: int) -> int:
    """The page that this is: the pager's active item, else as the address says."""
    active = document.selector.xpath(
        f"{_PAGERS}/li[contains(@class,'ipsPagination_active')]/a/@data-page"
        f" | {_PAGERS}/li[contains(@class,'ipsPagination__active')]/a/@data-page"
    ).get()
    return positive(active) or asked


def paging_style(document: Document) -> PagingStyle:
    """``path`` (/page/N/, since 4.4) unless the pager's own links write ``?page=N``."""
    hrefs = document.selector.xpath(f"{_PAGERS}//a[@data-page]/@href").getall()
    if any("/page/" in href for href in hrefs):
        return "path"
    return "query" if any("page=" in href for href in hrefs) else "path"
