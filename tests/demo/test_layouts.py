"""The same facts in every layout and language."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import product

import pytest
from demo_client import Client
from lxml import etree, html

from crawler.demo import DemoServer, Forum, render
from crawler.demo.model import Post, Thread
from crawler.demo.render import LANGS, LAYOUTS, Lang, Layout
from crawler.demo.render.words import fr, ru, th

BASE = "http://forum.test"
SKINS = list(product(LAYOUTS, LANGS))
POSTS = "//article[starts-with(@id, 'elComment_')]"


def tree_of(page: bytes) -> html.HtmlElement:
    return html.document_fromstring(page, parser=html.HTMLParser(encoding="utf-8"))


def topic_pages(forum: Forum, layout: Layout, lang: Lang) -> Iterator[tuple[Thread, int, bytes]]:
    skin = render.skin(forum, BASE, layout, lang)
    for thread in forum.threads:
        for page in range(1, forum.n_pages(thread) + 1):
            yield thread, page, skin.topic_page(thread, page)


def all_pages(forum: Forum, layout: Layout, lang: Lang) -> Iterator[bytes]:
    skin = render.skin(forum, BASE, layout, lang)
    yield from (page for _, _, page in topic_pages(forum, layout, lang))
    yield from (skin.forum_page(b, n) for b in forum.boards for n in range(1, forum.n_listing_pages(b) + 1))
    yield skin.index_page()
    yield render.error_page(forum, BASE, "2F173/1", layout=layout, lang=lang)
    for wall in (render.login_wall, render.age_gate, render.offline, render.ban):
        yield wall(forum, BASE, layout=layout, lang=lang)
    yield render.password_wall(forum, forum.boards[1], BASE, layout=layout, lang=lang)
    yield render.empty_thread(forum, forum.threads[0], BASE, layout=layout, lang=lang)


@pytest.mark.parametrize(("layout", "lang"), SKINS)
def test_every_post_is_there_with_its_machine_data(forum: Forum, layout: Layout, lang: Lang) -> None:
    for thread, page, body in topic_pages(forum, layout, lang):
        tree, posts = tree_of(body), forum.page_posts(thread, page)
        assert tree.xpath(f"{POSTS}/@id") == [f"elComment_{post.post_id}" for post in posts]
        assert tree.xpath("//*[@data-role='commentFeed']/form/article/@id") == tree.xpath(f"{POSTS}/@id")
        for article, post in zip(tree.xpath(POSTS), posts, strict=True):
            same_post(article, post)


def same_post(article: html.HtmlElement, post: Post) -> None:
    (machine,) = article.xpath(".//@data-quotedata")
    assert json.loads(machine) == {
        "userid": post.author_id,
        "username": post.author.name,
        "timestamp": post.timestamp,
        "contentapp": "forums",
        "contenttype": "forums",
        "contentid": post.thread.thread_id,
        "contentclass": "forums_Topic",
        "contentcommentid": post.post_id,
    }
    (content,) = article.xpath(".//*[@data-role='commentContent']")
    times = article.xpath(".//time[not(ancestor::*[@data-role='commentContent'])]/@datetime")
    assert set(times) == {post.created_at.strftime("%Y-%m-%dT%H:%M:%SZ")}
    cited = [quote.get("data-ipsquote-contentcommentid") for quote in content.xpath(".//blockquote[@data-ipsquote]")]
    assert cited == [str(truth.cited_post_id) if truth.cited_post_id else None for truth in post.quotes]
    edits = content.xpath(".//*[@data-excludequote]//time/@datetime")
    assert edits == ([post.edit.at.strftime("%Y-%m-%dT%H:%M:%SZ")] if post.edit else [])
    counts = [int(text) for text in article.xpath(".//*[@data-role='reactCountText']/text()")]
    assert counts == ([sum(post.reactions.values())] if post.reactions else [])


_SHOWN = re.compile(r"^(?:title|alt|placeholder|data-short|lang|id|for|data-websharetext)$")


def machine_values(body: bytes) -> list[tuple[str, str]]:
    """The attributes that are no words for readers; of pages in all languages they are the same."""
    found = [
        (str(name), str(value))
        for element in tree_of(body).iter(etree.Element)
        for name, value in element.attrib.items()
        if not _SHOWN.match(str(name)) and element.tag != "meta"
    ]
    return [pair for pair in found if pair[0] != "name" or pair[1] != "twitter:card"]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_languages_differ_in_words_alone(forum: Forum, layout: Layout) -> None:
    english = [machine_values(page) for page in all_pages(forum, layout, "en")]
    for lang in ("fr", "ru", "th"):
        pages = list(all_pages(forum, layout, lang))  # type: ignore[arg-type]
        for values, page in zip(english, pages, strict=True):
            assert machine_values(page) == values
        assert all(f'lang="{lang}'.encode() in page for page in pages)


def test_texts_are_html_and_complete() -> None:
    for texts in (fr.TEXTS, ru.TEXTS, th.TEXTS):
        assert texts.keys() == fr.TEXTS.keys()
        for english, text in texts.items():
            assert not set(text) & set("<>&\"'")
            assert set(re.findall(r"{\w+}", text)) == set(re.findall(r"{\w+}", english))


def test_thai_years_are_of_the_buddha(forum: Forum) -> None:
    body = render.topic_page(forum, forum.thread(101), 1, BASE, lang="th").decode()
    assert ">12 มีนาคม 2567</time>" in body
    assert "datetime='2024-03-12T09:15:07Z'" in body


@pytest.mark.parametrize("layout", LAYOUTS)
def test_pages_are_well_nested(forum: Forum, layout: Layout) -> None:
    parser = etree.HTMLParser(encoding="utf-8", recover=True)
    for body in all_pages(forum, layout, "fr"):
        etree.fromstring(body, parser)
        assert [error.message for error in parser.error_log if "Tag " not in error.message] == []


@pytest.mark.parametrize(("layout", "second"), [("4.0", "?page=2"), ("4.7", "page/2/"), ("5.0", "page/2/")])
def test_paging_of_a_layout(forum: Forum, layout: Layout, second: str) -> None:
    main = forum.thread(101)
    with DemoServer(forum, layout=layout) as server:
        client = Client(server)
        first = client.get(main.path)
        (following,) = tree_of(first.body).xpath("//link[@rel='next']/@href")
        assert following == f"{server.url}{main.path}{second}"
        page = client.get(main.path + second)
        assert page.status == 200
        assert tree_of(page.body).xpath("//link[@rel='canonical']/@href") == [following]
        other = client.get(main.path + ("page/2/" if layout == "4.0" else "?page=2"))
        assert (other.status, other.location) == (301, following)
        client.close()


def test_marks_of_the_old_layout(forum: Forum) -> None:
    pages = list(topic_pages(forum, "4.0", "en"))
    for thread, page, body in pages:
        tree = tree_of(body)
        assert len(tree.xpath("//*[contains(@class, 'cAuthorPane_author')]")) == len(forum.page_posts(thread, page))
        assert b"data-commentApp=" in body
        assert tree.xpath("//article//@data-websharetext") == []
    spoilers = [
        tree_of(body).xpath("//blockquote[@class='ipsStyle_spoiler'][@data-ipsspoiler]") for _, _, body in pages
    ]
    assert any(spoilers)


def test_marks_of_the_new_layout(forum: Forum) -> None:
    for thread, page, body in topic_pages(forum, "5.0", "en"):
        tree = tree_of(body)
        assert len(tree.xpath("//article[@data-ips-first-post]")) == (page == 1)
        assert tree.xpath("//h1[@data-ips-hook='title']/span/text()") == [thread.title]
        trail = tree.xpath("//nav[1]/ol[contains(@itemtype, 'BreadcrumbList')]//a/@href")
        assert trail[-1] == BASE + thread.board.path
        for article in tree.xpath(POSTS):
            assert len(article.xpath("./aside//*[@class='ipsEntry__username']")) == 1
            assert {len(time) for time in article.xpath(".//time[@class='ipsTime ipsTime--long']")} == {2}
            for edited in article.xpath(".//p[@data-excludequote][@data-el='edited']"):
                assert edited.getparent().get("data-role") == "commentContent"


def test_authors_above_their_posts(forum: Forum) -> None:
    forum.site.author_pane = False
    try:
        tree = tree_of(render.topic_page(forum, forum.thread(88), 1, BASE, layout="5.0"))
    finally:
        forum.site.author_pane = True
    assert tree.xpath("//article/aside") == []
    names = tree.xpath("//article//*[@class='ipsEntry__username']//h3//text()")
    assert names == [post.author.name for post in forum.thread(88).posts]


def test_a_server_changes_its_clothes(forum: Forum) -> None:
    with DemoServer(forum) as server:
        client, path = Client(server), forum.thread(88).path
        before = client.get(path).body
        server.show(layout="5.0", lang="th")
        assert b"ipsEntry--post" in client.get(path).body
        assert b"Disallow: /profile/" not in client.get("/robots.txt").body
        server.show(layout="4.7", lang="en")
        assert client.get(path).body == before
        client.close()
