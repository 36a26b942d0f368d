"""Page stage: each post once a page, each page once among those found.

The same post on another page, in another run or after a page shift is no duplicate here but another sighting: the
store keeps its words once, and `derive` makes one row of it.
"""

from __future__ import annotations

from typing import Self, TypeVar

from scrapy.crawler import Crawler

from crawler.items import PageItem, PageRef, PostSeen, TopicPage

P = TypeVar("P", bound=PageItem)


def distinct_posts(posts: list[PostSeen]) -> list[PostSeen]:
    """Posts by number, the first of each, in page order."""
    kept: dict[int, PostSeen] = {}
    for post in posts:
        kept.setdefault(post.post_id, post)
    return list(kept.values())


def distinct_refs(refs: list[PageRef]) -> list[PageRef]:
    """Pages by what they are, not by address, the first of each."""
    kept: dict[tuple[str, str, int, int], PageRef] = {}
    for ref in refs:
        kept.setdefault(ref.key, ref)
    return list(kept.values())


def deduplicate(page: P) -> tuple[P, int]:
    """The page with each post and each found page once, in place; and how many posts fell away."""
    page.found = distinct_refs(page.found)
    if not isinstance(page, TopicPage):
        return page, 0
    before = len(page.posts)
    page.posts = distinct_posts(page.posts)
    return page, before - len(page.posts)


class Deduplicate:
    """`deduplicate` as a Scrapy pipeline."""

    def __init__(self, crawler: Crawler) -> None:
        self._stats = crawler.stats

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Take the stats."""
        return cls(crawler)

    def process_item(self, item: PageItem) -> PageItem:
        """Deduplicate a page."""
        page, dropped = deduplicate(item)
        if dropped and self._stats is not None:
            self._stats.inc_value("threadset/post/duplicate", dropped)
        return page
