"""Pages in the markup of IPS 4.7, built from a few values, for tests that change one thing."""

from __future__ import annotations

import html
import json
from typing import Any

HOST = "https://forum.example"
THREAD = 7
URL = f"{HOST}/topic/{THREAD}-boats/"
STAMP = 1_700_000_000
WHEN = "2023-11-14T22:13:20Z"


def attribute(value: object) -> str:
    """A value as JSON in an attribute."""
    return html.escape(value if isinstance(value, str) else json.dumps(value), quote=True)


def machine(number: int, **changes: Any) -> dict[str, Any]:
    """The machine data of a post."""
    return {
        "userid": 3,
        "username": "Ann",
        "timestamp": STAMP,
        "contentapp": "forums",
        "contenttype": "forums",
        "contentid": THREAD,
        "contentclass": "forums_Topic",
        "contentcommentid": number,
    } | changes


def post(
    number: int,
    body: str = "<p>Hello</p>",
    *,
    data: dict[str, Any] | str | None = None,
    named: int | str | None = None,
    after: str = "",
    when: str = WHEN,
    heading: str = '<a href="https://forum.example/profile/3-ann/">Ann</a>',
) -> str:
    """A post: two author panes, two times, machine data, body, what follows the body."""
    quote_data = attribute(machine(number) if data is None else data)
    pane = f'<h3 class="ipsType_sectionHead cAuthorPane_author">{heading}</h3>'
    posted = f'Posted <time datetime="{when}" title="then" data-short="2 yr">long ago</time>'
    return (
        f'<a id="comment-{number}"></a>\n<article id="elComment_{number}" class="cPost ipsBox ipsComment">\n'
        f'<div class="cAuthorPane_mobile">{pane}<div>{posted}</div></div>\n'
        f'<aside class="cAuthorPane">{pane}<ul><li data-role="group">Members</li></ul></aside>\n<div class="ipsColumn">'
        f'<div id="comment-{number}_wrap" data-controller="core.front.core.comment" data-commentApp="forums" '
        f'data-commentType="forums" data-commentID="{number if named is None else named}" '
        f'data-quoteData="{quote_data}" class="ipsComment_content">\n<div class="ipsComment_meta">{posted}</div>\n'
        f'<div class="cPost_contentWrap">\n<div data-role="commentContent" class="ipsType_richText">{body}</div>\n'
        '<div class="ipsItemControls"><div data-controller="core.front.core.reaction"></div>'
        f'<ul data-role="commentControls"><li>Quote</li></ul></div>{after}\n</div>\n'
        f'<div class="cPostShareMenu" id="elShareComment_{number}_menu">Link to comment'
        f'<button data-role="webShare" data-webShareText="Hello">Share</button></div>\n</div></div>\n</article>\n'
    )


def linked(**changes: Any) -> str:
    """The JSON-LD of a thread."""
    value = {"@type": "DiscussionForumPosting", "name": "Boats"} | changes
    return f'<script type="application/ld+json">{json.dumps(value)}</script>'


def replies(count: int) -> list[dict[str, Any]]:
    return [{"@type": "InteractionCounter", "interactionType": "http://schema.org/CommentAction",
             "userInteractionCount": count}]  # fmt: skip


SIGN_IN = (
    '<div id="ipsLayout_header"><div id="elUserSignIn_menu"><form action="/login/"><input name="auth">'
    '<input type="password" name="password"><button name="_processLogin">Sign in</button></form></div></div>'
)
FOOTER = '<p id="elCopyright"><a title="Invision Community" href="https://www.invisioncommunity.com/">Powered</a></p>'


def shell(
    content: str, *, head: str = "", tail: str = "", controller: str = "topic", number: int | None = THREAD
) -> bytes:
    """A whole page around some content."""
    page_id = "" if number is None else f' data-pageID="{number}"'
    page = (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>Boats</title>{head}</head>\n'
        f'<body class="ipsApp" data-pageApp="forums" data-pageController="{controller}"{page_id}>{SIGN_IN}\n'
        f"<main>{content}</main>{FOOTER}{tail}\n</body></html>"
    )
    return page.encode("utf-8", "surrogatepass")


def topic(*posts: str, canonical: str = URL, ld: str = "", before: str = "", tail: str = "", head: str = "") -> bytes:
    """A page of the thread."""
    content = (
        '<div class="ipsPageHeader"><h1 class="ipsType_pageTitle"><span class="ipsType_break"><span>Boats</span></span>'
        f'</h1></div>{before}<div id="comments" data-controller="core.front.core.commentFeed" '
        f'data-feedid="topic-{THREAD}"><div id="elPostFeed" data-role="commentFeed"><form>{"".join(posts)}</form></div>'
        "</div>"
    )
    return shell(content, head=f'<link rel="canonical" href="{canonical}">{head}', tail=ld + tail)


def pager(pages: object, active: int = 1, *, per_page: int = 25, path: str = "/page/{}/") -> str:
    """A pager as it stands above and below the posts."""
    items = "".join(
        f'<li class="ipsPagination_page{" ipsPagination_active" if n == active else ""}">'
        f'<a href="{URL.rstrip("/")}{path.format(n)}#comments" data-page="{n}">{n}</a></li>'
        for n in (1, 2, 3)
    )
    return (
        f'<ul class="ipsPagination" data-pages="{pages}" data-ipsPagination-pages="{pages}" '
        f'data-ipsPagination-perPage="{per_page}">{items}</ul>'
    )
