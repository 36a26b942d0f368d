"""Boards, threads and posts: the forum."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from crawler.demo.model.blocks import Block
from crawler.demo.model.parts import Edit, Guest, Member, Moderation, Poll, Site, Version, slug
from crawler.demo.model.plain import full_text, own_text
from crawler.demo.model.truth import QuoteTruth, truths

Access = Literal["open", "members", "login", "password"]
"""Who may read a board.

Anybody; members, where others get an error (403) or the sign-in form (403); who knows the password that is asked for
in its place (200).
"""


@dataclass(slots=True, eq=False, repr=False)
class Post:
    """A post.

    ``post_id`` is 0 until the forum has numbered its posts; ``is_shown`` is false where guests cannot see it (any
    more). ``earlier`` are the texts that it had before.
    """

    author: Member | Guest
    created_at: datetime
    body: tuple[Block, ...]
    thread: Thread
    post_id: int = 0
    edit: Edit | None = None
    reactions: dict[str, int] = field(default_factory=dict)
    is_solution: bool = False
    is_shown: bool = True
    earlier: list[Version] = field(default_factory=list)

    def __repr__(self) -> str:  # short: posts quote posts that quote posts
        return f"Post({self.post_id})"

    @property
    def text(self) -> str | None:
        """The author's own words."""
        return own_text(self.body)

    @property
    def full_text(self) -> str | None:
        """The post as shown, quotes in place."""
        return full_text(self.body)

    @property
    def timestamp(self) -> int:
        """Time of posting in seconds since 1970."""
        return int(self.created_at.timestamp())

    @property
    def author_id(self) -> int | None:
        """Number of the member; none for a guest."""
        return self.author.member_id if isinstance(self.author, Member) else None

    @property
    def version(self) -> int:
        """Which of its texts it has, from 1."""
        return len(self.earlier) + 1

    @property
    def quotes(self) -> list[QuoteTruth]:
        """The quotes in document pre-order."""
        return truths(self.body)


@dataclass(slots=True, eq=False, repr=False)
class Thread:
    """A thread. ``locked_badge``: the lock stands beside the title too, not only in the reply area."""

    thread_id: int
    title: str
    board: Board
    posts: list[Post] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    poll: Poll | None = None
    pinned: bool = False
    locked: bool = False
    locked_badge: bool = False
    solved: bool = False
    n_views: int = 0
    log: list[Moderation] = field(default_factory=list)
    recommended: list[Post] = field(default_factory=list)

    def __repr__(self) -> str:
        return f"Thread({self.thread_id}, {self.title!r})"

    @property
    def path(self) -> str:
        """Address of the first page."""
        return f"/topic/{self.thread_id}-{slug(self.title)}/"

    @property
    def n_posts(self) -> int:
        """How many posts it has."""
        return len(self.posts)


@dataclass(slots=True, eq=False, repr=False)
class Board:
    """A forum that holds threads, or other boards, or both. ``access`` tells what stands before it."""

    forum_id: int
    name: str
    description: str = ""
    parent: Board | None = None
    access: Access = "open"

    def __repr__(self) -> str:
        return f"Board({self.forum_id}, {self.name!r})"

    @property
    def path(self) -> str:
        """Address of the first listing page."""
        return f"/forum/{self.forum_id}-{slug(self.name)}/"

    @property
    def trail(self) -> list[Board]:
        """The boards from the outermost to this one."""
        return [*(self.parent.trail if self.parent else []), self]


@dataclass(frozen=True, slots=True)
class Stub:
    """What is left in a listing where a thread was moved away: a row with a number of its own that links the thread."""

    thread_id: int
    thread: Thread
    board: Board
    at: datetime


