"""What happens to a forum, and the record of it. Each function changes the forum and returns the true event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from crawler.demo.model.blocks import Block
from crawler.demo.model.forum import Board, Forum, Post, Stub, Thread
from crawler.demo.model.parts import Edit, Member, Version

EventKind = Literal[
    "posted",
    "edited",
    "silently_edited",
    "removed",
    "restored",
    "moved",
    "merged",
    "split",
    "retitled",
    "renamed author",
    "hidden",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueEvent:
    """Something that happened; the fields are those of the table `events`, with the time at which it really was.

    A post that went into another thread by a merge or split has an event of its own, in the thread that it left;
    ``other_thread_id`` is where it went.
    """

    event: EventKind
    at: datetime
    thread_id: int | None = None
    post_id: int | None = None
    actor_name: str | None = None
    reason: str | None = None
    from_version: int | None = None
    to_version: int | None = None
    from_value: str | None = None
    to_value: str | None = None
    other_thread_id: int | None = None
    author_id: int | None = None


def edit(post: Post, body: tuple[Block, ...], at: datetime, mark: Edit | None) -> TrueEvent:
    """Change the text of a post; without a mark it is a silent edit, and an older mark stays."""
    before = post.version
    post.earlier.append(Version(post.body, at))
    post.body = body
    post.edit = mark or post.edit
    return TrueEvent(
        event="edited" if mark else "silently_edited",
        at=at,
        thread_id=post.thread.thread_id,
        post_id=post.post_id,
        actor_name=mark.by if mark else None,
        reason=mark.reason if mark else None,
        from_version=before,
        to_version=post.version,
    )


def remove(forum: Forum, post: Post, at: datetime) -> TrueEvent:
    """Take a reply away: those behind it move up."""
    thread = post.thread
    thread.posts.remove(post)
    thread.recommended = [kept for kept in thread.recommended if kept is not post]
    thread.solved = thread.solved and not post.is_solution
    post.is_shown = False
    forum.gone.append(post)
    return TrueEvent(event="removed", at=at, thread_id=thread.thread_id, post_id=post.post_id)


def restore(forum: Forum, post: Post, at: datetime) -> TrueEvent:
    """Bring a post back to where it was."""
    forum.gone.remove(post)
    post.is_shown = True
    post.thread.posts.append(post)
    _in_order(post.thread)
    return TrueEvent(event="restored", at=at, thread_id=post.thread.thread_id, post_id=post.post_id)


def hide(forum: Forum, thread: Thread, at: datetime) -> TrueEvent:
    """Take a whole thread from sight."""
    forum.threads.remove(thread)
    forum.hidden.append(thread)
    forum.stubs = [stub for stub in forum.stubs if stub.thread is not thread]
    for post in thread.posts:
        post.is_shown = False
    return TrueEvent(event="hidden", at=at, thread_id=thread.thread_id)


def move(forum: Forum, thread: Thread, board: Board, at: datetime, *, leave_stub: bool) -> TrueEvent:
    """Put a thread on another board; a stub stays in the old listing, or none."""
    before, thread.board = thread.board, board
    if leave_stub:
        forum.stubs.append(Stub(next_number(forum), thread, before, at))
    return TrueEvent(
        event="moved",
        at=at,
        thread_id=thread.thread_id,
        from_value=str(before.forum_id),
        to_value=str(board.forum_id),
    )


def merge(forum: Forum, thread: Thread, into: Thread, at: datetime) -> list[TrueEvent]:
    """Put all posts of a thread into another; its number leads there from now on."""
    events = [
        TrueEvent(event="merged", at=at, thread_id=thread.thread_id, other_thread_id=into.thread_id),
        *(_went(post, "moved", thread, into, at) for post in thread.posts),
    ]
    forum.threads.remove(thread)
    forum.stubs = [stub for stub in forum.stubs if stub.thread is not thread]
    forum.merged = {old: into.thread_id if new == thread.thread_id else new for old, new in forum.merged.items()}
    forum.merged[thread.thread_id] = into.thread_id
    for post in (*thread.posts, *(gone for gone in forum.gone if gone.thread is thread)):
        post.thread = into
        post.is_solution = False
    into.posts += thread.posts
    _in_order(into)
    return events


def split(forum: Forum, posts: Sequence[Post], title: str, at: datetime) -> list[TrueEvent]:
    """Make a new thread of some replies of one."""
    old = posts[0].thread
    new = Thread(next_number(forum), title, old.board, list(posts), n_views=len(posts))
    old.posts = [post for post in old.posts if post not in posts]
    old.recommended = [post for post in old.recommended if post not in posts]
    for post in posts:
        post.thread = new
        old.solved = old.solved and not post.is_solution
        post.is_solution = False
    forum.threads.append(new)
    return [
        TrueEvent(event="split", at=at, thread_id=old.thread_id, other_thread_id=new.thread_id),
        *(_went(post, "moved", old, new, at) for post in posts),
    ]


def retitle(thread: Thread, title: str, at: datetime) -> TrueEvent:
    """Give a thread another title; its address changes with it."""
    before, thread.title = thread.title, title
    return TrueEvent(event="retitled", at=at, thread_id=thread.thread_id, from_value=before, to_value=title)


def rename(member: Member, name: str, at: datetime) -> TrueEvent:
    """Give a member another name: all posts show it, quotes and edit marks keep the old one."""
    before, member.name = member.name, name
    member.former = (*member.former, before)
    return TrueEvent(event="renamed author", at=at, from_value=before, to_value=name, author_id=member.member_id)


def next_number(forum: Forum) -> int:
    """A number that no thread ever had."""
    return max(forum.numbers) + 1


def _went(post: Post, event: EventKind, old: Thread, new: Thread, at: datetime) -> TrueEvent:
    return TrueEvent(event=event, at=at, thread_id=old.thread_id, post_id=post.post_id, other_thread_id=new.thread_id)


def _in_order(thread: Thread) -> None:
    thread.posts.sort(key=lambda post: (post.created_at, post.post_id))
