"""Pages of threads: which containers are posts, what is lost, what repeats."""

from __future__ import annotations

import pytest
from page_markup import HOST, SIGN_IN, URL, linked, machine, pager, post, shell, topic
from page_reading import error, texts, topic_page

from crawler.items import TopicPage
from crawler.pages import parse

BOMBS = [255, 256, 300, 2000, 2047, 2048, 3000, 50_000]
POSTS = [post(1), post(2), post(3)]


def comments(*numbers: int) -> str:
    return linked(comment=[{"@type": "Comment", "@id": f"{HOST}/topic/7-boats/#comment-{n}"} for n in numbers])


def test_posts_in_order() -> None:
    page = topic_page(topic(*POSTS))
    assert texts(page) == {1: "Hello", 2: "Hello", 3: "Hello"}
    assert [p.is_first_post for p in page.posts] == [True, False, False]
    assert (page.layout, page.repairs) == ("ips4", {})
    assert page.pages_url == f"{HOST}/topic/7-boats/page/{{page}}/"


@pytest.mark.parametrize("tag", ["div", "blockquote", "span", "b", "ul><li", "table><tr><td", "unknown"])
@pytest.mark.parametrize("levels", BOMBS)
@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_depth_bomb_costs_no_post_silently(tag: str, levels: int, place: int) -> None:
    closing = "".join(f"</{name}>" for name in reversed(tag.split("><")))
    markup = f"<{tag}>" * levels + "deep" + closing * levels
    posts = [post(n, markup if n == place + 1 else "<p>Hello</p>") for n in (1, 2, 3)]
    for ld in ("", comments(2, 3)):
        found = topic_page(topic(*posts, ld=ld))
        assert [p.post_id for p in found.posts] == [1, 2, 3]
        assert "deep" in (found.posts[place].body.full_text or "")
        assert [p.body.text for p in found.posts if p.post_id != place + 1] == ["Hello", "Hello"]
        n_levels = levels * len(tag.split("><"))
        assert found.repairs == ({} if n_levels < 2000 else {"too_deep": 1} if levels > 2048 else found.repairs)


def test_several_depth_bombs_cost_no_post() -> None:
    bomb = "<blockquote>" * 50_000 + "deep" + "</blockquote>" * 50_000 + "<p>after</p>"
    found = topic_page(topic(post(1), post(2, bomb), post(3), post(4, bomb)))
    assert [p.post_id for p in found.posts] == [1, 2, 3, 4]
    assert (found.posts[1].body.text, found.posts[2].body.text) == ("after", "Hello")
    assert found.posts[1].body.text_hash == found.posts[3].body.text_hash
    assert found.repairs == {"too_deep": 2}


@pytest.mark.parametrize("ld", ["", comments(2, 3)])
def test_nobody_knows_where_a_depth_bomb_ends_that_is_not_closed(ld: str) -> None:
    assert error(topic(post(1), post(2, "Mine" + "<div>" * 3000), post(3), ld=ld)).kind == "lost_posts"


@pytest.mark.parametrize("opening", ["<div>", "<p>", "<b><div>", "<!-- <div> --><div>", "<img alt='<div>'><div>"])
@pytest.mark.parametrize("closing", ["</div>", "</b>", "</p></div>", "</div></b></p></div>"])
def test_what_is_taken_out_of_a_depth_bomb_lets_nothing_out_of_its_post(opening: str, closing: str) -> None:
    def numbers(levels: int) -> set[int]:
        inside = opening * levels + closing * (levels - 10) + "</div></div></div></article>" + post(99) + closing * 20
        found = parse(topic(post(1), post(2, inside), post(3)), URL)
        return {p.post_id for p in found.posts} if isinstance(found, TopicPage) else set()

    assert numbers(3000) <= numbers(300)


def test_a_depth_bomb_hidden_by_a_forged_container_is_found() -> None:
    forged = '<article title=">" id="elComment_3">'
    page = topic(post(1), post(2, forged + "<div>" * 3000), post(3))
    assert error(page).kind == "lost_posts"


