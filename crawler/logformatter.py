"""What Scrapy logs of pages: their numbers and outcome, never what somebody wrote on them."""

from __future__ import annotations

import logging
from typing import Any

from scrapy import Request, Spider
from scrapy.http import Response
from scrapy.logformatter import LogFormatter, LogFormatterResult
from twisted.python.failure import Failure

from crawler.items import PageItem


def describe(item: Any) -> str:
    """An item in numbers."""
    if not isinstance(item, PageItem):
        return type(item).__name__
    where = f" {item.ref.kind} {item.ref.item_id} page {item.ref.page}" if item.ref else ""
    kind = getattr(item, "kind", None)
    return f"{type(item).__name__}{where}{f' ({kind})' if kind else ''}"


def printable(text: object) -> str:
    """Text for a terminal or a log line: control characters and what turns the writing around are made visible."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in str(text))


class PlainLogFormatter(LogFormatter):
    """Scrapy's messages with items in numbers and addresses on one line."""

    def crawled(self, request: Request, response: Response, spider: Spider) -> LogFormatterResult:
        """A page was fetched."""
        return _message(logging.DEBUG, "Fetched (%s) %s", response.status, printable(request.url))

    def scraped(self, item: Any, response: Response | Failure | None, spider: Spider) -> LogFormatterResult:
        """A page was read and stored."""
        return _message(logging.DEBUG, "Stored %s", describe(item))

    def dropped(
        self, item: Any, exception: BaseException, response: Response | Failure | None, spider: Spider
    ) -> LogFormatterResult:
        """A page was dropped."""
        return _message(logging.WARNING, "Dropped %s: %s", describe(item), type(exception).__name__)

    def item_error(
        self, item: Any, exception: BaseException, response: Response | Failure | None, spider: Spider
    ) -> LogFormatterResult:
        """Storing a page failed."""
        return _message(logging.ERROR, "Storing %s failed: %s", describe(item), printable(exception))


def _message(level: int, text: str, *args: object) -> LogFormatterResult:
    return {"level": level, "msg": text, "args": args}
