"""Layouts: how they are told apart, old forms of quotes, and pages of a layout that nobody knows."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable

import pytest
from page_markup import HOST, THREAD, attribute, linked, machine, post, shell, topic
from page_reading import body, error, forum_page, texts, topic_page

from crawler import demo
from crawler.demo import render
from crawler.demo.model import Thread
from crawler.items import ErrorPage, PostSeen, TopicPage
from crawler.pages import parse

FORUM = demo.build(threads_per_page=5)
PAGES = [(thread, page) for thread in FORUM.threads for page in range(1, FORUM.n_pages(thread) + 1)]
CHROME = re.compile(r"\b(cPost|cAuthorPane|ips(?!Quote|Spoiler|React|Emoji|AttachLink|Code|Embed|RichText|Mention))")


def strange(page: bytes) -> bytes:
    """A page of 4.7 as a theme might make it that keeps only the spine: other tags, other classes, no JSON-LD."""
    text = re.sub(r"<script type='application/ld\+json'>.*?</script>", "", page.decode(), flags=re.DOTALL)
    text = re.sub(r"""class=(["'])(.*?)\1""", lambda found: f'class="{CHROME.sub("theme-", found[2])}"', text)
    for old, new in (("article", "section"), ("aside", "header"), ("h3", "h5"), ("nav", "div")):
        text = re.sub(rf"<(/?){old}\b", rf"<\1{new}", text)
    return text.encode()


def plain(page: TopicPage) -> list[PostSeen]:
    return [dataclasses.replace(post, body=dataclasses.replace(post.body, html=None)) for post in page.posts]


@pytest.mark.parametrize(("thread", "page"), PAGES, ids=[f"{t.thread_id}-{p}" for t, p in PAGES])
def test_an_unknown_layout_is_read_by_the_spine(thread: Thread, page: int) -> None:
    known = render.topic_page(FORUM, thread, page, HOST)
    url = HOST + thread.path + (f"page/{page}/" if page > 1 else "")
    found, usual = topic_page(strange(known), url), topic_page(known, url)
    assert plain(found) == plain(usual)
    assert (found.layout, usual.layout) == ("unknown", "ips4")
    assert (found.thread.thread_id, found.thread.title) == (thread.thread_id, thread.title)
    assert (found.thread.page, found.thread.n_pages) == (page, FORUM.n_pages(thread))
    assert found.thread.forum_ids == usual.thread.forum_ids
    assert found.repairs == {}
    assert found.fallbacks["thread.title:meta[property=og:title]"] == 1
    assert found.fallbacks["post.post_id:[id^=elComment_]@id"] == len(found.posts)


def spine(number: int, words: str = "<p>Hello</p>", tag: str = "div", data: object = None) -> str:
    """A post of which nothing but the spine is known, its machine data on the container itself."""
    quoted = attribute(machine(number) if data is None else data)
    return (
        f'<{tag} id="elComment_{number}" data-commentid="{number}" data-quotedata="{quoted}">'
        f'<b>Ann</b><time datetime="2023-11-14T22:13:20Z">then</time>'
        f'<section data-role="commentContent">{words}</section><footer>Quote</footer></{tag}>'
    )


@pytest.mark.parametrize("tag", ["div", "section", "li", "x-post"])
def test_containers_of_any_tag(tag: str) -> None:
    found = topic_page(topic(*(spine(n, tag=tag) for n in (1, 2, 3)), ld=linked()))
    assert texts(found) == {1: "Hello", 2: "Hello", 3: "Hello"}
    assert (found.layout, found.repairs) == ("unknown", {})
    assert {post.author_name for post in found.posts} == {"Ann"}


def test_an_article_without_known_classes_is_unknown() -> None:
    found = topic_page(topic(spine(1, tag="article")))
    assert (found.layout, texts(found)) == ("unknown", {1: "Hello"})


def test_a_container_written_into_a_post_of_an_unknown_layout_is_no_post() -> None:
    found = topic_page(topic(spine(1), spine(2, f"<p>Mine</p>{spine(99)}"), spine(3)))
    assert [post.post_id for post in found.posts] == [1, 2, 3]
    assert found.repairs == {"forged_post": 1}


def test_other_numbered_elements_are_no_containers() -> None:
    menu = '<div id="elComment_1_menu">x</div><div data-for="elComment_1">x</div>'
    found = topic_page(topic(spine(1) + menu, spine(2)))
    assert (texts(found), found.repairs) == ({1: "Hello", 2: "Hello"}, {})


def test_a_swallowed_post_of_an_unknown_layout_is_never_lost_silently() -> None:
    assert error(topic(spine(1), spine(2, "Mine<a href='"), spine(3))).kind == "lost_posts"
    assert error(topic(spine(1), spine(2, "<div>" * 3000), spine(3))).kind == "lost_posts"


def test_machine_data_that_contradict_are_no_post_in_any_layout() -> None:
    found = topic_page(topic(spine(1, data=machine(2)), spine(3)))
    assert (texts(found), found.repairs) == ({3: "Hello"}, {"contradictory_post": 1})


def test_without_machine_data_an_unknown_layout_still_has_author_and_time() -> None:
    link = f'<a href="{HOST}/profile/3-ann/"><img alt=""></a><a href="{HOST}/profile/3-ann/">Ann</a>'
    (found,) = topic_page(topic(spine(1, data="").replace("<b>Ann</b>", link))).posts
    assert (found.author_id, found.author_name) == (3, "Ann")
    assert found.created_at is not None


def test_a_listing_of_an_unknown_layout() -> None:
    row = f'<li data-rowid="7"><a href="{HOST}/topic/7-boats/">Boats</a></li>'
    page = shell(
        f'<h1>Harbour</h1><ol data-role="tableRows">{row}</ol>',
        head=f'<link rel="canonical" href="{HOST}/forum/5-harbour/">',
        controller="forums",
        number=5,
    )
    found = forum_page(page, f"{HOST}/forum/5-harbour/")
    assert (found.layout, found.forum.name) == ("unknown", "Harbour")
    assert [(row.thread_id, row.title) for row in found.rows] == [(7, "Boats")]


def entry(number: int, *, first: str = "", words: str = "<p>Hello</p>", after: str = "", pane: str = "") -> str:
    """A post of 5.0."""
    return (
        f'<article id="elComment_{number}" class="ipsEntry js-ipsEntry ipsEntry--post"{first}>{pane}'
        f'<div id="comment-{number}_wrap" data-controller="core.front.core.comment" data-commentid="{number}" '
        f'data-quotedata="{attribute(machine(number))}" class="ipsEntry__content"><time class="ipsTime ipsTime--long" '
        'datetime="2023-11-14T22:13:20Z"><span class="ipsTime__long">Nov 14, 2023</span><span class="ipsTime__short">3 '
        'yr</span></time><div class="ipsEntry__post"><div data-role="commentContent" data-ips-hook="postContent" '
        f'class="ipsRichText ipsRichText--user">{words}</div>{after}</div><div class="ipsEntry__footer">'
        '<menu class="ipsEntry__controls" data-role="commentControls"><li>Quote</li></menu></div></div></article>'
    )


def test_the_first_post_of_5_says_so() -> None:
    found = topic_page(topic(entry(4, first=" data-ips-first-post"), entry(5)), f"{HOST}/topic/7-boats/page/2/")
    assert [post.is_first_post for post in found.posts] == [True, False]
    assert found.layout == "ips5"


def test_an_edit_mark_and_a_signature_of_5_are_no_words() -> None:
    mark = (
        "<p class='ipsEdited' data-excludequote data-el='edited'><i class='fa-solid'></i> <strong>Edited "
        "<time datetime='2024-01-02T03:04:05Z'><span class='ipsTime__long'>January 2</span><span "
        "class='ipsTime__short'>2 yr</span></time> by Ann</strong></p>"
    )
    sign = '<div data-role="memberSignature">Ahoy</div>'
    (found,) = topic_page(topic(entry(4, words=f"<p>Hello</p>{mark}", after=sign))).posts
    assert (found.body.text, found.edited_by, found.body.html) == ("Hello", "Ann", "<p>Hello</p>")
    assert found.edited_at is not None


def test_broken_markup_of_5_draws_nothing_into_a_body() -> None:
    found = topic_page(topic(entry(4, words="Mine<div><div>")))
    assert texts(found) == {4: "Mine"}
    assert found.repairs == {"unclosed_post": 1}


def test_stray_words_of_5_are_kept() -> None:
    found = topic_page(topic(entry(4, words="<p>Mine</p></div><p>Lost</p>"), entry(5)))
    assert texts(found) == {4: "Mine\nLost", 5: "Hello"}
    assert found.repairs == {"stray_words": 1}


BROKEN = ["<div>", "<div>" * 4, "<div>" * 9, "<table><tr><td>", "<b><i>", "<ul><li>", "<blockquote>", "<section>"]


@pytest.mark.parametrize("broken", BROKEN)
@pytest.mark.parametrize("make", [entry, spine])
@pytest.mark.parametrize("proven", [True, False])
def test_broken_markup_costs_no_other_post_silently(make: Callable[..., str], broken: str, proven: bool) -> None:
    comments = [{"@type": "Comment", "@id": f"{HOST}/topic/7-boats/#comment-{n}"} for n in (2, 3, 4)]
    ld = linked(comment=comments) if proven else ""
    body = topic(make(1), make(2, words=f"<p>Mine</p>{broken}"), make(3), make(4), ld=ld)
    found = parse(body, f"{HOST}/topic/7-boats/")
    if isinstance(found, ErrorPage):
        assert (found.kind, proven) == ("lost_posts", False)
        return
    assert isinstance(found, TopicPage)
    assert [post.post_id for post in found.posts] == [1, 2, 3, 4]
    assert [post.body.text for post in found.posts if post.post_id != 2] == ["Hello"] * 3
    assert (found.posts[1].body.full_text or "").startswith("Mine")


BOX = '<details class="ipsRichTextBox ipsRichTextBox--{}"><summary{}><p>Label</p></summary>{}</details>'


@pytest.mark.parametrize(
    "markup",
    [
        (
            '<div class="ipsSpoiler" data-ipsspoiler=""><div class="ipsSpoiler_header"><span>Spoiler</span></div>'
            '<div class="ipsSpoiler_contents"><p>The end</p></div></div>'
        ),
        '<blockquote class="ipsStyle_spoiler" data-ipsspoiler=""><p>The end</p></blockquote>',
        '<blockquote class="ipsStyle_spoilerFancy"><div class="ipsSpoiler_header">Reveal</div>The end</blockquote>',
        BOX.format("collapsible", ' class="ipsRichTextBox__title"', "<i-richtext-box-content><p>The end</p></i-rich>"),
        BOX.format("expandable", "", "<div><p>The end</p></div>"),
        (
            '<div class="ipsRichTextBox ipsRichTextBox--alwaysopen"><div class="ipsRichTextBox__title">Label</div>'
            "<p>The end</p></div>"
        ),
    ],
)
def test_the_words_behind_a_spoiler_are_the_same_whatever_its_markup(markup: str) -> None:
    one, other = body(f"<p>So:</p>{markup}<p>Well</p>"), body("<p>So:</p><p>The end</p><p>Well</p>")
    assert (one.text, one.full_text, one.text_hash) == (other.text, other.full_text, other.text_hash)
    assert one.quotes == []


@pytest.mark.parametrize(
    ("markup", "cited"),
    [
        (('<blockquote class="ipsBlockquote" data-author="Bob" data-cid="42" data-time="1700000000"><p>old</p>'
         "</blockquote>"), ("Bob", 42, True)),
        ('<blockquote data-ipsquote="" class="ipsQuote" data-cite="Bob"><div>old</div></blockquote>',
         ("Bob", None, False)),
        ('<blockquote data-ipsquote=""><div>old</div></blockquote>', (None, None, False)),
        ('<blockquote class="forums_Topic"><p>old</p></blockquote>', (None, None, False)),
        ('<p class="citation">Bob, on 2 May, said:</p><blockquote class="ipsBlockquote"><p>old</p></blockquote>',
         (None, None, False)),
        ('<p class="citation">Bob said:</p><div class="blockquote"><div class="quote"><p>old</p></div></div>',
         (None, None, False)),
        ('<div class="quote">old</div>', (None, None, False)),
        ('<cite class="citation">Bob said:</cite><blockquote><p>old</p></blockquote>', (None, None, False)),
        (('<blockquote class="ipsQuote"><header class="ipsQuote_citation">Bob said:</header>'
         '<div class="ipsQuote_contents" data-ipstruncate="">old</div></blockquote>'), (None, None, False)),
    ],
)  # fmt: skip
def test_quotes_of_all_ages(markup: str, cited: tuple[str | None, int | None, bool]) -> None:
    read = body(f"{markup}<p>new</p>")
    (quote,) = read.quotes
    assert (read.text, read.full_text, quote.quoted_text) == ("new", "> old\nnew", "old")
    assert (quote.cited_author_name, quote.cited_post_id, quote.cited_at is not None) == cited


@pytest.mark.parametrize("css", ["ipsQuote_contents", "quoted", "my-quote", "ipsQuote_wrap"])
def test_other_boxes_are_no_quotes(css: str) -> None:
    assert body(f'<div class="{css}">mine</div>').quotes == []


def test_which_of_4_x_a_page_is() -> None:
    new, old = topic(post(1)), topic(re.sub('<div class="cAuthorPane_mobile">.*?</div></div>', "", post(1)))
    assert (topic_page(new).layout, topic_page(old).layout) == ("ips4", "ips40")
    assert topic_page(new).posts == topic_page(old).posts


def test_a_thread_without_json_ld_has_its_author_and_time_from_its_header() -> None:
    header = (
        f'<p>By <a href="{HOST}/profile/3-ann/"><img alt=""></a><a href="{HOST}/profile/3-ann/">Ann</a>, '
        '<time datetime="2023-11-14T22:13:20Z">then</time></p></h1>'
    )
    page = topic(post(1)).replace(b"</h1>", header.encode(), 1).replace(b'<h1 class="ipsType_pageTitle">', b"<h1>")
    found = topic_page(page.replace(b"<h1>", b'<h1 class="ipsType_pageTitle">'))
    assert (found.thread.author_id, found.thread.author_name, found.thread.thread_id) == (3, "Ann", THREAD)
    assert found.thread.created_at is not None
    assert found.fallbacks["thread.author_id:.ipsPageHeader a[href*=/profile/]"] == 1
