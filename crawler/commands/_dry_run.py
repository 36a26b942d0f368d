"""What `grab` would do: by the store of a folder that has one, else by the first page of all that was named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from crawler.commands._errors import CommandError
from crawler.commands._expected import known_loads
from crawler.commands._output import fail, print_json, say
from crawler.commands._peek import peek
from crawler.commands._progress import duration, extent_line
from crawler.commands._summary import count, missing_json
from crawler.items import PageRef
from crawler.jobs.estimate import expect
from crawler.outcome import Problem, worst
from crawler.outlook import Extent, Outlook


@dataclass(slots=True)
class DryRun:
    """What a run would send, and how long that takes by the delay alone: sites go side by side, the slowest counts.

    ``parts`` are the threads and forums that were looked at, with their seconds.
    """

    folder: Path
    requests: int = 0
    seconds: float = 0.0
    at_least: bool = False
    why: str = ""
    parts: list[tuple[Extent, float]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def tell(self, *, as_json: bool, quiet: bool) -> int:
        """Say it; the exit code."""
        code = worst({problem.exit_code for problem in self.problems})
        if as_json:
            print_json(self._facts() | {"exit_code": code})
        else:
            say(self._lines(), quiet=quiet)
        for problem in self.problems:
            fail(CommandError(problem.url or "", problem.reason, problem.fix, problem.exit_code))
        return code

    def _lines(self) -> list[str]:
        least = "at least " if self.at_least else "about "
        lines = [f"{self.folder}: nothing was written"]
        lines += [f"  {extent_line(extent, seconds)}" for extent, seconds in self.parts]
        lines.append(f"  {least}{count(self.requests, 'request')} ({self.why}), {duration(self.seconds)} by the delay")
        return lines

    def _facts(self) -> dict[str, Any]:
        return {
            "folder": str(self.folder),
            "dry_run": True,
            "requests": self.requests,
            "expected_seconds": round(self.seconds, 1),
            "at_least": self.at_least,
            "why": self.why,
            "parts": [asdict(extent) | {"seconds": seconds} for extent, seconds in self.parts],
            "missing": missing_json(self.problems),
        }


def dry_run(folder: Path, urls: Sequence[str], refs: Sequence[PageRef], settings: dict[str, Any]) -> DryRun:
    """Look, and write nothing. Where the folder knows the sites, nothing is sent either. Raises `CommandError`."""
    sites = sorted({ref.site for ref in refs})
    loads = known_loads(folder, sites)
    if any(load.waiting or load.thread_pages for load in loads):
        found = _by_store(folder, loads, settings["DOWNLOAD_DELAY"], refs)
    else:
        found = _by_pages(folder, urls, settings)
    return _ended(found, settings["PAGE_BUDGET"] + len(sites)) if settings["PAGE_BUDGET"] else found


def _ended(found: DryRun, most: int) -> DryRun:
    """A run that ends after so many requests at the latest."""
    if found.requests > most:
        found.seconds *= most / found.requests
        found.requests, found.at_least, found.why = most, False, "as --max-pages says; the next run goes on"
    return found


def _by_store(folder: Path, loads: Sequence[Any], delay: float, refs: Sequence[PageRef]) -> DryRun:
    found = [expect(load, recheck="all", seeds=sum(ref.site == load.site for ref in refs)) for load in loads]
    return DryRun(
        folder,
        requests=sum(one.requests for one in found),
        seconds=max(one.seconds(delay) for one in found),
        at_least=any(one.at_least for one in found),
        why="; ".join(dict.fromkeys(one.why for one in found)),
    )


def _by_pages(folder: Path, urls: Sequence[str], settings: dict[str, Any]) -> DryRun:
    seen = peek(urls, settings)
    result = DryRun(folder, why="by the first page of each", problems=seen.problems)
    sites: dict[str, Outlook] = {}
    delays: dict[str, float] = {}
    for page, delay in seen.pages:
        assert page.ref is not None
        delays[page.ref.site] = delay
        extent = sites.setdefault(page.ref.site, Outlook()).see(page)
        if extent is not None:
            result.parts.append((extent, round(extent.pages * delay, 1)))
            result.at_least |= not extent.exact
    requests = {site: outlook.pages + 1 for site, outlook in sites.items()}  # robots.txt is one more
    result.requests = sum(requests.values())
    result.seconds = max((number * delays[site] for site, number in requests.items()), default=0.0)
    return result
