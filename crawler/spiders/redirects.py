"""Where a redirect leads. Redirects are pages of their own: each hop is a fetch with its own turn."""

from __future__ import annotations

from urllib.parse import urlsplit

from crawler.items import ErrorPage, PageItem, PageRef, Redirect, Wall
from crawler.pages import item_of, parse_ref, site_of
from crawler.pages.urls import AddressError, PagingStyle, page_url, pages_url
from crawler.sites import Sites, place_of


def judge_redirect(page: Redirect, ref: PageRef, sites: Sites) -> PageItem:
    """The redirect with the page that it leads to in ``found``, or what it really is.

    The number in the address decides, not the slug: to another slug or scheme is the same page at its right address,
    to another number is another thread (moved or merged) under whose number all is kept. An address with a ``?do=`` is
    brought back to the page that it names, as such a request is never sent.
    """
    target = page.target
    if target is None or site_of(target) is None:
        return _error(page, "redirected_away", "to no usable address")
    if not sites.same_place(target, ref.url):
        return _error(page, "offsite", f"to {place_of(target)}")
    wall = _wall(target, ref)
    if wall is not None:
        return Wall(url=page.url, kind=wall, status=page.status)
    item = item_of(target)
    if item is None or item[0] != ref.kind:
        return _error(page, "not_found", f"it redirects to a page that is no {_NAMES[ref.kind]}")
    page.found = [_target(ref, item[1], item[2], target)]
    if page.found[0].key == ref.key and page.found[0].url == page.url:
        return _error(page, "redirect_loop", "to itself")
    return page


_NAMES = {"topic": "thread", "forum": "forum"}


def _wall(target: str, ref: PageRef) -> str | None:
    """The forum sends guests to its sign-in page, and asks for a forum's password on the forum's own page."""
    parts = urlsplit(target)
    unwritten = parts.path.endswith("index.php")  # index.php?/login/, where addresses are not rewritten
    if "/login" in (parts.query if unwritten else parts.path):
        return "login"
    item = item_of(target)
    to_forum = ref.kind == "topic" and item is not None and item[0] == "forum"
    return "password" if to_forum and "topic=" in parts.query else None


def _target(ref: PageRef, item_id: int, number: int, target: str) -> PageRef:
    """The page named by a redirect: the same page, another page of the thread, or page 1 of another thread."""
    try:
        first = parse_ref(target).url
    except AddressError:
        first = ref.url
    page = number if item_id == ref.item_id else 1
    style: PagingStyle = "query" if "page=" in urlsplit(target).query and "/page/" not in target else "path"
    url = page_url(pages_url(first, style), page)
    return PageRef(site=ref.site, kind=ref.kind, item_id=item_id, page=page, url=url, is_seed=ref.is_seed)


def _error(page: Redirect, kind: str, detail: str) -> ErrorPage:
    return ErrorPage(url=page.url, kind=kind, status=page.status, detail=detail)
