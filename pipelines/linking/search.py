"""The quotes of a thread that no number resolves, and the search for each of them, rule by rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from crawler.items import Quote, QuoteSeen
from pipelines.linking.citation import is_citation, lines_above, named_in, split_citation
from pipelines.linking.index import Ask, SpeechIndex
from pipelines.linking.rules import EXACT, answer, is_telling
from pipelines.linking.thread import ThreadPosts
from pipelines.normalise import normalise
from pipelines.versions import PostHistory

TIME = "author_time"

_CONFLICTS = frozenset({"author_conflict", "text_conflict"})


@dataclass(frozen=True, slots=True)
class Found:
    """The post that a quote is of, by rank; null where only ``hint`` is known. ``words`` are those compared."""

    rank: int | None
    method: str
    n_candidates: int
    hint: int
    words: str


class Search:
    """Finds posts for the open quotes: those without a number, and those whose number the check contradicts.

    ``made`` are the rows of each post's quotes; the caller fills them as answers come, in the order of ``open``, which
    names them by the rank of the post and the place of the quote in it.
    """

    def __init__(self, thread: ThreadPosts, made: Mapping[int, Sequence[Quote]]) -> None:
        self._thread, self._made = thread, made
        self.open: list[tuple[int, int]] = []
        self._asks: dict[tuple[int, int], Ask] = {}
        for rank, post in enumerate(thread.posts):
            rows = made[post.post_id]
            places = [
                place for place, row in enumerate(rows) if row.cited_post_id is None or row.id_check in _CONFLICTS
            ]
            if places:
                self.open += [(rank, place) for place in places]
                self._asks.update(((post.post_id, place), ask) for place, ask in self._questions(post, places))
        asked = [ask for ask in self._asks.values() if normalise(ask.text)]
        self._index = SpeechIndex(thread.speeches(), asked) if asked else None

    def find(self, post_id: int, place: int) -> Found | None:
        """What the first rule that answers says of a quote."""
        row, ask = self._made[post_id][place], self._asks[post_id, place]
        before = self._before(row)
        if row.cited_post_id is None and (found := self._by_time(row, ask, before)):
            return found
        if self._index is None or not normalise(ask.text):
            return None
        if not ask.authors and (found := self._by_the_quoted_post(row, ask)):
            return found
        told = answer(self._index, ask, self._index.nearby(ask, before))
        if told is None:
            return None
        if ask.authors:
            return Found(told.rank, told.method, told.n_candidates, told.hint, ask.text)
        return Found(None, told.method, told.n_candidates, told.hint, ask.text) if is_telling(ask, told) else None

    def _questions(self, post: PostHistory, places: Sequence[int]) -> Iterator[tuple[int, Ask]]:
        quotes = post.current.body.quotes
        above: dict[int, str] = {}
        for place in places:
            quote = quotes[place]
            if quote.cited_author_name or quote.cited_author_id is not None:
                yield place, Ask(quote.quoted_text or "", self._thread.authors(quote))
                continue
            if not above and quote.depth == 0:
                above = _above(post, quotes)
            line, words = split_citation(quote.quoted_text)
            yield place, Ask(words, self._hinted(line or above.get(place)))

    def _hinted(self, line: str | None) -> frozenset[str]:
        """Who is named in a citation line."""
        if not line or not is_citation(line):
            return frozenset()
        names = self._thread.names_by_words()
        return self._thread.authors_by_name(named_in(line, names, max(map(len, names), default=0)))

    def _before(self, row: Quote) -> int:
        """Rank that the target is below: that of the quoting post, and within a quote that of the post quoted there."""
        rank = self._thread.rank[row.post_id]
        parent = self._parent(row)
        while parent is not None:
            above = self._thread.rank.get(parent.target_post_id) if parent.target_post_id is not None else None
            if above is not None:
                return min(rank, above)
            parent = self._parent(parent)
        return rank

    def _parent(self, row: Quote) -> Quote | None:
        return None if row.parent_quote_index is None else self._made[row.post_id][row.parent_quote_index]

    def _by_time(self, row: Quote, ask: Ask, before: int) -> Found | None:
        """The post that the named author wrote at exactly the named time; of several the one with the words."""
        if row.cited_at is None or not ask.authors:
            return None
        ranks = [rank for rank in self._thread.at(ask.authors, row.cited_at) if rank < before]
        if not ranks:
            return None
        part = normalise(ask.text)
        holding = [rank for rank in ranks if part in normalise(self._thread.posts[rank].current.body.text)]
        best = (holding or ranks)[-1]
        return Found(best, TIME, len(ranks), best, ask.text)

    def _by_the_quoted_post(self, row: Quote, ask: Ask) -> Found | None:
        """Within a quote: what the quoted post itself has as a quote of these words, and that has been resolved."""
        parent = self._parent(row)
        if parent is None or parent.target_post_id is None:
            return None
        part = normalise(ask.text)
        for other in self._made.get(parent.target_post_id, ()):
            rank = self._thread.rank.get(other.target_post_id) if other.target_post_id is not None else None
            if rank is not None and part in normalise(other.quoted_text):
                texts = [sighting.post.body.text for sighting in self._thread.posts[rank].sightings]
                if any(part in normalise(text) for text in texts):
                    return Found(rank, EXACT, 1, rank, ask.text)
        return None


def _above(post: PostHistory, quotes: Sequence[QuoteSeen]) -> dict[int, str]:
    """The line above each top-level quote, by the quote's place."""
    tops = [place for place, quote in enumerate(quotes) if quote.depth == 0]
    return dict(zip(tops, lines_above(post.current.body.full_text, len(tops)), strict=False))
