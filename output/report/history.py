"""What a post said before: its versions, and the words that changed from one to the next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Protocol

from output.report.page import time_of
from output.report.shelf import Row

_LONG = 240  # characters of unchanged text that are shown whole
_SHOWN = 90  # of a longer stretch: this much at either side of a change
_LONGEST = 100_000  # characters of a version; what is behind them is not compared


class Change(Protocol):
    """A stretch of text that is ``same``, ``removed`` or ``added``."""

    @property
    def kind(self) -> str:
        """Same, removed or added."""

    @property
    def text(self) -> str:
        """The words."""


Diff = Callable[[str | None, str | None], Sequence[Change]]
"""What was changed between two texts."""


@dataclass(frozen=True, slots=True)
class Step:
    """From one version to the next. Without ``changes`` the words are the same, and something else changed."""

    version: int
    edited: datetime | None
    after: datetime | None
    before: datetime | None
    by: str | None
    reason: str | None
    changes: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class History:
    """The steps, newest first, and older words that only quotes of the post still have."""

    steps: list[Step]
    recovered: list[str]


def history_of(versions: Sequence[Row], diff: Diff) -> History | None:
    """The history of a post; None where only one state of it is known."""
    pages = [row for row in versions if row["source"] == "page"]
    recovered = [row["text"] or row["full_text"] for row in versions if row["source"] != "page"]
    steps = [_step(old, new, diff) for old, new in pairwise(pages)]
    if not steps and not recovered:
        return None
    return History(steps[::-1], [words for words in recovered if words])


def _step(old: Row, new: Row, diff: Diff) -> Step:
    field = "text" if old["text"] != new["text"] else "full_text"
    changes = diff((old[field] or "")[:_LONGEST], (new[field] or "")[:_LONGEST])
    edited = time_of(new["edited_at"])
    stamped = edited is not None and edited != time_of(old["edited_at"])
    return Step(
        version=new["version"],
        edited=edited if stamped else None,
        after=time_of(old.get("observed_to")),
        before=time_of(new.get("observed_from")),
        by=new["edited_by"] if stamped else None,
        reason=new["edit_reason"] if stamped else None,
        changes=_shown(changes) if any(change.kind != "same" for change in changes) else [],
    )


def _shown(changes: Sequence[Change]) -> list[tuple[str, str]]:
    """The changes with what is around them; long stretches in which nothing changed are cut."""
    shown = []
    last = len(changes) - 1
    for rank, change in enumerate(changes):
        text = change.text
        if change.kind == "same" and len(text) > _LONG:
            head = text[:_SHOWN].rsplit(" ", 1)[0] if rank > 0 else ""
            tail = text[-_SHOWN:].split(" ", 1)[-1] if rank < last else ""
            text = f"{head} … {tail}" if head else f"… {tail}"
        shown.append((change.kind, text))
    return shown
