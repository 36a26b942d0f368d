"""What is wrong with a dataset, in lines."""

from __future__ import annotations

from dataclasses import dataclass

from output.errors import visible

AGAIN = "publish it again with `threadset export`"
LIMIT = 10
"""Lines of one kind that are written out."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: the file (path below the dataset's folder), the row (0-based) or None, what, the fix."""

    file: str
    row: int | None
    message: str
    fix: str

    def __str__(self) -> str:
        place = self.file if self.row is None else f"{self.file}, row {self.row}"
        return visible(f"{place}: {self.message}; {self.fix}")


class Report:
    """Collects problems; of each kind in a file the first ten, then how many more there are."""

    def __init__(self) -> None:
        self._kinds: dict[tuple[str, str], tuple[list[Problem], list[int]]] = {}

    def add(self, kind: str, file: str, message: str, fix: str = AGAIN, row: int | None = None) -> None:
        """One problem. ``kind`` names the check."""
        problems, more = self._kinds.setdefault((kind, file), ([], [0]))
        if len(problems) < LIMIT:
            problems.append(Problem(file, row, message, fix))
        else:
            more[0] += 1

    def add_more(self, kind: str, file: str, count: int) -> None:
        """Problems of a kind that are only counted."""
        self._kinds[kind, file][1][0] += count

    def problems(self) -> list[Problem]:
        """All of them, in the order in which their kinds were met."""
        result = []
        for (kind, file), (problems, (more,)) in self._kinds.items():
            result += problems
            if more:
                result.append(Problem(file, None, f"and {more} more ({kind})", problems[-1].fix))
        return result
