"""The names that a crawl knows: whose each is, and where one stands in a text."""

from __future__ import annotations

import re
from bisect import insort
from collections.abc import Iterator
from dataclasses import dataclass
from unicodedata import category, normalize

SHORTEST = 4
"""Shorter names are words of too many other kinds to be looked for."""

_WORD = re.compile(r"\w+")
_NOBODY = -1
_LONGEST = 400  # characters that a name may have where it is looked for


@dataclass(frozen=True, slots=True)
class Found:
    """A name in a text: from ``start`` to ``end``, as it is spelled there."""

    start: int
    end: int
    name: str


class Names:
    """All names of a pack's sites. Held in memory: one entry a name, and one each way to write its accents."""

    def __init__(self) -> None:
        self._owner: dict[tuple[str, str], int] = {}
        self._spelled: dict[str, bool] = {}
        self._known: set[str] = set()
        self._by_word: dict[str, list[str]] = {}
        self._met: set[tuple[str, str, int | None, bool]] = set()

    def __getstate__(self) -> dict[str, object]:
        return {**self.__dict__, "_met": set()}  # of use only while names are gathered

    def __len__(self) -> int:
        return len(self._known)

    def __contains__(self, name: str) -> bool:
        return _key(name) in self._known

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._known))

    @property
    def spelled(self) -> dict[str, bool]:
        """Each name as it is spelled, and whether it is a member's: that of a guest may be any word."""
        return self._spelled

    def add(self, site: str, name: str, author_id: int | None = None, *, guest: bool = False) -> None:
        """A name that was met; with a number, it is that member's. A name of two members is nobody's."""
        if (site, name, author_id, guest) in self._met:
            return
        self._met.add((site, name, author_id, guest))
        key = _key(name)
        if not key.strip():
            return
        if author_id is not None:
            there = self._owner.setdefault((site, key), author_id)
            if there != author_id:
                self._owner[site, key] = _NOBODY
        self._spelled[name] = not guest or self._spelled.get(name, False)
        if key in self._known:
            return
        self._known.add(key)
        for form in forms(key):
            word = _WORD.search(form)
            if word is not None:
                insort(self._by_word.setdefault(word[0], []), form, key=lambda known: (-len(known), known))

    def owner(self, site: str, name: str) -> int | None:
        """The member of that name; None where there is none or more than one."""
        found = self._owner.get((site, _key(name)))
        return None if found == _NOBODY else found

    def find(self, text: str, *, shortest: int = SHORTEST) -> Iterator[Found]:
        """Names in a text, in any case, as whole words, the longest first at each place; they do not overlap."""
        folded = fold(text)
        end = 0
        for word in _WORD.finditer(folded):
            if word.start() < end:
                continue
            for name in self._by_word.get(word[0], ()):
                start = word.start() - _lead(name)
                stop = start + len(name)
                if len(name) < shortest or start < end or not _stands(folded, name, start):
                    continue
                end = stop
                yield Found(start, stop, text[start:stop])
                break

    def at(self, text: str, start: int) -> Found | None:
        """The longest name, however short, that begins at this place."""
        rest = fold(text[start : start + _LONGEST])
        word = _WORD.search(rest)
        for name in self._by_word.get(word[0], ()) if word is not None else ():
            if _stands(rest, name, 0):
                return Found(start, start + len(name), text[start : start + len(name)])
        return None


def fold(text: str) -> str:
    """In small letters, and of the same length, so that places in it are those of the text."""
    if text.isascii():
        return text.lower()
    return "".join(one if len(one := char.lower()) == 1 else char for char in text)


def forms(name: str) -> set[str]:
    """A name with its accents in one character with the letter, and apart."""
    if name.isascii():
        return {name}
    return {name, normalize("NFC", name), normalize("NFD", name)}


def joins(char: str) -> bool:
    """Whether a character goes on with the word beside it."""
    return char.isalnum() or char == "_" or (char > "\x7f" and category(char).startswith("M"))


def _key(name: str) -> str:
    return fold(normalize("NFC", name))


def _lead(name: str) -> int:
    """Characters before the first word of a name."""
    word = _WORD.search(name)
    return word.start() if word is not None else 0


def _stands(text: str, name: str, start: int) -> bool:
    """Whether the name is there, and is no part of a longer word."""
    end = start + len(name)
    if start < 0 or not text.startswith(name, start):
        return False
    before, after = text[start - 1 : start] if start else "", text[end : end + 1]
    return not (joins(before) and joins(name[0])) and not (joins(after) and joins(name[-1]))
