from collections import Counter

import pytest

from crawler.demo import Forum, build, build_many
from crawler.demo.model import (
    Citation,
    Code,
    Emoji,
    Guest,
    ListBlock,
    Member,
    Paragraph,
    Post,
    Quote,
    Spoiler,
    Text,
    full_text,
    own_text,
    slug,
)


def _facts(forum: Forum) -> list[tuple[object, ...]]:
    return [
        (post.thread.thread_id, post.post_id, post.author.name, post.created_at, post.full_text, post.edit, post.quotes)
        for post in forum.posts
    ]


def test_a_seed_makes_the_same_forum_again() -> None:
    assert _facts(build(7)) == _facts(build(7))
    assert _facts(build(7)) != _facts(build(8))


@pytest.mark.parametrize("seed", range(1, 21))
def test_any_seed_makes_a_sound_forum(seed: int) -> None:
    made = build(seed)
    numbers = [post.post_id for post in made.posts]
    assert len(set(numbers)) == len(numbers)
    for thread in made.threads:
        assert thread.posts == sorted(thread.posts, key=lambda post: (post.created_at, post.post_id))
        assert thread.n_posts >= 3
    for post in made.posts:
        for truth in post.quotes:
            assert truth.target_post_id is None or truth.target_post_id < post.post_id


def test_main_thread_has_three_pages(forum: Forum) -> None:
    main = forum.thread(101)
    assert [len(forum.page_posts(main, page)) for page in (1, 2, 3)] == [25, 25, 13]
    assert forum.n_listing_pages(main.board) == 2
    assert forum.board(7).parent is main.board


def test_every_way_of_quoting_is_there(forum: Forum) -> None:
    main = forum.thread(101)
    numbers = {post.post_id for post in forum.posts}
    truths = [(post, truth) for post in main.posts for truth in post.quotes]
    cited = [truth for _, truth in truths if truth.cited_post_id]
    assert {truth.depth for _, truth in truths} == {0, 1, 2}
    assert any(truth.cited_post_id not in numbers for truth in cited)
    assert any(truth.cited_thread_id != main.thread_id for truth in cited)
    assert any(truth.cited_author_name is None for _, truth in truths)
    assert any(truth.cited_author_id is None for truth in cited)
    assert any(post.text is None and post.quotes for post in main.posts)
    assert max(Counter(id(post) for post, truth in truths if truth.depth == 0).values()) >= 2
    by_number = {post.post_id: post for post in main.posts}
    pages = {
        (forum.page_of(by_number[truth.target_post_id]), forum.page_of(post))
        for post, truth in truths
        if truth.target_post_id in by_number
    }
    assert {(1, 1), (1, 2), (1, 3), (2, 3)} <= pages


def test_people_and_marks(forum: Forum) -> None:
    main = forum.thread(101)
    assert any(isinstance(post.author, Guest) for post in main.posts)
    marks = [post.edit for post in main.posts if post.edit]
    assert {mark.reason is None for mark in marks} == {True, False}
    assert all(mark.at > post.created_at for post in main.posts if (mark := post.edit))
    assert any(post.reactions for post in main.posts)
    assert {thread.locked for thread in forum.threads} == {True, False}
    assert any(thread.solved for thread in forum.threads)


def test_plain_text() -> None:
    author = Member(1, "A")
    quoted = Quote((Quote((Paragraph.of("deep"),)), Paragraph.of("shallow")), Citation("A", 1, 0, 2, 3))
    blocks = (
        Paragraph((Text("one "), Emoji("🤷", as_image=True))),
        quoted,
        ListBlock(((Text("a"),), (Text("b"),))),
        Spoiler("label", (Paragraph.of("hidden"),)),
        Code("x\n\n  y", "c"),
    )
    assert own_text(blocks) == "one 🤷\n- a\n- b\nhidden\nx\n\n  y"
    assert full_text(blocks) == "one 🤷\n> > deep\n> shallow\n- a\n- b\nhidden\nx\n\n  y"
    assert own_text((quoted,)) is None
    post = Post(author, build().thread(101).posts[0].created_at, blocks, build().thread(101))
    assert [(truth.depth, truth.quoted_text) for truth in post.quotes] == [(0, "shallow"), (1, "deep")]


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("How do I splice a wet rope?", "how-do-i-splice-a-wet-rope"),
        ("Клей", "%D0%BA%D0%BB%D0%B5%D0%B9"),
        ("???", "-"),
    ],
)
def test_slug(title: str, expected: str) -> None:
    assert slug(title) == expected


def test_build_many() -> None:
    made = build_many(7, 5, posts_per_page=2, threads_per_page=3)
    board = made.boards[0]
    assert (len(list(made.posts)), made.n_listing_pages(board), made.n_pages(made.threads[0])) == (35, 3, 3)
