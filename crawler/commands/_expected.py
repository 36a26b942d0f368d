"""What a run would do and how long that takes, said before anything is sent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from crawler.commands._errors import CommandError
from crawler.commands._progress import duration
from crawler.commands._summary import count
from crawler.jobs import Job
from crawler.jobs.estimate import Expected, Load, expect, loads
from crawler.store import STATE_FILE, StoreError
from crawler.store.look import looked_into


@dataclass(frozen=True, slots=True)
class Forecast:
    """What is known of each site, and what is expected; ``seconds`` is the time of the slowest site.

    Each site goes at its own pace, all at the same time.
    """

    loads: list[Load]
    expected: list[Expected]
    delays: list[float]
    budget: float | None

    @property
    def seconds(self) -> float:
        """How long the run takes at the least, as far as the delay decides."""
        longest = max(found.seconds(delay) for found, delay in zip(self.expected, self.delays, strict=True))
        return min(longest, self.budget) if self.budget is not None else longest

    @property
    def at_least(self) -> bool:
        """True where more than this will come to light."""
        return any(found.at_least for found in self.expected)

    def as_json(self) -> dict[str, Any]:
        """For ``--json`` and the log."""
        sites = [
            asdict(load) | {"requests": found.requests, "at_least": found.at_least, "why": found.why, "delay": delay}
            for load, found, delay in zip(self.loads, self.expected, self.delays, strict=True)
        ]
        return {"sites": sites, "expected_seconds": round(self.seconds, 1), "at_least": self.at_least}


def known_loads(folder: Path, names: list[str]) -> list[Load]:
    """What a folder's store knows of these sites; nothing is written. Raises `CommandError`."""
    if not (folder / STATE_FILE).exists():
        return [Load(site=name) for name in names]
    try:
        with looked_into(folder / STATE_FILE) as db:
            return loads(db, names)
    except StoreError as error:
        raise CommandError(error.what, error.reason, error.fix, error.exit_code) from None


def left_line(folder: Path, sites: Iterable[str], delay: float) -> str | None:
    """What an earlier run left in a folder, and how long that takes; ``None`` where it left nothing."""
    waiting = [load.waiting for load in known_loads(folder, sorted(set(sites))) if load.waiting]
    if not waiting:
        return None
    return (
        f"{folder}: {count(sum(waiting), 'page')} wait from an earlier run, at least {duration(max(waiting) * delay)}"
    )


def expected(job: Job) -> Forecast:
    """What a job's next run will do, by its store; nothing is written."""
    names = [site.name for site in job.sites]
    known = known_loads(job.out, names)
    found = [
        expect(load, recheck=job.recheck, seeds=len(part.urls)) for load, part in zip(known, job.site, strict=True)
    ]
    minutes = job.budget.minutes
    return Forecast(known, found, [job.delay_of(name) for name in names], minutes * 60 if minutes else None)


def expected_lines(job: Job, forecast: Forecast) -> list[str]:
    """The forecast in words."""
    lines = [f"{job.name}: into {job.out}, as {job.user_agent}, recheck {job.recheck}"]
    for load, found, delay, part in zip(forecast.loads, forecast.expected, forecast.delays, job.site, strict=True):
        known = f"{count(load.threads, 'thread')} known" if load.threads else "nothing known yet"
        given = ((len(part.forums), "forum"), (len(part.threads), "thread"))
        named = " and ".join(count(number, noun) for number, noun in given if number)
        least = "at least " if found.at_least else "about "
        lines.append(f"  {load.site}: {named} named, {known}")
        time = f"{duration(found.seconds(delay))} at {delay:g} s each"
        lines.append(f"    {least}{count(found.requests, 'request')} ({found.why}), {time}")
    if job.budget.pages or job.budget.minutes:
        pages = f"{count(job.budget.pages, 'page')}" if job.budget.pages else ""
        minutes = f"{job.budget.minutes:g} minutes" if job.budget.minutes else ""
        lines.append(f"  ends after {' or '.join(filter(None, (pages, minutes)))} at the latest; the next run goes on")
    least = "at least " if forecast.at_least else "about "
    lines.append(f"  time expected: {least}{duration(forecast.seconds)}")
    return lines
