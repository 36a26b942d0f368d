"""Bins of time and of numbers."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from output.report.bins import MOST, UNITS, median, ranges, timeline, week

times = st.datetimes(timezones=st.just(UTC)).map(lambda time: time.replace(minute=0, second=0, microsecond=0))
counters = st.dictionaries(times, st.integers(1, 9), min_size=1, max_size=20)


@given(counters)
def test_every_time_is_in_one_bin(counted: dict[datetime, int]) -> None:
    line = timeline(counted)
    assert line is not None
    assert 1 <= len(line.bins) <= MOST
    assert all(one.end == other.start for one, other in pairwise(line.bins))
    naive = [sum(n for time, n in counted.items() if one.start <= time < one.end) for one in line.bins]
    assert line.count(counted) == naive
    assert sum(naive) == sum(counted.values())
    assert naive[0]
    assert naive[-1]


@given(times, st.sampled_from(UNITS))
def test_a_bin_begins_at_or_before_what_it_holds(time: datetime, unit: object) -> None:
    start = unit.floor(time)
    after = unit.after(start)
    assert start <= time
    assert after is None or after > time
    assert unit.floor(start) == start


@pytest.mark.parametrize(
    ("length", "unit"),
    [
        (timedelta(0), "hour"),
        (timedelta(hours=50), "hour"),
        (timedelta(days=40), "day"),
        (timedelta(days=365), "week"),
        (timedelta(days=1500), "month"),
        (timedelta(days=5000), "quarter"),
        (timedelta(days=15_000), "year"),
    ],
)
def test_the_unit_suits_the_span(length: timedelta, unit: str) -> None:
    start = datetime(1990, 5, 17, 3, tzinfo=UTC)
    line = timeline([start, start + length])
    assert line is not None
    assert line.unit.name == unit


def test_no_times_give_no_line() -> None:
    assert timeline([]) is None


def test_weeks_begin_on_monday() -> None:
    assert UNITS[2].floor(datetime(2024, 3, 17, 5, tzinfo=UTC)) == datetime(2024, 3, 11, tzinfo=UTC)


@given(st.dictionaries(st.integers(0, 10**7), st.integers(1, 5), min_size=1, max_size=30))
def test_ranges_hold_each_number_once(counted: dict[int, int]) -> None:
    found = ranges(Counter(counted))
    assert sum(one.count for one in found) == sum(counted.values())
    assert all(one.high + 1 == other.low for one, other in pairwise(found))
    assert found[0].low <= min(counted) <= found[0].high
    assert found[-1].low <= max(counted) <= found[-1].high
    for one in found:
        assert one.count == sum(n for number, n in counted.items() if one.low <= number <= one.high)


def test_how_ranges_are_named() -> None:
    assert [one.label for one in ranges(Counter([4, 60]))] == ["4", "5", "6–10", "11–20", "21–50", "51–100"]
    assert ranges(Counter({1500: 1}))[0].label == "1,001–2,000"
    assert ranges(Counter()) == []


@given(st.lists(st.integers(0, 50), min_size=1))
def test_the_median(numbers: list[int]) -> None:
    found = median(Counter(numbers))
    assert 2 * sum(n <= found for n in numbers) >= len(numbers)
    assert 2 * sum(n < found for n in numbers) < len(numbers)


@given(counters)
def test_the_week_counts_everything(counted: dict[datetime, int]) -> None:
    grid = week(counted)
    assert sum(map(sum, grid)) == sum(counted.values())
    for time in counted:
        assert grid[time.weekday()][time.hour]
