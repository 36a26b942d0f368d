"""What a terminal can show, and whether there is one."""

from __future__ import annotations

import os
from typing import IO, Any

import click


def watched(stream: IO[Any] | None) -> bool:
    """True where somebody looks at a stream."""
    try:
        return stream is not None and stream.isatty()
    except ValueError:  # it is closed
        return False


def dumb() -> bool:
    """True for a terminal that only takes line after line."""
    return os.environ.get("TERM", "").lower() in {"dumb", "unknown"}


def coloured(stream: IO[Any] | None) -> bool:
    """True where colours may be written: never with ``NO_COLOR``, else with ``FORCE_COLOR``, else on a terminal."""
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or (watched(stream) and not dumb())


def paint(text: str, colour: str, stream: IO[Any] | None) -> str:
    """The text in a colour, where the stream takes one."""
    return click.style(text, fg=colour) if coloured(stream) else text
