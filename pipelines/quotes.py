"""Thread stage: quotes and what they quote.

Rules 1 and 2 of the contract: a quote whose markup names its post is linked to that post, and checked against author
and text. What the check finds is said, never used to relink in silence. Quotes without a number stay unresolved rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from crawler.items import Quote, QuoteSeen
from crawler.items.history import PostKey, ThreadHistory, ThreadKey
from pipelines.normalise import alike, normalise, same_name, words
from pipelines.presence import states_of, whole_readings
from pipelines.versions import PostHistory, gather, known_names, spoken

LINKER_VERSION = 1
"""Raised when the same quotes give other links than before."""

CONFIDENCE = {"verified": 1.0, "unchecked": 0.99, "text_conflict": 0.9, "author_conflict": 0.5}
"""Confidence of an explicit link by what the check found. Documented defaults, not measured on the dataset at hand."""

UNSEEN_CONFIDENCE = 0.99

_TELLING = 4  # words

FindPost = Callable[[PostKey], ThreadHistory | None]
"""Looks a post up wherever it was read: the history of its thread, or as much of it as concerns the post."""


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


def link_thread(key: ThreadKey, posts: Sequence[PostHistory], states: Mapping[int, str]) -> list[Quote]:
    """Rows for all quotes of a thread's posts, in the order of posts and quotes.

    ``states`` gives ``missing`` for posts that are gone. Pure: a post quoted from another thread stays ``unseen`` here
    and is joined by `join_elsewhere`.
    """
    cited = {quote.cited_post_id for post in posts for quote in post.current.body.quotes}
    if not cited:
        return []
    names = known_names(posts)
    targets = {p.post_id: _target(p, key.thread_id, states, names) for p in posts if p.post_id in cited}
    return [_link(key, post, quote, targets) for post in posts for quote in post.current.body.quotes]


def join_elsewhere(rows: Sequence[Quote], find: FindPost, written: Mapping[int, datetime | None]) -> None:
    """Resolve, in place, quotes of posts in other threads by their number.

    ``written`` gives the time of each quoting post of the thread.
    """
    found: dict[PostKey, Target | None] = {}
    for row in rows:
        if row.target_state != "unseen" or row.cited_post_id is None:
            continue
        key = PostKey(row.site, row.cited_class or row.content_class, row.cited_post_id)
        if key not in found:
            found[key] = _look_up(key, find)
        target = found[key]
        if target is not None:
            _explicit(row, target, written.get(row.post_id))


def _look_up(key: PostKey, find: FindPost) -> Target | None:
    history = find(key)
    if history is None:
        return None
    posts = gather(history)
    post = next((post for post in posts if post.post_id == key.post_id), None)
    if post is None:
        return None
    states = states_of([post], whole_readings(history))
    return _target(post, history.key.thread_id, states, known_names(posts))


def _link(key: ThreadKey, post: PostHistory, quote: QuoteSeen, targets: Mapping[int, Target]) -> Quote:
    row = _row(key, post.post_id, quote)
    if quote.cited_post_id is None:
        return row
    target = targets.get(quote.cited_post_id) if quote.cited_class in {None, key.content_class} else None
    if target is not None:
        _explicit(row, target, post.current.created_at)
        return row
    row.target_post_id, row.target_thread_id = quote.cited_post_id, quote.cited_thread_id
    row.target_state, row.method, row.confidence = "unseen", "explicit_id_unseen", UNSEEN_CONFIDENCE
    return row


def _explicit(row: Quote, target: Target, written: datetime | None) -> None:
    """Link by number, and check."""
    row.target_post_id, row.target_thread_id = target.post_id, target.thread_id
    row.target_state, row.method = target.state, "explicit_id"
    version, text_agrees = _find_version(row.quoted_text, target, written)
    row.target_version = version
    row.id_check = _verdict(_author_agrees(row, target), text_agrees)
    row.confidence = CONFIDENCE[row.id_check]
    row.is_truncated, row.is_altered = _compare(row.quoted_text, target, version)


def _verdict(author_agrees: bool | None, text_agrees: bool | None) -> str:
    if author_agrees is False:
        return "author_conflict"
    if text_agrees is False:
        return "text_conflict"
    return "verified" if author_agrees or text_agrees else "unchecked"


def _author_agrees(row: Quote, target: Target) -> bool | None:
    if row.cited_author_id is not None and target.author_id is not None:
        return row.cited_author_id == target.author_id
    if row.cited_author_name is None or not target.names:
        return None
    return any(same_name(row.cited_author_name, name) for name in target.names)


def _find_version(text: str | None, target: Target, written: datetime | None) -> tuple[int | None, bool | None]:
    """The version that the quoter had before him, and whether the words agree with any.

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


def _compare(text: str | None, target: Target, version: int | None) -> tuple[bool | None, bool | None]:
    """Whether the quote lacks words of its target, and whether it has words that the target has not."""
    part = normalise(text)
    owns = [w.text for w in target.words if version is None or w.version == version]
    if not part or not any(owns):
        return None, None
    if version is None:
        return None, True
    return len(part) < len(normalise(owns[-1])), False


def _lines(text: str | None) -> Iterator[str]:
    for line in (text or "").split("\n"):
        if folded := normalise(line.removeprefix("- ")):
            yield folded


def _target(post: PostHistory, thread_id: int, states: Mapping[int, str], known: Mapping[int, Iterable[str]]) -> Target:
    author_id = post.current.author_id
    names = {s.post.author_name for s in post.sightings if s.post.author_name}
    if author_id is not None:
        names |= set(known.get(author_id, ()))
    gone = states.get(post.post_id, "active") != "active"
    said = tuple(Words(*state) for state in spoken(post))
    return Target(post.post_id, thread_id, author_id, frozenset(names), said, "missing" if gone else "seen")


def _row(key: ThreadKey, post_id: int, quote: QuoteSeen) -> Quote:
    return Quote(
        site=key.site,
        content_class=key.content_class,
        post_id=post_id,
        quote_index=quote.quote_index,
        parent_quote_index=quote.parent_quote_index,
        depth=quote.depth,
        quoted_text=quote.quoted_text,
        cited_author_name=quote.cited_author_name,
        cited_author_id=quote.cited_author_id,
        cited_at=quote.cited_at,
        cited_post_id=quote.cited_post_id,
        cited_thread_id=quote.cited_thread_id,
        cited_class=quote.cited_class,
        target_post_id=None,
        target_thread_id=None,
        target_version=None,
        target_state="unresolved",
        method=None,
        confidence=None,
        candidate_post_id=None,
        n_candidates=None,
        id_check="unchecked",
        is_truncated=None,
        is_altered=None,
        linker_version=LINKER_VERSION,
    )
