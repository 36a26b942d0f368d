"""The pages of the demo forum, read, as a crawl would hand them to the store."""

from __future__ import annotations

import copy
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from pages_made import T0, sent

from crawler.demo import DemoServer, Forum, build, render
from crawler.demo.render import Lang, Layout
from crawler.items import ForumPage, PageItem, PageRef, TopicPage
from crawler.pages import parse

SITE = "127.0.0.1"
SECOND = timedelta(seconds=1)


@cache
def forum() -> Forum:
    return build(threads_per_page=5)


@cache
def _read() -> tuple[str, tuple[tuple[str, int, int, str, Any], ...]]:
    made = forum()
    places = [
        (kind, number, page, path + (f"page/{page}/" if page > 1 else ""))
        for kind, number, path, n_pages in [
            *(("topic", one.thread_id, one.path, made.n_pages(one)) for one in made.threads),
            *(("forum", one.forum_id, one.path, made.n_listing_pages(one)) for one in made.boards),
        ]
        for page in range(1, n_pages + 1)
    ]
    server = DemoServer(made)
    try:
        base = server.url
        pages = tuple((*place, parse(server.answer(place[3]).body, base + place[3])) for place in places)
    finally:
        server.close()
    return base, pages


def base() -> str:
    return _read()[0]


def pages() -> list[PageItem]:
    """Every page of every thread and board, in order, a second apart, with what each leads to."""
    made, found = forum(), []
    for rank, (kind, number, page, path, read) in enumerate(_read()[1]):
        where = _ref(kind, number, page, path)
        led = []
        if kind == "forum":
            led = [_ref("topic", row.thread_id, 1, made.thread(row.thread_id).path) for row in read.rows]
        n_pages = read.thread.n_pages if isinstance(read, TopicPage) else read.forum.n_pages
        first = path.removesuffix(f"page/{page}/") if page > 1 else path
        led += [_ref(kind, number, other, f"{first}page/{other}/") for other in range(2, n_pages + 1) if other != page]
        found.append(sent(copy.deepcopy(read), where, T0 + rank * SECOND, led))
    return found


def _ref(kind: Any, number: int, page: int, path: str) -> PageRef:
    return PageRef(SITE, kind, number, page, base() + path)


BASE = "http://127.0.0.1:8123"


def pages_of(made: Forum, layout: Layout = "4.7", lang: Lang = "en", at: datetime = T0) -> list[PageItem]:
    """Every page of a forum that a guest may read, in a layout and language: read, and a second apart."""
    skin, found = render.skin(made, BASE, layout, lang), list[PageItem]()
    boards = [board for board in made.boards if board.access == "open"]
    places: list[tuple[Any, int, str, int]] = [
        *(("forum", board.forum_id, board.path, made.n_listing_pages(board)) for board in boards),
        *(("topic", thread.thread_id, thread.path, made.n_pages(thread)) for thread in made.threads),
    ]
    for kind, number, path, n_pages in places:
        for page in range(1, n_pages + 1):
            url = skin.page_url(BASE + path, page)
            one = made.board(number) if kind == "forum" else made.thread(number)
            body = skin.forum_page(one, page) if kind == "forum" else skin.topic_page(one, page)  # type: ignore[arg-type]
            read = parse(body, url)
            assert isinstance(read, TopicPage | ForumPage), read
            found.append(sent(read, PageRef(SITE, kind, number, page, url), at + len(found) * SECOND))
    return found
