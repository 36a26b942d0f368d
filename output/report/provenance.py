"""How the dataset came about: what links rest on, what changed on the forum, and what the runs met."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from output.report import charts
from output.report.activity import label, time_table, worth_drawing
from output.report.bins import timeline
from output.report.blocks import Cell, Figure, Key, Table, counted, row
from output.report.figures import Links, Run
from output.report.words import (
    CHECKS,
    EVENTS,
    METHODS,
    OUTCOMES,
    STATES,
    count,
    duration,
    length,
    listing,
    moment,
    named,
)

RUNS_SHOWN = 30
"""Runs in the table, the newest first; all are in the chart and in the table `runs`."""

_ENOUGH_EVENTS = 10
_ENOUGH_QUOTES = 5
_STATES = ("seen", "missing", "unseen", "unresolved")
_RULES = ("author_time", "author_exact", "author_shingle", "author_partial")


def linking(found: Links, calibration: Mapping[str, Any]) -> Figure:
    """Quotes by method and state, with the confidence claimed and what was measured on each site."""
    heading = "How quotes were linked"
    if not found.total:
        return Figure(heading, ["There is no quote in this dataset."])
    states = [f"{found.states[state]:,} {STATES[state]}" for state in _STATES if found.states[state]]
    words = [f"{count(found.total, 'quote')}: {listing(states)}."]
    tables = [*_methods(found), *_confidences(found), *_checks(found), *_calibrations(calibration)]
    return Figure(heading, words, tables=tables)


def _methods(found: Links) -> list[Table]:
    if set(found.methods) == {"none"}:
        return []
    rows = []
    for method in sorted(found.methods, key=lambda name: (name == "none", -found.methods[name], name)):
        number, mean = found.methods[method], found.mean_confidence(method)
        said = Cell(named(METHODS, method), small=None if method == "none" else method)
        rows.append([said, *counted(number, found.total), _right("–" if mean is None else f"{mean:.2f}")])
    columns = ["what the link rests on", "quotes", "share", "confidence"]
    note = "Confidence is the mean of what the links claim, from 0 to 1."
    return [Table("Quotes by method", columns, rows, open=found.total >= _ENOUGH_QUOTES, note=note)]


def _confidences(found: Links) -> list[Table]:
    by_level: Counter[int] = Counter()
    for (_, level), number in found.confidence.items():
        by_level[level] += number
    if len(by_level) < 2:
        return []
    total = by_level.total()
    rows = [
        [Cell(f"{level / 100:.2f}"), *counted(number, total)]
        for level, number in sorted(by_level.items(), reverse=True)
    ]
    return [Table("Links by confidence", ["confidence", "links", "share"], rows)]


def _checks(found: Links) -> list[Table]:
    by_number = sum(found.checks[check] for check in CHECKS if check != "unchecked")
    if not by_number:
        return []
    rows = [
        [Cell(words, small=check), *counted(found.checks[check], found.total)]
        for check, words in CHECKS.items()
        if found.checks[check]
    ]
    return [Table("What comparing numbers with author and words found", ["finding", "quotes", "share"], rows)]


def _calibrations(calibration: Mapping[str, Any]) -> list[Table]:
    """What the manifest says of each site. It comes from a file, so nothing is taken for granted."""
    told = [
        (site, made["explicit_quotes"], rule, made["methods"][rule])
        for site, made in sorted(calibration.items())
        if _is_calibration(made)
        for rule in _RULES
        if isinstance(made["methods"].get(rule), dict) and made["methods"][rule].get("answered")
    ]
    if not told:
        return []
    several = len({site for site, *_ in told}) > 1
    rows = [[Cell(rule, small=site if several else None), *_measured(asked, one)] for site, asked, rule, one in told]
    note = (
        "Measured on quotes whose markup names their post: number and time were hidden, and the rules were asked. "
        "False links are what a rule finds when the quoted post is taken away. A measured confidence is used from 100 "
        "answers on; below that a rule keeps its default."
    )
    columns = ["method", "asked", "answered", "right", "precision", "recall", "false links", "confidence"]
    return [Table("How right the rules are here", columns, rows, open=True, note=note)]


def _is_calibration(made: object) -> bool:
    return (
        isinstance(made, dict)
        and isinstance(made.get("methods"), dict)
        and isinstance(made.get("explicit_quotes"), int)
    )


def _measured(asked: int, told: Mapping[str, Any]) -> list[Cell]:
    """A rule's numbers. Sites with a time in the markup ask `author_time` of fewer quotes; the shares say so."""
    numbers = [asked, told.get("answered"), told.get("right")]
    shares = [told.get(name) for name in ("precision", "recall", "false_links")]
    confidence = told.get("confidence")
    return [
        *(Cell(number, right=True) if isinstance(number, int) else _right("–") for number in numbers),
        *(_right(f"{100 * part:.1f}\u00a0%" if isinstance(part, int | float) else "–") for part in shares),
        _right(f"{confidence:.2f}" if isinstance(confidence, int | float) else "default"),
    ]


def _right(value: str) -> Cell:
    return Cell(value, right=True)


_KINDS = (
    ("edited", 1, ("edited",)),
    ("edited without a mark", 5, ("silently_edited",)),
    ("missing or removed", 2, ("missing", "removed")),
    ("restored", 3, ("restored",)),
    ("moved, merged or split", 4, ("moved", "merged", "split")),
    ("retitled or renamed", 6, ("retitled", "renamed_author")),
)


