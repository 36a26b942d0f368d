"""Which containers of a page are its posts.

A container may stand inside another for two reasons: somebody wrote it into a post (forged), or the markup of a post is
broken, and the parser put all that follows into it (swallowed). A forged one is left out, a swallowed one is a post.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree

from crawler.pages.container import Container, container
from crawler.pages.document import Document
from crawler.pages.layout import Layout
from crawler.pages.tree import BODY_ROLE, POST_ID, cut_from

_COMMENT = re.compile(r"#(?:comment|findComment)-(\d{1,19})$")
_REPEATS = "recommendedComments"


@dataclass(slots=True)
class Feed:
    """The posts in order; how many containers were left out; numbers of those of which nobody can tell."""

    posts: list[Container]
    n_forged: int
    doubtful: list[int]


def read_feed(document: Document, layout: Layout, thread_id: int | None) -> Feed:
    """Tell posts from what merely looks like one. Swallowed posts are taken out of the post that swallowed them."""
    found = [container(document, element, layout) for element in document.containers]
    places = _places(document.containers)
    plain = [post for post, place in zip(found, places, strict=True) if place == "feed"]
    if len(plain) == len(found):
        return Feed(plain, 0, [])
    inside, doubtful = _nested(document, found, places, plain, thread_id)
    for post in reversed(inside):
        _take_out(post.element)
    if inside:
        document.changed()
    # landmarks are told again: what was swallowed is no part of the post that it was taken out of
    kept = [post for post in found if post in plain or post in inside] if inside else plain
    posts = [container(document, post.element, layout) for post in kept]
    return Feed(posts, len(found) - len(posts) - len(doubtful), doubtful)


def _nested(
    document: Document, found: list[Container], places: list[str], plain: list[Container], thread_id: int | None
) -> tuple[list[Container], list[int]]:
    """Of the containers inside others: the swallowed ones, and the numbers of those of which nobody can tell."""
    listed = _listed(document)
    inside: list[Container] = []
    doubtful: list[int] = []
    for i, post in enumerate(found):
        numbers = post.numbers
        if places[i] != "inside" or numbers.post_id is None or not numbers.are_complete(thread_id):
            continue
        if numbers.post_id in listed:
            inside.append(post)
        elif "feed" not in places[i:] and not _lists_all(plain, listed):
            doubtful.append(numbers.post_id)
    return inside, doubtful


def _places(elements: list[etree._Element]) -> list[str]:
    """Of each ``feed``, ``inside`` (of another post) or ``repeated`` (among the recommended ones)."""
    known: dict[etree._Element | None, str] = {}
    places: list[str] = []
    for element in elements:
        parent = element.getparent()
        if parent not in known:
            known[parent] = _place(element)
        places.append(known[parent])
    return places


def _place(element: etree._Element) -> str:
    place = "feed"
    for ancestor in element.iterancestors():
        role = ancestor.get("data-role")
        if role == _REPEATS:
            return "repeated"
        if role == BODY_ROLE or ancestor.tag == "article" or (ancestor.get("id") or "").startswith(POST_ID):
            place = "inside"
    return place


def _listed(document: Document) -> set[int]:
    """Numbers of the page's replies as the JSON-LD lists them, where no member can write."""
    comments = document.linked("DiscussionForumPosting").get("comment")
    urls = [c.get("@id") or c.get("url") for c in comments if isinstance(c, dict)] if isinstance(comments, list) else []
    found = (_COMMENT.search(url) for url in urls if isinstance(url, str))
    return {int(match[1]) for match in found if match}


def _lists_all(plain: list[Container], listed: set[int]) -> bool:
    """True where the list has every post of the page but the first of the thread: what it lacks is forged."""
    numbers = {post.numbers.post_id for post in plain}
    return bool(listed) and len(numbers - listed) <= 1


def _take_out(article: etree._Element) -> None:
    """Take a swallowed post out; where it stood in a body, that body ends before it."""
    body = next((e for e in article.iterancestors() if e.get("data-role") == BODY_ROLE), None)
    parent = article.getparent()
    if body is not None:
        cut_from(article, body)
    elif parent is not None:
        parent.remove(article)
