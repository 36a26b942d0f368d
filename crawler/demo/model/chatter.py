"""Replies: made-up talk, and quotes of earlier posts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

from crawler.demo.model.blocks import Blank, Block, Paragraph, Quote, Style
from crawler.demo.model.forum import Post, Thread
from crawler.demo.model.parts import Guest, Member
from crawler.demo.model.people import Cast
from crawler.demo.model.words import paragraph, paragraphs

START = datetime(2024, 3, 12, 9, 15, 7, tzinfo=UTC)
"""When the main thread begins."""


def talk(rng: Random) -> tuple[Block, ...]:
    """One to three paragraphs, sometimes with an empty one between two."""
    blocks: list[Block] = []
    for text in paragraphs(rng):
        if blocks and rng.random() < 0.3:
            blocks.append(Blank())
        blocks.append(Paragraph.of(text))
    return tuple(blocks)


def line(rng: Random) -> Paragraph:
    """One paragraph of talk."""
    return Paragraph.of(paragraph(rng))


def quote(post: Post, *, last: int | None = None, style: Style = "native") -> Quote:
    """A quote of a post: of its whole body, or of no more than its last blocks."""
    return Quote(post.body if last is None else post.body[-last:], post, style)


class Talk:
    """Adds posts to a thread, each a while after the one before."""

    def __init__(self, rng: Random, thread: Thread, cast: Cast, start: datetime) -> None:
        self.rng = rng
        self.thread = thread
        self.cast = cast
        self.now = start
        self._last: Member | Guest | None = None

    def say(self, *body: Block, author: Member | Guest | None = None) -> Post:
        """Add a post, by a member of the crowd where no author is given; made-up talk where no body is."""
        who = author or self._somebody()
        post = Post(who, self.now, body or talk(self.rng), self.thread)
        self.thread.posts.append(post)
        self._last = who
        self.pause(minutes=self.rng.randint(3, 190), seconds=self.rng.randint(1, 59))
        return post

    def chat(self, n: int) -> list[Post]:
        """Add that many posts, about a third of which quote an earlier reply of the thread."""
        return [self.answer() if self.rng.random() < 0.35 else self.say() for _ in range(n)]

    def answer(self) -> Post:
        """Add a post that quotes one of the ten posts before it, the article excepted."""
        earlier = [post for post in self.thread.posts[-10:] if post.text and post is not self.thread.posts[0]]
        if not earlier:
            return self.say()
        quoted = self.rng.choice(earlier)
        last = self.rng.choice((None, 1)) if isinstance(quoted.body[-1], Paragraph) else None
        return self.say(quote(quoted, last=last), *talk(self.rng))

    def pause(self, **span: float) -> None:
        """Let time pass."""
        self.now += timedelta(**span)

    def _somebody(self) -> Member:
        return self.rng.choice([member for member in self.cast.crowd if member is not self._last])
