"""What Scrapy logs of pages: their numbers and outcome, never what somebody wrote on them."""

from __future__ import annotations

import json
import logging
from copy import copy
from datetime import UTC, datetime
from typing import Any, Self

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.logformatter import LogFormatter, LogFormatterResult
from twisted.python.failure import Failure

from crawler.items import PageItem, PageRef
from crawler.store import Committed
from crawler.visible import printable

_ENGINE, _SCRAPER = logging.getLogger("scrapy.core.engine"), logging.getLogger("scrapy.core.scraper")
"""Who writes the two messages of every page: where nobody reads them, they are not made."""


def describe(item: Any) -> str:
    """An item in numbers."""
    if not isinstance(item, PageItem):
        return type(item).__name__
    where = f" {item.ref.kind} {item.ref.item_id} page {item.ref.page}" if item.ref else ""
    kind = getattr(item, "kind", None)
    return f"{type(item).__name__}{where}{f' ({kind})' if kind else ''}"


class PlainLines(logging.Formatter):
    """One line a message: what came from outside can neither begin a line nor move the cursor.

    Where the message's own template has several lines, as in Scrapy's lists of components, they stay.
    """

    def __init__(self, inner: logging.Formatter) -> None:
        super().__init__()
        self._inner = inner

    def format(self, record: logging.LogRecord) -> str:
        """As the inner formatter does it, made harmless."""
        record = copy(record)
        text, several = record.getMessage(), "\n" in str(record.msg)
        record.msg, record.args = _lines(text) if several else printable(text), None
        if record.exc_info and not record.exc_text:
            record.exc_text = _lines(self._inner.formatException(record.exc_info), "    ")
        return self._inner.format(record)


class JsonLines(logging.Formatter):
    """One JSON object a message: time, level, logger, event, and the fields that came with it.

    Fields come as ``extra={"fields": {…}}``.
    All is ASCII, so that nothing that came from outside can begin a line or move the cursor.
    """

    def format(self, record: logging.LogRecord) -> str:
        """As one line."""
        facts: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            facts["exception"] = self.formatException(record.exc_info)
        return json.dumps(facts, default=str)


def make_json() -> None:
    """Put `JsonLines` in the place of the formatters of the root logger."""
    for handler in logging.root.handlers:
        if not isinstance(handler.formatter, JsonLines):
            handler.setFormatter(JsonLines())


def _lines(text: str, indent: str = "") -> str:
    return "\n".join(indent + printable(line) for line in text.split("\n"))


def make_plain() -> None:
    """Put `PlainLines` before the handlers of the root logger."""
    for handler in logging.root.handlers:
        if handler.formatter is not None and not isinstance(handler.formatter, PlainLines):
            handler.setFormatter(PlainLines(handler.formatter))


class PlainLogFormatter(LogFormatter):
    """Scrapy's messages with items in numbers and addresses on one line."""

    def __init__(self, *, as_json: bool = False) -> None:
        self._as_json = as_json

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Built once a crawl: the place to make all other messages plain, or JSON, too.

        Scrapy sets its handlers up anew between this and the opening of the spider.
        """
        formatter = cls(as_json=crawler.settings.getbool("LOG_JSON"))
        formatter.opened()
        crawler.signals.connect(formatter.opened, signal=signals.spider_opened)
        return formatter

    def opened(self) -> None:
        """See to the handlers of the root logger."""
        if self._as_json:
            make_json()
        else:
            make_plain()

    def crawled(  # type: ignore[override]  # Scrapy takes None, and its hints do not say so
        self, request: Request, response: Response, spider: Spider
    ) -> LogFormatterResult | None:
        """A page was fetched."""
        if not _ENGINE.isEnabledFor(logging.DEBUG):
            return None
        return _message(logging.DEBUG, "Fetched (%s) %s", response.status, printable(request.url))

    def scraped(  # type: ignore[override]
        self, item: Any, response: Response | Failure | None, spider: Spider
    ) -> LogFormatterResult | None:
        """A page was read and stored."""
        if not _SCRAPER.isEnabledFor(logging.DEBUG):
            return None
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


def page_fields(ref: PageRef, committed: Committed) -> dict[str, object]:
    """A page for the log, in numbers."""
    return {
        "site": ref.site,
        "kind": ref.kind,
        "id": ref.item_id,
        "page": ref.page,
        "outcome": committed.settlement.outcome,
        "posts": committed.n_posts,
        "new": committed.n_new,
        "changed": committed.n_changed,
    }
