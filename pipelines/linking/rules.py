"""The rules that find a quoted post by author and words, one a function, from the strictest to the loosest."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from pipelines.linking.index import Ask, SpeechIndex
from pipelines.linking.text import Tokens, coverage, tokens
from pipelines.normalise import normalise

EXACT, SHINGLE, PARTIAL = "author_exact", "author_shingle", "author_partial"
TEXT_RULES = (EXACT, SHINGLE, PARTIAL)
"""Names of the rules, in the order in which they are tried."""

_LONG = 20  # characters from which words taken over are hardly chance
_COVERED = 0.6  # share of the quote's words from which it is of a post
_SHORT, _TOGETHER = 25, 75.0  # of so few words, the partial ratio that it must have besides
_WITHIN = 0.9  # share of the post's words from which it is in the quote as a whole
_WHOLE_POST = 10  # words of a post that are enough for that
_RATIO = 90.0  # partial ratio from which it is
_NO_SHORTER = 0.9  # of the quote's length
_MANY, _LIKELY = 12, 0.3  # of so many words, the share in common runs below which no letters are compared
_GUARD = 25  # characters of a quote that are enough for a partial ratio
_LONGEST = 2000  # characters of a quote that are aligned
_ALIGNED = 40_000  # characters of a post that are


@dataclass(frozen=True, slots=True)
class Answer:
    """The post that a rule found, by rank; null where several fit alike, of which ``hint`` is the last.

    ``n_candidates`` are the posts that are good enough for the rule.
    """

    rank: int | None
    method: str
    n_candidates: int
    hint: int


def answer(index: SpeechIndex, ask: Ask, ranks: Sequence[int]) -> Answer | None:
    """What the first rule that answers says of these posts (`SpeechIndex.nearby`)."""
    if not ranks:
        return None
    for rule in (author_exact, author_shingle, author_partial):
        found = rule(index, ask, ranks)
        if found is not None:
            return found
    return None


def is_telling(ask: Ask, found: Answer) -> bool:
    """True where words without an author are enough for a hint: not a few, as they are in any post."""
    return len(normalise(ask.text)) >= _LONG or found.n_candidates == 1


def author_exact(index: SpeechIndex, ask: Ask, ranks: Sequence[int]) -> Answer | None:
    """Posts that hold the words in one piece. Of several the one that says nothing else; never the last of them."""
    part = normalise(ask.text)
    pattern = _as_words(ask.text) if len(part) < _LONG else None
    holding, whole = [], []
    for rank in ranks:
        for text in index.speeches[rank].texts:
            own = normalise(text)
            if part in own and (pattern is None or pattern.search(" ".join(tokens(text)))):
                holding.append(rank)
                if part == own:
                    whole.append(rank)
                break
    return _choice(EXACT, holding, whole if len(whole) == 1 else holding)


def _choice(method: str, enough: Sequence[int], best: Sequence[int]) -> Answer | None:
    """The best of those that are good enough, where there is one."""
    if not enough:
        return None
    return Answer(best[0] if len(best) == 1 else None, method, len(enough), max(best))


def author_shingle(index: SpeechIndex, ask: Ask, ranks: Sequence[int]) -> Answer | None:
    """The post that shares most runs of four words: three fifths of the quote's words, or nearly all of its own.

    The latter is a quote into which more was copied than the post: what that quoted in its turn, say.
    """
    shares = {rank: max(_share(ask.text, text) for text in index.speeches[rank].texts) for rank in ranks}
    enough = [rank for rank, share in shares.items() if share > 0]
    return _choice(SHINGLE, enough, [rank for rank in enough if shares[rank] == max(shares.values())])


def _share(quote: str, text: str) -> float:
    """The share of the quote's words that the text covers; 0 where that is too little.

    Of a long quote whole lines may be left out; a short one must be of one place, not of phrases from here and there.
    """
    words, whole = tokens(quote), tokens(text)
    share = coverage(words, whole)
    if share and len(words) < _SHORT and fuzz.partial_ratio(normalise(quote), normalise(text)[:_ALIGNED]) < _TOGETHER:
        return 0.0
    if share >= _COVERED or (len(whole) >= _WHOLE_POST and share > 0 and coverage(whole, words) >= _WITHIN):
        return share
    return 0.0


def author_partial(index: SpeechIndex, ask: Ask, ranks: Sequence[int]) -> Answer | None:
    """The post of which a piece reads nearly as the quote, letter by letter; none for a quote of a few letters."""
    part = normalise(ask.text)[:_LONGEST]
    if len(part) < _GUARD:
        return None
    words = tokens(ask.text)
    ratios = {rank: max(_ratio(part, words, text) for text in index.speeches[rank].texts) for rank in ranks}
    enough = [rank for rank, ratio in ratios.items() if ratio >= _RATIO]
    return _choice(PARTIAL, enough, [rank for rank in enough if ratios[rank] == max(ratios.values())])


def _ratio(part: str, words: Tokens, text: str) -> float:
    """Partial ratio; 0 for a text shorter than the quote, of which it might be the smaller part.

    To align texts is dear: not done where a quote of many words shares hardly a run of them.
    """
    whole = normalise(text)[:_ALIGNED]
    if len(whole) < _NO_SHORTER * len(part):
        return 0.0
    if len(words) > _MANY and coverage(words, tokens(text)) < _LIKELY:
        return 0.0
    return fuzz.partial_ratio(part, whole, score_cutoff=_RATIO)


def _as_words(text: str) -> re.Pattern[str]:
    return re.compile(r"(?<!\S)" + re.escape(" ".join(tokens(text))) + r"(?!\S)")
