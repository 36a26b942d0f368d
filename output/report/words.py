"""Numbers, times and names of values in plain words."""

from __future__ import annotations

from datetime import date, datetime, timedelta

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

METHODS = {
    "explicit_id": "the markup names the post",
    "explicit_id_unseen": "the markup names a post that was not read",
    "author_time": "author and time",
    "author_exact": "author, and the same words",
    "author_shingle": "author, and most of the words in the same order",
    "author_partial": "author, and nearly the same letters",
    "layout": "the layout of a text dump, where the extent of a quote is a guess",
    "none": "not linked",
}
"""Methods of linking."""

STATES = {
    "seen": "to a post that is in the dataset",
    "missing": "to a post that has gone since",
    "unseen": "to a post that was never read",
    "unresolved": "not linked",
}
"""States of what is quoted."""

CHECKS = {
    "verified": "author or words agree",
    "unchecked": "there is nothing to compare",
    "text_conflict": "the quoted words are in no known version of the post",
    "author_conflict": "somebody else wrote the named post",
}
"""What comparing a named post with the quote found."""

EVENTS = {
    "edited": ("edit", "edits"),
    "silently_edited": ("edit without a mark", "edits without a mark"),
    "missing": ("post gone missing", "posts gone missing"),
    "removed": ("removal", "removals"),
    "restored": ("return", "returns"),
    "moved": ("move", "moves"),
    "merged": ("merge", "merges"),
    "split": ("split", "splits"),
    "retitled": ("new title", "new titles"),
    "renamed_author": ("new name of a member", "new names of members"),
}
"""Kinds of events, one and many, in the order in which they are told."""

OUTCOMES = {
    "ok": "read",
    "not_modified": "not changed",
    "redirect": "redirected",
    "not_found": "not there",
    "implausible": "held back",
}
"""Outcomes of requests and of runs."""

PARTS = {
    "thread": "thread",
    "thread_page": "page of a thread",
    "listing_page": "page of a listing",
    "posts": "thread whose posts do not add up",
    "record": "record of an archive",
    "file": "file",
}
"""What can be missing."""


def count(number: int, noun: str, plural: str | None = None) -> str:
    """A number and its noun: ``1 post``, ``1,234 posts``."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def share(part: int, whole: int) -> str:
    """A percentage that never says all or nothing of what is not quite that."""
    if whole == 0:
        return "–"
    percent = 100 * part / whole
    if 0 < percent < 0.1:
        return "<\u00a00.1\u00a0%"
    if 99.9 < percent < 100:
        return ">\u00a099.9\u00a0%"
    return f"{percent:.0f}\u00a0%" if percent in {0, 100} else f"{percent:.1f}\u00a0%"


def named(names: dict[str, str], value: str | None) -> str:
    """A value in words; one that has none as it is."""
    return "killed" if value is None else names.get(value, value.replace("_", " "))


def day(time: date) -> str:
    """As ``3 May 2024``."""
    return f"{time.day} {time:%B} {time.year}"


def moment(time: datetime) -> str:
    """As ``3 May 2024, 14:05 UTC``."""
    return f"{day(time)}, {time:%H:%M} UTC"


def span(first: datetime, last: datetime) -> str:
    """From the first to the last day, or the hours of a single day."""
    if first.date() != last.date():
        return f"{day(first)} to {day(last)}"
    if (first.hour, first.minute) == (last.hour, last.minute):
        return moment(first)
    return f"{day(first)}, {first:%H:%M} to {last:%H:%M} UTC"


def duration(length: timedelta) -> str:
    """In the two largest units: ``3 h 12 min``, ``4 s``."""
    seconds = max(0, round(length.total_seconds()))
    parts = (
        (seconds // 86_400, "d"),
        (seconds % 86_400 // 3600, "h"),
        (seconds % 3600 // 60, "min"),
        (seconds % 60, "s"),
    )
    first = next((rank for rank, (number, _) in enumerate(parts) if number), 3)
    shown = [f"{number} {name}" for number, name in parts[first : first + 2] if number]
    return " ".join(shown) or "less than 1 s"


def length(number: int) -> str:
    """Bytes, as ``3.4 MB``."""
    size = float(number)
    for unit in ("bytes", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:,.0f} {unit}" if unit == "bytes" else f"{size:,.1f} {unit}"
        size /= 1000
    return f"{size:,.1f} TB"


def listing(parts: list[str]) -> str:
    """As ``a, b and c``."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}" if parts else ""
