"""Page bytes to items, all fields, against building the tree alone."""

from __future__ import annotations

from collections.abc import Iterator

import lxml.html

from benchmarks.timing import alternate, row
from crawler.demo import build, render
from crawler.pages import parse


def run() -> Iterator[str]:
    """A page of 25 posts of the demo forum's largest thread, in each layout."""
    forum = build()
    thread = max(forum.threads, key=lambda t: len(t.posts))
    base = "https://forum.example"
    for layout in render.LAYOUTS:
        body = render.topic_page(forum, thread, 1, base, layout=layout)
        url = base + thread.path
        page = parse(body, url)
        posts = len(page.posts)  # type: ignore[union-attr]
        ours, tree = alternate(
            lambda body=body, url=url: parse(body, url),  # type: ignore[misc]
            lambda body=body: lxml.html.fromstring(body),  # type: ignore[misc]
            41,
        )
        what = f"parse a topic page of {layout} ({len(body) // 1000} kB, {posts} posts)"
        yield row(what, ours, tree, "lxml.html.fromstring")