@pytest.mark.parametrize(
    "broken",
    [
        "<div>",
        "<div><div><div>",
        "<div>" * 9,
        "<table><tr><td>",
        "<b><i>",
        "<ul><li>",
        "<blockquote>",
        "<pre>",
    ],
)
def test_broken_markup_costs_no_other_post(broken: str) -> None:
    """The parser puts what follows an unclosed element into it, the next posts included."""
    page = topic(post(1), post(2, f"<p>Mine</p>{broken}"), post(3), post(4), ld=comments(2, 3, 4))
    found = topic_page(page)
    assert [p.post_id for p in found.posts] == [1, 2, 3, 4]
    assert [p.body.text for p in found.posts if p.post_id != 2] == ["Hello"] * 3
    assert (found.posts[1].body.full_text or "").replace("> ", "") == "Mine"


def test_an_unclosed_attribute_is_told() -> None:
    assert error(topic(post(1), post(2, "Mine<a href='"), post(3), post(4), ld=comments(2, 3, 4))).kind == "lost_posts"


def test_swallowed_posts_that_nothing_proves_make_the_page_an_error() -> None:
    assert error(topic(post(1), post(2, "<div>"), post(3))).kind == "lost_posts"


def test_broken_markup_in_the_last_post_draws_nothing_into_it() -> None:
    found = topic_page(topic(post(1), post(2, "Mine<table><tr><td>"), ld=comments(2)))
    assert texts(found) == {1: "Hello", 2: "Mine"}
    assert found.repairs == {"unclosed_post": 1}


@pytest.mark.parametrize(
    "forged",
    [
        post(99),
        "</article>" + post(99),
        "</div></div></div></article>" + post(99),
        '</div></div></div></div></article><article id="elComment_99"><p data-role="commentContent">x</p></article>',
        '<article id="elComment_99"></article>',
        '<article id="elComment_99"><div data-commentid="99"><div data-role="commentContent">x</div></div></article>',
        '<ARTICLE ID=elComment_99 CLASS="ipsComment">x</ARTICLE>',
        "<article title='>' id='elComment_99'>x</article>",
        '<article id="&#101;lComment_99">x</article>',
    ],
)
@pytest.mark.parametrize("ld", ["", comments(2, 3)])
def test_a_container_written_into_a_post_is_no_post(forged: str, ld: str) -> None:
    found = topic_page(topic(post(1), post(2, f"<p>Mine</p>{forged}"), post(3), ld=ld))
    assert [p.post_id for p in found.posts] == [1, 2, 3]
    assert (found.posts[1].body.text or "").startswith("Mine")
    assert found.posts[2].body.text == "Hello"
    assert set(found.repairs) & {"forged_post", "contradictory_post"}


@pytest.mark.parametrize(
    "hidden",
    [
        "&lt;article id=&quot;elComment_99&quot;&gt;",
        "<!-- <article id='elComment_99'> -->",
        "<script>var x = '<article id=\"elComment_99\">';</script>",
        "<img alt='<article id=\"elComment_99\">'>",
    ],
)
def test_a_container_that_is_only_text_is_none(hidden: str) -> None:
    assert list(texts(topic_page(topic(post(1), post(2, f"x{hidden}"))))) == [1, 2]


def test_a_container_in_the_title_is_none() -> None:
    page = topic(post(1)).replace(b"<span>Boats</span>", b'<span>Boats</span><article id="elComment_99"></article>')
    found = topic_page(page)
    assert list(texts(found)) == [1]
    assert found.repairs == {"contradictory_post": 1}


@pytest.mark.parametrize(
    ("named", "data"),
    [(2, machine(1)), (1, machine(2)), (1, machine(1, contentid=8)), ("x", "")],
)
def test_a_post_whose_numbers_contradict_is_left_out_and_counted(named: object, data: object) -> None:
    found = topic_page(topic(post(1, named=named, data=data), post(5)))  # type: ignore[arg-type]
    assert list(texts(found)) == [5]
    assert found.repairs == {"contradictory_post": 1}


def test_a_post_twice_is_one_post() -> None:
    found = topic_page(topic(post(1), post(2, "<p>first</p>"), post(2, "<p>second</p>"), post(3)))
    assert texts(found) == {1: "Hello", 2: "first", 3: "Hello"}
    assert found.repairs == {"duplicate_post": 1}


