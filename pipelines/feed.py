"""Rows for Scrapy's own feeds: what one page says, as rows of a table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from crawler.items import PageItem, TopicPage
from crawler.items.history import PageReading, ThreadHistory, ThreadKey
from pipelines.derive import derive

_UNKNOWN = datetime(1970, 1, 1, tzinfo=UTC)


def rows_of(item: Any, table: str) -> Sequence[Any]:
    """Rows of a table out of one page, derived as if it were all that is known of the thread.

    So positions are known on page 1 only, and quotes of posts on other pages are ``unseen``. Pages without posts give
    no rows.
    """
    if not isinstance(item, TopicPage):
        return []
    return derive(_history(item)).tables.get(table, [])


def _history(page: TopicPage) -> ThreadHistory:
    return ThreadHistory(
        key=ThreadKey(_site(page), page.thread.content_class, page.thread.thread_id),
        pages=[
            PageReading(
                fetch_id=0,
                run_id=0,
                fetched_at=page.fetch.fetched_at if page.fetch else _UNKNOWN,
                thread=page.thread,
                posts=page.posts,
            )
        ],
        outcome="ok",
        url=page.url,
    )


def _site(page: PageItem) -> str:
    return page.ref.site if page.ref is not None else ""
