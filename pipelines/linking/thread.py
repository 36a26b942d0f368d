"""A thread's posts in the order in which they were written, and who may be meant by a quote's author."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from crawler.items import QuoteSeen
from pipelines.linking.index import Speech
from pipelines.linking.text import Tokens, tokens
from pipelines.normalise import normalise
from pipelines.versions import PostHistory, known_names, spoken

_START = datetime.min.replace(tzinfo=UTC)


class ThreadPosts:
    """The posts by rank, from the oldest (0) to the newest.

    An author key is ``#<number>`` for a member and ``~<name>`` for a guest, with the name made comparable.
    """

    def __init__(self, posts: Iterable[PostHistory]) -> None:
        self.posts = _in_time(posts)
        self.rank = {post.post_id: rank for rank, post in enumerate(self.posts)}
        self.names = known_names(self.posts)
        self._keys: dict[str, set[str]] = {}  # of those who bear a name
        self._times: dict[tuple[str, datetime], list[int]] = {}
        for rank, post in enumerate(self.posts):
            seen, key = post.current, author_key(post)
            for sighting in post.sightings:
                if sighting.post.author_name:
                    self._keys.setdefault(normalise(sighting.post.author_name), set()).add(key)
            if seen.created_at is not None:
                self._times.setdefault((key, seen.created_at), []).append(rank)
        self._present = {author_key(post) for post in self.posts}
        self._cited_names = self._renamed()
        self._by_words: dict[Tokens, str] | None = None

    def speeches(self) -> list[Speech]:
        """What each post said, in all its versions."""
        return [
            Speech(author_key(post), tuple({text: None for _, text, _ in spoken(post) if text})) for post in self.posts
        ]

    def authors(self, quote: QuoteSeen) -> frozenset[str]:
        """Keys of whoever in this thread the quote may cite; empty where it cites nobody who wrote here."""
        name = normalise(quote.cited_author_name)
        if quote.cited_author_id is not None:
            meant = {f"#{quote.cited_author_id}", f"~{name}"}
        else:
            meant = self._keys.get(name, set()) | self._cited_names.get(name, set())
        return frozenset(meant & self._present)

    def authors_by_name(self, name: str | None) -> frozenset[str]:
        """The same from a name alone, and from the names that the posts themselves bear."""
        return frozenset(self._keys.get(normalise(name), ()))

    def at(self, authors: Iterable[str], time: datetime) -> list[int]:
        """Ranks of the posts that one of these wrote at that very moment."""
        return sorted(rank for author in authors for rank in self._times.get((author, time), ()))

    def names_by_words(self) -> dict[Tokens, str]:
        """The names borne in this thread, each by its words."""
        if self._by_words is None:
            self._by_words = {words: name for name in sorted(self._names_borne()) if (words := tuple(tokens(name)))}
        return self._by_words

    def _names_borne(self) -> set[str]:
        return {s.post.author_name for post in self.posts for s in post.sightings if s.post.author_name}

    def _renamed(self) -> dict[str, set[str]]:
        """Names that quotes give for a member's number: pages show only the name of today, quotes that of then."""
        found: dict[str, set[str]] = {}
        for post in self.posts:
            for quote in post.current.body.quotes:
                if quote.cited_author_id is not None and quote.cited_author_name:
                    found.setdefault(normalise(quote.cited_author_name), set()).add(f"#{quote.cited_author_id}")
        return found


def author_key(post: PostHistory) -> str:
    """The author key of a post."""
    seen = post.current
    return f"#{seen.author_id}" if seen.author_id is not None else f"~{normalise(seen.author_name)}"


def _in_time(posts: Iterable[PostHistory]) -> Sequence[PostHistory]:
    """By time and number. Those without a time stand where the pages have them."""
    listed = list(posts)
    if all(post.current.created_at is not None for post in listed):
        return sorted(listed, key=lambda post: (post.current.created_at or _START, post.post_id))
    listed.sort(key=lambda post: (post.last.page, post.last.index, post.post_id))
    dated = [post.current.created_at for post in listed]
    latest: datetime | None = None
    for place, time in enumerate(dated):
        latest = dated[place] = time or latest
    order = sorted(range(len(listed)), key=lambda place: (dated[place] is not None, dated[place] or _START, place))
    return [listed[place] for place in order]
