"""Page stage: a page must make sense before it may be stored."""

from __future__ import annotations

from typing import Self

from scrapy.crawler import Crawler

from crawler.items import TEXT_DUMP, ErrorPage, PageItem, TopicPage


def problems(page: TopicPage) -> list[str]:
    """What is wrong with a topic page; empty when all is well. A text dump need not have times and authors."""
    found = []
    posts = page.posts
    if not posts:
        found.append("no posts")
    if page.thread.thread_id <= 0 or page.thread.page <= 0:
        found.append("thread or page without a number")
    if any(post.post_id <= 0 for post in posts):
        found.append("a post without a number")
    if page.thread.content_class == TEXT_DUMP:
        return found
    if posts and all(post.created_at is None for post in posts):
        found.append("no post has a time")
    if posts and all(post.author_id is None and post.author_name is None for post in posts):
        found.append("no post has an author")
    return found


def validate(page: PageItem) -> PageItem:
    """The page, or an `ErrorPage` in its place: half a page is worse than none."""
    if not isinstance(page, TopicPage):
        return page
    found = problems(page)
    if not found:
        return page
    return ErrorPage(
        url=page.url,
        layout=page.layout,
        kind="unreadable",
        status=page.fetch.status if page.fetch else None,
        detail="; ".join(found),
        ref=page.ref,
        fetch=page.fetch,
        repairs=page.repairs,
        fallbacks=page.fallbacks,
    )


class Validate:
    """`validate` as a Scrapy pipeline; counts what it refuses and what had to be mended."""

    def __init__(self, crawler: Crawler) -> None:
        self._stats = crawler.stats

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Take the stats."""
        return cls(crawler)

    def process_item(self, item: PageItem) -> PageItem:
        """Judge a page."""
        page = validate(item)
        if self._stats is not None:
            if page is not item:
                self._stats.inc_value("threadset/page/refused")
            for name, count in page.repairs.items():
                self._stats.inc_value(f"threadset/repair/{name}", count)
            for name, count in page.fallbacks.items():
                self._stats.inc_value(f"threadset/fallback/{name}", count)
        return page
