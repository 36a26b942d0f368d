"""Bins for counts: spans of time that suit the whole, and ranges of whole numbers that grow."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

MOST = 60
"""Bars that a chart of time has at most: at phone width each is still five pixels wide."""

_HOURS, _DAYS, _MONTHS = "hour", "day", "month"


@dataclass(frozen=True, slots=True)
class Unit:
    """A length of time, ``of`` hours, days or months; weeks begin on Monday."""

    name: str
    of: str
    size: int

    def floor(self, time: datetime) -> datetime:
        """The begin of the bin that holds a time."""
        day = time.replace(hour=0, minute=0, second=0, microsecond=0)
        if self.of == _HOURS:
            return day.replace(hour=time.hour - time.hour % self.size)
        if self.of == _DAYS:
            back = min(day.toordinal() - 1, (day.toordinal() - 1) % self.size)  # 0001-01-01 was a Monday
            return day - timedelta(days=back)
        months = time.year * 12 + time.month - 1
        months -= months % self.size
        return day.replace(year=max(months // 12, 1), month=months % 12 + 1 if months >= 12 else 1, day=1)

    def after(self, start: datetime) -> datetime | None:
        """The begin of the next bin; None at the end of the calendar."""
        try:
            if self.of != _MONTHS:
                return start + timedelta(**{f"{self.of}s": self.size})
            months = start.year * 12 + start.month - 1
            months += self.size - months % self.size
            return start.replace(year=months // 12, month=months % 12 + 1)
        except (OverflowError, ValueError):
            return None


UNITS = (
    Unit("hour", _HOURS, 1),
    Unit("day", _DAYS, 1),
    Unit("week", _DAYS, 7),
    Unit("month", _MONTHS, 1),
    Unit("quarter", _MONTHS, 3),
    Unit("year", _MONTHS, 12),
    Unit("decade", _MONTHS, 120),
    Unit("century", _MONTHS, 1200),
    Unit("thousand years", _MONTHS, 12_000),
)


@dataclass(frozen=True, slots=True)
class Bin:
    """A span of time from ``start`` up to, but without, ``end``."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Timeline:
    """Bins without gaps between them, of one unit; a year of daily bins has a bin for the silent days too."""

    unit: Unit
    bins: tuple[Bin, ...]

    def count(self, times: Mapping[datetime, int]) -> list[int]:
        """How many fall into each bin. Times outside all bins count nowhere."""
        starts = [one.start for one in self.bins]
        counts = [0] * len(starts)
        for time, number in times.items():
            rank = bisect_right(starts, time) - 1
            if rank >= 0 and time < self.bins[rank].end:
                counts[rank] += number
        return counts


def timeline(times: Iterable[datetime], most: int = MOST) -> Timeline | None:
    """The finest unit with at most so many bins over these times, which are in UTC; None without times."""
    known = sorted(set(times))
    if not known:
        return None
    for unit in UNITS:
        bins = tuple(_take(_bins(unit, known[0], known[-1]), most + 1))
        if len(bins) <= most:
            return Timeline(unit, bins)
    raise AssertionError("ten bins of a thousand years hold every date")


def _bins(unit: Unit, first: datetime, last: datetime) -> Iterator[Bin]:
    start: datetime | None = unit.floor(first)
    while start is not None and start <= last:
        end = unit.after(start)
        yield Bin(start, end or datetime.max.replace(tzinfo=UTC))
        start = end


def _take(bins: Iterator[Bin], most: int) -> Iterator[Bin]:
    for _, one in zip(range(most), bins, strict=False):
        yield one


@dataclass(frozen=True, slots=True)
class Range:
    """Whole numbers from ``low`` to ``high``, both included."""

    low: int
    high: int
    count: int

    @property
    def label(self) -> str:
        """As ``3`` or ``6–10``."""
        return f"{self.low:,}" if self.low == self.high else f"{self.low:,}–{self.high:,}"


def ranges(counts: Counter[int], single: int = 5) -> list[Range]:
    """Counts of whole numbers in ranges: each number up to ``single`` alone, then 6–10, 11–20, 21–50, 51–100, ….

    From the smallest range with something in it to the largest, empty ones between them included.
    """
    there = sorted(number for number, times in counts.items() if times > 0 and number >= 0)
    if not there:
        return []
    found = []
    for low, high in _edges(single):
        if low > there[-1]:
            break
        if high >= there[0]:
            found.append(Range(low, high, sum(counts[number] for number in there if low <= number <= high)))
    return found


def _edges(single: int) -> Iterator[tuple[int, int]]:
    for number in range(single + 1):
        yield number, number
    low, scale = single + 1, 1
    while True:
        for step in (5, 10, 20, 50):
            high = step * scale
            if high >= low:
                yield low, high
                low = high + 1
        scale *= 10


def median(counts: Counter[int]) -> int:
    """The smallest number that at least half of all are not above."""
    passed, total = 0, counts.total()
    for number in sorted(counts):
        passed += counts[number]
        if 2 * passed >= total:
            return number
    raise ValueError("the median of nothing")


def week(by_hour: Mapping[datetime, int]) -> list[list[int]]:
    """Counts by weekday (from Monday) and hour of the day: seven lists of 24."""
    grid = [[0] * 24 for _ in range(7)]
    for hour, number in by_hour.items():
        grid[hour.weekday()][hour.hour] += number
    return grid
