"""Can what a run read be true? Compared with what earlier runs read on the same pages and of the same posts.

A site that changes its markup does not say so: pages go on answering 200, and fields come out empty. Such a run must
not take the place of a good one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median

from pipelines.rereading import FEWEST, MOST

FEW = 5  # posts: of fewer, a loss may be the doing of one member or moderator
_LOST = 0.2
_ENOUGH = 20  # posts of which a share says something
_HALF = 0.5
_RARE = 0.1


@dataclass(frozen=True, slots=True)
class Example:
    """The page where something was seen first."""

    thread_id: int
    page: int
    url: str

    def __str__(self) -> str:
        return f"thread {self.thread_id} page {self.page} ({self.url})"


@dataclass(frozen=True, slots=True)
class PageYield:
    """A thread's page that had posts and was read again. ``now`` is null where no post could be read; ``why`` says why.

    ``before`` and ``now`` are numbers of posts.
    """

    where: Example
    before: int
    now: int | None
    why: str | None = None


@dataclass(slots=True)
class FieldYield:
    """A field of posts: of how many that were read again it got lost, and how many new ones lack it.

    ``usual`` is the share of earlier posts that lack it, null where too few were read.
    """

    reread: int = 0
    lost: int = 0
    fresh: int = 0
    lacking: int = 0
    usual: float | None = None
    example: Example | None = None


@dataclass(slots=True)
class SiteYield:
    """What a run read at one site.

    ``full`` and ``full_before`` are posts on pages that are not a thread's last: those of new pages, and of earlier
    ones. ``unstamped`` are the posts read again whose last edit is the same as before, ``reworded`` those of them whose
    words are not.
    """

    pages: list[PageYield] = field(default_factory=list)
    full: list[int] = field(default_factory=list)
    full_before: list[int] = field(default_factory=list)
    full_example: Example | None = None
    fields: dict[str, FieldYield] = field(default_factory=dict)
    unstamped: int = 0
    reworded: int = 0
    reworded_example: Example | None = None


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign that a run was not read rightly: the field that broke, what is wrong with it, and a page to look at."""

    site: str
    field: str
    reason: str
    example: Example | None

    def __str__(self) -> str:
        where = f", as on {self.example}" if self.example else ""
        return f"{self.site}: {self.field}: {self.reason}{where}"


def judge_yield(sites: dict[str, SiteYield]) -> list[Sign]:
    """The signs that a run was not read rightly; none where nothing speaks against it."""
    return [
        Sign(name, *sign)
        for name, found in sites.items()
        for sign in (*_posts(found.pages), *_full(found), *_fields(found.fields), *_reworded(found))
    ]


Found = Iterable[tuple[str, str, Example | None]]


def _posts(pages: Sequence[PageYield]) -> Found:
    """No posts on pages that had them; less than half as many as before."""
    empty = [page for page in pages if page.now is None]
    if empty and (len(empty) >= _HALF * len(pages) or (len(empty) > _LOST * len(pages) and len(empty) >= 3)):
        why = Counter(page.why for page in empty).most_common(1)[0][0]
        reason = f"{len(empty)} of {len(pages)} pages that had posts have none that can be read"
        yield "posts", f"{reason} ({why})" if why else reason, empty[0].where
    read = [(page.before, page.now, page.where) for page in pages if page.now is not None]
    before, now = sum(page[0] for page in read), sum(page[1] for page in read)
    if before >= _ENOUGH and now < _HALF * before:
        worst = min(read, key=lambda page: page[1] - page[0])
        yield "posts", f"{now} posts on {len(read)} pages that had {before}", worst[2]


def _full(found: SiteYield) -> Found:
    """New pages in the middle of threads are as full as old ones."""
    if min(len(found.full), len(found.full_before)) < 3:
        return
    now, before = median(found.full), median(found.full_before)
    if now < _HALF * before:
        yield "posts", f"{now:g} posts on a full page, where there were {before:g}", found.full_example


def _fields(fields: dict[str, FieldYield]) -> Found:
    for name, seen in fields.items():
        if seen.reread >= FEW and seen.lost > _LOST * seen.reread:
            yield name, f"missing on {seen.lost} of {seen.reread} posts that were read again and had it", seen.example
        elif seen.usual is not None and seen.usual < _RARE and seen.lacking > max(FEW, _HALF * seen.fresh):
            usual = f"where {seen.usual:.0%} of the earlier ones lack it"
            yield name, f"missing on {seen.lacking} of {seen.fresh} new posts, {usual}", seen.example


def _reworded(found: SiteYield) -> Found:
    """So many silent edits are none: the layout has changed."""
    if found.unstamped >= FEWEST and found.reworded > MOST * found.unstamped:
        reason = f"{found.reworded} of {found.unstamped} posts that were not edited read differently"
        yield "text", reason, found.reworded_example
