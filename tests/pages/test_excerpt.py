"""Reading a thread's page out of its excerpt: the same facts as out of the whole, whatever a post holds."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from page_markup import HOST, URL, linked, pager, post, topic

from crawler import demo
from crawler.demo import render
from crawler.demo.render import LAYOUTS, Layout
from crawler.items import ErrorPage, TopicPage
from crawler.pages import Page, parse_with_document
from crawler.pages.excerpt import excerpt

FORUM = demo.build(threads_per_page=5)
THREADS = [thread for thread in FORUM.threads if thread.n_posts > 2]


def made(layout: Layout, number: int = 0) -> tuple[bytes, str]:
    thread = THREADS[number % len(THREADS)]
    return render.topic_page(FORUM, thread, 1, HOST, layout=layout), HOST + thread.path


def both(body: bytes, url: str = URL) -> tuple[tuple[Page, Any], tuple[Page, Any], bool]:
    """Facts and answers by the quick way and out of the whole; whether the quick way did."""
    (quick, one), (whole, other) = parse_with_document(body, url), parse_with_document(body, url, whole=True)
    return (quick, one.answers.counts), (whole, other.answers.counts), one.is_excerpt


def same(body: bytes, url: str = URL) -> bool:
    quick, whole, is_excerpt = both(body, url)
    assert quick == whole
    return is_excerpt


@pytest.mark.parametrize("layout", LAYOUTS)
def test_pages_of_the_demo_forum_are_read_out_of_half_of_them(layout: Layout) -> None:
    for number in range(len(THREADS)):
        body, url = made(layout, number)
        assert same(body, url)
        found = excerpt(body)
        assert found is not None
        assert len(found.body) < len(body)
        assert found.n_posts == body.count(b"<article")


ODD = [
    *(
        "<div>",
        "</div>",
        "</div>" * 4,
        "</article>",
        "</div></div></div></div></article>",
        "<table><tr><td>",
        "</form>",
    ),
    *("<a href='", '<img title="', "<!--", "-->", "<!", "<script>", "</script>", "<textarea>", "<iframe>", "<select>"),
    *("<p>", "</p>", "<b><i>", "<li>", "<blockquote>", "</blockquote>", "<pre>", "</body>", "</html>", "<h1>x</h1>"),
    *('<article id="elComment_99">', "<article id=elComment_99 ", "<ARTICLE ID=elComment_99>", "<article>", "x", " "),
    *("data-role='commentContent'", '<div data-role="commentContent">', "<time datetime='2020-01-01T00:00:00Z'>", "<"),
    *('<div data-commentid="99" data-quotedata="{}">', "<span data-excludequote>x</span>", "data-quotedata", '"', "'"),
    *('<aside><li data-role="group">Kings</li></aside>', "<aside>", "</aside>", "</ul>", '<ul class="ipsPagination">'),
    *(
        '<ul data-role="commentControls">',
        '<script type="application/ld+json">[]</script>',
        "<link rel=canonical>",
        "\x01",
    ),
    *("core.front.core.reaction", '<div data-controller="core.front.core.reaction">', "reactCount", "<x-end-of-post>"),
    *('<div class="ipsReact_reactCount"><img alt="Like">7</div></ul>', '<span data-role="reactCountText">9</span>'),
    post(99),
    "<div>" * 3000,
]


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(LAYOUTS),
    st.integers(0, 9),
    st.integers(0, 9),
    st.lists(st.sampled_from(ODD), max_size=4),
    st.data(),
)
def test_whatever_is_written_into_posts(
    layout: Layout, number: int, which: int, odd: list[str], data: st.DataObject
) -> None:
    body, url = made(layout, number)
    for fragment in odd:
        places = [found.end() for found in re.finditer(rb"<div data-role=.commentContent[^>]*>", body)]
        place = places[which % len(places)] + data.draw(st.sampled_from([0, 0, 1, 20]))
        body = body[:place] + fragment.encode() + body[place:]
    same(body, url)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(ODD), min_size=1, max_size=6), st.lists(st.sampled_from(ODD), max_size=6))
def test_whatever_two_members_write_between_them(one: list[str], other: list[str]) -> None:
    same(topic(post(1), post(2, "".join(one)), post(3), post(4, "".join(other)), post(5)))


HIDDEN = (
    '<article id="elComment_9"></article><div data-commentid="9" data-quotedata="{}"><div data-role="commentContent">'
)


@pytest.mark.parametrize("quote", ["'", '"'])
@pytest.mark.parametrize(
    "tail", ["", '<ARTICLE id="elComment_9">', "</div>" * 5 + '</article><article id="elComment_9">']
)
def test_a_container_that_is_no_element_leads_to_the_whole(quote: str, tail: str) -> None:
    markup = f"<img title={quote}{HIDDEN.replace(quote, '')}{quote}>{tail}"
    assert not same(topic(post(1), post(2, markup), post(3)))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("data-quoteData", "data-x"),
        ("&quot;userid&quot;", "&quot;x&quot;"),
        ("&quot;timestamp&quot;", "&quot;x&quot;"),
        ('data-commentID="2"', 'data-commentID="3"'),
        ("<time", "<i"),
        ("<aside", "<!-- x --><aside"),
        ('data-role="group"', 'data-role="group"><b data-role="group"'),
        ('<div class="ipsComment_meta">', '<div class="ipsComment_meta"><div>'),
    ],
)  # fmt: skip
def test_what_an_excerpt_lacks_is_read_out_of_the_whole(old: str, new: str) -> None:
    changed = post(2).replace(old, new)
    assert changed != post(2)
    assert not same(topic(post(1), changed, post(3)))


def test_what_stands_before_and_behind_a_thread_is_left_out() -> None:
    menus = "<nav><ul>" + '<li><a href="/x/">Menu</a></li>' * 400 + "</ul></nav>"
    body = topic(post(1), post(2), before=pager(3), ld=pager(3) + linked(name="Ships"), tail=menus)
    body = body.replace(b"<main>", menus.encode() + b"<main>")
    found = excerpt(body)
    assert found is not None
    assert b">Menu<" not in found.body
    assert same(body)


@pytest.mark.parametrize(
    "word",
    ["<h1 class='ipsType_pageTitle'><span>Other</span></h1>", pager(9), "<article>x</article>", linked(pageEnd=7)],
)
@pytest.mark.parametrize("wrap", ["{}", "<!-- {} -->", "<script>var x = `{}`</script>", "<textarea>{}</textarea>"])
def test_what_the_furniture_says_is_heard(word: str, wrap: str) -> None:
    odd = wrap.format(word).encode()
    plain = topic(post(1), post(2), tail="<p>x</p>")
    same(plain.replace(b"<main>", odd + b"<main>"))
    same(plain.replace(b"<p>x</p>", odd))


def test_a_page_of_another_kind_has_no_excerpt() -> None:
    assert excerpt(b"<html><article id='x'></article></html>") is None
    page, document = parse_with_document(b"<html><p>elComment_1</p></html>", URL)
    assert isinstance(page, ErrorPage)
    assert not document.is_excerpt


def test_a_pane_that_breaks_the_page_costs_nothing() -> None:
    """Out of the whole, the post whose pane ends the form around all posts would be lost."""
    body = topic(post(1), post(2).replace("<li data-role", "</form><li data-role"), post(3))
    page, _document = parse_with_document(body, URL)
    assert isinstance(page, TopicPage)
    assert [found.post_id for found in page.posts] == [1, 2, 3]


REACTIONS = (
    '<div data-role="reactCount"><span data-role="reactCountText">3</span></div><ul class="ipsReact_reactions">'
    '<li class="ipsReact_reactCount"><span><img alt="Like"></span><span>2</span></li>'
    '<li class="ipsReact_reactCount"><span><img alt="Sad"></span><span>1</span></li></ul>'
)
PLACE = '<div data-controller="core.front.core.reaction">'


def read(body: bytes) -> list[Any]:
    page, document = parse_with_document(body, URL)
    assert isinstance(page, TopicPage)
    assert document.is_excerpt
    return page.posts


@pytest.mark.parametrize("layout", LAYOUTS)
def test_what_stands_behind_the_reactions_is_left_out(layout: Layout) -> None:
    body, _url = made(layout)
    found = excerpt(body)
    assert found is not None
    assert found.n_cut == found.n_posts
    assert b"Link to comment" in body
    assert b"Link to comment" not in found.body


def test_reactions_are_kept() -> None:
    liked = post(2).replace(PLACE, PLACE + REACTIONS)
    body = topic(post(1), liked, post(3).replace(PLACE, "<div>"), post(4))
    assert same(body)
    assert [found.n_reactions for found in read(body)] == [0, 3, None, 0]
    assert read(body)[1].reactions == [("Like", 2), ("Sad", 1)]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (REACTIONS, '<div class="ipsReact_reactCount"><img alt="Like"><ul></ul>2</div>'),  # the list ends inside
        (REACTIONS, '<span data-role="reactCountText"><ul></ul>3</span>'),
        (REACTIONS, REACTIONS.replace("</ul>", "")),
        (REACTIONS, f"{REACTIONS}<div>{PLACE}</div></div>"),
        ('<ul data-role="commentControls">', '<script type="application/ld+json">[]</script>'),
        ("</article>", "</div></article>"),
    ],
)
def test_an_odd_tail_is_read_as_in_the_whole(old: str, new: str) -> None:
    liked = post(2).replace(PLACE, PLACE + REACTIONS)
    assert old in liked
    same(topic(post(1), liked.replace(old, new), post(3)))


@pytest.mark.parametrize("broken", ["<!--", "<script>", "<textarea>", "<a href='", "<iframe>", "</html>", "<b><i>"])
def test_a_tail_that_breaks_the_page_costs_nothing(broken: str) -> None:
    """Out of the whole, some of these would lose the posts that follow."""
    body = topic(post(1), post(2, after=f'<div data-role="memberSignature">{broken}</div>'), post(3), post(4))
    assert [found.post_id for found in read(body)] == [1, 2, 3, 4]
    assert {found.body.text for found in read(body)} == {"Hello"}


def test_a_body_without_an_end_is_read_out_of_the_whole() -> None:
    assert not same(topic(post(1), post(2, "<p>Hello</p><div>"), post(3)))


@pytest.mark.parametrize("name", ["Ships", "Ships <b>", "Ships\r", "Größe", "\ud800"])
def test_linked_data_is_not_carried_by_the_tree(name: str) -> None:
    body = topic(post(1), post(2), ld=linked(name=name, pageEnd=3) + "<script type='application/ld+json'>{]</script>")
    assert same(body) is False  # broken data is odd
    whole = topic(post(1), post(2), ld=linked(name=name, pageEnd=3))
    assert same(whole)
    found = excerpt(whole)
    assert found is not None
    assert len(found.data) == ("<" not in name)


def test_a_script_that_looks_replaced_is_read_out_of_the_whole() -> None:
    forged = '<script type="application/ld+json">x-data-0</script>'
    assert not same(topic(post(1), post(2), ld=linked(pageEnd=3) + forged))
    assert not same(topic(post(1), post(2), before=forged, ld=linked(pageEnd=3)))
