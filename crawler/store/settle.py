"""What a page means for the frontier: done, to be tried again, or failed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from crawler.items import ErrorPage, ForumPage, PageItem, Redirect, TopicPage, Wall

State = Literal["todo", "done", "failed"]

SETTLED = frozenset({"not_found", "gone", "hidden", "forbidden"})
"""The forum says so itself: there is nothing to be had, now or at the next try."""

PASSING = frozenset({"stale", "server_error", "unreachable", "truncated", "rate_limit", "offline", "error"})
"""Worth another try."""

NOT_UNDERSTOOD = frozenset({"not_ips", "not_thread", "no_posts", "lost_posts", "unreadable"})
"""This version cannot read the page: exit code 5."""

WALLS = frozenset(
    {"login", "age_gate", "password", "challenge", "ban", "rate_limit", "robots", "no_robots", "offline", "refused"}
)
"""Something stands before the content: exit code 4 on a start page."""

BLOCKS = frozenset({"challenge", "ban"})
"""The site does not want us: stop after a few."""

DAMAGED = "damaged"
"""The disk has changed what was stored of a page: it is asked for again."""

RETRIED = PASSING | WALLS | {DAMAGED}
"""Pages that failed so are asked for again when a run goes on with a sweep: much of it passes, or cookies help."""

MAX_HOPS = 5
"""Redirects of one page that are followed."""


@dataclass(frozen=True, slots=True)
class Settlement:
    """Where a page stands after a fetch. ``again`` is true when it is to be tried again later."""

    state: State
    outcome: str
    error: str | None = None
    again: bool = False


def settle(page: PageItem, *, attempts: int, hops: int, max_attempts: int) -> Settlement:
    """Judge a page; ``attempts`` and ``hops`` are those of this sweep before this fetch.

    Each run that goes on with the sweep has ``max_attempts`` tries of its own; the wait before each keeps growing.
    """
    if isinstance(page, TopicPage | ForumPage):
        return Settlement("done", "ok")
    if isinstance(page, Redirect):
        return _redirect(page, hops)
    if isinstance(page, Wall | ErrorPage):
        return _obstacle(page, attempts, max_attempts)
    raise TypeError(f"no page: {type(page).__name__}")


def page_kind(page: PageItem) -> str:
    """The column ``page_kind`` of `fetches`."""
    kinds: dict[type[PageItem], str] = {
        TopicPage: "topic",
        ForumPage: "forum",
        Redirect: "redirect",
        Wall: "wall",
        ErrorPage: "error",
    }
    return kinds[type(page)]


def _redirect(page: Redirect, hops: int) -> Settlement:
    same = page.ref is not None and any(ref.key == page.ref.key for ref in page.found)
    if same and hops >= MAX_HOPS:
        return Settlement("failed", "redirect_loop", f"more than {MAX_HOPS} redirects")
    if same:
        return Settlement("todo", "redirect", again=True)
    if page.found:
        return Settlement("done", "moved")
    return Settlement("failed", "redirected_away", "it redirects to what is no page of this thread or forum")


def _obstacle(page: Wall | ErrorPage, attempts: int, max_attempts: int) -> Settlement:
    error = page.code or page.detail
    if page.kind in SETTLED:
        return Settlement("done", page.kind, error)
    if page.kind in PASSING and (attempts + 1) % max_attempts:
        return Settlement("todo", page.kind, error, again=True)
    return Settlement("failed", page.kind, error)
