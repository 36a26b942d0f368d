"""Which containers of a page are its posts.

A container may stand inside another for two reasons: somebody wrote it into a post (forged), or the markup of a post is
broken, and the parser put all that follows into it (swallowed). A forged one is left out, a swallowed one is a post.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree

from crawler.pages.document import Document
from crawler.pages.post import numbers_of
from crawler.pages.tree import BODY_ROLE, cut_from

_COMMENT = re.compile(r"#(?:comment|findComment)-(\d{1,19})$")
_REPEATS = "recommendedComments"


@dataclass(slots=True)
class Feed:
    """The posts in order; how many containers were left out; numbers of those of which nobody can tell."""

    posts: list[etree._Element]
    n_forged: int
    doubtful: list[int]


def containers(document: Document) -> list[etree._Element]:
    """All post containers of the tree, wherever they stand."""
    return [a for a in document.root.iter("article") if (a.get("id") or "").startswith("elComment_")]


def read_feed(document: Document, thread_id: int | None) -> Feed:
    """Tell posts from what merely looks like one. Swallowed posts are taken out of the post that swallowed them."""
    found = containers(document)
    places = [_place(article) for article in found]
    plain = [article for article, place in zip(found, places, strict=True) if place == "feed"]
    listed = _listed(document)
    inside: list[etree._Element] = []
    doubtful: list[int] = []
    for i, article in enumerate(found):
        if places[i] != "inside":
            continue
        numbers = numbers_of(document, article)
        if numbers.post_id is None or not numbers.are_complete(thread_id):
            continue
        if numbers.post_id in listed:
            inside.append(article)
        elif "feed" not in places[i:] and not _lists_all(document, plain, listed):
            doubtful.append(numbers.post_id)
    for article in reversed(inside):
        _take_out(article)
    posts = [article for article in found if article in plain or article in inside] if inside else plain
    return Feed(posts, len(found) - len(posts) - len(doubtful), doubtful)


def _place(article: etree._Element) -> str:
    """``feed``, ``inside`` (of another post) or ``repeated`` (among the recommended ones)."""
    place = "feed"
    for ancestor in article.iterancestors():
        role = ancestor.get("data-role")
        if role == _REPEATS:
            return "repeated"
        if ancestor.tag == "article" or role == BODY_ROLE:
            place = "inside"
    return place


def _listed(document: Document) -> set[int]:
    """Numbers of the page's replies as the JSON-LD lists them, where no member can write."""
    comments = document.linked("DiscussionForumPosting").get("comment")
    urls = [c.get("@id") or c.get("url") for c in comments if isinstance(c, dict)] if isinstance(comments, list) else []
    found = (_COMMENT.search(url) for url in urls if isinstance(url, str))
    return {int(match[1]) for match in found if match}


def _lists_all(document: Document, plain: list[etree._Element], listed: set[int]) -> bool:
    """True where the list has every post of the page but the first of the thread: what it lacks is forged."""
    numbers = {numbers_of(document, article).post_id for article in plain}
    return bool(listed) and len(numbers - listed) <= 1


def _take_out(article: etree._Element) -> None:
    """Take a swallowed post out; where it stood in a body, that body ends before it."""
    body = next((e for e in article.iterancestors() if e.get("data-role") == BODY_ROLE), None)
    parent = article.getparent()
    if body is not None:
        cut_from(article, body)
    elif parent is not None:
        parent.remove(article)
