"""Thread stage: the row of the thread itself, and its poll."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from crawler.items import ListingRow, Poll, Thread, ThreadSeen
from crawler.items.history import ListingReading, ThreadHistory
from pipelines.presence import erased, pages_known
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
    """The thread as last read; as last listed where it was never read. Readings and listings come oldest first.

    What describes it is taken from its first page, where that was read, so that the order in which pages arrive has no
    say; what grows with it, from the newest reading that says it.
    """
    seen, listed = _first_page(history), _listed(history)
    n_seen = sum(1 for post in posts if states[post.post_id] == "active")
    status = _status(history, listed)
    seen_at = [page.fetched_at for page in history.pages]
    return Thread(
        **history.key._asdict(),
        **_where(seen, listed),
        **_what(seen, listed.row if listed else None, history.url),
        last_post_at=_last_post_at(history, posts, listed),
        n_posts_declared=_newest(history, "n_posts_declared"),
        n_posts_seen=n_seen,
        n_pages=_newest(history, "n_pages"),
        n_views=_newest(history, "n_views"),
        tags=list(seen.tags) if seen else [],
        **_flags(seen, listed.row if listed else None),
        status=status,
        moved_to_thread_id=_moved_to(history, listed),
        complete=status == "active" and _is_complete(history, n_seen) and _all_in_place(history, posts, states),
        first_seen_at=min(seen_at[0], seen_at[-1]) if seen_at else None,  # a clock may have been wrong
        last_seen_at=seen_at[-1] if seen_at else None,
    )


def _by_page(history: ThreadHistory) -> list[ThreadSeen]:
    """The newest reading of each page, by page."""
    newest = {page.thread.page: page.thread for page in history.pages}
    return [newest[number] for number in sorted(newest)]


def _first_page(history: ThreadHistory) -> ThreadSeen | None:
    """The thread as its foremost page shows it, with what that lacks from the pages behind it."""
    pages = _by_page(history)
    if len(pages) < 2:
        return pages[0] if pages else None
    lacking: dict[str, Any] = {}
    for group in (("title",), ("url",), ("created_at",), ("author_name", "author_id"), ("forum_id", "forum_path")):
        best = next((page for page in pages if getattr(page, group[0]) is not None), pages[0])
        lacking |= {name: getattr(best, name) for name in group}
    return replace(pages[0], **lacking)


def _listed(history: ThreadHistory) -> ListingReading | None:
    """The newest listing; a row that only says where the thread has gone counts where there is no other."""
    proper = [listing for listing in history.listings if not listing.row.is_moved]
    return next(reversed(proper or history.listings), None)


def _newest(history: ThreadHistory, name: str) -> Any:
    for page in reversed(history.pages):
        value = getattr(page.thread, name)
        if value is not None:
            return value
    return None


def poll_rows(history: ThreadHistory) -> list[Poll]:
    """The poll as last read, on the foremost page that has it."""
    options = next((page.polls for page in _by_page(history) if page.polls), [])
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
        for option in options
    ]


def _moved_to(history: ThreadHistory, listed: ListingReading | None) -> int | None:
    """The number under which the thread is to be found; a listing knows it of threads that were never asked for."""
    if history.moved_to is not None or history.pages or listed is None:
        return history.moved_to
    return listed.row.moved_to_thread_id


def _status(history: ThreadHistory, listed: ListingReading | None) -> str:
    if _moved_to(history, listed) not in {None, history.key.thread_id}:
        return "merged" if history.pages else "moved"  # a number that was a thread is none of a moved thread's row
    return _STATUS.get(history.outcome or "ok", "active")


def _where(seen: ThreadSeen | None, listed: ListingReading | None) -> dict[str, Any]:
    if seen is not None and seen.forum_id is not None:
        return {"forum_id": seen.forum_id, "forum_path": seen.forum_path or None}
    return {"forum_id": listed.forum_id if listed else None, "forum_path": None}


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
        "is_locked": any(one.is_locked for one in (seen, listed) if one) if source else None,  # pages may not show it
        "is_solved": seen.is_solved if seen else None,
        "has_poll": seen.has_poll if seen else None,
    }


def _last_post_at(
    history: ThreadHistory, posts: Sequence[PostHistory], listed: ListingReading | None
) -> datetime | None:
    times = [post.current.created_at for post in posts]
    times += [_newest(history, "last_post_at"), listed.row.last_post_at if listed else None]
    return max((time for time in times if time is not None), default=None)


def _all_in_place(history: ThreadHistory, posts: Sequence[PostHistory], states: Mapping[int, str]) -> bool:
    """True when every active post stands on some page as last read.

    One that stood on a page and does not any more, without the thread saying that it has fewer, was not read.
    """
    newest = {page.thread.page: page for page in history.pages}
    there = {post.post_id for page in newest.values() for post in page.posts}
    return all(post.post_id in there for post in posts if states[post.post_id] == "active")


def _is_complete(history: ThreadHistory, n_seen: int) -> bool:
    n_pages, declared = _newest(history, "n_pages"), _newest(history, "n_posts_declared")
    if not history.pages or not pages_known(history).issuperset(range(1, (n_pages or 1) + 1)):
        return False
    newest = {page.thread.page: page for page in history.pages if page.thread.page <= (n_pages or 1)}
    return declared is None or bool(declared == n_seen + len(erased(newest.values())))
