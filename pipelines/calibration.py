"""How well the linker does on a site, measured on the site itself.

A quote whose markup names its post is a question with a known answer: its numbers (post, thread, member) and its time
are hidden, and the rules for quotes without a number are asked. Once more without the post: whatever is found then is a
false link. What that gives is the confidence of those rules for the quotes that have no number.

A site's sample is its threads in an order that is arbitrary but always the same, until it holds five hundred quotes. So
it costs the same for a large dataset as for a middling one, does not depend on runs or their order, and hardly changes
as the dataset grows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

from crawler.items import QuoteSeen
from crawler.items.history import ThreadHistory, ThreadKey
from pipelines.linking.compare import author_agrees_with
from pipelines.linking.index import Ask, SpeechIndex
from pipelines.linking.rules import TEXT_RULES, Answer, answer
from pipelines.linking.thread import ThreadPosts
from pipelines.normalise import normalise
from pipelines.presence import by_time
from pipelines.versions import PostHistory, gather

SAMPLE = 500
"""Explicit quotes a site that are enough."""

ENOUGH = 100
"""Answers of a method from which its precision counts as measured."""

TIME = "author_time"
METHODS = (TIME, *TEXT_RULES)


@dataclass(slots=True)
class Calibration:
    """Counts by method. ``n_quotes`` were asked, ``n_dated`` of them tell a time; ``false``: found without the post."""

    n_quotes: int = 0
    n_dated: int = 0
    right: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    false: Counter[str] = field(default_factory=Counter)

    def confidence(self) -> dict[str, float]:
        """The precision of each method that has answered often enough, in hundredths.

        By the rule of succession, as a few right answers are no certainty; in hundredths, so that it stays as it is
        while a dataset grows.
        """
        return {
            method: round((self.right[method] + 1) / (answered + 2), 2)
            for method in METHODS
            if (answered := self.right[method] + self.wrong[method]) >= ENOUGH
        }

    def add_thread(self, posts: Sequence[PostHistory], key: ThreadKey) -> None:
        """Ask the explicit quotes of a thread, the oldest first, as long as the sample is not full."""
        thread = ThreadPosts(posts)
        hidden = list(_hidden(thread, key))[: SAMPLE - self.n_quotes]
        if not hidden:
            return
        last = hidden[-1].rank
        index = SpeechIndex(thread.speeches()[:last], [one.ask for one in hidden if one.ask.authors])
        for one in hidden:
            if one.ask.authors:  # a name that nobody bears here is no author
                ranks = index.nearby(one.ask, one.rank)
                others = [rank for rank in ranks if rank != one.target]
                self._count(one, answer(index, one.ask, ranks), answer(index, one.ask, others))
                self._count_time(thread, one)
        self.n_quotes += len(hidden)
        self.n_dated += sum(one.quote.cited_at is not None for one in hidden)

    def _count(self, one: _Hidden, told: Answer | None, without: Answer | None) -> None:
        if told is not None and told.rank is not None:
            (self.right if told.rank == one.target else self.wrong)[told.method] += 1
        if without is not None and without.rank is not None:
            self.false[without.method] += 1

    def _count_time(self, thread: ThreadPosts, one: _Hidden) -> None:
        if one.quote.cited_at is None:
            return
        ranks = [rank for rank in thread.at(one.ask.authors, one.quote.cited_at) if rank < one.rank]
        if ranks:
            (self.right if one.target in ranks else self.wrong)[TIME] += 1
        self.false[TIME] += any(rank != one.target for rank in ranks)

    def as_json(self) -> dict[str, object]:
        """For the manifest."""
        confidence = self.confidence()
        methods = {}
        for method in METHODS:
            asked = self.n_dated if method == TIME else self.n_quotes
            answered = self.right[method] + self.wrong[method]
            methods[method] = {
                "answered": answered,
                "right": self.right[method],
                "precision": _share(self.right[method], answered),
                "recall": _share(self.right[method], asked),
                "false_links": _share(self.false[method], asked),
                "confidence": confidence.get(method),
            }
        by_text = [sum(counts[method] for method in TEXT_RULES) for counts in (self.right, self.wrong, self.false)]
        methods["author_text"] = {
            "answered": by_text[0] + by_text[1],
            "right": by_text[0],
            "precision": _share(by_text[0], by_text[0] + by_text[1]),
            "recall": _share(by_text[0], self.n_quotes),
            "false_links": _share(by_text[2], self.n_quotes),
        }
        return {"explicit_quotes": self.n_quotes, "methods": methods}


def calibrate(
    keys: Iterable[ThreadKey], history: Callable[[ThreadKey], ThreadHistory], sample: int = SAMPLE
) -> dict[str, Calibration]:
    """The calibration of each site; ``history`` reads a thread, and is asked for no more threads than it takes."""
    made: dict[str, Calibration] = {}
    for key in sorted(keys, key=_shuffled):
        calibration = made.setdefault(key.site, Calibration())
        if calibration.n_quotes < sample:
            read = history(key)
            read.pages = by_time(read.pages)
            calibration.add_thread(gather(read), key)
    return made


def confidence_of(calibrations: Mapping[str, Calibration], site: str) -> dict[str, float]:
    """The measured confidences of a site; empty where nothing was measured."""
    return calibrations[site].confidence() if site in calibrations else {}


@dataclass(frozen=True, slots=True)
class _Hidden:
    """An explicit quote with its numbers hidden: rank of the quoting post, of the quoted one, and what is asked."""

    rank: int
    target: int
    quote: QuoteSeen
    ask: Ask


def _hidden(thread: ThreadPosts, key: ThreadKey) -> Iterable[_Hidden]:
    for rank, post in enumerate(thread.posts):
        for quote in post.current.body.quotes:
            if quote.cited_post_id is None or quote.cited_class not in {None, key.content_class}:
                continue
            target = thread.rank.get(quote.cited_post_id, rank)
            if target >= rank or not quote.cited_author_name or not normalise(quote.quoted_text):
                continue
            if author_agrees_with(quote, thread.posts[target], thread.names) is not False:
                authors = thread.authors_by_name(quote.cited_author_name)
                yield _Hidden(rank, target, quote, Ask(quote.quoted_text or "", authors))


def _shuffled(key: ThreadKey) -> tuple[str, bytes]:
    return key.site, blake2b(f"{key.content_class}\0{key.thread_id}".encode(), digest_size=16).digest()


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
