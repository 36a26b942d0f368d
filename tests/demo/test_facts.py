"""What the page objects read of the demo forum is what its model says, in every language."""

from __future__ import annotations

import pytest
from facts import check_listing, check_topic

from crawler.demo import Forum
from crawler.demo.render import LANGS, Lang


@pytest.mark.parametrize("lang", LANGS)
def test_threads(forum: Forum, lang: Lang) -> None:
    for thread in forum.threads:
        for page in range(1, forum.n_pages(thread) + 1):
            check_topic(forum, thread, page, "4.7", lang)


@pytest.mark.parametrize("lang", LANGS)
def test_listings(forum: Forum, lang: Lang) -> None:
    for board in forum.boards:
        for page in range(1, forum.n_listing_pages(board) + 1):
            check_listing(forum, board, page, "4.7", lang)
