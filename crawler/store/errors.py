"""What can be wrong with a store."""

from __future__ import annotations


class StoreError(Exception):
    """The store cannot be used. ``reason`` says why, ``fix`` what to do, ``exit_code`` what the command answers."""

    def __init__(self, what: str, reason: str, fix: str, exit_code: int = 1) -> None:
        super().__init__(f"{what}: {reason}; {fix}")
        self.what = what
        self.reason = reason
        self.fix = fix
        self.exit_code = exit_code


class DamageError(StoreError):
    """The disk has changed what is stored."""

    def __init__(self, what: str) -> None:
        super().__init__(what, "the disk has changed it", "run grab or crawl again: what can be mended is mended then")
