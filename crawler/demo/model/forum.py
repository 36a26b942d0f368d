"""Site, boards, people, threads and posts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import quote as percent

from crawler.demo.model.blocks import Block, Citation, Quote, Spoiler
from crawler.demo.model.plain import full_text, own_text


def slug(title: str) -> str:
    """The title as it stands in an address: lower case, words joined by hyphens, other scripts kept."""
    words: list[str] = re.findall(r"[^\W_]+(?:[\u0E31\u0E34-\u0E3A\u0E47-\u0E4E]+[^\W_]*)*", title.lower())
    return percent("-".join(words)) or "-"


@dataclass(slots=True)
class Site:
    """The forum as a whole."""

    name: str
    description: str


@dataclass(slots=True, eq=False)
class Member:
    """Somebody with an account. ``signature`` is shown below each post."""

    member_id: int
    name: str
    group: str = "Members"
    color: str | None = None
    n_posts: int = 0
    signature: tuple[Block, ...] = ()
    is_moderator: bool = False

    @property
    def path(self) -> str:
        """Address of the profile, which the default rules for robots forbid."""
        return f"/profile/{self.member_id}-{slug(self.name)}/"


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody who posted without an account."""

    name: str
    group: str = "Guests"


@dataclass(frozen=True, slots=True)
class Edit:
    """The edit mark of a post: only the last edit leaves one."""

    at: datetime
    by: str
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class QuoteTruth:
    """What is to be read of a quote; the fields are those of the table `quotes`.

    ``target_post_id`` is the post that was really quoted, cited or not; none where it is not in the forum.
    """

    quote_index: int
    parent_quote_index: int | None
    depth: int
    quoted_text: str | None
    cited_author_name: str | None
    cited_author_id: int | None
    cited_at: datetime | None
    cited_post_id: int | None
    cited_thread_id: int | None
    cited_class: str | None
    target_post_id: int | None


@dataclass(slots=True, eq=False)
class Post:
    """A post. ``post_id`` is 0 until the forum has numbered its posts."""

    author: Member | Guest
    created_at: datetime
    body: tuple[Block, ...]
    thread: Thread
    post_id: int = 0
    edit: Edit | None = None
    reactions: dict[str, int] = field(default_factory=dict)
    is_solution: bool = False

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
    def quotes(self) -> list[QuoteTruth]:
        """The quotes in document pre-order."""
        return [_truth(*numbered) for numbered in _numbered(self.body)]


@dataclass(slots=True)
class Poll:
    """A poll: questions with their options and votes."""

    title: str
    questions: list[tuple[str, list[tuple[str, int]]]]


@dataclass(frozen=True, slots=True)
class Moderation:
    """An action shown between the posts."""

    at: datetime
    by: Member
    action: str


@dataclass(slots=True, eq=False)
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

    @property
    def path(self) -> str:
        """Address of the first page."""
        return f"/topic/{self.thread_id}-{slug(self.title)}/"

    @property
    def n_posts(self) -> int:
        """How many posts it has."""
        return len(self.posts)


@dataclass(slots=True, eq=False)
class Board:
    """A forum that holds threads, or other boards, or both."""

    forum_id: int
    name: str
    description: str = ""
    parent: Board | None = None

    @property
    def path(self) -> str:
        """Address of the first listing page."""
        return f"/forum/{self.forum_id}-{slug(self.name)}/"

    @property
    def trail(self) -> list[Board]:
        """The boards from the outermost to this one."""
        return [*(self.parent.trail if self.parent else []), self]


@dataclass(slots=True)
class Forum:
    """The whole: everything that the pages show."""

    site: Site
    boards: list[Board]
    members: list[Member]
    threads: list[Thread]
    posts_per_page: int = 25
    threads_per_page: int = 25

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

    def n_pages(self, thread: Thread) -> int:
        """Pages of a thread."""
        return max(1, -(-thread.n_posts // self.posts_per_page))

    def n_listing_pages(self, board: Board) -> int:
        """Pages of a board's listing."""
        return max(1, -(-len(self.listed(board)) // self.threads_per_page))

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


def attributes(quote: Quote) -> Citation | None:
    """What the markup of a quote cites."""
    source = quote.source
    if quote.style.startswith("bare") or source is None:
        return None
    if isinstance(source, Post):
        author_id = source.author_id if quote.style == "native" else None
        source = Citation(source.author.name, author_id, source.timestamp, source.post_id, source.thread.thread_id)
    return source


def _numbered(body: tuple[Block, ...]) -> list[tuple[int, int | None, int, Quote]]:
    found: list[tuple[int, int | None, int, Quote]] = []

    def walk(blocks: tuple[Block, ...], parent: int | None, depth: int) -> None:
        for block in blocks:
            if isinstance(block, Spoiler):
                walk(block.blocks, parent, depth)
            if isinstance(block, Quote):
                index = len(found)
                found.append((index, parent, depth, block))
                walk(block.blocks, index, depth + 1)

    walk(body, None, 0)
    return found


def _truth(index: int, parent: int | None, depth: int, quote: Quote) -> QuoteTruth:
    cited = attributes(quote)
    return QuoteTruth(
        quote_index=index,
        parent_quote_index=parent,
        depth=depth,
        quoted_text=own_text(quote.blocks),
        cited_author_name=cited.author_name if cited else None,
        cited_author_id=cited.author_id if cited else None,
        cited_at=_when(cited) if cited else None,
        cited_post_id=cited.post_id if cited else None,
        cited_thread_id=cited.thread_id if cited else None,
        cited_class="forums_Topic" if cited else None,
        target_post_id=quote.source.post_id if isinstance(quote.source, Post) else None,
    )


def _when(cited: Citation) -> datetime:
    return datetime.fromtimestamp(cited.timestamp, UTC)
