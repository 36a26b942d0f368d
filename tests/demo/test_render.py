import json
import re
from collections.abc import Iterator

import pytest
from lxml import etree, html

from crawler.demo import Forum, render
from crawler.demo.model import Thread

BASE = "http://forum.test"
EXTERNAL = {"lamp.example", "video.example", "gazette.example"}  # what posts and signatures link
NAMED = {"schema.org", "www.schema.org", "www.invisioncommunity.com"}  # vocabulary, and the copyright line
POSTS = "//article[starts-with(@id, 'elComment_')]"


def _topic_pages(forum: Forum) -> Iterator[tuple[Thread, int, bytes]]:
    for thread in forum.threads:
        for page in range(1, forum.n_pages(thread) + 1):
            yield thread, page, render.topic_page(forum, thread, page, BASE)


def _all_pages(forum: Forum) -> Iterator[bytes]:
    yield from (page for _, _, page in _topic_pages(forum))
    for board in forum.boards:
        for page in range(1, forum.n_listing_pages(board) + 1):
            yield render.forum_page(forum, board, page, BASE)
    yield render.index_page(forum, BASE)
    yield render.error_page(forum, BASE, "2F173/1")
    yield from (wall(forum, BASE) for wall in (render.login_wall, render.age_gate, render.offline, render.ban))
    yield render.empty_thread(forum, forum.threads[0], BASE)
    yield render.not_ips(BASE)
    yield render.challenge("forum.test")


def _tree(page: bytes) -> html.HtmlElement:
    return html.document_fromstring(page, parser=html.HTMLParser(encoding="utf-8"))


def test_posts_are_all_there_and_counted_alike(forum: Forum) -> None:
    for thread, page, body in _topic_pages(forum):
        tree = _tree(body)
        ids = [f"elComment_{post.post_id}" for post in forum.page_posts(thread, page)]
        assert tree.xpath(f"{POSTS}/@id") == ids
        assert body.count(b'id="elComment_') == len(ids)
        assert tree.xpath("//*[@data-role='commentFeed']/form/article/@id") == ids


def test_machine_data_agrees_with_the_model(forum: Forum) -> None:
    for thread, page, body in _topic_pages(forum):
        wraps = _tree(body).xpath("//*[@data-quotedata]")
        read = [json.loads(wrap.get("data-quotedata")) for wrap in wraps]
        posts = forum.page_posts(thread, page)
        assert [value["contentcommentid"] for value in read] == [post.post_id for post in posts]
        assert [value["username"] for value in read] == [post.author.name for post in posts]
        assert [value["userid"] for value in read] == [post.author_id for post in posts]
        assert [value["timestamp"] for value in read] == [post.timestamp for post in posts]


def test_each_post_has_the_parts_of_a_real_one(forum: Forum) -> None:
    for _, _, body in _topic_pages(forum):
        for article in _tree(body).xpath(POSTS):
            assert len(article.xpath(".//*[@data-role='commentContent']")) == 1
            assert len(article.xpath(".//*[contains(@class, 'cAuthorPane_author')]")) == 2
            outside = article.xpath(".//time[not(ancestor::*[@data-role='commentContent'])]/@datetime")
            assert len(outside) == 2
            assert len(set(outside)) == 1
            assert article.xpath(".//button[@data-role='webShare']/@data-websharetext")


def test_quotes_carry_what_they_cite(forum: Forum) -> None:
    for thread, page, body in _topic_pages(forum):
        for article, post in zip(_tree(body).xpath(POSTS), forum.page_posts(thread, page), strict=True):
            quotes = article.xpath(".//blockquote[@data-ipsquote]")
            read = [
                (quote.get("data-ipsquote-contentcommentid"), quote.get("data-ipsquote-username")) for quote in quotes
            ]
            known = [
                (str(truth.cited_post_id) if truth.cited_post_id else None, truth.cited_author_name)
                for truth in post.quotes
            ]
            assert read == known


def test_discussion_counts_the_replies(forum: Forum) -> None:
    for thread, page, body in _topic_pages(forum):
        scripts = [json.loads(text) for text in _tree(body).xpath("//script[@type='application/ld+json']/text()")]
        kinds = [value["@type"] for value in scripts]
        assert kinds == ["DiscussionForumPosting", "WebSite", "Organization", "BreadcrumbList", "ContactPage"]
        counts = {
            value["interactionType"].rpartition("/")[2]: value["userInteractionCount"]
            for value in scripts[0]["interactionStatistic"]
        }
        assert counts["CommentAction"] == thread.n_posts - 1
        assert scripts[0]["pageEnd"] == forum.n_pages(thread)
        assert len(scripts[0]["comment"]) == len(forum.page_posts(thread, page)) - (page == 1)


def test_pagers_and_head_links(forum: Forum) -> None:
    main = forum.thread(101)
    for page in (1, 2, 3):
        tree = _tree(render.topic_page(forum, main, page, BASE))
        own = BASE + main.path + (f"page/{page}/" if page > 1 else "")
        assert tree.xpath("//link[@rel='canonical']/@href") == [own]
        assert bool(tree.xpath("//link[@rel='next']")) == (page < 3)
        assert tree.xpath("//ul[contains(@class, 'ipsPagination')]/@data-pages") == ["3", "3"]
        inactive = tree.xpath("//li[contains(@class, 'ipsPagination_next ipsPagination_inactive')]/a/@href")
        assert inactive == ([f"{own}#comments"] * 2 if page == 3 else [])


def test_recommended_box_repeats_a_post_in_the_main_thread_only(forum: Forum) -> None:
    for thread, _, body in _topic_pages(forum):
        box = _tree(body).xpath("//div[@data-role='recommendedComments']")
        repeated = box[0].xpath("./div[contains(@class, 'ipsBox')]/@data-commentid")
        assert repeated == ([str(thread.posts[1].post_id)] if thread.thread_id == 101 else [])


def test_listing_shows_every_thread_once(forum: Forum) -> None:
    for board in forum.boards:
        ids: list[str] = []
        for page in range(1, forum.n_listing_pages(board) + 1):
            ids += _tree(render.forum_page(forum, board, page, BASE)).xpath("//li[@data-rowid]/@data-rowid")
        assert ids == [str(thread.thread_id) for thread in forum.listed(board)]
        rows = _tree(render.forum_page(forum, board, 1, BASE)).xpath("//li[@data-forumid]/@data-forumid")
        assert rows == [str(child.forum_id) for child in forum.children(board)]


def test_no_page_links_elsewhere(forum: Forum) -> None:
    for body in _all_pages(forum):
        hosts = set(re.findall(r"https?://([^/\"'<>&\s]+)", body.decode()))
        assert hosts <= {"forum.test", *EXTERNAL, *NAMED}


def test_pages_are_well_nested(forum: Forum) -> None:
    parser = etree.HTMLParser(encoding="utf-8", recover=True)
    for body in _all_pages(forum):
        etree.fromstring(body, parser)
        told = [
            error.message
            for error in parser.error_log
            if "Tag " not in error.message  # libxml2 does not know the elements of HTML 5
        ]
        assert told == []


@pytest.mark.parametrize("wall", [render.login_wall, render.age_gate, render.offline, render.ban])
def test_walls_hold_no_posts(forum: Forum, wall: object) -> None:
    assert callable(wall)
    assert b"elComment_" not in wall(forum, BASE)
    assert b"elComment_" not in render.empty_thread(forum, forum.threads[0], BASE)


def test_every_page_has_the_sign_in_form(forum: Forum) -> None:
    assert all(b"_processLogin" in body for _, _, body in _topic_pages(forum))
