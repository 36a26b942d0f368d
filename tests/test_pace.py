"""Turns of sites, against a clock of the test's own."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest

from crawler import clock
from crawler.pace import MARGIN, HaltedError, Pace


class Clock:
    def __init__(self) -> None:
        self.time = 100.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def now() -> Clock:
    return Clock()


@pytest.fixture
def pace(now: Clock) -> Pace:
    return Pace(1.0, now)


def test_a_gap_is_never_shorter_than_the_delay(pace: Pace, now: Clock) -> None:
    assert pace.wait("a") == 0
    pace.started("a")
    now.time += 0.99
    assert pace.wait("a") == pytest.approx(0.01 + MARGIN)
    now.time += 0.01 + MARGIN
    assert pace.wait("a") == pytest.approx(0, abs=1e-9)


def test_each_site_has_its_own_pace(pace: Pace, now: Clock) -> None:
    pace.delays["slow"] = 30.0
    pace.delays["hasty"] = 0.1  # a delay of a site can be longer than that of all, not shorter
    for site in ("a", "slow", "hasty"):
        pace.started(site)
    now.time += 1 + MARGIN
    assert [round(pace.wait(site), 6) for site in ("a", "slow", "hasty", "new")] == [0, 29, 0, 0]


def test_a_hold_outweighs_the_delay_and_a_shorter_hold(pace: Pace, now: Clock) -> None:
    pace.hold("a", 60)
    pace.hold("a", 5)
    pace.started("a")
    assert pace.wait("a") == 60
    pace.hold("a", -5)
    assert pace.wait("a") == 60
    assert pace.wait("b") == 0


def test_without_a_delay_nobody_waits(now: Clock) -> None:
    pace = Pace(0.0, now)
    pace.started("a")
    assert pace.wait("a") == 0


def test_turns_are_taken_one_after_the_other() -> None:
    async def crawl() -> list[float]:
        pace, starts = Pace(0.02), []
        loop = asyncio.get_running_loop()

        async def fetch() -> None:
            await pace.turn("a")
            starts.append(loop.time())

        await asyncio.gather(*(fetch() for _ in range(4)))
        return starts

    starts = asyncio.run(crawl())
    assert all(after - before >= 0.02 for before, after in pairwise(starts))


def test_who_waits_when_the_crawl_ends_is_told() -> None:
    async def crawl() -> None:
        pace = Pace(3600)
        await pace.turn("a")
        waiting = [asyncio.ensure_future(pace.turn("a")), asyncio.ensure_future(pace.sleep(3600))]
        await asyncio.sleep(0)
        pace.halt()
        for one in waiting:
            with pytest.raises(HaltedError):
                await one
        with pytest.raises(HaltedError):
            await pace.turn("a")

    asyncio.run(crawl())


def test_the_time_of_a_run_never_goes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    before = clock.now()
    monkeypatch.setattr(time, "time", lambda: 0.0)
    monkeypatch.setattr(time, "time_ns", lambda: 0)
    assert clock.now() >= before
