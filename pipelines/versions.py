"""Thread stage: the sightings of each post, and its states."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter

from crawler.items import PostSeen, Version
from crawler.items.history import Moment, ThreadHistory, ThreadKey


@dataclass(slots=True)
class Sighting:
    """A post on a page of a thread, read once. ``index`` is its 0-based rank on the page."""

    moment: Moment
    run_id: int
    thread_id: int
    page: int
    index: int
    post: PostSeen

    @property
    def fetched_at(self) -> datetime:
        """The time of reading."""
        return self.moment.at


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
    for page in sorted([*history.pages, *history.earlier], key=attrgetter("moment")):
        moment, thread = page.moment, page.thread
        for index, post in enumerate(page.posts):
            if post.post_id in history.elsewhere:
                continue
            sighting = Sighting(moment, page.run_id, thread.thread_id, thread.page, index, post)
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
    if len(post.sightings) == 1:
        only = _version(post.post_id, key, 1, post.sightings[0])
        only.is_current = True
        return [only]
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
    version.observed_from = min(version.observed_from, version.observed_to)  # a clock may have been wrong
    version.edited_at, version.edited_by, version.edit_reason = seen.edited_at, seen.edited_by, seen.edit_reason


def version_numbers(post: PostHistory) -> Iterator[int]:
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
    for sighting, number in zip(post.sightings, version_numbers(post), strict=True):
        mark = sighting.post.edited_at
        if state != (number, mark):
            changed_mark = state is None or state[1] != mark
            since = mark if changed_mark and mark is not None else before.fetched_at if before else None
            yield number, sighting.post.body.text, since
        state, before = (number, mark), sighting


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
