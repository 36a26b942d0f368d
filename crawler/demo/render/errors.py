"""Pages without content: errors, walls, and pages of something else."""

from __future__ import annotations

from crawler.demo.model import Forum, Thread
from crawler.demo.render.markup import esc
from crawler.demo.render.page import Chrome, document, sign_in
from crawler.demo.render.topic import topic_chrome, topic_content

MESSAGES = {
    "2F173/1": "We could not locate the item you are trying to view.",
    "2F173/O": "Sorry, we could not find that!",
    "2F173/H": "Sorry, you do not have permission for that!",
    "2S136/C": "The page you requested does not exist",
}
"""What the forum says for its own error codes."""


def error_page(forum: Forum, base: str, code: str) -> bytes:
    """The forum's error page; the code is part of the text, and the body names the controller that was asked."""
    words = MESSAGES.get(code, "Something went wrong. Please try again.")
    content = (
        '<section id="elError" class="ipsType_center">\n<div class="ipsPad">\n'
        '<i class="ipsType_huge fa fa-exclamation-circle">'
        f'</i>\n<div id="elErrorMessage" class="ipsType_large ipsPos_center">\n{esc(words)}\n</div>\n'
        f'<p class="ipsType_light ipsType_large">Error code: {code}</p>\n'
        f'<p><a href="{base}/contact/" class="ipsButton">Contact Us</a></p>\n</div>\n</section>'
    )
    return document(_chrome(forum, base, words, controller="topic"), content)


def login_wall(forum: Forum, base: str) -> bytes:
    """The sign-in form in the place of the content."""
    content = (
        '<div class="ipsPos_center ipsBox ipsPadding">\n<h1 class="ipsType_pageTitle">Sign In</h1>\n'
        '<p class="ipsMessage ipsMessage_warning">You must sign in to see this page.</p>\n'
        f"{sign_in(base, 'elSignInForm', 'elSignInForm_submit').replace(' ipsHide', '')}</div>"
    )
    return document(_chrome(forum, base, "Sign In", controller="login"), content)


def age_gate(forum: Forum, base: str) -> bytes:
    """Unconfirmed markup: the question for the reader's age; the cookie `ips4_hasAcceptedAge` keeps the answer."""
    content = (
        '<div class="ipsBox ipsPadding ipsType_center" data-role="ageGate">\n'
        '<h1 class="ipsType_pageTitle">How old are you?'
        f'</h1>\n<form action="{base}/" method="post"><input type="hidden" name="ips4_hasAcceptedAge" value="1">'
        '<button type="submit" class="ipsButton">I am 18 or older</button></form>\n</div>'
        "<script>var gate = {cookie: 'ips4_hasAcceptedAge'};</script>"
    )
    return document(_chrome(forum, base, "Age confirmation", controller="topic"), content)


def offline(forum: Forum, base: str) -> bytes:
    """Unconfirmed markup: the board is closed for work; a page of its own, without header."""
    return (
        "<!DOCTYPE "
        f'html>\n<html lang="en-US"><head><meta charset="utf-8"><title>{esc(forum.site.name)}</title></head>\n'
        "<body class='ipsApp ipsApp_front ipsLayout_minimal' data-pageApp='core' data-pageController='offline'>\n"
        '<div id="ipsLayout_contentArea"><h1 class="ipsType_pageTitle">Site Offline</h1>\n'
        '<div class="ipsType_richText"><p>We are mending the nets and will be back soon.</p></div>\n'
        f'<p><a href="{base}/login/">Sign In</a></p></div>\n'
        "<p id='elCopyright'><a title='Invision Community' href='https://www.invisioncommunity.com/'>"
        "Powered by Invision Community</a></p>\n</body></html>"
    ).encode()


def challenge(host: str) -> bytes:
    """The page of a content delivery network that wants to see a browser."""
    return (
        '<!DOCTYPE html><html lang="en-US"><head><title>Just a moment...</title>'
        '<meta http-equiv="Content-Type" content="text/html; charset=UTF-8"><meta '
        'name="robots" content="noindex,nofollow">'
        '</head><body class="no-js"><div class="main-wrapper" role="main"><noscript><div class="h2">'
        "Enable JavaScript and cookies to continue</div></noscript></div>"
        f"<script>(function(){{window._cf_chl_opt={{cvId: '3',cZone: \"{esc(host)}\",cType: 'managed'}};}}());</script>"
        "</body></html>"
    ).encode()


def ban(forum: Forum, base: str) -> bytes:
    """The forum refuses this reader for good; unconfirmed: that the page bears no error code."""
    content = (
        '<section class="ipsType_center ipsPad">\n<i class="ipsType_huge fa fa-lock"></i>\n'
        '<p class="ipsType_large">Sorry, you have been banned from this community</p>\n</section>'
    )
    return document(_chrome(forum, base, "Banned", controller="topic"), content)


def not_ips(base: str) -> bytes:
    """A page of some other program: a blog."""
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Notes on knots</title>'
        f'<link rel="canonical" href="{base}/2024/03/knots/"></head><body class="post single"><article id="post-12" '
        'class="post hentry"><h1>Notes on knots</h1><p>The bowline is the king of them.</p></article>'
        '<div id="comments"><article id="comment-5" class="comment"><p>Not for wet rope.</p></article></div>'
        "<footer>Proudly made by hand</footer></body></html>"
    ).encode()


def empty_thread(forum: Forum, thread: Thread, base: str) -> bytes:
    """A page with everything that a thread's page has, except posts."""
    return document(topic_chrome(forum, thread, 1, base), topic_content(forum, thread, 1, base, []))


def _chrome(forum: Forum, base: str, title: str, *, controller: str) -> Chrome:
    chrome = Chrome(site=forum.site, base=base, title=title, url=f"{base}/", controller=controller)
    if controller == "login":
        chrome.application, chrome.module = "core", "system"
    return chrome
