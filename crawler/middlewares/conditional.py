"""Asks for a page only if it has changed, where that is enough; where it has not, it is taken from the store."""

from __future__ import annotations

import logging
import sqlite3
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from crawler.conditional import Unchanged
from crawler.items import PageRef
from crawler.session import Session, session_of
from crawler.store.errors import StoreError

logger = logging.getLogger(__name__)

NOT_MODIFIED = 304

_ASKED, _FOUND = "conditional", "unchanged"  # in the request's meta; read by this module alone


class Conditional:
    """Stands behind the turn: by then everything is stored that was read before."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Find the session."""
        return cls(session_of(crawler))

    def process_request(self, request: Request) -> None:
        """Add the condition."""
        ref = request.cb_kwargs.get("ref")
        if not isinstance(ref, PageRef):
            return
        try:
            headers = self._session.conditions.headers(ref)
        except sqlite3.Error as error:
            self._session.store_failed(error)
            return
        for name, value in headers.items():
            request.headers[name] = value
        request.meta[_ASKED] = not headers.keys().isdisjoint({"If-None-Match", "If-Modified-Since"})

    def process_response(self, request: Request, response: Response) -> Response:
        """Find the page that has not changed. One that cannot be had is left to the page objects, which refuse it."""
        if response.status == NOT_MODIFIED and request.meta.get(_ASKED):
            try:
                request.meta[_FOUND] = self._session.conditions.unchanged(request.cb_kwargs["ref"], request.url)
            except sqlite3.Error as error:
                self._session.store_failed(error)
            except StoreError:
                logger.info("A page that has not changed is damaged in the store: it is asked for in full")
        return response


def unchanged_of(response: Response) -> Unchanged | None:
    """The page that an answer says is as it was."""
    found = response.request.meta.get(_FOUND) if response.request is not None else None
    return found if isinstance(found, Unchanged) else None
