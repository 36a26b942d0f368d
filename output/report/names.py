"""Names as pages give them, cut to what a drawing has room for."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

_FIRST, _LAST = "\u2068", "\u2069"  # isolate what stands between them from the direction of what stands around


def plain(text: str) -> str:
    """The text in one line, without characters that cannot be seen: they could turn round what follows."""
    kept = (" " if unicodedata.category(one) in {"Cc", "Zl", "Zp"} else one for one in text)
    return " ".join("".join(one for one in kept if unicodedata.category(one) not in {"Cf", "Cs", "Co", "Cn"}).split())


def isolated(text: str) -> str:
    """The text for use inside a sentence, whatever direction it is written in."""
    return f"{_FIRST}{plain(text)}{_LAST}"


def cut(text: str, room: int) -> str:
    """The plain text in at most ``room`` columns (wide characters take two, marks none), with an ellipsis where cut."""
    text = plain(text)
    if _width(text) <= room and len(text) <= 3 * room:
        return text
    taken, width = "", 1
    for one in text[: 3 * room - 1]:
        width += _width(one)
        if width > room:
            break
        taken += one
    return f"{taken.rstrip()}…"


def _width(text: Iterable[str]) -> int:
    return sum(0 if unicodedata.combining(one) else 1 + (unicodedata.east_asian_width(one) in "WF") for one in text)
