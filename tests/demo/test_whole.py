"""The large forum: everything in it, in the shares that are promised."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable

import pytest
from demo_client import Client
from facts import BASE, check_listing, check_topic
from lxml import html

from crawler.demo import DemoServer, Forum, build_whole, render
from crawler.demo.model import Post, QuoteTruth, Thread
from crawler.demo.model.blocks import Block, Quote, Spoiler
from crawler.demo.model.ops import hide
from crawler.demo.render import LANGS, Lang
from crawler.pages import parse, read_body


@pytest.fixture(scope="session")
def whole() -> Forum:
    return build_whole(3, threads=60, threads_per_page=10)


@pytest.fixture(scope="session")
def top(whole: Forum) -> list[QuoteTruth]:
    return [truth for post in whole.posts for truth in post.quotes if truth.depth == 0]


def facts(forum: Forum) -> list[tuple[object, ...]]:
    return [
        (post.thread.thread_id, post.post_id, post.author.name, post.created_at, post.full_text, post.edit, post.quotes)
        for post in forum.everything
    ]


def test_a_seed_makes_the_same_forum_again() -> None:
    assert facts(build_whole(5, threads=12)) == facts(build_whole(5, threads=12))
    assert facts(build_whole(5, threads=12)) != facts(build_whole(6, threads=12))


@pytest.mark.parametrize("seed", range(1, 9))
def test_any_seed_makes_a_sound_forum(seed: int) -> None:
    forum = build_whole(seed, threads=25)
    numbers = [post.post_id for post in forum.everything]
    assert len(set(numbers)) == len(numbers)
    assert len(forum.numbers) == 25 + len(forum.stubs)
    for thread in (*forum.threads, *forum.hidden, *forum.closed):
        assert thread.posts == sorted(thread.posts, key=lambda post: (post.created_at, post.post_id))
        assert all(post.thread is thread for post in thread.posts)
    for post in forum.everything:
        assert all(truth.source_post_id < post.post_id for truth in post.quotes if truth.source_post_id)
    assert {post.is_shown for post in forum.posts} == {True}
    assert {post.is_shown for post in forum.gone} == {False}


def test_shares_of_what_is_done_to_quoted_words(top: list[QuoteTruth]) -> None:
    assert len(top) > 500
    share = {name: sum(getattr(truth, name) for truth in top) / len(top) for name in ("is_trimmed", "is_altered")}
    assert share["is_trimmed"] == pytest.approx(0.55, abs=0.02)
    assert share["is_altered"] == pytest.approx(0.10, abs=0.02)
    assert sum(truth.is_short for truth in top) / len(top) == pytest.approx(0.10, abs=0.02)


def test_shares_of_markup(top: list[QuoteTruth]) -> None:
    shares = {style: n / len(top) for style, n in Counter(truth.markup for truth in top).items()}
    expected = {"native": 27, "import": 4, "dated": 2, "named": 2, "ips3": 2, "bare": 2, "bare_label": 1}
    assert shares == pytest.approx({style: n / 40 for style, n in expected.items()}, abs=0.02)
    for truth in top:
        has = (truth.cited_post_id, truth.cited_thread_id, truth.cited_author_id, truth.cited_at)
        known = [value is not None for value in has]
        match truth.markup:
            case "import":
                assert known == [True, True, False, True]
            case "ips3":
                assert known == [True, False, False, True]
            case "dated":
                assert known == [False, False, False, True]
            case "named" | "bare" | "bare_label":
                assert not any(known)
        assert (truth.cited_author_name is None) == truth.markup.startswith("bare")


def test_shares_of_who_is_quoted(whole: Forum, top: list[QuoteTruth]) -> None:
    posts = {post.post_id: post for post in whole.everything}
    gone = {post.post_id for post in whole.gone}
    unseen = {post.post_id for thread in (*whole.hidden, *whole.closed) for post in thread.posts}

    def share(holds: Callable[[Post], bool]) -> float:
        return sum(holds(posts[truth.source_post_id]) for truth in top if truth.source_post_id) / len(top)

    assert share(lambda post: post.author_id is None) == pytest.approx(0.05, abs=0.02)
    assert share(lambda post: bool(getattr(post.author, "former", ()))) == pytest.approx(0.05, abs=0.02)
    assert share(lambda post: post.post_id in gone) == pytest.approx(0.05, abs=0.02)
    assert share(lambda post: post.post_id in unseen) == pytest.approx(0.05, abs=0.02)
    for truth in top:
        assert (truth.target_post_id is None) == (truth.source_post_id in gone | unseen)


def test_every_way_of_quoting_is_there(whole: Forum) -> None:
    posts = {post.post_id: post for post in whole.posts}
    seen: set[str] = set()
    for post in whole.posts:
        top = [truth for truth in post.quotes if truth.depth == 0]
        seen |= {f"{len(top)} in a post"}
        for truth in post.quotes:
            target = posts.get(truth.target_post_id or 0)
            seen.add("nested" if truth.depth else "top")
            if target is None:
                continue
            same = target.thread is post.thread
            on_page = same and whole.page_of(target) == whole.page_of(post)
            seen.add("same page" if on_page else "same thread" if same else "elsewhere")
            seen.add("old text" if truth.source_version != target.version else "text as it is")
            seen.add("merged" if truth.cited_thread_id in whole.merged else "in place")
    assert seen >= {"1 in a post", "2 in a post", "3 in a post", "nested", "same page", "same thread", "elsewhere"}
    assert seen >= {"old text", "text as it is", "merged"}


def contained(text: str | None, post: Post, version: int) -> bool:
    body = post.body if version == post.version else post.earlier[version - 1].body
    words = Post(post.author, post.created_at, body, post.thread).text or ""
    return all(line in words for line in (text or "").split("\n"))


def test_the_version_that_is_named_has_the_words(whole: Forum) -> None:
    posts = {post.post_id: post for post in whole.everything}
    for post in whole.posts:
        for truth in post.quotes:
            if truth.source_post_id and truth.source_version:
                found = contained(truth.quoted_text, posts[truth.source_post_id], truth.source_version)
                assert found is not truth.is_altered


def blocks(body: tuple[Block, ...]) -> list[Block]:
    found: list[Block] = []
    waiting = list(body)
    while waiting:
        block = waiting.pop()
        found.append(block)
        if isinstance(block, Quote | Spoiler):
            waiting += block.blocks
    return found


def test_every_kind_of_thing_is_there(whole: Forum) -> None:
    kinds = Counter(type(block).__name__ for post in whole.posts for block in blocks(post.body))
    assert kinds.keys() >= {"Image", "Attachment", "Embed", "Spoiler", "Code", "ListBlock", "Heading"}
    marks = [post.edit for post in whole.posts if post.edit]
    assert {mark.reason is None for mark in marks} == {True, False}
    assert {mark.by == "Harbourmaster" for mark in marks} == {True, False}
    assert len(marks) / len(list(whole.posts)) == pytest.approx(0.15, abs=0.03)
    threads = whole.threads
    for name in ("tags", "poll", "pinned", "locked", "solved", "recommended"):
        assert any(getattr(thread, name) for thread in threads), name
    assert whole.hidden
    assert whole.closed
    assert whole.stubs
    assert whole.merged


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("layout", ["4.0", "4.7"])
def test_facts(whole: Forum, layout: render.Layout, lang: Lang) -> None:
    for thread in whole.threads:
        for page in range(1, whole.n_pages(thread) + 1):
            check_topic(whole, thread, page, layout, lang)
    for board in whole.boards:
        if board.access == "open":
            for page in range(1, whole.n_listing_pages(board) + 1):
                check_listing(whole, board, page, layout, lang)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("layout", render.LAYOUTS)
def test_bodies_read_the_same_in_every_layout(whole: Forum, layout: render.Layout, lang: Lang) -> None:
    skin = render.skin(whole, BASE, layout, lang)
    for post in whole.posts:
        content = html.fragment_fromstring(skin.body.html(post.body) + skin.post.edited(post.edit), create_parent="div")
        body = read_body(content, f"{BASE}/")
        assert (body.text, body.full_text) == (post.text, post.full_text)
        known = [(q.depth, q.quoted_text, q.cited_author_id, q.cited_post_id, q.cited_at) for q in post.quotes]
        read = [(q.depth, q.quoted_text, q.cited_author_id, q.cited_post_id, q.cited_at) for q in body.quotes]
        assert read == known


def test_places_that_guests_cannot_see(whole: Forum) -> None:
    with DemoServer(whole) as server:
        client = Client(server)

        def kind(path: str) -> tuple[int, str | None, str]:
            reply = client.get(path)
            page = parse(reply.body, server.url + path, status=reply.status)
            return reply.status, getattr(page, "code", None), str(getattr(page, "kind", ""))

        for board in whole.boards:
            if board.access == "members":
                assert kind(board.path) == (403, "2F173/H", "forbidden")
            elif board.access == "login":
                assert kind(board.path) == (403, None, "login")
            elif board.access == "password":
                assert kind(board.path) == (200, None, "password")
        assert kind(whole.hidden[0].path) == (404, "2F173/O", "hidden")
        assert client.get(whole.closed[0].path).status in {200, 403}
        assert b"elComment_" not in client.get(whole.closed[0].path).body
        old, new = next(pair for pair in whole.merged.items() if known(whole, pair[1]))
        for number, thread in [(old, whole.thread(new)), *((stub.thread_id, stub.thread) for stub in whole.stubs)]:
            reply = client.get(f"/topic/{number}-x/")
            assert (reply.status, reply.location) == (301, server.url + thread.path)
        client.close()


def known(forum: Forum, number: int) -> bool:
    return any(thread.thread_id == number for thread in forum.threads)


def test_a_thread_that_is_hidden_leaves_no_trace() -> None:
    forum = build_whole(2, threads=20)
    stub = forum.stubs[0]
    hide(forum, stub.thread, forum.now)
    assert stub not in forum.stubs
    assert isinstance(stub.thread, Thread)
    with DemoServer(forum) as server:
        client = Client(server)
        assert client.get(stub.thread.path).status == 404
        client.close()


def test_a_thousand_pages_take_seconds() -> None:
    forum = build_whole(1, threads=200)
    pages = [(thread, page) for thread in forum.threads for page in range(1, forum.n_pages(thread) + 1)]
    skin = render.skin(forum, "http://forum.test")
    before = time.process_time()
    for thread, page in pages:
        skin.topic_page(thread, page)
    assert (time.process_time() - before) / len(pages) < 0.01
