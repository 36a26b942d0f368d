"""Keyed pseudonyms: the same under one key in every release, nothing to anybody without the key."""

from __future__ import annotations

import hashlib
import sys
from array import array
from collections.abc import Callable, Iterable
from functools import cache, lru_cache

import pyarrow as pa
import pyarrow.compute as pc

FIRST, LAST = 1 << 40, (1 << 53) - 1
"""Pseudonyms of numbers lie between these: exact as a double, and above every number that a live site has."""

_GROUPS = 5
_MEMBERS = 1 << 16  # pseudonyms that are kept of a kind: most members write more than once
_OFTEN = frozenset({"author_id", "thread_id", "forum_id"})  # numbers that come again and again
_LOW = 11  # bits of a digest that a number does without


class Pseudonyms:
    """Gives pseudonyms of numbers and of names (keyed BLAKE2b).

    They depend on the site and the kind of thing, so that post 7 and member 7 have nothing in common. A plain hash
    of so few numbers would be undone by trying them all; without the key that cannot be done.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._base = cache(self._start)  # one for each site and kind
        self._member = lru_cache(_MEMBERS)(self._label_of_member)
        self._known = cache(self._kept)

    def number(self, site: str, kind: str, value: int) -> int:
        """The pseudonym of a number: from 2^40 to 2^53 - 1."""
        state = self._base(site, kind).copy()
        state.update(b"%d" % value)
        while True:
            found = int.from_bytes(state.digest(), "big") >> _LOW
            if found >= FIRST:
                return found
            state.update(b"+")  # one in eight thousand

    def numbers(self, site: str, kind: str, values: pa.Array) -> pa.Array:
        """The pseudonyms of a column of numbers; null stays null."""
        coded = values.dictionary_encode()
        make = self._known(site, kind) if kind in _OFTEN else self._numbers_of(site, kind)
        return make(coded.dictionary).take(coded.indices)

    def of_member(self, site: str, author_id: int) -> str:
        """The label that stands for a member's name, such as ``user-482-193-701-152-884``."""
        return self._member(site, author_id)

    def of_members(self, site: str, author_ids: pa.Array) -> pa.Array:
        """The labels of a column of members; null stays null."""
        coded = author_ids.dictionary_encode()
        return self._known(site, "member")(coded.dictionary).take(coded.indices)

    def of_name(self, site: str, name: str) -> str:
        """The label of somebody of whom only the name is known."""
        return self._label(site, "name", name)

    def hashes(self, site: str, values: pa.Array) -> pa.Array:
        """Stand for hashes: equal where these were equal. Of digits, for hexadecimal spells names such as Abba."""
        coded = values.dictionary_encode()
        digests = self._digests(site, "hash", coded.dictionary)
        return pc.utf8_lpad(digests.cast(pa.string()), 20, "0").take(coded.indices)

    def _numbers_of(self, site: str, kind: str) -> Callable[[pa.Array], pa.Array]:
        low = pa.scalar(_LOW, pa.uint64())

        def numbers(values: pa.Array) -> pa.Array:
            found = pc.shift_right(self._digests(site, kind, values.cast(pa.string())), low).cast(pa.int64())
            small = pc.less(found, FIRST)
            if not pc.any(small).as_py():
                return found
            again = [self.number(site, kind, value) for value in values.filter(small).to_pylist()]
            return pc.replace_with_mask(found, small, pa.array(again, pa.int64()))

        return numbers

    def _digests(self, site: str, kind: str, values: pa.Array) -> pa.Array:
        """The digests of a column of strings, as 64-bit numbers."""
        copy, digests = self._base(site, kind).copy, []
        for value in values.cast(pa.binary()).to_pylist():
            state = copy()
            state.update(value)
            digests.append(state.digest())
        found = array("Q", b"".join(digests))
        if sys.byteorder == "little":
            found.byteswap()
        return pa.Array.from_buffers(pa.uint64(), len(found), [None, pa.py_buffer(found)])

    def _kept(self, site: str, kind: str) -> Callable[[pa.Array], pa.Array]:
        if kind == "member":
            return _Kept(lambda ids: pa.array(self._labels(site, kind, map(str, ids.to_pylist())), pa.string()))
        return _Kept(self._numbers_of(site, kind))

    def _labels(self, site: str, kind: str, values: Iterable[str]) -> list[str]:
        return [self._label(site, kind, value) for value in values]

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


class _Kept:
    """Keeps what was made of numbers, up to some."""

    def __init__(self, make: Callable[[pa.Array], pa.Array]) -> None:
        self._make = make
        self._of = pa.array([], pa.int64())
        self._made: pa.Array = make(self._of)

    def __call__(self, values: pa.Array) -> pa.Array:
        """What is made of different numbers."""
        places = pc.index_in(values, value_set=self._of)
        if not places.null_count:
            return self._made.take(places)
        fresh = values.filter(pc.is_null(places))
        known, made = pa.concat_arrays([self._of, fresh]), pa.concat_arrays([self._made, self._make(fresh)])
        if len(known) <= _MEMBERS:
            self._of, self._made = known, made
        return made.take(pc.index_in(values, value_set=known))
