"""What surrounds the content of every page of 5.0."""

from __future__ import annotations

from crawler.demo.render.markup import esc
from crawler.demo.render.pager import page_url, shown_pages
from crawler.demo.render.parts import Chrome
from crawler.demo.render.v47.frame import Frame47

_STEPS = (
    ("first", "First page", '<i class="fa-solid fa-angles-left"></i>'),
    ("prev", "Previous page", '<i class="fa-solid fa-angle-left"></i>'),
)
_FURTHER = (
    ("next", "Next page", '<i class="fa-solid fa-angle-right"></i>'),
    ("last", "Last page", '<i class="fa-solid fa-angles-right"></i>'),
)


class Frame50(Frame47):
    """The frame of 5.0; the head is that of 4.7."""

    def body_tag(self, chrome: Chrome) -> str:
        """The body's tag; unconfirmed: that it names the page as 4.x does."""
        item = "" if chrome.item_id is None else f' data-pageid="{chrome.item_id}"'
        return (
            '\t<body data-ips-template="global" class="ipsApp ipsApp_front" data-controller="core.front.core.app" '
            f'data-pageapp="{chrome.application}" data-pagelocation="front" data-pagemodule="{chrome.module}" '
            f'data-pagecontroller="{chrome.controller}"{item}>\n'
            f'\t\t<a href="#ipsLayout_mainArea" class="ipsSkipToContent">{self.say("Jump to content")}</a>\n'
        )

    def header(self) -> str:
        """The top of the page."""
        return (
            '\t\t<div id="ipsLayout_header" class="ipsHeader">\n'
            f'<a href="{self.base}/" class="ipsLogo" id="elLogo">{esc(self.forum.site.name)}</a>\n'
            '<ul id="elUserNav" class="ipsUserNav ipsUserNav--guest"><li id="elSignInLink">'
            f'<a href="{self.base}/login/" id="elUserSignIn">{self.say("Existing user? Sign In")}</a>\n'
            f"{self.sign_in('elUserSignIn_menu')}</li>\n"
            f'<li><a href="{self.base}/register/" class="ipsButton">{self.say("Sign Up")}</a></li></ul>\n'
            f'<nav class="ipsNav"><a href="{self.base}/">{self.say("Forums")}</a> '
            f'<a href="{self.base}/discover/">{self.say("Activity")}</a></nav>\n</div>\n'
        )

    def breadcrumb(self, chrome: Chrome, place: str) -> str:
        """The path of boards; the page itself comes last and is no link."""
        links = [(f"{self.base}/", self.say("Home")), *((self.base + b.path, esc(b.name)) for b in chrome.trail)]
        items = "".join(
            '<li itemprop="itemListElement" itemscope itemtype="https://schema.org/ListItem">'
            f'<a href="{url}" itemprop="item"><span itemprop="name">{name}</span></a>'
            f'<meta itemprop="position" content="{position}"></li>\n'
            for position, (url, name) in enumerate(links, 1)
        )
        return (
            f'<nav class="ipsBreadcrumb ipsBreadcrumb--{place}">\n'
            '<ol itemscope itemtype="https://schema.org/BreadcrumbList" class="ipsBreadcrumb__list">\n'
            f'{items}<li aria-current="location">{esc(chrome.title)}</li>\n</ol>\n</nav>\n'
        )

    def pager(self, url: str, page: int, n_pages: int, *, per_page: int, anchor: str, place: str) -> str:
        """The list of pages; empty where there is only one."""
        if n_pages < 2:
            return ""
        steps = {"first": 1, "prev": max(1, page - 1), "next": min(n_pages, page + 1), "last": n_pages}
        # both spellings of an inactive step are handled by public readers, so that both are here
        off = " ipsPagination__inactive" if place == "top" else " ipsPagination--inactive"

        def step(rel: str, title: str, label: str) -> str:
            css = f"ipsPagination__{rel}" + (off if steps[rel] == page else "")
            return (
                f'<li class="{css}"><a href="{page_url(url, steps[rel])}{anchor}" rel="{rel}" '
                f'data-page="{steps[rel]}" data-ipstooltip title="{self.say(title)}">{label}</a></li>\n'
            )

        numbers = "".join(
            f'<li class="ipsPagination__page{" ipsPagination__active" if n == page else ""}">'
            f'<a href="{page_url(url, n)}{anchor}" data-page="{n}">{n}</a></li>\n'
            for n in shown_pages(page, n_pages)
        )
        return (
            f'<ul class="ipsPagination" id="elPagination_{place}_{per_page}_{n_pages}" data-pages="{n_pages}" '
            f'data-ipspagination data-ipspagination-seopagination="true" data-ipspagination-pages="{n_pages}" '
            f'data-ipspagination-perpage="{per_page}">\n{"".join(step(*s) for s in _STEPS)}{numbers}'
            f"{''.join(step(*s) for s in _FURTHER)}"
            '<li class="ipsPagination__pageJump"><button type="button">'
            f"{self.say('Page {n} of {m}', n=page, m=n_pages)}</button></li>\n</ul>\n"
        )

    def footer(self) -> str:
        """The end of the page."""
        return (
            '\t<footer id="ipsLayout_footer" class="ipsFooter">\n'
            f'<ul class="ipsFooterLinks"><li><a rel="nofollow" href="{self.base}/contact/">'
            f"{self.say('Contact Us')}</a></li></ul>\n"
            f'<p id="elCopyright" class="ipsCopyright"><span>{esc(self.forum.site.name)}</span> '
            '<a rel="nofollow" title="Invision Community" href="https://www.invisioncommunity.com/">'
            f"{self.say('Powered by Invision Community')}</a></p>\n</footer>\n"
        )
