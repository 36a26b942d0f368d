"""The posts of a thread by who wrote them and by the words that quotes ask for.

Not the posts are indexed but the questions: of each quote a few runs of words are looked for (its anchors), and one
pass over the posts notes where they stand. So memory grows with the quotes, not with all that was ever written, and a
post by somebody whom no quote asks for costs nothing.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pipelines.linking.text import Gram, Tokens, grams, is_unspaced, tokens

ANYBODY = ""
"""Author key of a quote that names no author."""

_WIDTH = 3  # words of an anchor: short enough to survive next to a changed word
_WIDTH_UNSPACED = 8
_ANCHORS = 16  # of a quote, evenly spaced
_NEAREST = 50  # posts looked at for an anchor that stands in many
_SHARE = 5  # one in so many anchors is the least that a post shares with a quote that it is compared with
_BEST = 4  # posts that are compared word by word


@dataclass(frozen=True, slots=True)
class Speech:
    """What a post said. ``author`` is its author key; ``texts`` are its own words in each of its versions."""

    author: str
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ask:
    """A question for the post that a text is from; ``authors`` are the keys of whoever may have written it."""

    text: str
    authors: frozenset[str]


_Table = dict[Gram, list[int]]


class SpeechIndex:
    """Answers which posts may hold the words of a quote.

    ``speeches`` are the posts of a thread from the oldest to the newest; a post is named by its rank among them. Only
    what was among ``asks`` can be looked up.
    """

    def __init__(self, speeches: Sequence[Speech], asks: Iterable[Ask]) -> None:
        self.speeches = speeches
        self._tables: dict[str, dict[int, _Table]] = {}
        for ask in asks:
            width, anchors = _anchors(ask.text)
            for author in ask.authors or {ANYBODY}:
                table = self._tables.setdefault(author, {}).setdefault(width, {})
                for anchor in anchors:
                    table.setdefault(anchor, [])
        if self._tables:
            for rank, speech in enumerate(speeches):
                self._note(rank, speech)

    def nearby(self, ask: Ask, before: int) -> list[int]:
        """Ranks below ``before`` of the posts that share most anchors with the text; of equals the later first."""
        width, anchors = _anchors(ask.text)
        shared: Counter[int] = Counter()
        for author in ask.authors or {ANYBODY}:
            table = self._tables.get(author, {}).get(width, {})
            for anchor in anchors:
                ranks = table.get(anchor, ())
                end = bisect_left(ranks, before)
                shared.update(ranks[max(0, end - _NEAREST) : end])
        enough = [rank for rank, count in shared.items() if count * _SHARE >= len(anchors)]
        enough.sort(key=lambda rank: (-shared[rank], -rank))
        best = sum(shared[rank] == shared[enough[0]] for rank in enough)
        return enough[: max(_BEST, min(best, _NEAREST))]

    def _note(self, rank: int, speech: Speech) -> None:
        wanted = [self._tables[key] for key in (speech.author, ANYBODY) if key in self._tables]
        for tables in wanted:
            for width, table in tables.items():
                found: set[Gram] = set()
                for text in speech.texts:
                    found.update(filter(table.__contains__, grams(tokens(text), width)))
                for gram in found:
                    table[gram].append(rank)


@lru_cache(maxsize=512)
def _anchors(text: str) -> tuple[int, set[Gram]]:
    """The width of the anchors of a text, and the anchors."""
    words: Tokens = tokens(text)
    width = min(_WIDTH_UNSPACED if is_unspaced(words) else _WIDTH, len(words))
    if not width:
        return 0, set()
    runs = list(grams(words, width))
    if len(runs) <= _ANCHORS:
        return width, set(runs)
    step = (len(runs) - 1) / (_ANCHORS - 1)
    return width, {runs[round(number * step)] for number in range(_ANCHORS)}
