"""`threadset status`: how a dataset stands."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from crawler.commands._errors import CommandError
from crawler.commands._options import json_option, quiet_option
from crawler.commands._output import fail, print_json, say
from crawler.commands._progress import duration
from crawler.commands._summary import count
from crawler.jobs.report import RunFacts
from crawler.jobs.status import Status, status_of
from crawler.outcome import COMPLETE, ERROR
from crawler.planning import CLOCK_AHEAD
from crawler.store import STATE_FILE, StoreError
from crawler.store.look import looked_into
from output import OutputError
from output.manifest import MANIFEST, read_manifest

_HELP = """Say how a dataset stands: pages done, queued and failed, the last run, and when threads were last read.

It only reads, also while a run is at work. With --max-age it ends with 1 when the last good run is older than that, or
when there was none: a run is good when it read what there was to read (outcome complete or incomplete).

\b
Example, for a monitor:
  threadset status data/news --max-age 26h -q
"""

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


class Age(click.ParamType[timedelta]):
    """``26h``, ``90m``, ``3d`` and the like."""

    name = "age"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        """A length of time."""
        if isinstance(value, timedelta):
            return value
        found = re.fullmatch(r"(\d{1,6})([smhd])", str(value))
        if found is None:
            self.fail(f"{value} is no length of time such as 90m, 26h or 3d", param, ctx)
        return timedelta(seconds=int(found[1]) * _UNITS[found[2]])


@click.command(help=_HELP, short_help="Say how a dataset stands.")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--max-age", type=Age(), metavar="AGE", help="End with 1 when the last good run is older (90m, 26h, 3d).")
@json_option
@click.option("-v", "--verbose", is_flag=True, help="A line for each thread.")
@quiet_option
def status(folder: Path, *, max_age: timedelta | None, as_json: bool, verbose: bool, quiet: bool) -> int:
    """Look, tell, judge the age."""
    try:
        with looked_into(folder / STATE_FILE) as db:
            found = status_of(db)
    except StoreError as error:
        raise CommandError(error.what, error.reason, error.fix, error.exit_code) from None
    now = datetime.now(UTC)
    age = found.age(now)
    fresh = max_age is None or (age is not None and -CLOCK_AHEAD <= age <= max_age)
    problems = _problems(folder)
    if as_json:
        total, kinds = (problems.total(), dict(sorted(problems.items()))) if problems is not None else (None, None)
        print_json(_facts(folder, found, now) | {
            "fresh": fresh, "missing": total, "missing_by_kind": kinds, "exit_code": COMPLETE if fresh else ERROR,
        })  # fmt: skip
    else:
        say(_lines(folder, found, now, problems), quiet=quiet)
        if verbose:
            say([_thread(found, index) for index in range(len(found.threads))], quiet=quiet)
    if fresh:
        return COMPLETE
    return fail(CommandError(str(folder), _too_old(age), "see what the last runs say, in run.json and the log", ERROR))


def _too_old(age: timedelta | None) -> str:
    if age is None:
        return "there was no good run yet"
    if age < timedelta(0):
        return f"the last good run ended {duration(-age.total_seconds())} from now: the clock was wrong then, or is now"
    return f"the last good run ended {duration(age.total_seconds())} ago"


def _problems(folder: Path) -> Counter[str] | None:
    """What the published tables lack, by kind; null where there are none."""
    if not (folder / MANIFEST).exists():
        return None
    try:
        completeness = read_manifest(folder).completeness
    except OutputError as error:
        raise CommandError(str(folder), error.reason, error.fix) from None
    return Counter(problem.kind for problem in completeness.problems) if completeness is not None else None


def _lines(folder: Path, found: Status, now: datetime, problems: Counter[str] | None) -> list[str]:
    lines = [f"{folder}:", f"  last run   {_run(found.last_run, now)}"]
    if found.unfinished and found.last_fetch_at is not None:
        lines.append(f"             not ended: at work, or killed; the last page came {_ago(found.last_fetch_at, now)}")
    if found.good is not None and found.good.run_id != found.last_run.run_id:
        lines.append(f"  last good  {_run(found.good, now)}")
    why = ", ".join(f"{number} {name}" for name, number in sorted(found.failures.items()))
    lines.append(f"  pages      {found.done} done, {found.queued} queued, {found.failed} failed{why and f' ({why})'}")
    if found.left:
        lines.append(f"             {found.left} more that the job does not ask for any more")
    lines.append(f"  threads    {len(found.threads)} read, {found.incomplete} of them with pages queued or failed")
    if found.oldest is not None:
        newest = max(thread.last_read_at for thread in found.threads)
        oldest = found.oldest
        lines.append(
            f"  last read  the newest {_ago(newest, now)}, "
            f"the oldest {_ago(oldest.last_read_at, now)} ({oldest.site} {oldest.thread_id})"
        )
    lines.append(f"  missing    {_missing(problems)}")
    return lines


def _missing(problems: Counter[str] | None) -> str:
    if problems is None:
        return "never published"
    if not problems:
        return "nothing in the tables"
    kinds = ", ".join(f"{number:,} {kind.replace('_', ' ')}" for kind, number in problems.most_common())
    return f"{problems.total():,} in the tables ({kinds}), see {MANIFEST}"


def _run(run: RunFacts, now: datetime) -> str:
    if run.run_id is None or run.started_at is None:
        return "none yet"
    when = run.finished_at or run.started_at
    ended = "ended" if run.finished_at else "began"
    return (
        f"{run.run_id}, {run.outcome or 'without outcome'}, {ended} {when:%Y-%m-%d %H:%M}Z ({_ago(when, now)}): "
        f"{count(run.n_requests, 'request')}, {count(run.n_posts, 'post')}, {run.n_new} new, {run.n_changed} changed"
    )


def _ago(when: datetime, now: datetime) -> str:
    return f"{duration(max(0.0, (now - when).total_seconds()))} ago"


def _thread(found: Status, index: int) -> str:
    thread = found.threads[index]
    note = ", pages queued or failed" if thread.open else ""
    return (
        f"  {thread.site} {thread.thread_id}: {count(thread.pages, 'page')}, "
        f"last read {thread.last_read_at:%Y-%m-%d %H:%M}Z, "
        f"oldest page {thread.oldest_page_at:%Y-%m-%d %H:%M}Z{note}"
    )


def _facts(folder: Path, found: Status, now: datetime) -> dict[str, Any]:
    age = found.age(now)
    return {
        "folder": str(folder),
        "pages": {
            "done": found.done,
            "queued": found.queued,
            "failed": found.failed,
            "left": found.left,
            "gone": found.gone,
        },
        "failures": found.failures,
        "last_run": asdict(found.last_run),
        "unfinished": found.unfinished,
        "last_good_run": asdict(found.good) if found.good is not None else None,
        "age_seconds": None if age is None else round(age.total_seconds()),
        "last_fetch_at": found.last_fetch_at,
        "n_threads": len(found.threads),
        "n_incomplete": found.incomplete,
        "threads": [asdict(thread) for thread in found.threads],
    }
