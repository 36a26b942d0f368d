"""What is to be published, and what was: the words in which commands ask for it and are told of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from crawler.commands._tally import Tally
from crawler.outcome import Outcome, Problem
from output import SINGLE, Layout
from pipelines.calibration import Calibration

Missing = tuple[str, str, int]
"""What a problem is about: the kind of thing, its site and its number."""


@dataclass(slots=True)
class Published:
    """What was written. ``seeds`` are the first pages of what the user named, and of what that redirects to.

    ``refused`` says why nothing was written, where the caller did not want it. ``derived`` counts the threads that were
    derived: not all, where a dataset in parts already holds what cannot have changed.
    """

    folder: Path
    tally: Tally
    outcome: Outcome
    nothing_read: bool = False
    seeds: set[Missing] = field(default_factory=set)
    refused: str | None = None
    layout: Layout = SINGLE
    derived: int = 0
    calibrations: dict[str, Calibration] = field(default_factory=dict)

    @property
    def all_gone(self) -> bool:
        """True when everything that the user named is known to be gone."""
        known = {(p.what, p.site, p.item_id) for p in self.outcome.problems if p.known}
        return bool(self.seeds) and self.seeds <= known


Refuse = Callable[[Tally], str | None]
"""Looks at what would be published, and says why it should not be, where it should not."""

Watch = Callable[[int, int], None]
"""Is told what is done, and of how much."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where to write, and what; see `publish`."""

    folder: Path
    formats: tuple[str, ...] = ("parquet", "jsonl")
    canonical: bool = False
    layout: Layout = SINGLE
    again: bool = False
    sections: Mapping[str, object] = field(default_factory=dict)
    refuse: Refuse | None = None
    more: tuple[Problem, ...] = ()
    watch: Watch | None = None
