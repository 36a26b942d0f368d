"""Which pages are asked for only if they have changed, and what is made of the answer that they have not.

A listing is always asked for in full: what a run does hangs on it, and it is what an answer of a thread's page is
checked by. A thread's page is asked for only if it has changed where it was read as a whole, with its thread, and no
listing has told otherwise since. Everything else is asked for in full; where a page was kept of which that does not
hold, past all caches on the way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import NamedTuple

from crawler.clock import now
from crawler.items import PageRef, TopicPage
from crawler.store import Store
from crawler.store.db import micros
from crawler.store.validators import Kept

MOST_UNCHANGED = 9
"""Answers in a row that nothing has changed which are believed. Then the page is asked for in full: a server that is
wrong about it is found out."""

LONGEST_UNREAD = timedelta(days=30)
"""Time since a page last came as a whole after which it is asked for in full; and for how long nothing is asked on
condition of a site that gave out other words under the same validators."""

PAST_CACHES = {"Cache-Control": "no-cache"}

_LONGEST = 1000
_SECOND_LOOK = timedelta(minutes=1)


class Unchanged(NamedTuple):
    """A page as it was read before: its fetch then, and the hash of its body."""

    page: TopicPage
    fetch_id: int
    body_sha256: str | None


@dataclass(slots=True)
class Conditions:
    """Decides for the crawl over a store. ``archived``: an archive is kept, and must have the page's body.

    With ``refresh`` everything is asked for in full.
    """

    store: Store
    refresh: bool = False
    archived: bool = False
    authenticated: bool = False

    def headers(self, ref: PageRef) -> dict[str, str]:
        """What is added to the request for a page."""
        entry = self.store.frontier.get(ref)
        if entry is not None and entry.outcome == "stale":
            return dict(PAST_CACHES)
        kept = self.store.validators.get(ref)
        if kept is None or self.refresh:
            return {}
        if not self._holds(kept, ref):
            return dict(PAST_CACHES)
        return {"If-None-Match": kept.etag} if kept.etag else {"If-Modified-Since": str(kept.last_modified)}

    def unchanged(self, ref: PageRef, url: str) -> Unchanged | None:
        """The page that the server says is as it was; ``None`` where it is not in the store any more."""
        kept = self.store.validators.get(ref)
        page = self.store.validators.page(kept, url) if kept is not None else None
        return None if kept is None or page is None else Unchanged(page, kept.fetch_id, kept.body_sha256)

    def _holds(self, kept: Kept, ref: PageRef) -> bool:
        validators, site = self.store.validators, ref.site
        long_ago = micros(now() - LONGEST_UNREAD)
        return (
            kept.n_unchanged < MOST_UNCHANGED
            and validators.lied_at(site) < long_ago < validators.read_in_full_at(kept, ref)
            and kept.authenticated == self.authenticated
            and (kept.is_archived or not self.archived)
            and validators.is_as_listed(site, kept.thread_id, kept.fetch_id)
            and validators.is_whole(site, kept.thread_id)
        )


def validators_of(headers: Mapping[str, str]) -> tuple[str | None, str | None]:
    """ETag and Last-Modified of an answer, by lower-case name, where they are of use.

    A time counts only where it lies a minute before that of the answer: the page may have changed again within the
    same second (RFC 9110, section 8.8.2.2).
    """
    etag, modified = (_plain(headers.get(name)) for name in ("etag", "last-modified"))
    return etag, modified if modified and _is_settled(modified, headers.get("date")) else None


def _plain(value: str | None) -> str | None:
    value = (value or "").strip()
    return value if value and len(value) <= _LONGEST and value.isascii() and value.isprintable() else None


def _is_settled(modified: str, date: str | None) -> bool:
    try:
        return bool(parsedate_to_datetime(date or "") - parsedate_to_datetime(modified) >= _SECOND_LOOK)
    except (ValueError, TypeError):
        return False
