"""The ring of people."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from output.report.ring import ring

graphs = st.integers(2, 16).flatmap(
    lambda number: st.tuples(
        st.lists(st.integers(0, 50), min_size=number, max_size=number),
        st.dictionaries(
            st.tuples(st.integers(0, number - 1), st.integers(0, number - 1)), st.integers(1, 9), max_size=40
        ),
    )
)


@settings(max_examples=50, deadline=None)
@given(graphs, st.sampled_from([(900, 260), (350, 92)]))
def test_everything_is_drawn_and_inside(
    graph: tuple[list[int], dict[tuple[int, int], int]], size: tuple[int, int]
) -> None:
    sizes, edges = graph
    width, names = size
    made = ring(sizes, edges, width, names)
    assert made == ring(sizes, dict(reversed(edges.items())), width, names)
    assert [dot.index for dot in made.dots] == list(range(len(sizes)))
    between = {pair: number for pair, number in edges.items() if pair[0] != pair[1]}
    assert {(one.source, one.target): one.number for one in made.curves} == between
    assert all(one.mutual == ((one.target, one.source) in between) for one in made.curves)
    for dot in made.dots:
        assert names - 40 <= dot.x <= width - names + 40
        assert dot.radius <= dot.y <= made.height - dot.radius
    for curve in made.curves:
        numbers = [float(number) for number in re.findall(r"-?[\d.]+", curve.line + curve.head)]
        assert all(-20 <= number <= max(width, made.height) + 20 for number in numbers)


@given(st.integers(2, 16))
def test_names_do_not_overlap(number: int) -> None:
    dots = ring([1] * number, {}, 900, 260).dots
    for is_left in (True, False):
        heights = sorted(dot.y for dot in dots if dot.is_left == is_left)
        assert all(other - one >= 20 for one, other in pairwise(heights))


def test_those_who_quote_each_other_are_near() -> None:
    edges = Counter({(0, 5): 9, (5, 0): 9, (1, 4): 9})
    dots = {dot.index: dot for dot in ring([1] * 6, edges, 900, 260).dots}
    for one, other in [(0, 5), (1, 4)]:
        others = [rank for rank in range(6) if rank not in {one, other}]
        assert min(_away(dots[one], dots[rank]) for rank in others) >= _away(dots[one], dots[other]) - 120


def _away(one: object, other: object) -> float:
    return abs(complex(one.x - other.x, one.y - other.y))


@pytest.mark.parametrize(("often", "width"), [(1, 1.2), (6, 6.0), (600, 6.0)])
def test_width(often: int, width: float) -> None:
    (curve,) = ring([1, 0], {(1, 0): often}, 350, 92).curves
    assert curve.width == width
