"""A forum of any size that holds everything a forum can, in known proportions."""

from __future__ import annotations

import heapq
from datetime import datetime, timedelta
from itertools import count
from random import Random
from typing import Literal

from crawler.demo.model import ops
from crawler.demo.model.blocks import Block, Paragraph, Quote
from crawler.demo.model.decks import Deck
from crawler.demo.model.forum import Board, Forum, Post, Thread
from crawler.demo.model.parts import Edit, Guest, Member, Moderation, Site
from crawler.demo.model.plan import Planned, crew, places, plans
from crawler.demo.model.quoting import Quoter, can_be_quoted
from crawler.demo.model.sayings import Sayings, report
from crawler.demo.model.words import sentence

Role = Literal["plain", "guest", "renamed", "doomed", "unseen"]
"""Who wrote a post, or what becomes of it: of 20 posts, and of 20 quotes those of it."""

ROLES: dict[Role, int] = {"plain": 15, "guest": 2, "renamed": 2, "doomed": 1}
QUOTED: dict[Role, int] = {"plain": 16, "guest": 1, "renamed": 1, "doomed": 1, "unseen": 1}
REACH: dict[Literal["page", "thread", "elsewhere"], int] = {"page": 9, "thread": 7, "elsewhere": 4}
N_QUOTES: dict[int, int] = {0: 10, 1: 8, 2: 1, 3: 1}
EDITS: dict[Literal["none", "author", "moderator"], int] = {"none": 17, "author": 2, "moderator": 1}
REASONS = (None, None, "typo", "Keep it polite & on topic")


def build_whole(seed: int = 1, *, threads: int = 60, posts_per_page: int = 25, threads_per_page: int = 25) -> Forum:
    """A forum of that many threads (about 25 posts each, some of which guests cannot see) over several boards.

    Of 20 quotes 9 are trimmed, 2 cut down to fewer than 20 characters and 2 altered; 1 is of a guest, 1 of a member
    who has another name since, 1 of a post that is gone, 1 of a post in a place that guests cannot see. Half of the
    posts quote, one in ten more than once. Other shares stand with the decks of this package.
    """
    return _Simulation(seed, threads, posts_per_page, threads_per_page).run()


