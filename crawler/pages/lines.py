"""What a walk over a body gathers: lines of text with the quote that each stands in, quotes, links."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml import etree

from crawler.items import QuoteSeen
from crawler.pages.links import Links
from crawler.pages.text import BLANK

OWN = -1
"""In place of a quote's index: the author's own words."""

CELL = "\x00"
"""Marks the edge of a table's cell: NUL never comes from a page (`encoding.py`)."""

_SPACES = re.compile(r"[ \t\n\r\f\xa0]+")
_CELL = re.compile(r" ?\x00 ?")


@dataclass(slots=True)
class Walk:
    """The state of one walk.

    ``lines`` are the quote's index (-1: own words), how many quotes deep, and the text. ``quote`` is the index of the
    innermost open quote, ``open_quotes`` holds for each open quote its element, and the quote and the bullet outside.
    """

    links: Links
    lines: list[tuple[int, int, str]] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    bullet: bool = False
    quotes: list[QuoteSeen] = field(default_factory=list)
    quote: int = OWN
    open_quotes: list[tuple[etree._Element, int, bool]] = field(default_factory=list)
    attachment: etree._Element | None = None

    def add(self, text: str) -> None:
        """A finished line."""
        self.lines.append((self.quote, len(self.open_quotes), text))

    def flush(self) -> None:
        """End the line."""
        parts = self.parts
        if not parts:
            return
        line = tidy(parts[0] if len(parts) == 1 else "".join(parts))
        parts.clear()
        if not line:
            return
        if self.bullet:
            line, self.bullet = f"- {line}", False
        self.lines.append((self.quote, len(self.open_quotes), line))


def tidy(line: str) -> str:
    """A line with its white space squeezed, and cells of a table apart."""
    line = line.strip(BLANK)
    if line.isprintable() and "  " not in line:  # most lines have nothing to squeeze, and these tests are quick
        return line
    line = _SPACES.sub(" ", line)
    return _CELL.sub("\t", line).strip("\t") if CELL in line else line
