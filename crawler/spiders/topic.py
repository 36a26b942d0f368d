"""The spider of threads."""

from __future__ import annotations

from crawler.spiders.base import PageSpider


class TopicSpider(PageSpider):
    """Whole threads, from page 1, whatever page or post the address points at. A forum is refused."""

    name = "topic"
    takes = "topic"
