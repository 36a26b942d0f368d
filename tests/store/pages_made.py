"""Small pages, made in memory: as a crawl hands them to the store, and as histories for `derive`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from pathlib import Path
from typing import Any

from crawler.items import (
    FORUM_POST,
    Body,
    ErrorPage,
    FetchFacts,
    ForumPage,
    ForumSeen,
    ListingRow,
    PageItem,
    PageRef,
    PostSeen,
    QuoteSeen,
    Redirect,
    Run,
    ThreadSeen,
    TopicPage,
    Wall,
)
from crawler.store import STATE_FILE, Store

SITE = "forum.example"
T0 = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def ref(item_id: int, page: int = 1, *, kind: Any = "topic", seed: bool = False, url: str | None = None) -> PageRef:
    url = url or f"https://{SITE}/{kind}/{item_id}-x/" + (f"page/{page}/" if page > 1 else "")
    return PageRef(SITE, kind, item_id, page, url, is_seed=seed)


def body(text: str | None = "words", quotes: Sequence[QuoteSeen] = (), **given: Any) -> Body:
    said = f"{text}|{[(quote.cited_post_id, quote.quoted_text) for quote in quotes]}"
    values: dict[str, Any] = {
        "html": f"<p>{text}</p>",
        "text": text,
        "full_text": text,
        "text_hash": blake2b(said.encode(), digest_size=16).digest(),
        "parser_version": 1,
        "quotes": list(quotes),
        "links": [],
    }
    return Body(**(values | given))


def quote(post_id: int | None, text: str | None = None, index: int = 0, **given: Any) -> QuoteSeen:
    values: dict[str, Any] = {"parent_quote_index": None, "depth": 0, "cited_post_id": post_id, "quoted_text": text}
    if post_id is not None:
        values |= {"cited_class": FORUM_POST}
    return QuoteSeen(quote_index=index, **(values | given))


def post(post_id: int, text: str | None = "words", quotes: Sequence[QuoteSeen] = (), **given: Any) -> PostSeen:
    values: dict[str, Any] = {
        "is_first_post": False,
        "author_id": 7,
        "author_name": "Ann",
        "author_group": "Members",
        "created_at": T0 + post_id * MINUTE,
        "body": body(text, quotes),
    }
    return PostSeen(post_id=post_id, **(values | given))


def thread(thread_id: int = 1, page: int = 1, n_pages: int | None = 1, **given: Any) -> ThreadSeen:
    values = {
        "content_class": FORUM_POST,
        "title": f"Thread {thread_id}",
        "url": f"https://{SITE}/topic/{thread_id}-x/",
    }
    return ThreadSeen(thread_id=thread_id, page=page, n_pages=n_pages, **(values | given))


def sent(page: PageItem, where: PageRef, at: datetime = T0, found: Sequence[PageRef] = ()) -> Any:
    """The page as the crawl completes it."""
    page.ref, page.found = where, list(found)
    page.fetch = FetchFacts(url=where.url, final_url=where.url, fetched_at=at, status=200, bytes=10)
    return page


def topic(
    thread_id: int,
    posts: Sequence[PostSeen],
    page: int = 1,
    n_pages: int | None = 1,
    *,
    at: datetime = T0,
    found: Sequence[PageRef] = (),
    where: PageRef | None = None,
    **given: Any,
) -> TopicPage:
    where = where or ref(thread_id, page)
    seen = thread(thread_id, page, n_pages, **given)
    made = TopicPage(url=where.url, layout="ips4", pages_url=where.url, thread=seen, posts=list(posts))
    return sent(made, where, at, found)


def listing(
    forum_id: int,
    rows: Sequence[ListingRow],
    page: int = 1,
    n_pages: int | None = 1,
    *,
    at: datetime = T0,
    found: Sequence[PageRef] = (),
    **given: Any,
) -> ForumPage:
    where = ref(forum_id, page, kind="forum")
    forum = ForumSeen(forum_id=forum_id, page=page, n_pages=n_pages, name="News", url=where.url, **given)
    return sent(ForumPage(url=where.url, pages_url=where.url, forum=forum, rows=list(rows)), where, at, found)


def error(kind: str, where: PageRef, at: datetime = T0, **given: Any) -> ErrorPage:
    return sent(ErrorPage(url=where.url, kind=kind, **given), where, at)


def wall(kind: str, where: PageRef, at: datetime = T0, **given: Any) -> Wall:
    return sent(Wall(url=where.url, kind=kind, status=403, **given), where, at)


def redirect(where: PageRef, to: PageRef | None, at: datetime = T0) -> Redirect:
    made = Redirect(url=where.url, status=301, target=to.url if to else None)
    return sent(made, where, at, [to] if to else [])


def run(at: datetime = T0) -> Run:
    return Run(
        run_id=0, started_at=at, tool_version="0", schema_version=1, config="{}", user_agent="t", authenticated=False
    )


def end_run(store: Store, started: Run, outcome: str | None = "complete") -> None:
    started.finished_at, started.outcome = started.started_at + HOUR, outcome
    store.finish_run(started)


def opened(folder: Path, *, refresh: bool = False, seeds: Sequence[PageRef] = (), at: datetime = T0) -> Store:
    """A store with a run begun."""
    store = Store(folder / STATE_FILE, create=True)
    store.begin_run(run(at), refresh=refresh)
    store.frontier.add_seeds(seeds)
    return store


def lease(store: Store, at: datetime = T0, site: str = SITE) -> PageRef | None:
    return store.frontier.lease(site, int(at.timestamp() * 1e6))


def dump(store: Store) -> dict[str, list[Any]]:
    """Every row of every table."""
    names = [name for (name,) in store.db.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")]
    return {name: sorted(store.db.execute(f"SELECT * FROM {name}").fetchall(), key=repr) for name in names}
