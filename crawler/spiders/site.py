"""The spider of `threadset grab`: threads and forums alike."""

from __future__ import annotations

from crawler.spiders.base import PageSpider


class SiteSpider(PageSpider):
    """Threads and forums, in one crawl."""

    name = "site"
