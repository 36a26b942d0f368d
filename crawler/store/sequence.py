"""The place of a reading among the runs."""

from __future__ import annotations

from collections.abc import Iterable


class Sequence:
    """Places readings by the run that made them, whatever its clock said.

    What was read before its own run began comes from an archive: it has the place of the last run that had begun by
    then.
    """

    def __init__(self, runs: Iterable[tuple[int, int]]) -> None:
        """``runs``: number and start (microseconds since 1970) of each."""
        self._starts = dict(runs)
        self._ordered = sorted(self._starts)

    def place(self, run_id: int, fetched_at: int) -> int:
        """The number of the run, or of an earlier one; 0 for before all of them."""
        if fetched_at >= self._starts.get(run_id, 0):
            return run_id
        begun = (run for run in self._ordered if run < run_id and self._starts[run] <= fetched_at)
        return max(begun, default=0)
