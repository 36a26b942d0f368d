"""Thread stage: the row of the thread itself, and its poll."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from crawler.items import ListingRow, Poll, Thread, ThreadSeen
from crawler.items.history import ThreadHistory
from pipelines.presence import pages_known
from pipelines.versions import PostHistory

_STATUS = {
    "not_found": "missing",
    "gone": "missing",
    "hidden": "missing",
    "forbidden": "forbidden",
    "login": "forbidden",
    "password": "forbidden",
}


def thread_row(history: ThreadHistory, posts: Sequence[PostHistory], states: Mapping[int, str]) -> Thread:
    """The thread as last read; as last listed where it was never read."""
    seen = history.pages[-1].thread if history.pages else None
    listed = history.listings[-1].row if history.listings else None
    n_seen = sum(1 for post in posts if states[post.post_id] == "active")
    status = _status(history)
    return Thread(
        **history.key._asdict(),
        **_where(history, seen),
        **_what(seen, listed, history.url),
        last_post_at=_last_post_at(posts, seen, listed),
        n_posts_declared=seen.n_posts_declared if seen else None,
        n_posts_seen=n_seen,
        n_pages=seen.n_pages if seen else None,
        n_views=seen.n_views if seen else None,
        tags=list(seen.tags) if seen else [],
        **_flags(seen, listed),
        status=status,
        moved_to_thread_id=history.moved_to,
        complete=status == "active" and _is_complete(history, seen, n_seen),
        first_seen_at=history.pages[0].fetched_at if history.pages else None,
        last_seen_at=history.pages[-1].fetched_at if history.pages else None,
    )


def poll_rows(history: ThreadHistory) -> list[Poll]:
    """The poll as last read on a page that has one."""
    for page in reversed(history.pages):
        if page.thread.polls:
            return [
                Poll(
                    site=history.key.site,
                    thread_id=history.key.thread_id,
                    question_index=option.question_index,
                    option_index=option.option_index,
                    question=option.question,
                    option=option.option,
                    votes=option.votes,
                )
                for option in page.thread.polls
            ]
    return []


def _status(history: ThreadHistory) -> str:
    if history.moved_to is not None and history.moved_to != history.key.thread_id:
        return "moved"
    return _STATUS.get(history.outcome or "ok", "active")


def _where(history: ThreadHistory, seen: ThreadSeen | None) -> dict[str, Any]:
    if seen is not None:
        return {"forum_id": seen.forum_id, "forum_path": seen.forum_path or None}
    return {"forum_id": history.listings[-1].forum_id if history.listings else None, "forum_path": None}


def _what(seen: ThreadSeen | None, listed: ListingRow | None, url: str | None) -> dict[str, Any]:
    source = seen or listed
    if source is None:
        return {"title": None, "url": url, "author_id": None, "author_name": None, "created_at": None}
    return {
        "title": source.title,
        "url": source.url or url,
        "author_id": source.author_id,
        "author_name": source.author_name,
        "created_at": source.created_at,
    }


def _flags(seen: ThreadSeen | None, listed: ListingRow | None) -> dict[str, Any]:
    source = seen or listed
    return {
        "is_pinned": source.is_pinned if source else None,
        "is_locked": source.is_locked if source else None,
        "is_solved": seen.is_solved if seen else None,
        "has_poll": seen.has_poll if seen else None,
    }


def _last_post_at(posts: Sequence[PostHistory], seen: ThreadSeen | None, listed: ListingRow | None) -> datetime | None:
    times = [post.current.created_at for post in posts]
    times += [source.last_post_at for source in (seen, listed) if source is not None]
    return max((time for time in times if time is not None), default=None)


def _is_complete(history: ThreadHistory, seen: ThreadSeen | None, n_seen: int) -> bool:
    if seen is None or not pages_known(history).issuperset(range(1, (seen.n_pages or 1) + 1)):
        return False
    return seen.n_posts_declared is None or seen.n_posts_declared == n_seen
