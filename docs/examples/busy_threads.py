"""A spider of one's own: threads of a forum with at least so many replies.

From the project's root:

    scrapy runspider docs/examples/busy_threads.py -a url=https://forum.example/forum/2-news/ -O posts.jsonl
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from crawler.items import ForumPage, PageItem, PageRef
from crawler.spiders.base import PageSpider


class BusyThreads(PageSpider):
    """``least``: replies that a thread must have, as its forum's listing says, to be read."""

    name = "busy"
    takes = "forum"

    def __init__(self, least: str = "100", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.least = int(least)

    def follow(self, page: PageItem, ref: PageRef) -> Iterator[PageRef]:
        """Of a listing the further pages, and the busy threads; of a thread all of its pages."""
        quiet = set()
        if isinstance(page, ForumPage):
            quiet = {row.thread_id for row in page.rows if (row.n_replies or 0) < self.least}
        for found in super().follow(page, ref):
            if found.kind != "topic" or found.item_id not in quiet:
                yield found