def changes(events: Mapping[tuple[str, Any], int]) -> Figure:
    """Edits, removals and other events over time."""
    heading = "Edits and removals"
    by_kind: Counter[str] = Counter()
    days: dict[str, Counter[datetime]] = {}
    for (event, on), number in events.items():
        by_kind[event] += number
        days.setdefault(event, Counter())[datetime(on.year, on.month, on.day, tzinfo=UTC)] += number
    total = by_kind.total()
    if not total:
        return Figure(heading, ["No post or thread was seen to change."])
    told = [count(by_kind[event], *names) for event, names in EVENTS.items() if by_kind[event]]
    words = [f"{listing(told)}."]
    line = timeline(time for times in days.values() for time in times)
    series = []
    for name, color, kinds in _KINDS:
        summed: Counter[datetime] = sum((days.get(kind, Counter()) for kind in kinds), Counter())
        if line is not None and summed:
            series.append(charts.Series(name, color, line.count(summed)))
    sums = [sum(numbers) for numbers in zip(*(part.counts for part in series), strict=True)]
    if line is None or total < _ENOUGH_EVENTS or not worth_drawing(sums):
        return Figure(heading, words)
    words.append(f"Each bar is a {line.unit.name}: edit marks tell their time, all else counts when it was seen.")
    return _stacked(heading, words, line, series, f"Bar chart of events by {line.unit.name}. {words[0]}")


def _stacked(heading: str, words: list[str], line: Any, series: list[charts.Series], name: str) -> Figure:
    labels = [label(one, line.unit) for one in line.bins]
    wide, narrow = (charts.over_time(line, series, labels, width, name) for width in (charts.WIDE, charts.NARROW))
    keys = [Key(part.color, part.name) for part in series]
    table = time_table(line, [part.name for part in series], [list(part.counts) for part in series])
    return Figure(heading, words, wide, narrow, legend=keys if len(keys) > 1 else (), tables=[table])


def crawling(runs: list[Run], *, canonical: bool) -> Figure:
    """Runs, their requests, and what came of them."""
    heading = "Runs and requests"
    if not runs:
        why = "A canonical dataset does not tell" if canonical else "The dataset does not tell"
        return Figure(heading, [f"{why} of the runs that made it."])
    total, size = sum(run.requests for run in runs), sum(run.bytes for run in runs)
    words = [_runs(runs), f"{count(total, 'request')} brought {length(size)}."]
    tables = [*_outcomes(runs), _run_table(runs)]
    made = _requests_over_time(heading, words, runs)
    if made is None:
        return Figure(heading, words, tables=tables)
    return Figure(heading, made.words, made.chart, made.narrow, made.legend, [*made.tables, *tables])


def _runs(runs: list[Run]) -> str:
    if len(runs) == 1:
        took = f", took {_took(runs[0])}" if runs[0].finished_at else ""
        return f"One run, on {moment(runs[0].started_at)}{took}: {named(OUTCOMES, runs[0].outcome)}."
    outcomes = Counter(named(OUTCOMES, run.outcome) for run in runs)
    each = listing([f"{number:,} {name}" for name, number in outcomes.most_common()])
    return f"{len(runs):,} runs from {moment(runs[0].started_at)} to {moment(runs[-1].started_at)}: {each}."


def _outcomes(runs: list[Run]) -> list[Table]:
    outcomes: Counter[str] = sum((run.outcomes for run in runs), Counter())
    if len(outcomes) < 2:
        return []
    rows = [
        [Cell(named(OUTCOMES, name)), *counted(number, outcomes.total())]
        for name, number in sorted(outcomes.items(), key=lambda one: (-one[1], one[0]))
    ]
    return [Table("Requests by what came of them", ["outcome", "requests", "share"], rows, open=True)]


def _run_table(runs: list[Run]) -> Table:
    columns = ["started (UTC)", "took", "outcome", "requests", "pages", "posts", "new", "changed", "missing"]
    rows = [
        row(_minute(run.started_at), _took(run), named(OUTCOMES, run.outcome), run.requests, run.pages, run.posts,
            run.new, run.changed, run.missing)
        for run in reversed(runs[-RUNS_SHOWN:])
    ]  # fmt: skip
    older = len(runs) - len(rows)
    note = f"{count(older, 'older run')} {'is' if older == 1 else 'are'} in the table runs." if older else None
    caption = "The run" if len(runs) == 1 else f"The last {len(rows)} runs" if older else "The runs"
    return Table(caption, columns, rows, note=note)


def _requests_over_time(heading: str, words: list[str], runs: list[Run]) -> Figure | None:
    kinds: dict[str, Counter[datetime]] = {name: Counter() for name in ("read", "not changed", "anything else")}
    for run in runs:
        for outcome, number in run.outcomes.items():
            kind = {"ok": "read", "not_modified": "not changed"}.get(outcome, "anything else")
            kinds[kind][run.started_at] += number
    line = timeline(run.started_at for run in runs)
    if line is None:
        return None
    series = [
        charts.Series(name, color, line.count(kinds[name]))
        for name, color in (("read", 3), ("not changed", 6), ("anything else", 2))
        if kinds[name].total()
    ]
    if not series or not worth_drawing(
        [sum(numbers) for numbers in zip(*(part.counts for part in series), strict=True)]
    ):
        return None
    words = [*words, f"Each bar is a {line.unit.name} of runs."]
    return _stacked(heading, words, line, series, f"Bar chart of requests by {line.unit.name}. {' '.join(words)}")


def _took(run: Run) -> str:
    return "–" if run.finished_at is None else duration(max(run.finished_at - run.started_at, timedelta()))


def _minute(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M}"
