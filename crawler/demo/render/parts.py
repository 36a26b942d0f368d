"""The parts of a skin, one for each thing that pages show; a layout says how it shows them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

from crawler.demo.model import Board, Edit, Guest, Member, Moderation, Post, Thread
from crawler.demo.render.markup import attr, data

if TYPE_CHECKING:
    from crawler.demo.render.skin import Skin


@dataclass(slots=True, kw_only=True)
class Chrome:
    """What a page says outside its content. ``url`` is the address of its first page."""

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


class Part:
    """A part of a skin, with what all parts need at hand."""

    def __init__(self, skin: Skin) -> None:
        self.skin = skin
        self.forum = skin.forum
        self.base = skin.base
        self.words = skin.words
        self.say = skin.words.say


class People(Part, ABC):
    """Times and names."""

    @abstractmethod
    def time(self, when: datetime) -> str:
        """A time element: machine value, and words in the forum's language."""

    @abstractmethod
    def person(self, who: Member | Guest, *, colored: bool = False) -> str:
        """The name: a link to the profile for a member, bare for a guest."""

    @abstractmethod
    def avatar(self, who: Member | Guest, size: str) -> str:
        """The picture."""

    def profile(self, who: Member) -> str:
        """What a link to the profile says."""
        return self.say("Go to {name}'s profile", name=attr(who.name))

    def letter(self, who: Member | Guest) -> str:
        """The first letter of the name in an inline image."""
        drawing = f"<svg viewBox='0 0 9 9'><text y='8'>{who.name[0]}</text></svg>"
        return f"<img src='data:image/svg+xml,{quote(drawing)}' alt='{attr(who.name)}' loading=\"lazy\">"


class Frame(Part, ABC):
    """What surrounds the content of every page."""

    @abstractmethod
    def document(self, chrome: Chrome, content: str) -> bytes:
        """The whole page as served."""

    @abstractmethod
    def pager(self, url: str, page: int, n_pages: int, *, per_page: int, anchor: str, place: str) -> str:
        """The list of pages; empty where there is only one."""

    @abstractmethod
    def sign_in(self, name: str, button: str = "elSignIn_submit") -> str:
        """The sign-in form, which a guest sees on every page."""


class Posts(Part, ABC):
    """One post, and the notes between posts."""

    @abstractmethod
    def html(self, post: Post) -> str:
        """The post with all that belongs to it."""

    def posted(self, post: Post) -> str:
        """When the post was made, in words."""
        return self.say("Posted {time}", time=self.skin.people.time(post.created_at))

    @abstractmethod
    def edited(self, edit: Edit | None) -> str:
        """The edit mark, which stands at the end of the body."""

    @abstractmethod
    def note(self, kind: str, text: str) -> str:
        """A note between two posts: of passed ``time``, or of ``moderation``."""

    @abstractmethod
    def moderated(self, event: Moderation) -> str:
        """The note of what a moderator did."""

    def later(self, gap_days: int) -> str:
        """The note between two posts with a long silence between them; empty for a short one."""
        if gap_days < 14:
            return ""
        if gap_days >= 730:
            return self.note("time", self.say("{n} years later...", n=gap_days // 365))
        if gap_days >= 60:
            return self.note("time", self.say("{n} months later...", n=gap_days // 30))
        return self.note("time", self.say("{n} weeks later...", n=gap_days // 7))

    def quote_data(self, post: Post) -> str:
        """The machine data of a post, as JSON in an attribute."""
        return data(
            {
                "userid": post.author_id,
                "username": post.author.name,
                "timestamp": post.timestamp,
                "contentapp": "forums",
                "contenttype": "forums",
                "contentid": post.thread.thread_id,
                "contentclass": "forums_Topic",
                "contentcommentid": post.post_id,
            }
        )

    def find_url(self, post: Post) -> str:
        """The address that leads to a post, which robots may not ask."""
        return f"{self.base}{post.thread.path}?do=findComment&amp;comment={post.post_id}"

    def share_url(self, post: Post) -> str:
        """The first post is shared by the thread's own address; every other by one that leads to it."""
        return self.base + post.thread.path if post is post.thread.posts[0] else self.find_url(post)


class Topics(Part, ABC):
    """The content of a thread's page."""

    @abstractmethod
    def content(self, thread: Thread, page: int, posts: list[Post]) -> str:
        """Header, poll, the feed of posts between two pagers, and the reply area."""

    def feed(self, thread: Thread, page: int, posts: list[Post]) -> str:
        """The posts, with the notes of silences and of moderation between them."""
        if not posts:
            return ""
        parts: list[str] = []
        events = sorted(thread.log, key=lambda event: event.at)
        place = (page - 1) * self.forum.posts_per_page
        previous = thread.posts[place - 1] if place else None
        for post in posts:
            if previous is not None:
                due = [event for event in events if previous.created_at <= event.at < post.created_at]
                parts += [self.skin.post.moderated(event) for event in due]
                parts.append(self.skin.post.later((post.created_at - previous.created_at).days))
            parts.append(self.skin.post.html(post))
            previous = post
        if page == self.forum.n_pages(thread):
            last = [event for event in events if event.at >= posts[-1].created_at]
            parts += [self.skin.post.moderated(event) for event in last]
        return "".join(parts)

    def pager(self, thread: Thread, page: int, place: str) -> str:
        """A pager of the thread."""
        url, n_pages = self.base + thread.path, self.forum.n_pages(thread)
        per_page = self.forum.posts_per_page
        return self.skin.frame.pager(url, page, n_pages, per_page=per_page, anchor="#comments", place=place)


class Listings(Part, ABC):
    """The content of pages that list threads and boards."""

    @abstractmethod
    def board(self, board: Board, page: int) -> str:
        """A board: its own boards first, then its threads; a category has no threads."""

    @abstractmethod
    def index(self) -> str:
        """The front page: the categories with their boards."""

    def pager(self, board: Board, page: int, place: str) -> str:
        """A pager of the board."""
        url, n_pages = self.base + board.path, self.forum.n_listing_pages(board)
        per_page = self.forum.threads_per_page
        return self.skin.frame.pager(url, page, n_pages, per_page=per_page, anchor="", place=place)

    def heading(self, board: Board) -> str:
        """How many threads it has, in words."""
        n = self.forum.n_listed(board)
        return self.say("{n} topic in this forum" if n == 1 else "{n} topics in this forum", n=n)


class Notices(Part, ABC):
    """The content of pages without content: errors and walls."""

    @abstractmethod
    def error(self, words: str, code: str) -> str:
        """The forum's error page; the code is part of the text."""

    @abstractmethod
    def login(self) -> str:
        """The sign-in form in the place of the content."""

    @abstractmethod
    def age_gate(self) -> str:
        """The question for the reader's age."""

    @abstractmethod
    def ban(self) -> str:
        """The forum refuses this reader for good."""

    @abstractmethod
    def password(self, board: Board) -> str:
        """The question for a board's password."""

    @abstractmethod
    def offline(self) -> bytes:
        """The board is closed for work; a page of its own, without header."""
