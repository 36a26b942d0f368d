"""The JSON-LD scripts at the end of a page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from crawler.demo.model import Board, Forum, Guest, Member, Post, Thread
from crawler.demo.render.markup import script
from crawler.demo.render.pager import page_url


def topic_scripts(forum: Forum, thread: Thread, page: int, base: str) -> str:
    """Thread, site, organisation and breadcrumb, in this order."""
    return script(_discussion(forum, thread, page, base)) + site_scripts(forum, base, thread.board.trail)


def site_scripts(forum: Forum, base: str, trail: Sequence[Board]) -> str:
    """What every page has; the breadcrumb only below the front page."""
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


def _discussion(forum: Forum, thread: Thread, page: int, base: str) -> dict[str, Any]:
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
            _comment(post, page_url(url, page), base) for post in forum.page_posts(thread, page) if post is not first
        ],
    }


def _comment(post: Post, url: str, base: str) -> dict[str, Any]:
    return {
        "@type": "Comment",
        "@id": f"{url}#comment-{post.post_id}",
        "url": f"{url}#comment-{post.post_id}",
        "author": _author(post.author, base),
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
