"""What a run comes to: what is missing and why, and the exit code that says so."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field

from crawler.items import Forum, FrontierPage, PageKind, PageRef, Thread
from crawler.store.settle import BLOCKS, NOT_UNDERSTOOD, SETTLED, WALLS

COMPLETE, ERROR, USAGE, INCOMPLETE, BLOCKED, NOT_READ, LOCKED = 0, 1, 2, 3, 4, 5, 6
INTERRUPTED, INTERRUPTED_TWICE, TERMINATED = 130, 131, 143

PRECEDENCE = (LOCKED, USAGE, NOT_READ, BLOCKED, ERROR, INCOMPLETE, COMPLETE)
"""Exit codes, the one that counts first where several hold."""

NOTHING_TO_DO = "nothing to do"
"""How the fix of what cannot be mended begins."""

_LOGIN = "if you may read it, give your own login (--cookies; in a job: `cookies`)"

_PRIVATE = "if it is yours, name the host (--private-host; in a job: `private_hosts`)"

REASONS: dict[str, tuple[str, str]] = {
    "not_found": ("the forum has no such page", "check the address, or leave it: it is recorded as missing"),
    "gone": ("it is gone for good", f"{NOTHING_TO_DO}: it is recorded as missing"),
    "hidden": ("the forum hides it", f"{NOTHING_TO_DO}: it is recorded as missing"),
    "forbidden": ("the forum does not show it to guests", _LOGIN),
    "login": ("a sign-in page stands before it", _LOGIN),
    "password": ("the forum asks for a password", _LOGIN),
    "age_gate": (
        "an age check stands before it",
        "confirm it in your browser, then give its cookies (--cookies; in a job: `cookies`)",
    ),
    "offline": ("the forum is switched off for now", "try again later"),
    "challenge": ("a bot check stands before the forum", "ask its owner for access; threadset does not get around it"),
    "ban": ("the site refuses this address or program", "ask its owner for access; threadset does not get around it"),
    "rate_limit": ("the site asks to slow down", "run again later, with a longer delay (--delay; in a job: `delay`)"),
    "robots": ("its robots.txt forbids it", "ask the owner of the site"),
    "no_robots": (
        "its robots.txt cannot be read, so nothing may be fetched",
        "run again later, or ask its owner; where the forum has moved, give its new host (in a job: `aliases`)",
    ),
    "private": (
        "its address is one of a private network",
        _PRIVATE,
    ),
    "refused": ("the server refuses it", "check the address"),
    "server_error": ("the server has an error", "run again later"),
    "unreachable": ("the host cannot be reached", "check the address and your connection, then run again"),
    "truncated": ("the page arrives cut off", "run again later"),
    "stale": ("the site gives out an old copy of it", "run again later"),
    "too_large": ("the page is larger than the limit", f"{NOTHING_TO_DO}: it was left out"),
    "damaged": ("the disk had changed what was stored of it", "run the same command again: it is fetched again"),
    "absent": ("it is in none of the files", "give the file that holds it, or grab it"),
    "error": ("reading it failed", "run again with -v, and report what it says"),
    "not_ips": ("it is not a page of an Invision Community", "check the address"),
    "not_thread": ("it is a page of the forum, but no thread and no listing", "give the address of a thread or forum"),
    "no_posts": ("it is a thread without a single post", "see what `threadset explain` says of it, and report it"),
    "lost_posts": ("not all of its posts could be read", "see what `threadset explain` says of it, and report it"),
    "unreadable": ("its layout is not understood", "see what `threadset explain` says of it, and report it"),
    "offsite": (
        "it redirects to another site",
        "give the new address, if that is the site you mean (in a job: name its host among the `aliases`)",
    ),
    "redirected_away": ("it redirects to something else", "check the address"),
    "redirect_loop": ("it redirects in a circle", "check the address in a browser"),
}

LEFT: dict[str, tuple[str, str, int]] = {
    "blocked": ("the site wants no crawler: it was left alone", REASONS["ban"][1], BLOCKED),
    "login": ("every page leads to a sign-in page: the site was left alone", REASONS["login"][1], BLOCKED),
    "offline": ("the forum is switched off for now: it was left alone", REASONS["offline"][1], BLOCKED),
    "unreachable": ("it does not answer any more: it was left alone", REASONS["unreachable"][1], INCOMPLETE),
    "waits": ("it asks to be left alone for longer than a run waits", "run again later", INCOMPLETE),
}
"""Why a site was left in the middle of a run: the reason, the fix, the exit code that it calls for."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is missing: a ``thread``, ``thread_page``, ``listing_page`` or ``posts``.

    ``known`` is true for a thread that an earlier run found gone.
    """

    site: str
    what: str
    item_id: int
    page: int | None
    url: str | None
    outcome: str
    reason: str
    fix: str
    exit_code: int
    known: bool = False

    @property
    def kind(self) -> PageKind:
        """What the number is that of."""
        return "forum" if self.what == "listing_page" else "topic"

    @property
    def ref(self) -> PageRef:
        """The page that it is about; the first one where it is about no single one."""
        return PageRef(self.site, self.kind, self.item_id, self.page or 1, self.url or "")

    def as_json(self) -> dict[str, object]:
        """For the manifest."""
        return {
            "site": self.site,
            "kind": self.outcome,
            "what": self.what,
            "id": self.item_id,
            "page": self.page,
            "url": self.url,
            "reason": self.reason,
            "fix": self.fix,
        }


@dataclass(slots=True)
class Outcome:
    """All that is missing. ``concerns`` tells which of it is missed at all; without it, everything is."""

    problems: list[Problem] = field(default_factory=list)
    concerns: Callable[[Problem], bool] | None = None

    def add(self, problems: Iterable[Problem | None]) -> None:
        """Take in problems that are any concern."""
        for problem in problems:
            if problem is not None and (self.concerns is None or self.concerns(problem)):
                self.problems.append(problem)

    @property
    def complete(self) -> bool:
        """True when nothing is missing but what is known to be gone."""
        return self.exit_code == COMPLETE

    @property
    def exit_code(self) -> int:
        """The exit code of the run."""
        return worst({problem.exit_code for problem in self.problems})

    @property
    def name(self) -> str:
        """The column ``outcome`` of `runs`."""
        names = {COMPLETE: "complete", INCOMPLETE: "incomplete", BLOCKED: "blocked"}
        return names.get(self.exit_code, "error")


def worst(codes: Collection[int]) -> int:
    """The exit code that counts where several hold."""
    return next((code for code in PRECEDENCE if code in codes), COMPLETE)


def judge_pages(entries: Iterable[FrontierPage], *, sweep: int, run_id: int) -> list[Problem]:
    """What is missing by the frontier: pages that failed, wait, or are not there.

    Entries come in the order of their key. A later page that an older sweep could not read is not missed where this
    sweep has read the first page and did not ask for it any more: the thread or listing has become shorter.
    """
    found = []
    first: FrontierPage | None = None
    for entry in entries:
        if entry.page == 1:
            first = entry
        if (entry.state == "done" and entry.outcome not in SETTLED) or _is_past(entry, first, sweep):
            continue
        outcome = entry.outcome if entry.state in {"done", "failed"} and entry.outcome else "waiting"
        reason, fix = REASONS.get(outcome, ("it was not fetched yet", "run the same command again"))
        code, known = _code(entry, outcome, current=entry.sweep == sweep, run_id=run_id)
        found.append(
            Problem(
                site=entry.site,
                what=_what(entry),
                item_id=entry.item_id,
                page=entry.page,
                url=entry.url,
                outcome=outcome,
                reason=f"{reason} ({entry.error})" if entry.error else reason,
                fix=fix,
                exit_code=code,
                known=known,
            )
        )
    return found


def _is_past(entry: FrontierPage, first: FrontierPage | None, sweep: int) -> bool:
    """True for a page that the thread or listing had once and has no more."""
    if first is None or entry.page == 1 or entry.sweep >= sweep or entry.state not in {"done", "failed"}:
        return False
    same = (first.site, first.kind, first.item_id) == (entry.site, entry.kind, entry.item_id)
    return same and (first.sweep, first.state, first.outcome) == (sweep, "done", "ok")


def _code(entry: FrontierPage, outcome: str, *, current: bool, run_id: int) -> tuple[int, bool]:
    """The exit code that a page calls for, and whether it is a thread that an earlier run found gone."""
    if outcome in SETTLED:
        whole_thread = entry.kind == "topic" and entry.page == 1
        known = whole_thread and entry.outcome_run is not None and entry.outcome_run != run_id
        return (COMPLETE if known else INCOMPLETE), known
    if not current or outcome == "waiting":
        return INCOMPLETE, False
    if outcome in NOT_UNDERSTOOD:
        return NOT_READ, False
    if outcome in BLOCKS | {"robots", "no_robots"} or (entry.is_seed and outcome in WALLS):
        return BLOCKED, False
    return (ERROR if entry.is_seed else INCOMPLETE), False


def _what(entry: FrontierPage) -> str:
    if entry.kind == "forum":
        return "listing_page"
    return "thread" if entry.page == 1 else "thread_page"


def judge_thread(thread: Thread, named: set[tuple[str, int]]) -> Problem | None:
    """A thread that was read and does not add up. ``named`` holds threads of which pages are missing anyway."""
    if thread.complete or thread.status != "active" or thread.first_seen_at is None:
        return None
    if (thread.site, thread.thread_id) in named:
        return None
    declared = thread.n_posts_declared
    equal = declared in {None, thread.n_posts_seen}
    said = "but pages are missing, or posts that stood on them before" if equal else f"the thread says {declared}"
    return Problem(
        site=thread.site,
        what="posts",
        item_id=thread.thread_id,
        page=None,
        url=thread.url,
        outcome="count",
        reason=f"{thread.n_posts_seen} posts were read, {said}",
        fix="run again (grab: with --refresh): the thread may have changed while it was read",
        exit_code=INCOMPLETE,
    )


def judge_forum(forum: Forum, named: set[tuple[str, int]]) -> Problem | None:
    """A forum whose listing was not read to its end."""
    if forum.complete or (forum.site, forum.forum_id) in named:
        return None
    return Problem(
        site=forum.site,
        what="listing_page",
        item_id=forum.forum_id,
        page=None,
        url=forum.url,
        outcome="count",
        reason="not all pages of the listing were read",
        fix="run the same command again",
        exit_code=INCOMPLETE,
    )
