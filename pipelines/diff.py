"""What was changed between two versions of a text, word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from rapidfuzz.distance import Indel

from pipelines.linking.text import UNSPACED

Kind = Literal["same", "removed", "added"]

_PIECE = re.compile(f"[{UNSPACED}]|[^\\W{UNSPACED}]+|\\s+|[^\\w\\s]")
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_ALL = re.compile(r"(?s).+")
_LARGEST = 2 * 10**8  # pairs of pieces: beyond, lines are compared instead of words
_ISLAND = 3  # pieces: a shorter run between two changes (" the ") is no more than chance


@dataclass(frozen=True, slots=True)
class Change:
    """A stretch of text that is the same in both versions, or only in the old, or only in the new one."""

    kind: Kind
    text: str


def word_diff(old: str | None, new: str | None) -> list[Change]:
    """The changes that turn the old text into the new one, in order; what was removed comes before what was added.

    The texts of ``same`` and ``removed`` together are the old text, those of ``same`` and ``added`` the new one. In a
    script without spaces a word is one character. Texts of many thousands of words are compared line by line.

    >>> [(change.kind, change.text) for change in word_diff("The gates are late.", "The gates were late.")]
    [('same', 'The gates '), ('removed', 'are'), ('added', 'were'), ('same', ' late.')]
    """
    for pieces in (_PIECE, _LINE, _ALL):
        before, after = pieces.findall(old or ""), pieces.findall(new or "")
        start = _common(before, after)
        end = _common(before[start:][::-1], after[start:][::-1])
        inner = before[start : len(before) - end], after[start : len(after) - end]
        if len(inner[0]) * len(inner[1]) <= _LARGEST:
            break
    ends = before[:start], before[len(before) - end :]
    return list(_changes([("".join(ends[0]), "", ""), *_steps(*inner), ("".join(ends[1]), "", "")]))


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """How many pieces both begin with."""
    return next(
        (n for n, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), min(len(one), len(other))
    )


def _steps(before: list[str], after: list[str]) -> Iterator[tuple[str, str, str]]:
    """Same, removed and added text of each step."""
    codes = [
        code
        for code in Indel.opcodes(before, after)
        if code.src_end > code.src_start or code.dest_end > code.dest_start
    ]
    for rank, code in enumerate(codes):
        old, new = before[code.src_start : code.src_end], after[code.dest_start : code.dest_end]
        island = 0 < rank < len(codes) - 1 and len(old) <= _ISLAND and sum(map(str.isalnum, old)) <= 1
        if code.tag == "equal" and not island:
            yield "".join(old), "", ""
        else:
            yield "", "".join(old), "".join(new)


def _changes(steps: Sequence[tuple[str, str, str]]) -> Iterator[Change]:
    """Neighbours put together."""
    same = removed = added = ""
    for equal, gone, come in steps:
        if equal and (removed or added):
            yield from _pair(removed, added)
            removed = added = ""
        if (gone or come) and same:
            yield Change("same", same)
            same = ""
        same, removed, added = same + equal, removed + gone, added + come
    if same:
        yield Change("same", same)
    yield from _pair(removed, added)


def _pair(removed: str, added: str) -> Iterator[Change]:
    if removed:
        yield Change("removed", removed)
    if added:
        yield Change("added", added)
