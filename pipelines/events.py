"""Thread stage: what became of each post: edited, missing, removed, restored."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from crawler.items import TABLES, Event
from crawler.items.history import ThreadKey
from pipelines.presence import WholeReading, absences
from pipelines.versions import PostHistory, Sighting, version_numbers

_KEY = TABLES["events"].key


def new_event(
    key: ThreadKey,
    name: str,
    *,
    before: datetime,
    after: datetime | None,
    run_id: int,
    evidence: str,
    post_id: int | None = None,
    **values: Any,
) -> Event:
    """A change that happened between ``after`` and ``before``; of the whole thread where there is no post.

    Where a clock was wrong and the bounds cross, the lower one is unknown.
    """
    blank: dict[str, Any] = dict.fromkeys(
        ("actor_name", "reason", "from_version", "to_version", "from_value", "to_value", "other_thread_id")
    )
    return Event(
        **key._asdict(),
        post_id=post_id,
        event=name,
        changed_before=before,
        changed_after=after if after is None or after <= before else None,
        evidence=evidence,
        run_id=run_id,
        **(blank | values),
    )


def distinct_events(events: Iterable[Event]) -> list[Event]:
    """The first event of each key."""
    kept: dict[tuple[Any, ...], Event] = {}
    for event in events:
        kept.setdefault(tuple(getattr(event, name) for name in _KEY), event)
    return list(kept.values())


def edit_events(post: PostHistory, key: ThreadKey) -> list[Event]:
    """An event for each edit mark that was seen, and for each change of words without a new mark.

    A mark tells the time exactly; where the state before it was never seen, ``from_version`` is null. A change without
    a mark happened between the last sighting of the old words and the first sighting of the new ones.
    """
    if len(post.sightings) == 1 and post.current.edited_at is None:
        return []
    events: list[Event] = []
    known: set[datetime] = set()
    version, before = 0, None
    for sighting, number in zip(post.sightings, version_numbers(post), strict=True):
        seen, previous = sighting.post, version or None
        version = number
        if seen.edited_at is not None and seen.edited_at not in known:
            known.add(seen.edited_at)
            events.append(_marked(post.post_id, key, sighting, previous, version))
        elif previous is not None and previous != version and before is not None:
            events.append(_silent(post.post_id, key, (before, previous), (sighting, version)))
        before = sighting
    return events


def _marked(post_id: int, key: ThreadKey, sighting: Sighting, previous: int | None, version: int) -> Event:
    seen = sighting.post
    assert seen.edited_at is not None
    return new_event(
        key,
        "edited",
        post_id=post_id,
        before=seen.edited_at,
        after=seen.edited_at,
        run_id=sighting.run_id,
        evidence="stamp",
        actor_name=seen.edited_by,
        reason=seen.edit_reason,
        from_version=previous,
        to_version=version,
    )


def _silent(post_id: int, key: ThreadKey, before: tuple[Sighting, int], after: tuple[Sighting, int]) -> Event:
    (old, previous), (new, version) = before, after
    return new_event(
        key,
        "silently_edited",
        post_id=post_id,
        before=new.fetched_at,
        after=old.fetched_at,
        run_id=new.run_id,
        evidence="text",
        from_version=previous,
        to_version=version,
    )


def presence_events(post: PostHistory, key: ThreadKey, readings: Sequence[WholeReading]) -> Iterator[Event]:
    """``missing``, ``removed`` and ``restored``.

    ``missing`` and ``removed`` are two findings on one change, and have the same bounds: between the last sighting and
    the end of the first complete reading without the post.
    """
    for absence in absences(post, readings):
        missed, removed = absence.readings[0], absence.removed
        for name, found in (("missing", missed), ("removed", removed)):
            if found is not None:
                yield new_event(
                    key,
                    name,
                    post_id=post.post_id,
                    before=missed.last.at,
                    after=absence.before.fetched_at,
                    run_id=found.run_id,
                    evidence="absence",
                )
        if absence.after is not None:
            back = absence.after
            yield new_event(
                key,
                "restored",
                post_id=post.post_id,
                before=back.fetched_at,
                after=absence.readings[-1].first.at,
                run_id=back.run_id,
                evidence="page",
            )
