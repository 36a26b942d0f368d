"""One entrance for all pages: bytes and address in, facts out."""

from __future__ import annotations

from collections.abc import Mapping

from crawler.items import ErrorPage, ForumPage, Redirect, TopicPage, Wall
from crawler.pages.document import Document
from crawler.pages.fields import NONE
from crawler.pages.forum import is_forum, read_forum
from crawler.pages.obstacles import as_wall, challenge, obstacle
from crawler.pages.post import SOURCES
from crawler.pages.topic import is_topic, read_topic
from crawler.pages.urls import absolute

_PANES = ("post.author_id", "post.author_name", "post.created_at", "post.body")
_CUT = frozenset(f"{name}:{source}" for name in _PANES for source in (*SOURCES[name][1:], NONE))
"""Fallbacks that an excerpt lacks: what the panes of posts show."""

Page = TopicPage | ForumPage | Redirect | Wall | ErrorPage


def parse(body: bytes, url: str, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Page:
    """Read one response.

    ``body`` is decompressed, ``url`` the address that answered, ``headers`` its headers by name. Pure: no request, no
    settings, no clock. Never raises for what a page contains: what is not understood is an `ErrorPage` that says so.

    >>> page = parse(b"<html><body><h1>Hello</h1></body></html>", "https://forum.example/topic/1-x/")
    >>> type(page).__name__, page.kind
    ('ErrorPage', 'not_ips')
    """
    page, _document = parse_with_document(body, url, status=status, headers=headers)
    return page


def parse_with_document(
    body: bytes, url: str, *, status: int = 200, headers: Mapping[str, str] | None = None, whole: bool = False
) -> tuple[Page, Document]:
    """As `parse`, with the document, whose ``answers`` tell which selector gave each field.

    A thread's page is read out of its excerpt (`excerpt.py`) where that will do, unless ``whole`` is asked for.
    """
    document = Document(body, url, headers)
    if status == 304:
        detail = "the site says that it is as it was, and was not asked that"
        return ErrorPage(url=url, kind="stale", status=status, detail=detail), document
    if 300 <= status < 400:
        target = absolute(url, document.headers.get("location"))
        return Redirect(url=url, status=status, target=target), document
    content, document = _read(document, whole=whole) if status == 200 else (None, document)
    if isinstance(content, TopicPage | ForumPage) or (content is not None and content.kind != "no_posts"):
        return content, document
    wall = challenge(document, status)
    if wall is not None:
        return wall, document
    if status == 200 and not document.has_end:
        return ErrorPage(url=url, kind="truncated", status=status, detail="the page has no end"), document
    found = obstacle(document, status)
    # a thread's page without posts may be a wall or an error in the thread's clothes; else it is just that
    return (found if content is None or isinstance(found, Wall) or found.code else content), document


def _read(document: Document, *, whole: bool) -> tuple[TopicPage | ForumPage | Wall | ErrorPage | None, Document]:
    """Content, or what is wrong with it: out of the excerpt, else out of all, else without what is too deep."""
    quick = None if whole else _quickly(document)
    if quick is not None:
        return quick
    content = _content(document, 200)
    less = document.shallow() if isinstance(content, ErrorPage) and document.is_cut else None
    page = _content(less, 200) if less is not None else None
    return (page, less) if less is not None and isinstance(page, TopicPage) else (content, document)


def _quickly(document: Document) -> tuple[TopicPage, Document] | None:
    """A thread's page out of its excerpt; ``None`` where it has none, or where anything in it is odd."""
    cut = document.cut()
    if cut is None or not cut.has_end or not cut.is_cut_well:
        return None
    page = read_topic(cut, 200)
    if not isinstance(page, TopicPage) or page.repairs != document.repairs or not _CUT.isdisjoint(page.fallbacks):
        return None
    return page, cut


def _content(document: Document, status: int) -> TopicPage | ForumPage | Wall | ErrorPage | None:
    """A thread or a listing, or what is wrong with it; ``None`` for a page of another kind, or one cut off."""
    if not document.has_end:
        return None
    if is_topic(document):
        return read_topic(document, status)
    if not is_forum(document):
        return None
    if document.is_cut:
        detail = "elements nest deeper than the parser goes"
        return ErrorPage(url=document.url, kind="unreadable", status=status, detail=detail)
    listing = read_forum(document)
    if listing is None or listing.rows:
        return listing
    return as_wall(document, status) or listing  # a locked forum shows its listing page, without the rows
