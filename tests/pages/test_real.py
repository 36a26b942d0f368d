"""Saved pages of real forums beside the repository, against an independent reading. Skipped where they are absent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote

import pytest
from page_reading import content, forum_page, topic_page
from raw_reading import OwnWords, RawPage, declared, letters, listed, subforums

from crawler.pages import read_body

SHARED = Path(__file__).parents[3] / "shared"
FORUM = SHARED / "forums" / "gopiratia"
POSTS = SHARED / "quotes" / "real_posts.jsonl"
BASE = "https://go-piratia.ru"

needs_pages = pytest.mark.skipif(not FORUM.is_dir(), reason="no saved forum pages beside the repository")
needs_posts = pytest.mark.skipif(not POSTS.is_file(), reason="no saved posts beside the repository")


def pages(kind: str) -> Iterator[tuple[str, bytes]]:
    for line in (FORUM / "pages.tsv").read_text("utf-8").splitlines():
        path, name = line.split("\t")[:2]
        if path.startswith(f"/{kind}/"):
            yield BASE + path, (FORUM / "pages" / name).read_bytes()


@needs_pages
def test_posts_are_those_of_the_raw_attributes() -> None:
    n_posts = n_quotes = n_edited = 0
    for url, body in pages("topic"):
        page = topic_page(body, url)
        text = body.decode()
        raw = RawPage(text).posts
        assert [post.post_id for post in page.posts] == [post.number for post in raw], url
        for post, truth in zip(page.posts, raw, strict=True):
            data = truth.data
            assert post.post_id == data["contentcommentid"]
            assert page.thread.thread_id == data["contentid"]
            assert (post.author_id, post.author_name) == (data["userid"] or None, " ".join(data["username"].split()))
            assert post.created_at == datetime.fromtimestamp(data["timestamp"], UTC)
            assert post.edited_at == (datetime.fromisoformat(truth.edited) if truth.edited else None), url
            ids = [int(quote["contentcommentid"]) if "contentcommentid" in quote else None for quote in truth.quotes]
            assert [quote.cited_post_id for quote in post.body.quotes] == ids
            names = [quote.get("username") or None for quote in truth.quotes]
            assert [quote.cited_author_name for quote in post.body.quotes] == names
            n_posts, n_quotes, n_edited = n_posts + 1, n_quotes + len(ids), n_edited + bool(truth.edited)
        replies = declared(text)
        assert page.thread.n_posts_declared == (None if replies is None else replies + 1)
        assert page.thread.content_class == "forums_Topic"
        assert page.repairs == {}
    assert n_posts > 100
    assert n_quotes
    assert n_edited


@needs_pages
def test_listings_are_those_of_the_raw_attributes() -> None:
    n_rows = 0
    for url, body in pages("forum"):
        page, text = forum_page(body, url), body.decode()
        assert [row.thread_id for row in page.rows] == listed(text), url
        assert [forum.forum_id for forum in page.subforums] == subforums(text), url
        assert all(row.url and row.title and row.created_at for row in page.rows)
        assert unquote(page.forum.url or "") == unquote(url)
        n_rows += len(page.rows)
    assert n_rows > 50


@needs_posts
def test_real_quotes() -> None:
    n_named = 0
    for line in POSTS.read_text("utf-8").splitlines():
        post = json.loads(line)
        truth = OwnWords(post["html"])
        read = read_body(content(post["html"]), "https://forum.example/")
        where = post["post_id"]
        assert len(read.quotes) == len(truth.quoted), where
        assert [quote.parent_quote_index for quote in read.quotes] == truth.parents, where
        ids = [a.get("data-ipsquote-contentcommentid") for a in truth.attributes]
        assert [quote.cited_post_id for quote in read.quotes] == [int(n) if n else None for n in ids], where
        assert letters(read.text) == letters("".join(truth.own)), where
        for quote, words in zip(read.quotes, truth.quoted, strict=True):
            assert letters(quote.quoted_text) == letters("".join(words)), where
        n_named += sum(number is not None for number in ids)
    assert n_named == 73
