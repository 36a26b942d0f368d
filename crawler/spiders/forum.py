"""The spider of forums."""

from __future__ import annotations

from crawler.items import PageRef
from crawler.pages.urls import AddressError
from crawler.spiders.base import PageSpider


class ForumSpider(PageSpider):
    """All listing pages of a forum and all threads on them; ``subforums=1`` takes the forums below it too."""

    name = "forum"

    def seed_of(self, address: str) -> PageRef:
        """As in the base; a thread is refused."""
        ref = super().seed_of(address)
        if ref.kind != "forum":
            raise AddressError("it names a thread, not a forum", "use the spider topic")
        return ref
