"""Is a site willing to be crawled? Some answers in a row say no, and then nothing more is asked of it."""

from __future__ import annotations

from typing import Literal

from crawler.items import ErrorPage, ForumPage, PageItem, Redirect, TopicPage, Wall
from crawler.store.settle import BLOCKS

Refusal = Literal["blocked", "login", "offline", "unreachable"]

PATIENCE: dict[Refusal, int] = {"blocked": 3, "login": 3, "offline": 3, "unreachable": 10}
"""Pages in a row after which a site counts as unwilling, or as gone."""

LOGIN_LATER = 10
"""As in `PATIENCE`, where threads of the site were read before: some threads are for members only on any forum."""

BUSY = {429, 503}
"""Statuses that ask to slow down."""


class Welcome:
    """What a site answered lately in this run."""

    def __init__(self) -> None:
        self._read = False
        self._refusal: Refusal | None = None
        self._in_a_row = 0
        self._busy = 0

    def see(self, page: PageItem) -> Refusal | None:
        """Take in an answer; gives the reason when the site is to be left alone from now on.

        A redirect, an error of a single page and a page that robots.txt forbids say nothing either way.
        """
        if isinstance(page, TopicPage | ForumPage):
            self._busy = 0
            if isinstance(page, TopicPage) or self._refusal != "login":  # listings are open where threads are not
                self._refusal, self._in_a_row = None, 0
            self._read = self._read or isinstance(page, TopicPage)
            return None
        refusal = _refusal(page)
        if refusal is None:
            return None
        self._in_a_row = self._in_a_row + 1 if refusal == self._refusal else 1
        self._refusal = refusal
        patience = LOGIN_LATER if refusal == "login" and self._read else PATIENCE[refusal]
        return refusal if self._in_a_row >= patience else None

    def rest(self, page: PageItem, backoff: float) -> float:
        """Seconds to ask nothing of the site: 0, what a busy answer asks for, or ``backoff``, which doubles."""
        if not isinstance(page, Wall | ErrorPage) or page.status not in BUSY:
            return 0.0
        self._busy += 1
        return max(page.retry_after or 0.0, backoff * 2.0 ** (self._busy - 1))


def _refusal(page: PageItem) -> Refusal | None:
    if isinstance(page, Redirect) or not isinstance(page, Wall | ErrorPage):
        return None
    if page.kind in BLOCKS:
        return "blocked"
    return {"login": "login", "offline": "offline", "unreachable": "unreachable"}.get(page.kind)  # type: ignore[return-value]
