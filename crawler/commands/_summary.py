"""What a command says at its end, to people and to programs: what is there, what is missing, what to open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from crawler.commands._published import Published
from crawler.outcome import NOTHING_TO_DO, REASONS, Problem

_SHOWN = 12  # problems that are written out; all are in the manifest
_FIXES = 3  # things to do that are written out


def summary(published: Published, formats: tuple[str, ...], report: Path | None = None) -> list[str]:
    """The lines of the summary. ``report`` is what was written to be looked at."""
    tally, folder = published.tally, published.folder
    lines = [_contents(published), _quotes(published)]
    lines.append(f"  edits    {tally.edits} seen")
    if tally.vanished:
        lines.append(f"  gone     {count(tally.vanished, 'post')} that stood there before, kept with their status")
    lines += missing(published.outcome.problems)
    in_parts = published.layout.in_parts
    opened = [f"{folder}/{name}/posts{'/' if in_parts else f'.{name}'}" for name in formats]
    if report is not None:
        lines.append(f"  open     {report}")
    lines.append(f"  {'tables' if report is not None else 'open':<9}{' or '.join(opened)}")
    lines.append(f"           {folder}/manifest.json lists every table; `threadset verify {folder}` checks them")
    return lines


def _contents(published: Published) -> str:
    tally = published.tally
    span = ""
    if tally.first_at is not None and tally.last_at is not None:
        span = f", {tally.first_at:%Y-%m-%d} to {tally.last_at:%Y-%m-%d}"
    threads = count(tally.threads_read, "thread")
    members = f" by {count(tally.authors, 'member')}" if tally.authors else ""  # text dumps give no numbers of members
    return f"  content  {threads}, {count(tally.posts, 'post')}{members}{span}"


def _quotes(published: Published) -> str:
    tally = published.tally
    if not tally.quotes:
        return "  quotes   none"
    parts = [f"{tally.linked} linked"]
    if tally.unseen:
        parts.append(f"{tally.unseen} of posts that were not read")
    if tally.unlinked:
        parts.append(f"{tally.unlinked} without a known post")
    return f"  quotes   {tally.quotes}: {', '.join(parts)}"


def missing(problems: list[Problem]) -> list[str]:
    """A line for each thing that is missing, and for each thing that can be done about it."""
    fresh = [problem for problem in problems if not problem.known]
    if not fresh:
        return [f"  missing  nothing{_gone(problems)}"]
    lines = [f"  {'missing' if index == 0 else '       '}  {describe(problem)}" for index, problem in enumerate(fresh)]
    if len(fresh) > _SHOWN:
        lines[_SHOWN:] = [f"           and {len(fresh) - _SHOWN:,} more, all in manifest.json"]
    fixes = Counter(p.fix for p in fresh if not p.fix.startswith(NOTHING_TO_DO)).most_common(_FIXES)
    lines += [f"  {'to do' if index == 0 else '     '}    {_fix(*fix)}" for index, fix in enumerate(fixes)]
    return lines


def _gone(known: list[Problem]) -> str:
    """What the forum has refused before, and in which words."""
    if not known:
        return ""
    why = Counter(REASONS[problem.outcome][0] for problem in known if problem.outcome in REASONS)
    said = ", ".join(f"{reason} ({number:,})" for reason, number in why.most_common())
    return f" but {count(len(known), 'thread')} known to be gone: {said}"


def _fix(fix: str, number: int) -> str:
    return f"{fix} ({number:,})" if number > 1 else fix


def describe(problem: Problem) -> str:
    """A problem in one line."""
    if problem.what in {"record", "file"}:
        return problem.reason
    what = {"listing_page": "forum", "posts": "thread", "thread_page": "thread"}.get(problem.what, problem.what)
    page = f" page {problem.page}" if problem.page is not None and problem.what != "thread" else ""
    return f"{what} {problem.item_id}{page}: {problem.reason}"


def count(number: int, noun: str) -> str:
    """A number and its noun, of which there may be one or many."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def facts_of(published: Published) -> dict[str, Any]:
    """For ``--json``."""
    tally = published.tally
    return {
        "folder": str(published.folder),
        "threads": tally.threads,
        "threads_read": tally.threads_read,
        "posts": tally.posts,
        "authors": tally.authors,
        "quotes": {
            "all": tally.quotes,
            "linked": tally.linked,
            "unseen": tally.unseen,
            "unresolved": tally.unlinked,
        },
        "edits": tally.edits,
        "vanished": tally.vanished,
        "first_post_at": tally.first_at,
        "last_post_at": tally.last_at,
        "complete": published.outcome.complete,
        "missing": missing_json(published.outcome.problems),
        "exit_code": published.outcome.exit_code,
    }


def missing_json(problems: Iterable[Problem]) -> list[dict[str, object]]:
    """What is missing, as in the manifest, with what can be done; ``known``: an earlier run met it too."""
    return [problem.as_json() | {"fix": problem.fix, "known": problem.known} for problem in problems]
