"""Text of others, made harmless for a terminal and for a line of a log."""

from __future__ import annotations


def printable(text: object) -> str:
    """Text for a terminal or a log line: control characters and what turns the writing around are made visible."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in str(text))
