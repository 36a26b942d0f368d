"""What surrounds the content of every page: head, header with the sign-in form, breadcrumb, footer."""

from __future__ import annotations

from crawler.demo.render.markup import attr, esc
from crawler.demo.render.pager import page_query, page_url, pager
from crawler.demo.render.parts import Chrome, Frame


class Frame47(Frame):
    """The frame of 4.4-4.7."""

    def document(self, chrome: Chrome, content: str) -> bytes:
        """The whole page as served."""
        parts = [
            f'<!DOCTYPE html>\n<html lang="{self.words.tag}" dir="ltr">\n',
            self._head(chrome),
            self.body_tag(chrome),
            self.header(),
            (
                '\n\t<main id="ipsLayout_body" class="ipsLayout_container">\n\t\t<div id="ipsLayout_contentArea">\n'
                '\t\t\t<div id="ipsLayout_contentWrapper">\n'
            ),
            self.breadcrumb(chrome, "top"),
            f'\t\t\t\t<div id="ipsLayout_mainArea">\n{content}\n\t\t\t\t</div>\n',
            self.breadcrumb(chrome, "bottom"),
            "\t\t\t</div>\n\t\t</div>\n\t</main>\n",
            self.footer(),
            chrome.scripts,
            "\n</body>\n</html>",
        ]
        return "".join(parts).encode()

    def _head(self, chrome: Chrome) -> str:
        own = self.skin.page_url(chrome.url, chrome.page)
        title = chrome.title
        if chrome.page > 1:
            title += f" - {self.say('Page {n}', n=chrome.page)}"
        links = [("canonical", own), *self._relations(chrome)]
        metas = [
            ("og:title", chrome.title),
            ("og:type", "website"),
            ("og:url", own),
            ("og:description", chrome.description),
            ("og:site_name", self.forum.site.name),
            ("og:locale", self.words.tag.replace("-", "_")),
        ]
        return (
            f'\t<head>\n\t\t<meta charset="utf-8">\n\t\t<title>{esc(title)} - {esc(self.forum.site.name)}</title>\n'
            '\t\t<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            '\t\t<meta name="twitter:card" content="summary">\n'
            + "".join(f'\t\t<meta property="{name}" content="{attr(value)}">\n' for name, value in metas)
            + f'\t\t<meta name="description" content="{attr(chrome.description)}">\n'
            + "".join(f'\t\t<link rel="{rel}" href="{url}">\n' for rel, url in links)
            + "".join(f'\t\t<link rel="{rel}" href="{url}">\n' for rel, url in chrome.head_links)
            + f"\t\t<link rel='stylesheet' href='{self.base}/uploads/css_built_1/core_framework.css' media='all'>\n"
            "\t</head>\n"
        )

    def _relations(self, chrome: Chrome) -> list[tuple[str, str]]:
        links: list[tuple[str, str]] = []
        if chrome.page > 1:
            links += [("first", chrome.url), ("prev", self.skin.page_url(chrome.url, chrome.page - 1))]
        if chrome.page < chrome.n_pages:
            links += [
                ("next", self.skin.page_url(chrome.url, chrome.page + 1)),
                ("last", self.skin.page_url(chrome.url, chrome.n_pages)),
            ]
        return links

    def body_tag(self, chrome: Chrome) -> str:
        """The body's tag, with what the page is, and the link over the header."""
        main = self.say("Go to main content on this page")
        item = "" if chrome.item_id is None else f" data-pageID='{chrome.item_id}'"
        return (
            "\t<body class='ipsApp ipsApp_front ipsJS_none ipsClearfix' data-controller='core.front.core.app' "
            f"data-message=\"\" data-pageApp='{chrome.application}' data-pageLocation='front' "
            f"data-pageModule='{chrome.module}' "
            f"data-pageController='{chrome.controller}'{item}>\n"
            f"\t\t<a href='#ipsLayout_mainArea' class='ipsHide' title='{main}' accesskey='m'>"
            f"{self.say('Jump to content')}</a>\n"
        )

    def header(self) -> str:
        """The top of the page."""
        return (
            "\t\t<div id='ipsLayout_header' class='ipsClearfix'>\n\t\t\t<header>\n"
            "\t\t\t\t<div class='ipsLayout_container'>\n"
            "\t\t\t\t\t<a "
            f"href='{self.base}/' id='elLogo' accesskey='1'><span id='elSiteTitle'>{esc(self.forum.site.name)}</span>"
            "</a>\n"
            "\t\t\t\t\t<ul id='elUserNav' class='ipsList_inline cSignedOut ipsResponsive_showDesktop'>\n"
            "\t\t\t\t\t\t<li id='elSignInLink'>\n"
            f"\t\t\t\t\t\t\t<a href='{self.base}/login/' data-ipsMenu-closeOnClick=\"false\" "
            f"data-ipsMenu id='elUserSignIn'>{self.say('Existing user? Sign In')} &nbsp;<i class='fa fa-caret-down'>"
            "</i></a>\n"
            f"{self.sign_in('elUserSignIn_menu')}\t\t\t\t\t\t</li>\n"
            f"\t\t\t\t\t\t<li><a href='{self.base}/register/' id='elRegisterButton' "
            f"class='ipsButton ipsButton_normal ipsButton_primary'>{self.say('Sign Up')}</a></li>\n"
            "\t\t\t\t\t</ul>\n\t\t\t\t</div>\n\t\t\t</header>\n"
            "\t\t\t<nav data-controller='core.front.core.navBar' class='ipsResponsive_showDesktop'>\n"
            "\t\t\t\t<ul data-role=\"primaryNavBar\" class='ipsClearfix'>\n"
            f'\t\t\t\t\t<li data-role="navBarItem" data-navApp="forums"><a href="{self.base}/">'
            f"{self.say('Forums')}</a></li>\n"
            f'\t\t\t\t\t<li data-role="navBarItem" data-navApp="core"><a href="{self.base}/discover/">'
            f"{self.say('Activity')}</a></li>\n"
            "\t\t\t\t</ul>\n\t\t\t</nav>\n\t\t</div>\n"
        )

    def sign_in(self, name: str, button: str = "elSignIn_submit") -> str:
        """The sign-in form, which a guest sees on every page."""
        return (
            f"<div id='{name}' class='ipsMenu ipsMenu_auto ipsHide'>\n"
            f"\t<form accept-charset='utf-8' method='post' action='{self.base}/login/'>\n"
            '\t\t<input type="hidden" name="csrfKey" value="0f1e2d3c4b5a69788796a5b4c3d2e1f0">\n'
            f'\t\t<div data-role="loginForm">\n\t\t\t<h4 class="ipsType_sectionHead">{self.say("Sign In")}</h4>\n'
            f'\t\t\t<input type="text" placeholder="{self.say("Display Name or Email Address")}" name="auth" '
            'autocomplete="email">\n'
            f'\t\t\t<input type="password" placeholder="{self.say("Password")}" name="password" '
            'autocomplete="current-password">\n'
            '\t\t\t<button type="submit" name="_processLogin" value="usernamepassword" '
            f'class="ipsButton ipsButton_primary ipsButton_small" id="{button}">{self.say("Sign In")}</button>\n'
            "\t\t</div>\n\t</form>\n</div>\n"
        )

    def breadcrumb(self, chrome: Chrome, place: str) -> str:
        """The path of boards; the page itself comes last and is no link."""
        home = self.say("Home")
        items = [
            (
                f"<li>\n<a title=\"{home}\" href='{self.base}/'>\n<span>{home} <i class='fa fa-angle-right'></i>"
                "</span>\n"
                "</a>\n</li>\n"
            )
        ]
        items += [
            f"<li>\n<a href='{self.base}{board.path}'>\n<span>{esc(board.name)} "
            "<i class='fa fa-angle-right' aria-hidden=\"true\"></i></span>\n</a>\n</li>\n"
            for board in chrome.trail
        ]
        return (
            f"<nav class='ipsBreadcrumb ipsBreadcrumb_{place} ipsFaded_withHover'>\n"
            "\t<ul class='ipsList_inline ipsPos_right'>\n\t\t<li><a data-action=\"defaultStream\" "
            "class='ipsType_light ' "
            f"href='{self.base}/discover/'><span>{self.say('All Activity')}</span></a></li>\n\t</ul>\n"
            f'\t<ul data-role="breadcrumbList">\n{"".join(items)}<li>\n{esc(chrome.title)}\n</li>\n\t</ul>\n</nav>\n'
        )

    def footer(self) -> str:
        """The end of the page."""
        return (
            "\t<footer id='ipsLayout_footer' class='ipsClearfix'>\n\t\t<div class='ipsLayout_container'>\n"
            "\t\t\t<ul class='ipsList_inline ipsType_center ipsSpacer_top' id=\"elFooterLinks\">\n"
            '\t\t\t\t<li><a rel="nofollow" '
            f"href='{self.base}/contact/'>{self.say('Contact Us')}</a></li>\n\t\t\t</ul>\n"
            f"\t\t\t<p id='elCopyright'>\n\t\t\t\t<span id='elCopyright_userLine'>{esc(self.forum.site.name)}</span>\n"
            "\t\t\t\t<a rel='nofollow' title='Invision Community' href='https://www.invisioncommunity.com/'>"
            f"{self.say('Powered by Invision Community')}</a>\n\t\t\t</p>\n\t\t</div>\n\t</footer>\n"
        )

    def pager(self, url: str, page: int, n_pages: int, *, per_page: int, anchor: str, place: str) -> str:
        """The list of pages; empty where there is only one."""
        return pager(
            url,
            page,
            n_pages,
            per_page=per_page,
            anchor=anchor,
            place=place,
            words=self.words,
            address=page_query if self.skin.old_paging else page_url,
        )
