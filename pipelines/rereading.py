"""How many posts seem to have changed without saying so: where it is many, it is the layout that has changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from pipelines.versions import PostHistory

MOST = 0.2
"""Share of re-read posts without a new edit mark that may have other words than before."""

FEWEST = 25
"""Posts of which a share says anything: of three posts one may well have been edited."""


@dataclass(slots=True)
class Rereading:
    """Posts without a new edit mark by the run that read them again, and those of them that read differently."""

    read: Counter[int] = field(default_factory=Counter)
    changed: Counter[int] = field(default_factory=Counter)

    def add(self, other: Rereading) -> None:
        """Take in those of another thread."""
        self.read.update(other.read)
        self.changed.update(other.changed)

    def share(self, run_id: int) -> float:
        """Share that seems to have changed, 0 to 1; 0 where nothing was read again."""
        return self.changed[run_id] / self.read[run_id] if self.read[run_id] else 0.0

    @property
    def implausible(self) -> frozenset[int]:
        """The runs that must have met another layout. Their readings are not to be believed."""
        return frozenset(
            run_id for run_id, read in self.read.items() if read >= FEWEST and self.changed[run_id] > MOST * read
        )


def rereading(posts: Iterable[PostHistory]) -> Rereading:
    """The figure of one thread. A post counts once a run."""
    found = Rereading()
    for post in posts:
        if len(post.sightings) == 1:
            continue
        for before, after in pairwise(post.sightings):
            if before.run_id != after.run_id and before.post.edited_at == after.post.edited_at:
                found.read[after.run_id] += 1
                found.changed[after.run_id] += before.post.body.text_hash != after.post.body.text_hash
    return found