class _Simulation:
    """Posts and edits in the order of time."""

    def __init__(self, seed: int, n_threads: int, posts_per_page: int, threads_per_page: int) -> None:
        self.rng = rng = Random(seed)  # noqa: S311 - made-up talk, no secret
        self.crew = crew()
        open_boards, all_boards = places()
        closed = [board for board in all_boards if board.access != "open"]
        self.plans = list(plans(rng, n_threads, open_boards, closed))
        site = Site("Port Aster Forums", "Talk about the town, the river and the sea.")
        self.forum = Forum(site, all_boards, self.crew.members, [], posts_per_page, threads_per_page)
        self.boards = open_boards
        self.roles: dict[Post, Role] = {}
        self.quotable: dict[Role, list[Post]] = {role: [] for role in QUOTED}
        self.quoter = Quoter(rng)
        self.sayings = Sayings(rng, self.crew.crowd, lambda: rng.choice(self.plans).thread.path)
        self.role, self.quoted, self.reach = Deck(rng, ROLES), Deck(rng, QUOTED), Deck(rng, REACH)
        self.n_quotes, self.edits = Deck(rng, N_QUOTES), Deck(rng, EDITS)
        self.owed: list[Role] = []
        self.number = 5000

    def run(self) -> Forum:
        """All of it."""
        order = count()
        due: list[tuple[datetime, int, Planned | Post]] = [
            (at, next(order), plan) for plan in self.plans for at in plan.times
        ]
        heapq.heapify(due)
        now = due[0][0]
        while due:
            now, _, what = heapq.heappop(due)
            if isinstance(what, Post):
                self._edit(what, now)
                continue
            post = self._post(what, now)
            if self.edits.draw() != "none":
                later = now + timedelta(minutes=self.rng.randint(3, 3000))
                heapq.heappush(due, (later, next(order), post))
        self.forum.clock = now + timedelta(hours=6)
        self._aftermath(self.forum.clock)
        return self.forum

    def _post(self, plan: Planned, now: datetime) -> Post:
        thread, rng = plan.thread, self.rng
        role: Role = "plain" if not thread.posts else self.role.draw()
        if plan.fate in {"is hidden", "is closed"}:
            role = "unseen"
        author = self._author(role, thread)
        opens = not thread.posts and author is self.crew.desk
        body = report(rng, thread.title) if opens else tuple(self._body(thread, role))
        self.number += rng.choice((1, 1, 1, 2, 4))
        post = Post(author, now, body, thread, self.number)
        if rng.random() < 0.3:
            post.reactions = {name: rng.randint(1, 12) for name in rng.sample(("Like", "Thanks", "Haha", "Sad"), 2)}
        thread.posts.append(post)
        self.roles[post] = role
        if can_be_quoted(post):
            self.quotable[role].append(post)
        return post

    def _author(self, role: Role, thread: Thread) -> Member | Guest:
        rng = self.rng
        if role == "guest":
            return rng.choice(self.crew.guests)
        if role == "renamed":
            return rng.choice(list(self.crew.renamed))
        if not thread.posts and rng.random() < 0.5:
            return self.crew.desk
        return rng.choice(self.crew.crowd)

    def _body(self, thread: Thread, role: Role) -> list[Block]:
        body: list[Block] = []
        for _ in range(self.n_quotes.draw() if thread.posts and role not in {"doomed", "unseen"} else 0):
            source = self._source(thread)
            if source:
                body += [self.quoter.quote(source), Paragraph.of(sentence(self.rng))]
        if body and self.rng.random() < 0.05:
            return body[:-1]  # a quote at the end, and after a single one no word at all
        body += self.sayings.talk()
        if self.rng.random() < 0.08:
            body.append(self.sayings.foreign(self.rng.choice(("th", "ru", "fr"))))
        return body + self.sayings.extra()

    def _source(self, thread: Thread) -> Post | None:
        """The post to be quoted: of the kind that is due, in this thread where there is one."""
        role = self.owed.pop(0) if self.owed and self.quotable[self.owed[0]] else self.quoted.draw()
        reach = self.reach.draw()
        here = [post for post in thread.posts if self.roles[post] == role and can_be_quoted(post)]
        page = len(thread.posts) // self.forum.posts_per_page * self.forum.posts_per_page
        on_page = set(thread.posts[page:])
        wanted = [post for post in here if (post in on_page) == (reach == "page")] or here
        if reach == "elsewhere" or not wanted:
            wanted = [post for post in self.quotable[role][-400:] if post.thread is not thread]
        if wanted:
            return self.rng.choice(wanted)
        if role != "plain":
            self.owed.append(role)  # nobody of that kind yet: the next quote makes up for it
        return self.rng.choice(thread.posts[:1]) if can_be_quoted(thread.posts[0]) else None

    def _edit(self, post: Post, now: datetime) -> None:
        by_moderator = self.rng.random() < 0.33
        by = self.crew.moderator if by_moderator or isinstance(post.author, Guest) else post.author
        reason = REASONS[-1] if by_moderator else self.rng.choice(REASONS)
        ops.edit(post, changed(self.rng, post.body), now, Edit(now, by.name, reason))

    def _aftermath(self, now: datetime) -> None:
        """What has become of threads, posts and names when the last post is made."""
        forum, log = self.forum, self.crew.moderator
        forum.threads = [plan.thread for plan in self.plans if plan.fate != "is closed"]
        forum.closed = [plan.thread for plan in self.plans if plan.fate == "is closed"]
        for post in (post for thread in forum.closed for post in thread.posts):
            post.is_shown = False
        for post in [post for post, role in self.roles.items() if role == "doomed"]:
            ops.remove(forum, post, now)
        for member, name in self.crew.renamed.items():
            ops.rename(member, name, now)
        for plan in self.plans:
            _finish(plan, log)
            _fulfil(self.rng, forum, plan, self.boards, now)


def _finish(plan: Planned, moderator: Member) -> None:
    thread = plan.thread
    if plan.mark == "locked":
        thread.log.append(Moderation(thread.posts[-1].created_at + timedelta(hours=1), moderator, "locked this topic"))
    if plan.mark == "solved" and thread.n_posts > 1:
        thread.solved = thread.posts[1].is_solution = True
    if plan.mark == "recommended":
        thread.recommended = thread.posts[1:3]


def _fulfil(rng: Random, forum: Forum, plan: Planned, boards: list[Board], now: datetime) -> None:
    if plan.fate == "is hidden":
        ops.hide(forum, plan.thread, now)
    elif plan.fate == "moves":
        board = rng.choice([board for board in boards if board is not plan.thread.board])
        ops.move(forum, plan.thread, board, now, leave_stub=True)
    elif plan.fate == "merges":
        others = [thread for thread in forum.threads if thread is not plan.thread]
        if others:
            ops.merge(forum, plan.thread, rng.choice(others), now)


def changed(rng: Random, body: tuple[Block, ...]) -> tuple[Block, ...]:
    """A text, corrected: a sentence more, or another one in the place of the last paragraph of talk."""
    more = Paragraph.of(f"{sentence(rng)} {rng.randint(2, 99)} times.")
    if rng.random() < 0.5 and len(body) > 1 and not isinstance(body[-1], Quote):
        return (*body[:-1], more)
    return (*body, more)
