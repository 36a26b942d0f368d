"""What only shows over several pages: pagers that go on for ever."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection

import orjson

from crawler.items import ForumPage, PageItem, TopicPage

_ON_THREAD_PAGES = (
    "SELECT count(DISTINCT s.post_id) FROM sightings s JOIN pages_seen p USING (fetch_id) "
    "JOIN fetches f USING (fetch_id) WHERE f.run_id = ? AND p.kind = 'topic' AND p.site = ? AND p.item_id = ? "
    "AND p.page <> ? AND s.post_id IN (SELECT value FROM json_each(?))"
)
_ON_LISTING_PAGES = (
    "SELECT count(DISTINCT l.thread_id) FROM listings_seen l JOIN pages_seen p USING (fetch_id) "
    "JOIN fetches f USING (fetch_id) WHERE f.run_id = ? AND l.site = ? AND l.forum_id = ? "
    "AND p.page <> ? AND l.thread_id IN (SELECT value FROM json_each(?))"
)


def without_traps(
    db: sqlite3.Connection, run_id: int, page: PageItem, post_ids: Collection[int] | None = None
) -> PageItem:
    """The page; without the pages it leads to where these would go on for ever.

    ``post_ids`` are the numbers of its posts, where these have been taken out of it.
    """
    if page.ref is not None and _says_nothing_new(db, run_id, page, post_ids):
        own = page.thread.thread_id if isinstance(page, TopicPage) else page.ref.item_id
        page.found = [found for found in page.found if (found.kind, found.item_id) != (page.ref.kind, own)]
    return page


def _says_nothing_new(db: sqlite3.Connection, run_id: int, page: PageItem, post_ids: Collection[int] | None) -> bool:
    """True for a page beyond the first whose entries all stood on other pages that this run has read."""
    if isinstance(page, TopicPage):
        query, item, number = _ON_THREAD_PAGES, page.thread.thread_id, page.thread.page
        ids = {post.post_id for post in page.posts} if post_ids is None else set(post_ids)
    elif isinstance(page, ForumPage):
        query, item, number = _ON_LISTING_PAGES, page.forum.forum_id, page.forum.page
        ids = {row.thread_id for row in page.rows}
    else:
        return False
    if number == 1 or page.ref is None:
        return False
    values = (run_id, page.ref.site, item, number, orjson.dumps(sorted(ids)).decode())
    return bool(db.execute(query, values).fetchone()[0] == len(ids))
