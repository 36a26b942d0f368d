"""What the store knows of threads and listings: what a run needs to plan its requests."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from crawler.items import FrontierPage, PageRef
from crawler.store.frontier import Frontier, ref_of

_FORUMS_READ = (
    "SELECT p.item_id FROM pages_seen p JOIN frontier o ON o.site = p.site AND o.kind = 'forum' "
    "AND o.item_id = p.item_id AND o.page = p.page WHERE p.kind = 'forum' AND p.site = ?1 AND o.sweep = ?2"
)
_UNLISTED = (
    "kind = 'topic' AND page = 1 AND state = 'done' AND outcome = 'ok' AND site = ?1 AND sweep < ?2 AND EXISTS "
    "(SELECT 1 FROM listings_seen l WHERE l.site = frontier.site AND l.thread_id = frontier.item_id "
    f"AND l.forum_id IN ({_FORUMS_READ}))"
)


class Known:
    """Reads the store of a crawl. Nothing is kept: what a page of this run said is known to the next."""

    def __init__(self, db: sqlite3.Connection, frontier: Frontier) -> None:
        self._db = db
        self._frontier = frontier

    def listing_goes_on(self, own: PageRef, found: list[PageRef]) -> bool:
        """True while other listing pages of the site are to be read in this sweep."""
        if any(self.is_wanted(ref) is False for ref in found if ref.kind == "forum" and ref.key != own.key):
            return True
        waiting = self._db.execute(
            "SELECT 1 FROM frontier WHERE state = 'todo' AND kind = 'forum' AND site = ? "
            "AND NOT (item_id = ? AND page = ?) LIMIT 1",
            (own.site, own.item_id, own.page),
        )
        return waiting.fetchone() is not None

    def is_wanted(self, ref: PageRef) -> bool:
        """True where this sweep wants, or has read, the page."""
        entry = self._frontier.get(ref)
        return entry is not None and entry.sweep >= self._frontier.sweep

    def unlisted(self, site: str) -> Iterator[PageRef]:
        """First pages of threads that were there, were listed in a forum read in this sweep, and were not now."""
        entry: FrontierPage
        for entry in list(self._frontier.entries(_UNLISTED, (site, self._frontier.sweep))):
            yield ref_of(entry)
