"""Pages that do not come from the forum."""

from __future__ import annotations

from crawler.demo.render.markup import esc


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


def not_ips(base: str) -> bytes:
    """A page of some other program: a blog."""
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Notes on knots</title>'
        f'<link rel="canonical" href="{base}/2024/03/knots/"></head><body class="post single"><article id="post-12" '
        'class="post hentry"><h1>Notes on knots</h1><p>The bowline is the king of them.</p></article>'
        '<div id="comments"><article id="comment-5" class="comment"><p>Not for wet rope.</p></article></div>'
        "<footer>Proudly made by hand</footer></body></html>"
    ).encode()
