"""The spider of forums."""

from __future__ import annotations

from crawler.spiders.base import PageSpider


class ForumSpider(PageSpider):
    """All listing pages of a forum and all threads on them; ``subforums=1`` takes the forums below it too.

    A thread is refused.
    """

    name = "forum"
    takes = "forum"
