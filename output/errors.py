"""Errors of this package: each says what is wrong, where, and how to put it right."""

from __future__ import annotations

from typing import Any


class OutputError(Exception):
    """Something that keeps a dataset from being written or read.

    ``reason`` says what is wrong and names the table or file; ``fix`` says what to do about it. Both are one line:
    control characters, which may come from a page, are shown as escapes.
    """

    def __init__(self, reason: str, fix: str) -> None:
        self.reason = visible(reason)
        self.fix = visible(fix)
        super().__init__(f"{self.reason}; {self.fix}")

    def __reduce__(self) -> tuple[Any, ...]:
        """So that it comes out of another process as it was raised there."""
        return type(self), (self.reason, self.fix)


class RowError(OutputError):
    """A row that its table does not allow."""


class PublishError(OutputError):
    """A dataset could not be published; what was published before is untouched."""


class ManifestError(OutputError):
    """There is no manifest, or it cannot be used."""


class DatasetError(OutputError):
    """A file of a dataset is missing or is not what the manifest says."""


def visible(text: str) -> str:
    """The text on one line, with everything that a terminal would not print as it is turned into an escape."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in text)
