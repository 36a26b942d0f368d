"""Chance with known proportions."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Generic, TypeVar

T = TypeVar("T")


class Deck(Generic[T]):
    """A deck of cards that is shuffled anew when it is used up, so that shares are exact however few are drawn."""

    def __init__(self, rng: Random, counts: Mapping[T, int]) -> None:
        self._rng = rng
        self._counts = counts
        self._left: list[T] = []

    def draw(self) -> T:
        """The next card."""
        if not self._left:
            self._left = [card for card, n in self._counts.items() for _ in range(n)]
            self._rng.shuffle(self._left)
        return self._left.pop()