def test_recommended_posts_are_no_posts() -> None:
    repeated = (
        '<div data-role="recommendedComments"><h2>Recommended Posts</h2><div class="ipsBox" data-commentID="2">'
        f'<div class="ipsType_richText">Hello</div></div>{post(2, "<p>again</p>")}</div>'
    )
    assert texts(topic_page(topic(post(1), post(2), before=repeated))) == {1: "Hello", 2: "Hello"}


def test_share_menus_and_mobile_panes_add_nothing() -> None:
    (found,) = topic_page(topic(post(1))).posts
    assert (found.body.text, found.body.full_text, found.author_name) == ("Hello", "Hello", "Ann")


def test_a_page_with_topic_markers_and_no_post_is_an_error() -> None:
    assert error(topic()).kind == "no_posts"


def test_a_page_on_which_no_post_can_be_read_is_an_error() -> None:
    assert error(topic(post(1, named=9))).kind == "unreadable"


def test_comments_of_something_else_are_no_thread() -> None:
    page = shell(post(1), controller="view", number=None)
    assert error(page, f"{HOST}/gallery/image/5-boat/").kind == "unreadable"


@pytest.mark.parametrize(
    ("canonical", "thread"),
    [
        (f"{HOST}/topic/7-boats/", 7),
        (f"{HOST}/forums/topic/7-boats/?tab=comments", 7),
        (f"{HOST}/topic/8-other/", 7),
        ("https://evil.example/topic/7-boats/", 7),
        ("https://evil.example/topic/666-x/", 7),
        ("javascript:alert(1)", 7),
        ("//[", 7),
        ("", 7),
    ],
)
def test_a_hostile_canonical_leads_nowhere(canonical: str, thread: int) -> None:
    found = topic_page(topic(post(1), canonical=canonical))
    assert found.thread.thread_id == thread
    assert found.pages_url.startswith(f"{HOST}/")
    assert (found.thread.url or "").startswith(f"{HOST}/")
    assert "/7-boats/" in found.pages_url


def test_further_pages_are_asked_where_this_one_answered() -> None:
    found = topic_page(topic(post(1), canonical="http://www.forum.example:81/topic/7-boats/"))
    assert found.pages_url == f"{HOST}/topic/7-boats/page/{{page}}/"


def test_the_thread_by_its_address_where_nothing_else_tells() -> None:
    page = topic(post(1), canonical="").replace(b' data-pageID="7"', b"").replace(b'data-feedid="topic-7"', b"")
    found = topic_page(page)
    assert found.thread.thread_id == 7
    assert found.fallbacks["thread.thread_id:address"] == 1


def test_page_two_and_its_paging_style() -> None:
    found = topic_page(topic(post(1), before=pager(3, 2), ld=linked()), f"{HOST}/topic/7-boats/page/2/")
    assert (found.thread.page, found.thread.n_pages) == (2, 3)
    assert not found.posts[0].is_first_post
    old = topic_page(topic(post(1), before=pager(3, 2, path="/?page={}")))
    assert old.pages_url == f"{HOST}/topic/7-boats/?page={{page}}"
    assert old.thread.page == 2


def test_the_sign_in_form_of_the_header_is_no_wall() -> None:
    assert SIGN_IN.encode() in topic(post(1))
    assert texts(topic_page(topic(post(1), tail='<form data-role="replyArea">Sign in to reply</form>'))) == {1: "Hello"}


def test_a_page_that_ends_twice_loses_no_post_silently() -> None:
    assert error(topic(post(1), post(2, "x</body></html>"), post(3))).kind == "lost_posts"


@pytest.mark.parametrize("odd", ["", "\x01", "\x1f\ufffe"])
@pytest.mark.parametrize("stray", ["Lost", "<p>Lost</p>", "<i>Lo</i>st", "Lost<p data-excludequote>Edited</p>"])
def test_words_behind_a_closing_tag_too_many_are_kept_and_counted(stray: str, odd: str) -> None:
    found = topic_page(topic(post(1), post(2, f"<p>Mine</p></div>{odd}{stray}"), post(3)))
    assert (found.posts[1].body.text or "").replace("\n", "") == f"Mine{odd}Lost"
    assert [p.post_id for p in found.posts] == [1, 2, 3]
    assert found.repairs == {"stray_words": 1}
