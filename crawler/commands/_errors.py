"""Errors of commands: one line with the thing, the reason and the fix."""

from __future__ import annotations

from crawler.outcome import ERROR


class CommandError(Exception):
    """A command cannot go on. ``exit_code`` is that of the design."""

    def __init__(self, what: str, reason: str, fix: str, exit_code: int = ERROR) -> None:
        super().__init__(f"{what}: {reason}; {fix}")
        self.what, self.reason, self.fix = what, reason, fix
        self.exit_code = exit_code

    def as_json(self) -> dict[str, str]:
        """For ``--json``."""
        return {"what": self.what, "reason": self.reason, "fix": self.fix}
