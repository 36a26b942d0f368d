"""Page bytes to items, all fields, against building the tree alone."""

from __future__ import annotations

from collections.abc import Iterator

import lxml.html

from benchmarks.timing import alternate, row
from crawler.demo import build, render
from crawler.pages import parse


def run() -> Iterator[str]:
    """A page of 25 posts of the demo forum's largest thread."""
    forum = build()
    thread = max(forum.threads, key=lambda t: len(t.posts))
    base = "https://forum.example"
    body = render.topic_page(forum, thread, 2, base)
    url = f"{base}{thread.path}page/2/"
    page = parse(body, url)
    posts = len(page.posts)  # type: ignore[union-attr]
    ours, tree = alternate(lambda: parse(body, url), lambda: lxml.html.fromstring(body), 41)
    yield row(f"parse a topic page ({len(body) // 1000} kB, {posts} posts)", ours, tree, "lxml.html.fromstring")
