"""Thread stage: the states of each post, and the edits between them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from crawler.items import Event, PostSeen, Version
from crawler.items.history import ThreadHistory, ThreadKey


@dataclass(slots=True)
class Sighting:
    """A post on a page, read once. ``index`` is its 0-based rank on the page."""

    fetched_at: datetime
    fetch_id: int
    run_id: int
    page: int
    index: int
    post: PostSeen


@dataclass(slots=True)
class PostHistory:
    """All sightings of one post, oldest first, and its versions once `track_versions` has run."""

    post_id: int
    sightings: list[Sighting] = field(default_factory=list)
    versions: list[Version] = field(default_factory=list)

    @property
    def last(self) -> Sighting:
        """The newest sighting."""
        return self.sightings[-1]

    @property
    def current(self) -> PostSeen:
        """The post as last seen."""
        return self.sightings[-1].post


def gather(history: ThreadHistory) -> list[PostHistory]:
    """The posts of a thread by number, without those that have since been read in another thread."""
    found: dict[int, PostHistory] = {}
    readings = [*history.pages, *history.earlier]
    for page in sorted(readings, key=lambda reading: (reading.fetched_at, reading.fetch_id)):
        for index, post in enumerate(page.posts):
            if post.post_id in history.elsewhere:
                continue
            sighting = Sighting(page.fetched_at, page.fetch_id, page.run_id, page.thread.page, index, post)
            if (known := found.get(post.post_id)) is None:
                known = found[post.post_id] = PostHistory(post.post_id)
            known.sightings.append(sighting)
    return [found[post_id] for post_id in sorted(found)]


def known_names(posts: Iterable[PostHistory]) -> dict[int, set[str]]:
    """All names under which each member was seen."""
    names: dict[int, set[str]] = {}
    for post in posts:
        for sighting in post.sightings:
            author_id, name = sighting.post.author_id, sighting.post.author_name
            if author_id is not None and name:
                names.setdefault(author_id, set()).add(name)
    return names


def track_versions(post: PostHistory, key: ThreadKey) -> list[Version]:
    """One version for each state of words, quotes and structure, numbered as they were first seen.

    A state that comes back (an edit undone, a stale copy served) is the version that it was before.
    """
    versions: dict[bytes, Version] = {}
    for sighting in post.sightings:
        text_hash = sighting.post.body.text_hash
        if (version := versions.get(text_hash)) is None:
            versions[text_hash] = _version(post.post_id, key, len(versions) + 1, sighting)
        else:
            _see_again(version, sighting)
    versions[text_hash].is_current = True
    return list(versions.values())


def _see_again(version: Version, sighting: Sighting) -> None:
    """What the newest sighting of a state says counts."""
    seen, body = sighting.post, sighting.post.body
    version.text, version.full_text = body.text, body.full_text
    version.html, version.parser_version = body.html, body.parser_version
    version.observed_to = sighting.fetched_at
    version.edited_at, version.edited_by, version.edit_reason = seen.edited_at, seen.edited_by, seen.edit_reason


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
    for sighting, number in zip(post.sightings, _numbers(post), strict=True):
        seen, previous = sighting.post, version or None
        version = number
        if seen.edited_at is not None and seen.edited_at not in known:
            known.add(seen.edited_at)
            events.append(_marked(post.post_id, key, sighting, previous, version))
        elif previous is not None and previous != version and before is not None:
            events.append(_silent(post.post_id, key, (before, previous), (sighting, version)))
        before = sighting
    return events


def _numbers(post: PostHistory) -> Iterator[int]:
    """The version of each sighting."""
    numbers: dict[bytes, int] = {}
    for sighting in post.sightings:
        yield numbers.setdefault(sighting.post.body.text_hash, len(numbers) + 1)


def spoken(post: PostHistory) -> Iterator[tuple[int, str | None, datetime | None]]:
    """The states of a post in time: version, own words, and since when it may have been so at the earliest.

    That is the time of the edit mark; for a change without a new one, the last sighting of the words before it; null
    for what was there from the start.
    """
    before: Sighting | None = None
    state: tuple[int, datetime | None] | None = None
    for sighting, number in zip(post.sightings, _numbers(post), strict=True):
        mark = sighting.post.edited_at
        if state != (number, mark):
            changed_mark = state is None or state[1] != mark
            since = mark if changed_mark and mark is not None else before.fetched_at if before else None
            yield number, sighting.post.body.text, since
        state, before = (number, mark), sighting


def _marked(post_id: int, key: ThreadKey, sighting: Sighting, previous: int | None, version: int) -> Event:
    seen = sighting.post
    assert seen.edited_at is not None
    event = _event(post_id, key, "edited", sighting, (previous, version))
    event.changed_before = event.changed_after = seen.edited_at
    event.actor_name, event.reason, event.evidence = seen.edited_by, seen.edit_reason, "stamp"
    return event


def _silent(post_id: int, key: ThreadKey, before: tuple[Sighting, int], after: tuple[Sighting, int]) -> Event:
    (old, previous), (new, version) = before, after
    event = _event(post_id, key, "silently_edited", new, (previous, version))
    event.changed_after = old.fetched_at
    return event


def _event(post_id: int, key: ThreadKey, name: str, sighting: Sighting, step: tuple[int | None, int]) -> Event:
    """A change that this sighting was the first to show; ``step`` is the version before and after."""
    return Event(
        **key._asdict(),
        post_id=post_id,
        event=name,
        changed_before=sighting.fetched_at,
        changed_after=None,
        actor_name=None,
        reason=None,
        from_version=step[0],
        to_version=step[1],
        from_value=None,
        to_value=None,
        other_thread_id=None,
        evidence="text",
        run_id=sighting.run_id,
    )


def _version(post_id: int, key: ThreadKey, number: int, sighting: Sighting) -> Version:
    seen, body = sighting.post, sighting.post.body
    return Version(
        site=key.site,
        content_class=key.content_class,
        post_id=post_id,
        version=number,
        is_current=False,
        source="page",
        text=body.text,
        full_text=body.full_text,
        html=body.html,
        text_hash=body.text_hash.hex(),
        edited_at=seen.edited_at,
        edited_by=seen.edited_by,
        edit_reason=seen.edit_reason,
        parser_version=body.parser_version,
        observed_from=sighting.fetched_at,
        observed_to=sighting.fetched_at,
    )
