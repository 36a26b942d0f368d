"""What surrounds the content of every page: head, header with the sign-in form, breadcrumb, footer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from crawler.demo.model import Board, Site
from crawler.demo.render.markup import attr, esc
from crawler.demo.render.pager import page_url


@dataclass(slots=True, kw_only=True)
class Chrome:
    """What a page says outside its content. ``url`` is the address of its first page."""

    site: Site
    base: str
    title: str
    url: str
    controller: str
    application: str = "forums"
    module: str = "forums"
    item_id: int | None = None
    page: int = 1
    n_pages: int = 1
    trail: Sequence[Board] = ()
    description: str = ""
    scripts: str = ""
    head_links: list[tuple[str, str]] = field(default_factory=list)


def document(chrome: Chrome, content: str) -> bytes:
    """The whole page as served."""
    parts = [
        '<!DOCTYPE html>\n<html lang="en-US" dir="ltr">\n',
        _head(chrome),
        _body_tag(chrome),
        _header(chrome),
        (
            '\n\t<main id="ipsLayout_body" class="ipsLayout_container">\n\t\t<div id="ipsLayout_contentArea">\n'
            '\t\t\t<div id="ipsLayout_contentWrapper">\n'
        ),
        breadcrumb(chrome, "top"),
        f'\t\t\t\t<div id="ipsLayout_mainArea">\n{content}\n\t\t\t\t</div>\n',
        breadcrumb(chrome, "bottom"),
        "\t\t\t</div>\n\t\t</div>\n\t</main>\n",
        _footer(chrome),
        chrome.scripts,
        "\n</body>\n</html>",
    ]
    return "".join(parts).encode()


def _head(chrome: Chrome) -> str:
    own = page_url(chrome.url, chrome.page)
    title = f"{chrome.title} - Page {chrome.page}" if chrome.page > 1 else chrome.title
    links = [("canonical", own), *_relations(chrome)]
    metas = [
        ("og:title", chrome.title),
        ("og:type", "website"),
        ("og:url", own),
        ("og:description", chrome.description),
        ("og:site_name", chrome.site.name),
        ("og:locale", "en_US"),
    ]
    return (
        f'\t<head>\n\t\t<meta charset="utf-8">\n\t\t<title>{esc(title)} - {esc(chrome.site.name)}</title>\n'
        '\t\t<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '\t\t<meta name="twitter:card" content="summary">\n'
        + "".join(f'\t\t<meta property="{name}" content="{attr(value)}">\n' for name, value in metas)
        + f'\t\t<meta name="description" content="{attr(chrome.description)}">\n'
        + "".join(f'\t\t<link rel="{rel}" href="{url}">\n' for rel, url in links)
        + "".join(f'\t\t<link rel="{rel}" href="{url}">\n' for rel, url in chrome.head_links)
        + f"\t\t<link rel='stylesheet' href='{chrome.base}/uploads/css_built_1/core_framework.css' media='all'>\n"
        "\t</head>\n"
    )


def _relations(chrome: Chrome) -> list[tuple[str, str]]:
    links: list[tuple[str, str]] = []
    if chrome.page > 1:
        links += [("first", chrome.url), ("prev", page_url(chrome.url, chrome.page - 1))]
    if chrome.page < chrome.n_pages:
        links += [
            ("next", page_url(chrome.url, chrome.page + 1)),
            ("last", page_url(chrome.url, chrome.n_pages)),
        ]
    return links


def _body_tag(chrome: Chrome) -> str:
    item = "" if chrome.item_id is None else f" data-pageID='{chrome.item_id}'"
    return (
        "\t<body class='ipsApp ipsApp_front ipsJS_none ipsClearfix' data-controller='core.front.core.app' "
        f"data-message=\"\" data-pageApp='{chrome.application}' data-pageLocation='front' "
        f"data-pageModule='{chrome.module}' "
        f"data-pageController='{chrome.controller}'{item}>\n"
        "\t\t<a href='#ipsLayout_mainArea' class='ipsHide' title='Go to main content on this page' accesskey='m'>"
        "Jump to content</a>\n"
    )


def _header(chrome: Chrome) -> str:
    base = chrome.base
    return (
        "\t\t<div id='ipsLayout_header' class='ipsClearfix'>\n\t\t\t<header>\n"
        "\t\t\t\t<div class='ipsLayout_container'>\n"
        "\t\t\t\t\t<a "
        f"href='{base}/' id='elLogo' accesskey='1'><span id='elSiteTitle'>{esc(chrome.site.name)}</span></a>\n"
        "\t\t\t\t\t<ul id='elUserNav' class='ipsList_inline cSignedOut ipsResponsive_showDesktop'>\n"
        "\t\t\t\t\t\t<li id='elSignInLink'>\n"
        f"\t\t\t\t\t\t\t<a href='{base}/login/' data-ipsMenu-closeOnClick=\"false\" "
        "data-ipsMenu id='elUserSignIn'>Existing user? Sign In &nbsp;<i class='fa fa-caret-down'></i></a>\n"
        f"{sign_in(base, 'elUserSignIn_menu')}\t\t\t\t\t\t</li>\n"
        f"\t\t\t\t\t\t<li><a href='{base}/register/' id='elRegisterButton' "
        "class='ipsButton ipsButton_normal ipsButton_primary'>Sign Up</a></li>\n"
        "\t\t\t\t\t</ul>\n\t\t\t\t</div>\n\t\t\t</header>\n"
        "\t\t\t<nav data-controller='core.front.core.navBar' class='ipsResponsive_showDesktop'>\n"
        "\t\t\t\t<ul data-role=\"primaryNavBar\" class='ipsClearfix'>\n"
        f'\t\t\t\t\t<li data-role="navBarItem" data-navApp="forums"><a href="{base}/">Forums</a></li>\n'
        f'\t\t\t\t\t<li data-role="navBarItem" data-navApp="core"><a href="{base}/discover/">Activity</a></li>\n'
        "\t\t\t\t</ul>\n\t\t\t</nav>\n\t\t</div>\n"
    )


def sign_in(base: str, name: str, button: str = "elSignIn_submit") -> str:
    """The sign-in form, which a guest sees on every page."""
    return (
        f"<div id='{name}' class='ipsMenu ipsMenu_auto ipsHide'>\n"
        f"\t<form accept-charset='utf-8' method='post' action='{base}/login/'>\n"
        '\t\t<input type="hidden" name="csrfKey" value="0f1e2d3c4b5a69788796a5b4c3d2e1f0">\n'
        '\t\t<div data-role="loginForm">\n\t\t\t<h4 class="ipsType_sectionHead">Sign In</h4>\n'
        '\t\t\t<input type="text" placeholder="Display Name or Email Address" name="auth" autocomplete="email">\n'
        '\t\t\t<input type="password" placeholder="Password" name="password" autocomplete="current-password">\n'
        '\t\t\t<button type="submit" name="_processLogin" value="usernamepassword" '
        f'class="ipsButton ipsButton_primary ipsButton_small" id="{button}">Sign In</button>\n'
        "\t\t</div>\n\t</form>\n</div>\n"
    )


def breadcrumb(chrome: Chrome, place: str) -> str:
    """The path of boards; the page itself comes last and is no link."""
    items = [
        (
            f"<li>\n<a title=\"Home\" href='{chrome.base}/'>\n<span>Home <i class='fa fa-angle-right'></i></span>\n"
            "</a>\n</li>\n"
        )
    ]
    items += [
        f"<li>\n<a href='{chrome.base}{board.path}'>\n<span>{esc(board.name)} "
        "<i class='fa fa-angle-right' aria-hidden=\"true\"></i></span>\n</a>\n</li>\n"
        for board in chrome.trail
    ]
    return (
        f"<nav class='ipsBreadcrumb ipsBreadcrumb_{place} ipsFaded_withHover'>\n"
        "\t<ul class='ipsList_inline ipsPos_right'>\n\t\t<li><a data-action=\"defaultStream\" class='ipsType_light ' "
        f"href='{chrome.base}/discover/'><span>All Activity</span></a></li>\n\t</ul>\n"
        f'\t<ul data-role="breadcrumbList">\n{"".join(items)}<li>\n{esc(chrome.title)}\n</li>\n\t</ul>\n</nav>\n'
    )


def _footer(chrome: Chrome) -> str:
    return (
        "\t<footer id='ipsLayout_footer' class='ipsClearfix'>\n\t\t<div class='ipsLayout_container'>\n"
        "\t\t\t<ul class='ipsList_inline ipsType_center ipsSpacer_top' id=\"elFooterLinks\">\n"
        '\t\t\t\t<li><a rel="nofollow" '
        f"href='{chrome.base}/contact/'>Contact Us</a></li>\n\t\t\t</ul>\n"
        f"\t\t\t<p id='elCopyright'>\n\t\t\t\t<span id='elCopyright_userLine'>{esc(chrome.site.name)}</span>\n"
        "\t\t\t\t<a rel='nofollow' title='Invision Community' href='https://www.invisioncommunity.com/'>"
        "Powered by Invision Community</a>\n\t\t\t</p>\n\t\t</div>\n\t</footer>\n"
    )
