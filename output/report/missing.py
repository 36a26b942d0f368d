"""What a dataset lacks, and why, by what can be done about it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from output.manifest import Completeness, Gap
from output.report.figures import Threads
from output.report.words import PARTS, count, named

SHOWN = 50
"""Addresses that are written out for each reason; the manifest has all."""

_DETAIL = re.compile(r" \([^()]*\)$")
_PLURALS = {
    "page of a thread": "pages of threads",
    "page of a listing": "pages of listings",
    "thread whose posts do not add up": "threads whose posts do not add up",
    "record of an archive": "records of an archive",
}


@dataclass(frozen=True, slots=True)
class Place:
    """One thing that is missing: its name, the detail of its reason, and its address, where it has one of the web."""

    name: str
    detail: str | None
    url: str | None


@dataclass(frozen=True, slots=True)
class Reason:
    """Things that are missing for one reason. ``places`` are some of them, ``more`` how many are not written out."""

    what: str
    why: str
    fix: str
    places: Sequence[Place]
    more: int


@dataclass(frozen=True, slots=True)
class Missing:
    """``complete`` is None where the dataset does not say; ``words`` sum up."""

    complete: bool | None
    words: str
    reasons: Sequence[Reason] = ()


def missing(completeness: Completeness | None, threads: Threads) -> Missing:
    """What the manifest says is missing, in words."""
    if completeness is None:
        return Missing(None, "The manifest does not say whether this is complete.")
    read = _read(threads)
    gaps = completeness.problems
    if not gaps:
        words = "Everything that was asked for is there." if completeness.complete else "Something is missing."
        return Missing(completeness.complete, f"{words} {read}")
    words = "Nothing is missing but what the forum itself no longer gives." if completeness.complete else (
        f"{count(len(gaps), 'thing')} {'is' if len(gaps) == 1 else 'are'} missing."
    )  # fmt: skip
    return Missing(completeness.complete, f"{words} {read}", _reasons(gaps))


def _read(threads: Threads) -> str:
    if threads.read == 0:
        return "No thread has posts here."
    if threads.read == 1:
        return f"The thread {'was' if threads.complete else 'was not'} read in whole."
    if threads.complete == threads.read:
        return f"All {threads.read:,} threads that have posts here were read in whole."
    return f"Of the {threads.read:,} threads that have posts here, {threads.complete:,} were read in whole."


def _reasons(gaps: Sequence[Gap]) -> list[Reason]:
    groups: dict[tuple[str, str, str], list[Gap]] = {}
    for gap in gaps:
        why = "the count does not match" if gap.kind == "count" and gap.what == "posts" else _why(gap)
        groups.setdefault((gap.what or "", why, gap.fix or ""), []).append(gap)
    return [
        Reason(
            _counted(what, len(found)),
            why,
            fix,
            [_place(gap, why) for gap in found[:SHOWN]],
            max(0, len(found) - SHOWN),
        )
        for (what, why, fix), found in sorted(groups.items(), key=lambda one: (-len(one[1]), one[0]))
    ]


def _why(gap: Gap) -> str:
    return _DETAIL.sub("", gap.reason) if gap.reason else gap.kind.replace("_", " ")


def _counted(what: str, number: int) -> str:
    noun = named(PARTS, what) if what else "thing"
    return count(number, noun, _PLURALS.get(noun))


def _place(gap: Gap, why: str) -> Place:
    noun = "forum" if gap.what == "listing_page" else "post" if gap.what == "post" else "thread"
    name = f"{noun} {gap.id}" if gap.id is not None else gap.what or gap.kind
    if gap.page is not None and gap.what != "thread":
        name += f", page {gap.page}"
    if gap.site is not None:
        name += f" of {gap.site}"
    detail = gap.reason if gap.reason != why else None
    return Place(name, detail.removeprefix(why).strip() if detail else None, web_address(gap.url))


def web_address(url: str | None) -> str | None:
    """The address if it is one of the web; None for anything else that a link could hold."""
    return url if url is not None and url.lower().startswith(("http://", "https://")) else None
