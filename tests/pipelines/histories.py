"""Histories of threads, made in memory, and rows derived from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from pages_made import SITE, T0, thread

from crawler.items import FORUM_POST, TABLES, ListingRow, PostSeen
from crawler.items.history import ListingReading, PageReading, ThreadHistory, ThreadKey
from pipelines.derive import derive

KEY = ThreadKey(SITE, FORUM_POST, 1)


def reading(
    posts: Sequence[PostSeen],
    day: float = 0,
    page: int = 1,
    n_pages: int | None = 1,
    run: int | None = None,
    **given: Any,
) -> PageReading:
    """A page, read on that day; each day is a run of its own. Pages of a reading are read a second apart."""
    at = T0 + timedelta(days=day, seconds=page)
    return PageReading(
        fetch_id=int(day * 1000) + page,
        run_id=int(day) if run is None else run,
        fetched_at=at,
        thread=thread(1, page, n_pages, **given),
        posts=list(posts),
    )


def listed(day: float = 0, forum_id: int = 2, **given: Any) -> ListingReading:
    at = T0 + timedelta(days=day)
    return ListingReading(fetch_id=900, fetched_at=at, forum_id=forum_id, row=ListingRow(thread_id=1, **given))


def history(*pages: PageReading, **given: Any) -> ThreadHistory:
    return ThreadHistory(key=KEY, pages=list(pages), **({"outcome": "ok"} | given))


def tables(*pages: PageReading, find: Any = None, **given: Any) -> dict[str, list[Any]]:
    return derive(history(*pages, **given), find).tables


def facts(rows: dict[str, list[Any]]) -> dict[str, list[dict[str, Any]]]:
    """The rows without their observations."""
    found = {}
    for name, entries in rows.items():
        columns = {column.name for column in TABLES[name].facts}
        found[name] = [{key: value for key, value in asdict(row).items() if key in columns} for row in entries]
    return found
