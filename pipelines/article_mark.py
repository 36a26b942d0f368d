"""What a line of a news text says besides words."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipelines.article_dates import FoundDate
from pipelines.article_names import Piece


@dataclass(slots=True)
class Mark:
    """What a line is.

    ``kind`` is head, place, dateline, caption, credits, copyright, signature, source or junk. ``found`` are values with
    the column of `articles` that they belong to; ``day`` the date that it tells; ``points`` how much it speaks for a
    news text; ``by_agency`` is true where who publishes news is named. ``lead`` is where the words begin behind a
    dateline. ``unknown`` is a name that stands where a publisher's would, and is known for none.
    """

    kind: str
    found: list[tuple[str, Piece]] = field(default_factory=list)
    day: FoundDate | None = None
    points: int = 0
    by_agency: bool = False
    lead: int = 0
    unknown: Piece | None = None

    def pieces(self, column: str) -> list[Piece]:
        """The values of a column."""
        return [piece for name, piece in self.found if name == column]
