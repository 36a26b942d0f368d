"""A ring of people with a curve from each one to those whom they quote."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import hypot, sqrt

_ROW = 40
"""Room for a name, in pixels: names stand in two columns, so that they never overlap."""

_THICK = 6
"""Quotes that make a line of full width, where nobody quotes anybody oftener."""


@dataclass(frozen=True, slots=True)
class Dot:
    """A person: index, centre, radius, where the name begins, and whether it ends there instead (left of the ring)."""

    index: int
    x: float
    y: float
    radius: float
    name_x: float
    is_left: bool


@dataclass(frozen=True, slots=True)
class Curve:
    """From one person to another: SVG paths of the line and of its head, the line's width, and whether both quote."""

    source: int
    target: int
    number: int
    line: str
    head: str
    width: float
    mutual: bool


@dataclass(frozen=True, slots=True)
class Ring:
    """A drawing of this size."""

    width: int
    height: int
    dots: Sequence[Dot]
    curves: Sequence[Curve]


def ring(sizes: Sequence[int], edges: Mapping[tuple[int, int], int], width: int, names: int) -> Ring:
    """Draw the people 0, 1, …; ``sizes`` say how often each is quoted, ``names`` how much room a name takes.

    The same numbers give the same drawing. Edges from somebody to themselves are left out.
    """
    between = {pair: number for pair, number in edges.items() if pair[0] != pair[1] and number > 0}
    dots = _place(_order(len(sizes), between), sizes, width, names)
    by_index = {dot.index: dot for dot in dots}
    most = max(between.values(), default=1)
    center = (width / 2, _height(len(sizes)) / 2)
    curves = [
        _curve(by_index[one], by_index[other], number, most, center, mutual=(other, one) in between)
        for (one, other), number in sorted(between.items(), key=lambda item: (item[1], item[0]))
    ]
    return Ring(width, _height(len(sizes)), sorted(dots, key=lambda dot: dot.index), curves)


def _height(number: int) -> int:
    return max(4, (number + 1) // 2) * _ROW + 16


def _order(number: int, edges: Mapping[tuple[int, int], int]) -> list[int]:
    """An order round the ring in which those who quote each other much are near: swaps, as long as one helps."""
    weights: Counter[tuple[int, int]] = Counter()
    for (one, other), times in edges.items():
        weights[min(one, other), max(one, other)] += times
    order = list(range(number))

    def length() -> int:
        at = {index: rank for rank, index in enumerate(order)}
        away = ((abs(at[one] - at[other]), times) for (one, other), times in weights.items())
        return sum(min(steps, number - steps) * times for steps, times in away)

    best, better = length(), True
    while better:
        better = False
        for left in range(number):
            for right in range(left + 1, number):
                order[left], order[right] = order[right], order[left]
                if (now := length()) < best:
                    best, better = now, True
                else:
                    order[left], order[right] = order[right], order[left]
    return order


def _place(order: Sequence[int], sizes: Sequence[int], width: int, names: int) -> list[Dot]:
    """Down the right half of an ellipse and up the left one, at even heights."""
    height, most = _height(len(order)), max([*sizes, 1])
    right = (len(order) + 1) // 2
    across, down = width / 2 - names, height / 2
    dots = []
    for rank, index in enumerate(order):
        is_left = rank >= right
        rows = len(order) - right if is_left else right
        row = len(order) - 1 - rank if is_left else rank
        y = 8 + (row + 0.5) * (height - 16) / rows
        away = across * sqrt(max(0.0, 1 - ((y - height / 2) / (down * 1.12)) ** 2))
        x = width / 2 + (-away if is_left else away)
        radius = 4 + 8 * sqrt(sizes[index] / most)
        name_x = x + (-radius - 6 if is_left else radius + 6)
        dots.append(Dot(index, _near(x), _near(y), _near(radius), _near(name_x), is_left))
    return dots


def _curve(one: Dot, other: Dot, number: int, most: int, center: tuple[float, float], *, mutual: bool) -> Curve:
    """Bent towards the centre, and to one side, so that the way back is another line."""
    width = 1.25 + 4.75 * (number - 1) / (max(most, _THICK) - 1)
    away = hypot(other.x - one.x, other.y - one.y) or 1.0
    pull = 0.5 * away / (away + 100)  # neighbours are joined by a flat curve
    side = min(18.0, away / 6)
    bend_x = (one.x + other.x) / 2 * (1 - pull) + center[0] * pull + side * (other.y - one.y) / away
    bend_y = (one.y + other.y) / 2 * (1 - pull) + center[1] * pull - side * (other.x - one.x) / away
    start = _towards(one.x, one.y, bend_x, bend_y, one.radius + 1)
    tip = _towards(other.x, other.y, bend_x, bend_y, other.radius + 2)
    length, half = 6 + width, 2.5 + width * 0.75
    base = _towards(*tip, bend_x, bend_y, length)
    along = ((base[0] - tip[0]) / length, (base[1] - tip[1]) / length)
    corners = [(base[0] - sign * along[1] * half, base[1] + sign * along[0] * half) for sign in (1, -1)]
    line = f"M{_pair(start)}Q{_pair((bend_x, bend_y))} {_pair(base)}"
    head = f"M{_pair(tip)}L{_pair(corners[0])} {_pair(corners[1])}Z"
    return Curve(one.index, other.index, number, line, head, _near(width), mutual)


def _towards(x: float, y: float, to_x: float, to_y: float, steps: float) -> tuple[float, float]:
    away = hypot(to_x - x, to_y - y) or 1.0
    return x + (to_x - x) * steps / away, y + (to_y - y) * steps / away


def _pair(point: tuple[float, float]) -> str:
    return f"{_near(point[0])} {_near(point[1])}"


def _near(value: float) -> float:
    """A tenth of a pixel is enough, and the same on every machine."""
    return round(value, 1) + 0.0
