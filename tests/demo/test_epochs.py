"""Five epochs in a row: what happened is what differs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

import pytest
from demo_client import Client
from facts import check_listing, check_topic
from test_whole import facts

from crawler.demo import DemoServer, Forum, TrueEvent, advance, build, build_whole
from crawler.demo.model import Guest, Post


@dataclass(slots=True)
class Seen:
    """What is to be seen of a post."""

    thread_id: int
    page: int
    author: str
    at: datetime
    full_text: str | None
    edit: object
    cited: list[tuple[object, ...]]

    @property
    def words(self) -> tuple[str | None, list[tuple[object, ...]]]:
        return self.full_text, self.cited


def seen(forum: Forum) -> dict[int, Seen]:
    return {
        post.post_id: Seen(
            thread.thread_id,
            place // forum.posts_per_page + 1,
            post.author.name,
            post.created_at,
            post.full_text,
            post.edit,
            [(q.cited_author_name, q.cited_post_id, q.cited_thread_id, q.quoted_text) for q in post.quotes],
        )
        for thread in forum.threads
        for place, post in enumerate(thread.posts)
    }


@dataclass(slots=True)
class Step:
    """Two states that follow each other, and what happened between."""

    before: Forum
    after: Forum
    events: list[TrueEvent]

    def posts(self, *kinds: str) -> set[int]:
        return {event.post_id for event in self.events if event.event in kinds and event.post_id}

    def threads(self, *kinds: str) -> set[int]:
        return {event.thread_id for event in self.events if event.event in kinds and event.post_id is None} - {None}  # type: ignore[return-value]


MAKERS: dict[str, Callable[[], Forum]] = {
    "whole": lambda: build_whole(4, threads=60, threads_per_page=10),
    "small": build,
}


@pytest.fixture(scope="module", params=list(MAKERS))
def steps(request: pytest.FixtureRequest) -> list[Step]:
    forum, found = MAKERS[request.param](), []
    for seed in range(5):
        after, events = advance(forum, seed)
        found.append(Step(forum, after, events))
        forum = after
    return found


def test_it_is_pure_and_a_seed_makes_the_same_again() -> None:
    forum = build_whole(4, threads=30)
    known = facts(forum)
    first, events = advance(forum, 1)
    assert facts(forum) == known
    again, same = advance(forum, 1)
    assert (facts(first), events) == (facts(again), same)
    assert facts(advance(forum, 2).forum) != facts(first)
    shared = set(map(id, forum.everything)) & set(map(id, first.everything))
    assert not shared


def test_everything_happens(steps: list[Step]) -> None:
    kinds = Counter(event.event for step in steps for event in step.events)
    expected = "posted edited silently_edited removed moved merged split retitled".split()
    assert kinds.keys() >= {*expected, "restored", "renamed author"}


def test_events_stand_in_the_order_of_their_times(steps: list[Step]) -> None:
    for step in steps:
        times = [event.at for event in step.events]
        assert times == sorted(times)
        assert step.before.now < times[0]
        assert times[-1] <= step.after.now


def test_numbers_are_never_given_again(steps: list[Step]) -> None:
    posts: dict[int, datetime] = {}
    for forum in [steps[0].before, *(step.after for step in steps)]:
        numbers = [post.post_id for post in forum.everything]
        assert len(numbers) == len(set(numbers))
        for post in forum.everything:
            assert posts.setdefault(post.post_id, post.created_at) == post.created_at
    for step in steps:
        before = {thread.thread_id for thread in step.before.threads}
        new = {thread.thread_id for thread in step.after.threads} - before
        assert not new & step.before.numbers
        assert step.before.numbers <= step.after.numbers | set(step.after.merged) | {
            stub.thread_id for stub in step.before.stubs
        }


def test_what_is_there_differs_by_what_was_posted_removed_and_restored(steps: list[Step]) -> None:
    for step in steps:
        before, after = seen(step.before), seen(step.after)
        hidden = {post.post_id for thread in step.after.hidden for post in thread.posts}
        assert after.keys() - before.keys() == step.posts("posted", "restored") - hidden
        assert before.keys() - after.keys() == step.posts("removed") | (hidden & before.keys())
        assert not before.keys() & step.posts("restored")


def test_texts_differ_where_they_were_edited(steps: list[Step]) -> None:
    for step in steps:
        before, after = seen(step.before), seen(step.after)
        both = before.keys() & after.keys()
        changed = {number for number in both if before[number].words != after[number].words}
        assert changed == step.posts("edited", "silently_edited") & both
        marked = {number for number in both if before[number].edit != after[number].edit}
        assert marked == step.posts("edited") & both


def test_versions_are_kept(steps: list[Step]) -> None:
    for step in steps:
        posts = {post.post_id: post for post in step.after.everything}
        old = {post.post_id: post for post in step.before.everything}
        for event in step.events:
            if event.event in {"edited", "silently_edited"}:
                assert event.post_id
                post: Post = posts[event.post_id]
                assert (event.from_version, event.to_version) == (post.version - 1, post.version)
                assert post.earlier[-1].until == event.at
                assert (
                    old[event.post_id].full_text
                    == Post(post.author, post.created_at, post.earlier[-1].body, post.thread).full_text
                )


def test_posts_change_their_threads_by_merges_and_splits(steps: list[Step]) -> None:
    for step in steps:
        before, after = seen(step.before), seen(step.after)
        went = {e.post_id: e.other_thread_id for e in step.events if e.event == "moved" and e.post_id}
        both = before.keys() & after.keys()
        changed = {n for n in both if before[n].thread_id != after[n].thread_id}
        assert changed == went.keys() & both
        assert all(after[number].thread_id == went[number] for number in changed)
        assert all(before[number].at == after[number].at for number in both)
        for number in step.threads("merged"):
            assert number not in {thread.thread_id for thread in step.after.threads}
            assert number in step.after.merged
        for event in step.events:
            if event.event == "split":
                assert event.other_thread_id in {thread.thread_id for thread in step.after.threads}


def test_titles_boards_and_names(steps: list[Step]) -> None:
    for step in steps:
        old = {thread.thread_id: thread for thread in step.before.threads}
        new = {thread.thread_id: thread for thread in step.after.threads}
        both = old.keys() & new.keys()
        assert {n for n in both if old[n].title != new[n].title} == step.threads("retitled") & both
        boards = {n for n in both if old[n].board.forum_id != new[n].board.forum_id}
        assert boards == step.threads("moved") & both
        names = {member.member_id: member.name for member in step.before.members}
        renamed = {member.member_id for member in step.after.members if names[member.member_id] != member.name}
        assert renamed == {event.author_id for event in step.events if event.event == "renamed author"}


def test_pages_shift(steps: list[Step]) -> None:
    shifted = set()
    for step in steps:
        before, after = seen(step.before), seen(step.after)
        for number in before.keys() & after.keys():
            old, new = before[number], after[number]
            if old.thread_id == new.thread_id and old.page != new.page:
                shifted.add(number)
                assert step.posts("removed", "restored") | step.threads("merged", "split")
    assert shifted


def test_late_edits_and_quotes_reach_back(steps: list[Step]) -> None:
    late, quoted = 0, 0
    for step in steps:
        before = seen(step.before)
        pages = {thread.thread_id: step.before.n_pages(thread) for thread in step.before.threads}
        edited = step.posts("edited") & before.keys()
        late += sum(before[number].page < pages[before[number].thread_id] for number in edited)
        new = step.posts("posted")
        for post in step.after.posts:
            quoted += post.post_id in new and any(truth.target_post_id in before for truth in post.quotes)
    assert late
    assert quoted


def test_threads_are_sound(steps: list[Step]) -> None:
    for step in steps:
        for thread in (*step.after.threads, *step.after.hidden):
            assert thread.posts
            assert thread.posts == sorted(thread.posts, key=lambda post: (post.created_at, post.post_id))
            assert all(post.thread is thread for post in thread.posts)
            assert set(thread.recommended) <= set(thread.posts)
            assert thread.board in step.after.boards
        assert {post.is_shown for post in step.after.posts} == {True}
        members = set(step.after.members)
        assert all(isinstance(post.author, Guest) or post.author in members for post in step.after.everything)
    assert len(steps) == len(list(pairwise(steps))) + 1


def test_facts_of_the_last_epoch(steps: list[Step]) -> None:
    forum = steps[-1].after
    for thread in forum.threads:
        for page in range(1, forum.n_pages(thread) + 1):
            check_topic(forum, thread, page, "4.7", "ru")
    for board in forum.boards:
        if board.access == "open":
            for page in range(1, forum.n_listing_pages(board) + 1):
                check_listing(forum, board, page, "4.7", "ru")


def test_a_server_is_given_the_next_epoch(steps: list[Step]) -> None:
    step = steps[0]
    event = next(event for event in step.events if event.event == "merged")
    assert event.thread_id
    assert event.other_thread_id
    path = step.before.thread(event.thread_id).path
    with DemoServer(step.before) as server:
        client = Client(server)
        assert client.get(path).status == 200
        server.show(step.after)
        reply = client.get(path)
        assert (reply.status, reply.location) == (301, server.url + step.after.thread(event.other_thread_id).path)
        assert client.get(step.after.thread(event.other_thread_id).path).status == 200
        client.close()
