"""The pager, and the page addresses."""

from __future__ import annotations

_LABELS = {
    "first": '<i class="fa fa-angle-double-left"></i>',
    "prev": "Prev",
    "next": "Next",
    "last": '<i class="fa fa-angle-double-right"></i>',
}


def page_url(url: str, page: int) -> str:
    """Address of a page; the first has none of its own."""
    return url if page == 1 else f"{url}page/{page}/"


def pager(url: str, page: int, n_pages: int, *, per_page: int, anchor: str = "", place: str = "top") -> str:
    """The list of pages; empty where there is only one.

    The items for the next and the last page stay on the last page: inactive, and pointing at the page itself.
    """
    if n_pages < 2:
        return ""
    name = f"elPagination_{place}_{per_page}_{n_pages}"
    first = _step("first", url + anchor, 1, "First page", inactive=page == 1)
    before = _step("prev", page_url(url, max(1, page - 1)) + anchor, page - 1, "Previous page", inactive=page == 1)
    numbers = "".join(_number(page_url(url, n) + anchor, n, active=n == page) for n in _shown(page, n_pages))
    last_page = page >= n_pages
    after = _step("next", page_url(url, min(n_pages, page + 1)) + anchor, page + 1, "Next page", inactive=last_page)
    last = _step("last", page_url(url, n_pages) + anchor, n_pages, "Last page", inactive=last_page)
    return (
        f'<ul class="ipsPagination" id="{name}" data-ipsPagination-seoPagination="true" data-pages="{n_pages}" '
        f'data-ipsPagination data-ipsPagination-pages="{n_pages}" data-ipsPagination-perPage="{per_page}">\n'
        f"{first}{before}{numbers}{after}{last}{_jump(name, url, page, n_pages)}</ul>"
    )


def _shown(page: int, n_pages: int) -> range:
    return range(max(1, page - 4), min(n_pages, page + 4) + 1)


def _step(rel: str, url: str, page: int, title: str, *, inactive: bool) -> str:
    css = f"ipsPagination_{rel}" + (" ipsPagination_inactive" if inactive else "")
    label = _LABELS[rel]
    return (
        f'\t<li class="{css}"><a href="{url}" rel="{rel}" data-page="{page}" data-ipsTooltip '
        f'title="{title}">{label}</a></li>\n'
    )


def _number(url: str, page: int, *, active: bool) -> str:
    css = "ipsPagination_page ipsPagination_active" if active else "ipsPagination_page"
    return f'\t<li class="{css}"><a href="{url}" data-page="{page}">{page}</a></li>\n'


def _jump(name: str, url: str, page: int, n_pages: int) -> str:
    return (
        f'\t<li class="ipsPagination_pageJump">\n\t\t<a href="#" data-ipsMenu data-ipsMenu-closeOnClick="false" '
        f'data-ipsMenu-appendTo="#{name}" id="{name}_jump">Page {page} of {n_pages} &nbsp;'
        f'<i class="fa fa-caret-down"></i></a>\n\t\t<div class="ipsMenu ipsMenu_narrow ipsPadding ipsHide" '
        f'id="{name}_jump_menu">\n\t\t\t<form accept-charset="utf-8" method="post" action="{url}" '
        f'data-role="pageJump" data-baseUrl="#"><ul class="ipsForm ipsForm_horizontal"><li class="ipsFieldRow">'
        f'<input type="number" min="1" max="{n_pages}" placeholder="Page number" class="ipsField_fullWidth" '
        f'name="page"></li></ul></form>\n\t\t</div>\n\t</li>\n'
    )
