"""Keyed pseudonyms: the same under one key in every release, nothing to anybody without the key."""

from __future__ import annotations

import hashlib
from functools import cache

FIRST, LAST = 1 << 40, (1 << 53) - 1
"""Pseudonyms of numbers lie between these: exact as a double, and above every number that a live site has."""

_GROUPS = 5


class Pseudonyms:
    """Gives pseudonyms of numbers and of names (keyed BLAKE2b).

    They depend on the site and the kind of thing, so that post 7 and member 7 have nothing in common. A plain hash
    of so few numbers would be undone by trying them all; without the key that cannot be done.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._base = cache(self._start)  # one for each site and kind

    def number(self, site: str, kind: str, value: int) -> int:
        """The pseudonym of a number: from 2^40 to 2^53 - 1."""
        state = self._base(site, kind).copy()
        state.update(b"%d" % value)
        while True:
            found = int.from_bytes(state.digest(), "big") >> 11
            if found >= FIRST:
                return found
            state.update(b"+")  # one in eight thousand

    def of_member(self, site: str, author_id: int) -> str:
        """The label that stands for a member's name, such as ``user-482-193-701-152-884``."""
        return self._label(site, "member", str(author_id))

    def of_name(self, site: str, name: str) -> str:
        """The label of somebody of whom only the name is known."""
        return self._label(site, "name", name)

    def hash(self, site: str, value: str) -> str:
        """Stands for a hash: equal where the hash was equal."""
        state = self._base(site, "hash").copy()
        state.update(value.encode())
        return state.hexdigest()

    def _label(self, site: str, kind: str, value: str) -> str:
        state = self._base(site, kind).copy()
        state.update(value.encode())
        # Three digits a group: no name of four letters can come out by chance.
        number = int.from_bytes(state.digest(), "big") % 1000**_GROUPS
        digits = f"{number:0{3 * _GROUPS}}"
        return "user-" + "-".join(digits[at : at + 3] for at in range(0, len(digits), 3))

    def _start(self, site: str, kind: str) -> hashlib.blake2b:
        state = hashlib.blake2b(key=self._key, digest_size=8, person=b"threadset pack")
        state.update(f"{kind}\0{site}\0".encode())
        return state
