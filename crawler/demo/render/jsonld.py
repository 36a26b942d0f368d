"""The JSON-LD scripts at the end of a page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from crawler.demo.model import Board, Guest, Member, Post, Thread
from crawler.demo.render.markup import script

if TYPE_CHECKING:
    from crawler.demo.render.skin import Skin


def topic_scripts(skin: Skin, thread: Thread, page: int) -> str:
    """Thread, site, organisation and breadcrumb, in this order."""
    return script(_discussion(skin, thread, page)) + site_scripts(skin, thread.board.trail)


def site_scripts(skin: Skin, trail: Sequence[Board]) -> str:
    """What every page has; the breadcrumb only below the front page."""
    forum, base = skin.forum, skin.base
    site = {
        "@context": "http://www.schema.org",
        "publisher": f"{base}/#organization",
        "@type": "WebSite",
        "@id": f"{base}/#website",
        "mainEntityOfPage": f"{base}/",
        "name": forum.site.name,
        "url": f"{base}/",
        "potentialAction": {
            "type": "SearchAction",
            "query-input": "required name=query",
            "target": f"{base}/search/?q={{query}}",
        },
    }
    organization = {
        "@context": "http://www.schema.org",
        "@type": "Organization",
        "@id": f"{base}/#organization",
        "mainEntityOfPage": f"{base}/",
        "name": forum.site.name,
        "url": f"{base}/",
    }
    contact = {"@context": "http://schema.org", "@type": "ContactPage", "url": f"{base}/contact/"}
    crumbs = [_breadcrumb(trail, base)] if trail else []
    return "".join(script(value) for value in (site, organization, *crumbs, contact))


def _discussion(skin: Skin, thread: Thread, page: int) -> dict[str, Any]:
    forum, base = skin.forum, skin.base
    first, url = thread.posts[0], base + thread.path
    author = _author(first.author, base)
    return {
        "name": thread.title,
        "headline": thread.title,
        "text": first.full_text or "",
        "dateCreated": _date(first.created_at),
        "datePublished": _date(first.created_at),
        "dateModified": _date(thread.posts[-1].created_at),
        "author": author,
        "interactionStatistic": [
            _counter("ViewAction", thread.n_views),
            _counter("CommentAction", thread.n_posts - 1),
            _counter("FollowAction", 0),
        ],
        "@context": "http://schema.org",
        "@type": "DiscussionForumPosting",
        "@id": url,
        "isPartOf": {"@id": f"{base}/#website"},
        "publisher": {"@id": f"{base}/#organization", "member": author},
        "url": url,
        "discussionUrl": url,
        "mainEntityOfPage": {"@type": "WebPage", "@id": url},
        "pageStart": 1,
        "pageEnd": forum.n_pages(thread),
        "comment": [
            _comment(skin, post, skin.page_url(url, page))
            for post in forum.page_posts(thread, page)
            if post is not first
        ],
    }


def _comment(skin: Skin, post: Post, url: str) -> dict[str, Any]:
    address = f"{url}#{skin.anchor}-{post.post_id}"
    return {
        "@type": "Comment",
        "@id": address,
        "url": address,
        "author": _author(post.author, skin.base),
        "dateCreated": _date(post.created_at),
        "text": f"{post.text or ''}\n \n",
        "upvoteCount": sum(post.reactions.values()),
    }


def _author(who: Member | Guest, base: str) -> dict[str, str]:
    person = {"@type": "Person", "name": who.name}
    return person if isinstance(who, Guest) else {**person, "url": base + who.path}


def _counter(action: str, count: int) -> dict[str, Any]:
    return {
        "@type": "InteractionCounter",
        "interactionType": f"http://schema.org/{action}",
        "userInteractionCount": count,
    }


def _breadcrumb(trail: Sequence[Board], base: str) -> dict[str, Any]:
    items = [
        {"@type": "ListItem", "position": place, "item": {"@id": base + board.path, "name": board.name}}
        for place, board in enumerate(trail, 1)
    ]
    return {"@context": "http://schema.org", "@type": "BreadcrumbList", "itemListElement": items}


def _date(when: datetime) -> str:
    return when.strftime("%Y-%m-%dT%H:%M:%S+0000")
