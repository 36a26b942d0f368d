"""The one entrance: any bytes give a page, and nothing is raised."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from page_markup import HOST, URL, linked, machine, pager, post, replies, topic
from page_reading import error

from crawler import demo
from crawler.demo import render
from crawler.items import ErrorPage, ForumPage, Redirect, TopicPage, Wall
from crawler.pages import parse, parse_with_document

FORUM = demo.build()
GOOD = [
    topic(post(1), post(2, data=machine(2, userid=None)), before=pager(3), ld=linked(interactionStatistic=replies(60))),
    render.topic_page(FORUM, FORUM.threads[0], 1, HOST),
    render.forum_page(FORUM, FORUM.threads[0].board, 1, HOST),
]
KINDS = TopicPage | ForumPage | Redirect | Wall | ErrorPage
statuses = st.sampled_from([200, 200, 200, 301, 304, 403, 404, 500, 503])


@given(st.binary(), statuses)
@settings(deadline=None)
def test_any_bytes(body: bytes, status: int) -> None:
    assert isinstance(parse(body, URL, status=status), KINDS)
    assert isinstance(parse(body + b"</html>", URL, status=status), KINDS)


@given(st.lists(st.sampled_from([
    b"<html>", b"</html>", b"<body data-pagecontroller='topic' data-pageid='7'>", b"<article id='elComment_1'>",
    b"</article>", b"<div data-role='commentContent'>", b"</div>", b"<blockquote data-ipsquote>", b"</blockquote>",
    b"<div data-commentid='1' data-quotedata='{&quot;contentcommentid&quot;:1}'>", b"<!--", b"-->", b"<script>",
    b"<script type='application/ld+json'>", b"</script>", b"{}", b"[{}]", b"<pre>", b"<table><td>",
    b"<a href='/topic/7-x/'>",
    b"<ul class='ipsPagination' data-pages='9'>", b"<li data-rowid='5'>", b"<title>", b"<textarea>", b"<plaintext>",
    b"<svg><math>", b"<template>", b"<frameset>", b"<head>", b"<base href='//evil.example/'>", b"x", b"\x00", b"\xff",
    b"<?php", b"<![CDATA[", b"&#0;", b"<article id=elComment_2 ", b"'", b'"', b">",
]), max_size=40))  # fmt: skip
@settings(max_examples=300, deadline=None)
def test_any_pieces_of_markup(pieces: list[bytes]) -> None:
    page = parse(b"".join(pieces) + b"</html>", URL)
    assert isinstance(page, KINDS)
    if isinstance(page, TopicPage):
        assert {p.post_id for p in page.posts} <= {1, 2}


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_a_good_page_with_bytes_changed(data: st.DataObject) -> None:
    page = bytearray(data.draw(st.sampled_from(GOOD)))
    for _ in range(data.draw(st.integers(1, 5))):
        start = data.draw(st.integers(0, len(page)))
        page[start : start + data.draw(st.integers(0, 60))] = data.draw(st.binary(max_size=12))
    assert isinstance(parse(bytes(page), URL), KINDS)


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_a_good_page_with_its_parts_in_disorder(data: st.DataObject) -> None:
    parts = data.draw(st.sampled_from(GOOD[:1])).split(b"<")
    moved = data.draw(st.lists(st.sampled_from(parts), max_size=80))
    assert isinstance(parse(b"<".join(moved) + b"</html>", URL), KINDS)


@pytest.mark.parametrize("page", GOOD)
def test_a_page_cut_off_anywhere_is_no_content(page: bytes) -> None:
    for cut in range(0, page.rindex(b"</html>") + 6, 1 + len(page) // 60):
        assert error(page[:cut]).kind == "truncated"


@pytest.mark.parametrize(
    ("status", "location", "target"),
    [
        (301, "/topic/8-y/", f"{HOST}/topic/8-y/"),
        (302, "https://other.example/", "https://other.example/"),
        (307, "?page=2", f"{URL}?page=2"),
        (308, "file:///etc/passwd", None),
        (303, "//[", None),
        (300, None, None),
    ],
)
def test_redirects(status: int, location: str | None, target: str | None) -> None:
    page = parse(GOOD[0], URL, status=status, headers={"Location": location} if location else {})
    assert isinstance(page, Redirect)
    assert (page.status, page.target) == (status, target)


@pytest.mark.parametrize("status", [204, 206, 304, 403, 404, 429, 500, 503])
def test_content_with_another_status_is_no_content(status: int) -> None:
    assert isinstance(parse(GOOD[0], URL, status=status), ErrorPage | Wall)


@pytest.mark.parametrize("url", ["", "page.html", "https://[", "/topic/7-boats/", "https://forum.example/"])
def test_any_address(url: str) -> None:
    for page in GOOD:
        assert isinstance(parse(page, url), KINDS)


def test_the_document_tells_which_selectors_answered() -> None:
    page, document = parse_with_document(GOOD[0], URL)
    assert isinstance(page, TopicPage)
    assert document.answers.counts["post.author_id"] == {"[data-quotedata].userid": 2}
    assert document.answers.counts["thread.thread_id"] == {"link[rel=canonical]": 1}


@pytest.mark.parametrize(
    "junk",
    [
        b"<!--",
        b"<a ",
        b"<![CDATA[",
        b"</",
        b"<article ",
        b"<article id='elComment_9'>",
        b"<!",
        b"<?",
        b"&#",
        b"<p",
        b"<a b='",
    ],
)
def test_junk_by_the_megabyte(junk: bytes) -> None:
    body = junk.decode() * (400_000 // len(junk))
    assert isinstance(parse(topic(post(1), post(2, body), post(3)), URL), KINDS)
    assert isinstance(parse(topic(post(1), post(2, body + "<div>" * 3000), post(3)), URL), KINDS)