@dataclass(slots=True, repr=False)
class Forum:
    """The whole: everything that the pages show.

    And what they do not: ``gone`` are posts that were taken away, ``hidden`` threads that were, ``closed`` those of
    boards that are not for everybody. ``stubs`` are the rows of moved threads; ``merged`` maps the number of a thread
    that was merged into another to that thread's number. ``clock`` is the time of this state of the forum.
    """

    site: Site
    boards: list[Board]
    members: list[Member]
    threads: list[Thread]
    posts_per_page: int = 25
    threads_per_page: int = 25
    stubs: list[Stub] = field(default_factory=list)
    merged: dict[int, int] = field(default_factory=dict)
    gone: list[Post] = field(default_factory=list)
    hidden: list[Thread] = field(default_factory=list)
    closed: list[Thread] = field(default_factory=list)
    clock: datetime | None = None

    def __repr__(self) -> str:
        return f"Forum({self.site.name!r}, {len(self.threads)} threads)"

    @property
    def now(self) -> datetime:
        """The time of this state: a day after the last post, where none was set."""
        return self.clock or max(post.created_at for post in self.posts) + timedelta(days=1)

    @property
    def everything(self) -> Iterator[Post]:
        """All posts that there ever were, shown or not."""
        yield from self.posts
        yield from (post for thread in (*self.hidden, *self.closed) for post in thread.posts)
        yield from self.gone

    @property
    def numbers(self) -> set[int]:
        """The numbers of threads that are not to be given again."""
        threads = (*self.threads, *self.hidden, *self.closed)
        return {t.thread_id for t in threads} | {s.thread_id for s in self.stubs} | set(self.merged)

    @property
    def posts(self) -> Iterator[Post]:
        """All posts, thread by thread."""
        return (post for thread in self.threads for post in thread.posts)

    def thread(self, thread_id: int) -> Thread:
        """The thread of that number; ``KeyError`` where there is none."""
        for thread in self.threads:
            if thread.thread_id == thread_id:
                return thread
        raise KeyError(thread_id)

    def board(self, forum_id: int) -> Board:
        """The board of that number; ``KeyError`` where there is none."""
        for board in self.boards:
            if board.forum_id == forum_id:
                return board
        raise KeyError(forum_id)

    def children(self, board: Board | None) -> list[Board]:
        """The boards right below one; the outermost for none."""
        return [child for child in self.boards if child.parent is board]

    def listed(self, board: Board) -> list[Thread]:
        """The board's threads as listed: pinned first, then the newest post first."""
        threads = [thread for thread in self.threads if thread.board is board]
        return sorted(threads, key=lambda thread: (not thread.pinned, -thread.posts[-1].timestamp, thread.thread_id))

    def listed_stubs(self, board: Board) -> list[Stub]:
        """The rows of threads that were moved out of a board."""
        return [stub for stub in self.stubs if stub.board is board]

    def n_listed(self, board: Board) -> int:
        """Rows of a board's listing, all pages together."""
        return sum(thread.board is board for thread in self.threads) + len(self.listed_stubs(board))

    def page_entries(self, board: Board, page: int) -> list[Thread | Stub]:
        """The rows of a listing page: threads as listed, then what is left of moved ones."""
        rows: list[Thread | Stub] = [*self.listed(board), *self.listed_stubs(board)]
        return rows[(page - 1) * self.threads_per_page : page * self.threads_per_page]

    def n_pages(self, thread: Thread) -> int:
        """Pages of a thread."""
        return max(1, -(-thread.n_posts // self.posts_per_page))

    def n_listing_pages(self, board: Board) -> int:
        """Pages of a board's listing."""
        return max(1, -(-self.n_listed(board) // self.threads_per_page))

    def page_posts(self, thread: Thread, page: int) -> list[Post]:
        """The posts on a page, which counts from 1."""
        return thread.posts[(page - 1) * self.posts_per_page : page * self.posts_per_page]

    def page_of(self, post: Post) -> int:
        """The page of its thread on which a post stands."""
        return post.thread.posts.index(post) // self.posts_per_page + 1

    def page_threads(self, board: Board, page: int) -> list[Thread]:
        """The threads on a listing page, which counts from 1."""
        return self.listed(board)[(page - 1) * self.threads_per_page : page * self.threads_per_page]

    def number_posts(self, first: int, steps: Iterator[int]) -> None:
        """Give all posts numbers in the order of time, as a forum does."""
        number = first
        for post in sorted(self.posts, key=lambda post: (post.timestamp, post.thread.thread_id)):
            post.post_id = number
            number += next(steps)
