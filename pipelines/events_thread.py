"""Thread stage: what became of the thread as a whole, and of posts that went from it into others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from operator import attrgetter
from typing import TypeVar

from crawler.items import Event
from crawler.items.history import Departure, Moment, PageReading, ThreadHistory
from pipelines.events import new_event
from pipelines.presence import GONE, WholeReading

T = TypeVar("T")

_MISSING = GONE - {"moved"}


def thread_events(history: ThreadHistory, readings: Sequence[WholeReading]) -> Iterator[Event]:
    """``moved``, ``merged``, ``split``, ``retitled``, ``missing`` and ``restored``. Pages come oldest first.

    That a post went into another thread is an event of the thread that it left.
    """
    for gone in history.departures:
        yield _post_moved(history, gone)
    yield from _split(history, readings)
    merged = _merged(history)
    if merged is not None:
        yield merged
    yield from _forum_changed(history)
    yield from _retitled(history)
    yield from _seen_and_not_seen(history)


def _post_moved(history: ThreadHistory, gone: Departure) -> Event:
    return new_event(
        history.key,
        "moved",
        post_id=gone.post_id,
        before=gone.seen_at.at,
        after=gone.left_at.at,
        run_id=gone.run_id,
        evidence="page",
        other_thread_id=gone.to_thread_id,
    )


def _split(history: ThreadHistory, readings: Sequence[WholeReading]) -> Iterator[Event]:
    """Posts went into a thread that was not there before, and this one goes on without them."""
    groups: dict[int, list[Departure]] = {}
    for gone in history.departures:
        if gone.is_new and any(reading.post_ids and reading.first > gone.left_at for reading in readings):
            groups.setdefault(gone.to_thread_id, []).append(gone)
    for other, group in groups.items():
        yield _into(history, "split", other, max(gone.left_at for gone in group), group)


def _merged(history: ThreadHistory) -> Event | None:
    """The thread's number leads to another thread, though it had posts of its own."""
    if not history.pages or history.moved_to in {None, history.key.thread_id}:
        return None
    last = history.pages[-1].moment
    group = [gone for gone in history.departures if gone.seen_at > last]
    met = [refusal for refusal in history.refusals if refusal.outcome == "moved" and refusal.moment > last]
    if not group and not met:
        return None  # it answered under another number from the start
    went = Counter(gone.to_thread_id for gone in group)
    # where it leads by now may be further than where its posts went first
    other = history.moved_to if history.moved_to in went or not went else went.most_common(1)[0][0]
    assert other is not None
    group = [gone for gone in group if gone.to_thread_id == other]
    event = _into(history, "merged", other, last, group) if group else None
    if met and (event is None or met[0].moment.at < event.changed_before):
        at, run_id = met[0].moment.at, met[0].run_id
        event = new_event(
            history.key, "merged", before=at, after=last.at, run_id=run_id, evidence="redirect", other_thread_id=other
        )
    return event


def _into(history: ThreadHistory, name: str, other: int, after: Moment, group: Sequence[Departure]) -> Event:
    first = min(group, key=attrgetter("seen_at"))
    return new_event(
        history.key,
        name,
        before=first.seen_at.at,
        after=after.at,
        run_id=first.run_id,
        evidence="page",
        other_thread_id=other,
    )


def _forum_changed(history: ThreadHistory) -> Iterator[Event]:
    where = [(page, page.thread.forum_id) for page in history.pages if page.thread.forum_id is not None]
    for before, old, after, new in _changes(where):
        yield _other_value(history, "moved", (before, after), (str(old), str(new)))


def _retitled(history: ThreadHistory) -> Iterator[Event]:
    """Titles are those of the foremost page that was read: some themes add the number of the page to those behind."""
    foremost = min((page.thread.page for page in history.pages), default=1)
    titles = {page.thread.title for page in history.pages if page.thread.page == foremost} - {None}
    if len(titles) < 2:
        return
    named = [(page, page.thread.title) for page in history.pages if page.thread.title in titles]
    for before, old, after, new in _changes(named):
        yield _other_value(history, "retitled", (before, after), (old, new))


def _other_value(
    history: ThreadHistory,
    name: str,
    readings: tuple[PageReading, PageReading],
    values: tuple[str | None, str | None],
) -> Event:
    before, after = readings
    return new_event(
        history.key,
        name,
        before=after.fetched_at,
        after=before.fetched_at,
        run_id=after.run_id,
        evidence="page",
        from_value=values[0],
        to_value=values[1],
    )


def _changes(values: Sequence[tuple[PageReading, T]]) -> Iterator[tuple[PageReading, T, PageReading, T]]:
    """The last reading of each value and the first reading of the next."""
    for (before, old), (after, new) in pairwise(values):
        if old != new:
            yield before, old, after, new


def _seen_and_not_seen(history: ThreadHistory) -> Iterator[Event]:
    """The forum says that there is no such thread, and then shows it again."""
    seen = [(page.moment, page.run_id, True) for page in history.pages]
    seen += [(refusal.moment, refusal.run_id, False) for refusal in history.refusals if refusal.outcome in _MISSING]
    seen.sort()
    for (before, _run, was), (after, run_id, there) in pairwise(seen):
        if was != there:
            name, evidence = ("restored", "page") if there else ("missing", "absence")
            yield new_event(history.key, name, before=after.at, after=before.at, run_id=run_id, evidence=evidence)
