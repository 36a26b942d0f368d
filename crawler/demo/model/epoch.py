"""Time passes: people reply, edit and are renamed, moderators remove, restore, move, merge, split and retitle."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from random import Random
from typing import NamedTuple

from crawler.demo.model import ops
from crawler.demo.model.blocks import Block, Paragraph
from crawler.demo.model.clone import clone
from crawler.demo.model.forum import Board, Forum, Post, Thread
from crawler.demo.model.ops import TrueEvent
from crawler.demo.model.parts import Edit, Guest, Member
from crawler.demo.model.quoting import Quoter, can_be_quoted
from crawler.demo.model.sayings import Sayings
from crawler.demo.model.whole import REASONS, changed
from crawler.demo.model.words import sentence


class Epoch(NamedTuple):
    """A later state of a forum, and what happened since the one before, in the order of time."""

    forum: Forum
    events: list[TrueEvent]


def advance(forum: Forum, seed: int) -> Epoch:
    """The forum some days later; the one given is left as it is.

    In an epoch the text or the being there of a post changes once at the most, and so does the place or title of a
    thread, so that whoever looks once an epoch can see every event (but a post that was made and moved at once).
    """
    return _Days(clone(forum), Random(seed)).run()  # noqa: S311 - made-up talk, no secret


class _Days:
    """One epoch: a number of things of each kind, in any order."""

    def __init__(self, forum: Forum, rng: Random) -> None:
        self.forum, self.rng = forum, rng
        self.begin = forum.now
        self.end = self.begin + timedelta(days=rng.randint(2, 6))
        self.now = self.begin
        self.events: list[TrueEvent] = []
        self.quoter = Quoter(rng)
        crowd = tuple(member for member in forum.members if not member.is_moderator)
        self.crowd = crowd
        self.sayings = Sayings(rng, crowd, lambda: rng.choice(forum.threads or forum.hidden).path)
        self.moderator = next(member for member in forum.members if member.is_moderator)
        self.number = max(post.post_id for post in forum.everything)
        self.touched: set[Post | Thread] = set()
        used = {thread.board for thread in forum.threads}
        self.boards = [board for board in forum.boards if board in used] or [
            board for board in forum.boards if board.access == "open"
        ]

    def run(self) -> Epoch:
        """All that happens."""
        n_posts, n_threads = sum(thread.n_posts for thread in self.forum.threads), len(self.forum.threads)
        happen = [
            *[self.reply] * max(6, n_posts // 25),
            *[self.begin_thread] * max(1, n_threads // 40),
            *[self.edit_recent] * max(2, n_posts // 100),
            *[self.edit_old] * max(2, n_posts // 200),
            *[self.edit_silently] * max(1, n_posts // 250),
            *[self.remove] * max(2, n_posts // 200),
            *[self.restore] * max(1, len(self.forum.gone) // 10),
            *[self.move] * max(1, n_threads // 30),
            *[self.merge] * max(1, n_threads // 40),
            *[self.split] * max(1, n_threads // 40),
            *[self.retitle] * max(1, n_threads // 30),
            *[self.rename] * max(1, len(self.crowd) // 20),
            *[self.hide] * (n_threads // 50),
            *[self.like] * max(2, n_posts // 100),
        ]
        self.rng.shuffle(happen)
        seconds = int((self.end - self.begin).total_seconds())
        for offset, act in zip(sorted(self.rng.sample(range(60, seconds), len(happen))), happen, strict=True):
            self.now = self.begin + timedelta(seconds=offset)
            self.events += act()
        self.forum.clock = self.end
        return Epoch(self.forum, self.events)

    # What people do

    def reply(self) -> list[TrueEvent]:
        """A new post in a thread, which may quote one or two earlier ones."""
        threads = [thread for thread in self.forum.threads if not thread.locked]
        quotes = self.rng.choice((0, 1, 1, 2))
        return self._say(self.rng.choice(threads), quotes=quotes) if threads else self.begin_thread()

    def begin_thread(self) -> list[TrueEvent]:
        """A new thread."""
        title = sentence(self.rng)[:-1]
        thread = Thread(ops.next_number(self.forum), title, self.rng.choice(self.boards), n_views=1)
        self.forum.threads.append(thread)
        self.touched.add(thread)
        return self._say(thread, quotes=0)

    def _say(self, thread: Thread, *, quotes: int) -> list[TrueEvent]:
        rng, body = self.rng, list[Block]()
        for _ in range(quotes):
            source = self._source(thread)
            body += [self.quoter.quote(source), Paragraph.of(sentence(rng))] if source else []
        body += [*self.sayings.talk(), *self.sayings.extra()]
        author: Member | Guest = Guest("Passing Trawler") if rng.random() < 0.08 else rng.choice(self.crowd)
        self.number += rng.choice((1, 1, 2, 3))
        post = Post(author, self.now, tuple(body), thread, self.number)
        thread.posts.append(post)
        self.touched.add(post)
        return [TrueEvent(event="posted", at=self.now, thread_id=thread.thread_id, post_id=post.post_id)]

    def _source(self, thread: Thread) -> Post | None:
        """A post to quote: on an old page as often as not, and sometimes in another thread."""
        if self.rng.random() < 0.15:
            thread = self.rng.choice(self.forum.threads)
        found = [post for post in thread.posts if can_be_quoted(post)]
        old = [post for post in found if self.forum.page_of(post) < self.forum.n_pages(thread)]
        return self.rng.choice(old if old and self.rng.random() < 0.5 else found) if found else None

    def edit_recent(self) -> list[TrueEvent]:
        """An edit of one of the last posts of a thread."""
        return self._edit([post for thread in self.forum.threads for post in thread.posts[-10:]], marked=True)

    def edit_old(self) -> list[TrueEvent]:
        """A late edit, on a page that has been full for long."""
        return self._edit(self._on_old_pages() or self.forum.posts, marked=True)

    def edit_silently(self) -> list[TrueEvent]:
        """A change that leaves no mark."""
        return self._edit(self.forum.posts, marked=False)

    def _edit(self, posts: Iterable[Post], *, marked: bool) -> list[TrueEvent]:
        post = self._untouched(posts)
        if post is None:
            return []
        own = isinstance(post.author, Member) and self.rng.random() < 0.7
        mark = Edit(self.now, post.author.name if own else self.moderator.name, self.rng.choice(REASONS))
        return [ops.edit(post, changed(self.rng, post.body), self.now, mark if marked else None)]

    def like(self) -> list[TrueEvent]:
        """Views, votes and reactions: nothing that has a history."""
        if not self.forum.threads:
            return []
        thread = self.rng.choice(self.forum.threads)
        thread.n_views += self.rng.randint(1, 200)
        post = self.rng.choice(thread.posts)
        post.reactions["Like"] = post.reactions.get("Like", 0) + 1
        return []

    # What moderators do

    def remove(self) -> list[TrueEvent]:
        """A reply less; first of all on pages that others follow, so that these move up."""
        shifting = [post for post in self._on_old_pages() if post is not post.thread.posts[0]]
        others = [post for thread in self.forum.threads if thread.n_posts > 2 for post in thread.posts[1:]]
        post = self._untouched(shifting if shifting and self.rng.random() < 0.7 else others)
        return [ops.remove(self.forum, post, self.now)] if post else []

    def restore(self) -> list[TrueEvent]:
        """A post that was taken away is there again."""
        post = self._untouched(post for post in self.forum.gone if post.thread in self.forum.threads)
        return [ops.restore(self.forum, post, self.now)] if post else []

    def move(self) -> list[TrueEvent]:
        """A thread goes to another board."""
        thread = self._thread()
        boards = [board for board in self.boards if thread and board is not thread.board]
        if thread is None or not boards:
            return []
        board: Board = self.rng.choice(boards)
        return [ops.move(self.forum, thread, board, self.now, leave_stub=self.rng.random() < 0.7)]

    def merge(self) -> list[TrueEvent]:
        """A short thread goes into another one."""
        thread = self._thread(most=30)
        into = self._thread()
        if thread is None or into is None:
            return []
        return ops.merge(self.forum, thread, into, self.now)

    def split(self) -> list[TrueEvent]:
        """Some replies become a thread of their own."""
        thread = self._thread(least=6)
        if thread is None:
            return []
        start = self.rng.randrange(2, thread.n_posts - 2)
        posts = thread.posts[start : start + self.rng.randint(2, 4)]
        events = ops.split(self.forum, posts, f"Split: {sentence(self.rng)[:-1]}", self.now)
        self.touched.add(posts[0].thread)
        return events

    def retitle(self) -> list[TrueEvent]:
        """A thread gets another title, and with it another address."""
        thread = self._thread()
        return [ops.retitle(thread, f"{thread.title} (update)", self.now)] if thread else []

    def rename(self) -> list[TrueEvent]:
        """A member gets another name."""
        plain = [member for member in self.crowd if len(member.former) < 2]
        if not plain:
            return []
        member = self.rng.choice(plain)
        return [ops.rename(member, f"{member.name} {self.rng.randint(2, 9)}", self.now)]

    def hide(self) -> list[TrueEvent]:
        """A thread is taken from sight."""
        thread = self._thread(most=20)
        return [ops.hide(self.forum, thread, self.now)] if thread else []

    # What they do it to

    def _on_old_pages(self) -> list[Post]:
        size = self.forum.posts_per_page
        long = [thread for thread in self.forum.threads if self.forum.n_pages(thread) > 1]
        return [post for thread in long for post in thread.posts[: (self.forum.n_pages(thread) - 1) * size]]

    def _untouched(self, posts: Iterable[Post]) -> Post | None:
        found = [post for post in posts if post not in self.touched]
        if not found:
            return None
        post = self.rng.choice(found)
        self.touched.add(post)
        return post

    def _thread(self, *, least: int = 1, most: int = 10_000) -> Thread | None:
        found = [t for t in self.forum.threads if t not in self.touched and least <= t.n_posts <= most]
        if not found:
            return None
        thread = self.rng.choice(found)
        self.touched.add(thread)
        return thread
