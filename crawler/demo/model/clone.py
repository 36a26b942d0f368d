"""A copy of a forum that shares nothing with it that can change.

Not `copy.deepcopy`: posts quote posts that quote posts, deeper than Python's stack.
"""

from __future__ import annotations

from dataclasses import replace

from crawler.demo.model.blocks import Block, Citation, Inline, Mention, Paragraph, Quote, Spoiler
from crawler.demo.model.forum import Forum, Post, Stub, Thread
from crawler.demo.model.parts import Guest, Member, Moderation, Poll, Version
from crawler.demo.model.truth import cite


def clone(forum: Forum) -> Forum:
    """The copy. What quotes cite is frozen in it, so that a new name or place does not change the past."""
    return _Cloner(forum).run()


class _Cloner:
    def __init__(self, forum: Forum) -> None:
        self.forum = forum
        self.members = {member: replace(member) for member in forum.members}
        self.boards = {board: replace(board) for board in forum.boards}
        threads = [*forum.threads, *forum.hidden, *forum.closed]
        self.threads = {thread: self._thread(thread) for thread in threads}
        self.posts: dict[Post, Post] = {}

    def run(self) -> Forum:
        """The copy: boards, threads and posts first, and what refers to posts when all are there."""
        old = self.forum
        for board in self.boards.values():
            board.parent = self.boards[board.parent] if board.parent else None
        for post in old.everything:
            self.posts[post] = replace(
                post,
                author=self._who(post.author),
                thread=self.threads[post.thread],
                reactions=dict(post.reactions),
            )
        for post, copy in self.posts.items():
            copy.body = self._body(post.body)
            copy.earlier = [Version(self._body(version.body), version.until) for version in post.earlier]
        for thread, twin in self.threads.items():
            twin.posts = [self.posts[post] for post in thread.posts]
            twin.recommended = [self.posts[post] for post in thread.recommended]
        return replace(
            old,
            boards=list(self.boards.values()),
            members=list(self.members.values()),
            threads=[self.threads[thread] for thread in old.threads],
            hidden=[self.threads[thread] for thread in old.hidden],
            closed=[self.threads[thread] for thread in old.closed],
            gone=[self.posts[post] for post in old.gone],
            stubs=[Stub(s.thread_id, self.threads[s.thread], self.boards[s.board], s.at) for s in old.stubs],
            merged=dict(old.merged),
        )

    def _thread(self, thread: Thread) -> Thread:
        poll = thread.poll and Poll(thread.poll.title, [(asked, list(votes)) for asked, votes in thread.poll.questions])
        log = [Moderation(event.at, self.members.get(event.by, event.by), event.action) for event in thread.log]
        return replace(thread, board=self.boards[thread.board], tags=list(thread.tags), poll=poll, log=log)

    def _who(self, who: Member | Guest) -> Member | Guest:
        return self.members.get(who, who) if isinstance(who, Member) else who

    def _body(self, body: tuple[Block, ...]) -> tuple[Block, ...]:
        return tuple(self._block(block) for block in body)

    def _block(self, block: Block) -> Block:
        match block:
            case Paragraph(inlines):
                return Paragraph(tuple(self._inline(inline) for inline in inlines))
            case Spoiler(label, inner):
                return Spoiler(label, self._body(inner))
            case Quote(inner, source) if isinstance(source, Post):
                frozen = block.frozen or cite(source)
                return replace(block, blocks=self._body(inner), source=self.posts[source], frozen=frozen)
            case Quote(inner, Citation() | None):
                return replace(block, blocks=self._body(inner))
        return block

    def _inline(self, inline: Inline) -> Inline:
        if not isinstance(inline, Mention):
            return inline
        return Mention(self.members.get(inline.member, inline.member), inline.name or inline.member.name)
