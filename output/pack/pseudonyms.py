"""Keyed pseudonyms: the same under one key in every release, nothing to anybody without the key."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache, lru_cache

FIRST, LAST = 1 << 40, (1 << 53) - 1
"""Pseudonyms of numbers lie between these: exact as a double, and above every number that a live site has."""

_GROUPS = 5
_MEMBERS = 1 << 16  # labels that are kept: most members write more than once


class Pseudonyms:
    """Gives pseudonyms of numbers and of names (keyed BLAKE2b).

    They depend on the site and the kind of thing, so that post 7 and member 7 have nothing in common. A plain hash
    of so few numbers would be undone by trying them all; without the key that cannot be done.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._base = cache(self._start)  # one for each site and kind
        self._member = lru_cache(_MEMBERS)(self._label_of_member)

    def number(self, site: str, kind: str, value: int) -> int:
        """The pseudonym of a number: from 2^40 to 2^53 - 1."""
        state = self._base(site, kind).copy()
        state.update(b"%d" % value)
        while True:
            found = int.from_bytes(state.digest(), "big") >> 11
            if found >= FIRST:
                return found
            state.update(b"+")  # one in eight thousand

    def numbers(self, site: str, kind: str, values: Iterable[int]) -> list[int]:
        """The pseudonyms of many numbers."""
        base, whole = self._base(site, kind), int.from_bytes
        found = []
        for value in values:
            state = base.copy()
            state.update(b"%d" % value)
            one = whole(state.digest(), "big") >> 11
            found.append(one if one >= FIRST else self.number(site, kind, value))
        return found

    def of_member(self, site: str, author_id: int) -> str:
        """The label that stands for a member's name, such as ``user-482-193-701-152-884``."""
        return self._member(site, author_id)

    def of_name(self, site: str, name: str) -> str:
        """The label of somebody of whom only the name is known."""
        return self._label(site, "name", name)

    def hash(self, site: str, value: str) -> str:
        """Stands for a hash: equal where the hash was equal. Of digits, for hexadecimal spells names such as Abba."""
        state = self._base(site, "hash").copy()
        state.update(value.encode())
        return f"{int.from_bytes(state.digest(), 'big'):020}"

    def _label(self, site: str, kind: str, value: str) -> str:
        state = self._base(site, kind).copy()
        state.update(value.encode())
        # Three digits a group: no name of four letters can come out by chance.
        number = int.from_bytes(state.digest(), "big") % 1000**_GROUPS
        return f"user-{number:0{4 * _GROUPS - 1}_}".replace("_", "-")

    def _label_of_member(self, site: str, author_id: int) -> str:
        return self._label(site, "member", str(author_id))

    def _start(self, site: str, kind: str) -> hashlib.blake2b:
        state = hashlib.blake2b(key=self._key, digest_size=8, person=b"threadset pack")
        state.update(f"{kind}\0{site}\0".encode())
        return state
