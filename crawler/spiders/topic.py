"""The spider of threads."""

from __future__ import annotations

from crawler.items import PageRef
from crawler.pages.urls import AddressError
from crawler.spiders.base import PageSpider


class TopicSpider(PageSpider):
    """Whole threads, from page 1, whatever page or post the address points at."""

    name = "topic"

    def seed_of(self, address: str) -> PageRef:
        """As in the base; a forum is refused."""
        ref = super().seed_of(address)
        if ref.kind != "topic":
            raise AddressError("it names a forum, not a thread", "use the spider forum")
        return ref
