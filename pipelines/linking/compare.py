"""A quote held against its post: does the author agree, which version has the words, what was changed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from crawler.items import Quote, QuoteSeen
from pipelines.normalise import alike, normalise, same_name, words
from pipelines.versions import PostHistory, spoken

_TELLING = 4  # words


@dataclass(frozen=True, slots=True)
class Words:
    """A post's own words in a version, and since when it may have had them (null: from the start)."""

    version: int
    text: str | None
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Target:
    """What a quote may point at. ``words`` are those that the post had, oldest first; one version may come twice."""

    post_id: int
    thread_id: int
    author_id: int | None
    names: frozenset[str]
    words: tuple[Words, ...]
    state: str = "seen"


def target_of(
    post: PostHistory, thread_id: int, states: Mapping[int, str], known: Mapping[int, Iterable[str]]
) -> Target:
    """A post as something to quote; ``known`` are the names under which each member was seen."""
    gone = states.get(post.post_id, "active") != "active"
    said = tuple(Words(*state) for state in spoken(post))
    return Target(
        post.post_id, thread_id, post.current.author_id, _names(post, known), said, "missing" if gone else "seen"
    )


def author_agrees(row: Quote | QuoteSeen, target: Target) -> bool | None:
    """Whether the cited author wrote the post: by number where both are known, else by name; null without either."""
    return _agrees(row, target.author_id, target.names)


def author_agrees_with(quote: Quote | QuoteSeen, post: PostHistory, known: Mapping[int, Iterable[str]]) -> bool | None:
    """The same for a post that is no target yet."""
    return _agrees(quote, post.current.author_id, _names(post, known))


def _agrees(row: Quote | QuoteSeen, author_id: int | None, names: Collection[str]) -> bool | None:
    if row.cited_author_id is not None and author_id is not None:
        return row.cited_author_id == author_id
    if row.cited_author_name is None or not names:
        return None
    return any(same_name(row.cited_author_name, name) for name in names)


def _names(post: PostHistory, known: Mapping[int, Iterable[str]]) -> frozenset[str]:
    names = {s.post.author_name for s in post.sightings if s.post.author_name}
    if post.current.author_id is not None:
        names |= set(known.get(post.current.author_id, ()))
    return frozenset(names)


def find_version(text: str | None, target: Target, written: datetime | None) -> tuple[int | None, bool | None]:
    """The version that the quoter had before him, and whether the words agree with any; nulls without words.

    Of several states with these words it is the last that the post had when the quoting post was written.
    """
    part = normalise(text)
    if not part or not any(w.text for w in target.words):
        return None, None
    for holds in (_whole, _by_lines, _by_words):
        holding = [w for w in target.words if holds(text, w.text)]
        if holding:
            before = [w for w in holding if w.since is None or written is None or w.since <= written]
            return (before[-1] if before else holding[0]).version, True
    return None, any(alike(part, normalise(w.text)) for w in target.words)


def changed(text: str | None, target: Target, version: int | None) -> tuple[bool | None, bool | None]:
    """Whether the quote lacks words of its target, and whether it has words that the target has not."""
    part = normalise(text)
    owns = [w.text for w in target.words if version is None or w.version == version]
    if not part or not any(owns):
        return None, None
    if version is None:
        return None, True
    return len(part) < len(normalise(owns[-1])), False


def _whole(text: str | None, own: str | None) -> bool:
    """True for words taken over in one piece."""
    return normalise(text) in normalise(own)


def _by_lines(text: str | None, own: str | None) -> bool:
    """True for words of which whole lines were left out."""
    whole = normalise(own)
    return all(line in whole for line in _lines(text))


def _by_words(text: str | None, own: str | None) -> bool:
    """True for words of which some were left out within a line. A few words are in any post: they tell nothing."""
    part = words(text)
    rest = iter(words(own))
    return len(part) >= _TELLING and all(word in rest for word in part)


def _lines(text: str | None) -> Iterator[str]:
    for line in (text or "").split("\n"):
        if folded := normalise(line.removeprefix("- ")):
            yield folded
