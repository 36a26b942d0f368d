"""The page addresses, and the pager of 4.x."""

from __future__ import annotations

from collections.abc import Callable

from crawler.demo.render.words import WORDS, Words

_LABELS = {
    "first": '<i class="fa fa-angle-double-left"></i>',
    "prev": "Prev",
    "next": "Next",
    "last": '<i class="fa fa-angle-double-right"></i>',
}
_TITLES = {"first": "First page", "prev": "Previous page", "next": "Next page", "last": "Last page"}

Addresses = Callable[[str, int], str]
"""Address and number to the address of the page of that number."""


def page_url(url: str, page: int) -> str:
    """Address of a page since 4.4; the first has none of its own."""
    return url if page == 1 else f"{url}page/{page}/"


def page_query(url: str, page: int) -> str:
    """Address of a page before 4.4; the first has none of its own."""
    return url if page == 1 else f"{url}?page={page}"


def shown_pages(page: int, n_pages: int) -> range:
    """The numbers that a pager shows: those around its own."""
    return range(max(1, page - 4), min(n_pages, page + 4) + 1)


def pager(
    url: str,
    page: int,
    n_pages: int,
    *,
    per_page: int,
    anchor: str = "",
    place: str = "top",
    words: Words = WORDS["en"],
    address: Addresses = page_url,
) -> str:
    """The list of pages; empty where there is only one.

    The items for the next and the last page stay on the last page: inactive, and pointing at the page itself.
    """
    if n_pages < 2:
        return ""
    name = f"elPagination_{place}_{per_page}_{n_pages}"
    seo = "true" if address is page_url else "false"
    targets = {"first": 1, "prev": max(1, page - 1), "next": min(n_pages, page + 1), "last": n_pages}
    named = {"first": 1, "prev": page - 1, "next": page + 1, "last": n_pages}
    steps = {
        rel: _step(
            rel,
            address(url, target) + anchor,
            named[rel],
            words,
            inactive=page == 1 if rel in {"first", "prev"} else page >= n_pages,
        )
        for rel, target in targets.items()
    }
    numbers = "".join(_number(address(url, n) + anchor, n, active=n == page) for n in shown_pages(page, n_pages))
    return (
        f'<ul class="ipsPagination" id="{name}" data-ipsPagination-seoPagination="{seo}" data-pages="{n_pages}" '
        f'data-ipsPagination data-ipsPagination-pages="{n_pages}" data-ipsPagination-perPage="{per_page}">\n'
        f"{steps['first']}{steps['prev']}{numbers}{steps['next']}{steps['last']}"
        f"{_jump(name, url, page, n_pages, words)}</ul>"
    )


def _step(rel: str, url: str, page: int, words: Words, *, inactive: bool) -> str:
    css = f"ipsPagination_{rel}" + (" ipsPagination_inactive" if inactive else "")
    label = words.say(_LABELS[rel]) if rel in {"prev", "next"} else _LABELS[rel]
    return (
        f'\t<li class="{css}"><a href="{url}" rel="{rel}" data-page="{page}" data-ipsTooltip '
        f'title="{words.say(_TITLES[rel])}">{label}</a></li>\n'
    )


def _number(url: str, page: int, *, active: bool) -> str:
    css = "ipsPagination_page ipsPagination_active" if active else "ipsPagination_page"
    return f'\t<li class="{css}"><a href="{url}" data-page="{page}">{page}</a></li>\n'


def _jump(name: str, url: str, page: int, n_pages: int, words: Words) -> str:
    return (
        '\t<li class="ipsPagination_pageJump">\n\t\t<a href="#" data-ipsMenu data-ipsMenu-closeOnClick="false" '
        f'data-ipsMenu-appendTo="#{name}" id="{name}_jump">{words.say("Page {n} of {m}", n=page, m=n_pages)} &nbsp;'
        '<i class="fa fa-caret-down"></i></a>\n\t\t<div class="ipsMenu ipsMenu_narrow ipsPadding ipsHide" '
        f'id="{name}_jump_menu">\n\t\t\t<form accept-charset="utf-8" method="post" action="{url}" '
        'data-role="pageJump" data-baseUrl="#"><ul class="ipsForm ipsForm_horizontal"><li class="ipsFieldRow">'
        f'<input type="number" min="1" max="{n_pages}" placeholder="{words.say("Page number")}" '
        'class="ipsField_fullWidth" name="page"></li></ul></form>\n\t\t</div>\n\t</li>\n'
    )
