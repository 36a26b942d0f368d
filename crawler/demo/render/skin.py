"""A skin makes all pages of one forum in one layout and language.

It is a set of parts; a layout changes those that it shows in another way. What is the same in all stands here.
"""

from __future__ import annotations

from abc import ABC
from collections.abc import Iterable
from typing import ClassVar, Literal

from crawler.demo.model import Board, Forum, Post, Thread
from crawler.demo.render.body import Bodies
from crawler.demo.render.jsonld import site_scripts, topic_scripts
from crawler.demo.render.pager import page_query, page_url
from crawler.demo.render.parts import Chrome, Frame, Listings, Notices, People, Posts, Topics
from crawler.demo.render.words import Words

Layout = Literal["4.0", "4.7", "5.0"]


class Skin(ABC):
    """Makes the pages of a forum.

    ``anchor`` is what names a post in an address, before its number; ``old_paging`` writes pages as before 4.4.
    """

    layout: ClassVar[Layout]
    anchor: ClassVar[str] = "comment"
    old_paging: ClassVar[bool] = False
    people: People
    frame: Frame
    body: Bodies
    post: Posts
    topic: Topics
    listing: Listings
    notices: Notices

    def __init__(self, forum: Forum, base: str, words: Words) -> None:
        self.forum = forum
        self.base = base
        self.words = words

    def page_url(self, url: str, page: int) -> str:
        """Address of a page."""
        return page_query(url, page) if self.old_paging else page_url(url, page)

    def topic_page(self, thread: Thread, page: int, posts: Iterable[Post] | None = None) -> bytes:
        """A page of a thread; with other posts than its own where these are given."""
        shown = self.forum.page_posts(thread, page) if posts is None else list(posts)
        chrome = Chrome(
            title=thread.title,
            url=self.base + thread.path,
            controller="topic",
            item_id=thread.thread_id,
            page=page,
            n_pages=self.forum.n_pages(thread),
            trail=thread.board.trail,
            description=(thread.posts[0].text or "").split("\n")[0][:160],
            scripts=topic_scripts(self, thread, page),
        )
        return self.frame.document(chrome, self.topic.content(thread, page, shown))

    def forum_page(self, board: Board, page: int) -> bytes:
        """A listing page of a board."""
        chrome = Chrome(
            title=board.name,
            url=self.base + board.path,
            controller="forums",
            item_id=board.forum_id,
            page=page,
            n_pages=self.forum.n_listing_pages(board),
            trail=board.trail[:-1],
            description=board.description,
            scripts=site_scripts(self, board.trail),
            head_links=[("alternate", f"{self.base}{board.path.rstrip('/')}.xml/")],
        )
        return self.frame.document(chrome, self.listing.board(board, page))

    def index_page(self) -> bytes:
        """The front page."""
        chrome = Chrome(
            title=self.words.say("Forums"),
            url=f"{self.base}/",
            controller="index",
            description=self.forum.site.description,
            scripts=site_scripts(self, ()),
        )
        return self.frame.document(chrome, self.listing.index())

    def plain_page(self, title: str, content: str, controller: str = "topic") -> bytes:
        """A page without a thread or board: of an error, or a wall."""
        chrome = Chrome(title=title, url=f"{self.base}/", controller=controller)
        if controller == "login":
            chrome.application, chrome.module = "core", "system"
        return self.frame.document(chrome, content)
