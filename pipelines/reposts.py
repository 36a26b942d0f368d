"""Posts that say the same as posts of other threads: labelled, never removed. Crosses threads, so it runs at publish.

Two posts say the same when their words are equal, or when they share most of their pieces: exact Jaccard similarity of
the sets of six-character pieces of their normalised words. MinHash (the extra ``[reposts]``) only finds the pairs worth
comparing; without it equal posts are found, and near ones are not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b
from importlib.util import find_spec

from crawler.items import Repost
from crawler.items.history import PostKey
from pipelines.normalise import normalise

SHORTEST = 80
"""Normalised characters below which a post is too short to be labelled: thanks are said the same way everywhere."""

SIMILAR = 0.8
"""Similarity from which a post counts as near."""

_PIECE = 6
_LONGEST = 50_000  # normalised characters of a post that are compared
_PERMUTATIONS, _BANDS, _ROWS = 125, 25, 5  # of pairs as similar as 0.8, all but 5 in 100,000 meet in a band
_NEIGHBOURS = 8  # posts of a bucket that each is compared with: a bucket of thousands holds a form letter
_BITS = 53


@dataclass(frozen=True, slots=True)
class Words:
    """What a post is compared by: a part of its text, which ``content`` names for the caller."""

    key: PostKey
    thread_id: int
    created_at: datetime | None
    content: bytes
    start: int
    end: int


def has_minhash() -> bool:
    """True where the extra ``[reposts]`` is installed."""
    return find_spec("rensa") is not None


class RepostIndex:
    """Gathers posts of all threads; `rows` tells which say the same. The order of adding makes no difference.

    ``text_of`` gives a text again by its name: texts are not kept, a post costs some hundred bytes.
    """

    def __init__(self, text_of: Callable[[bytes], str], *, near: bool | None = None) -> None:
        self.near = has_minhash() if near is None else near
        self._text_of = text_of
        self._equal: dict[bytes, list[Words]] = defaultdict(list)
        self._bands: dict[bytes, tuple[int, ...]] = {}
        self._pieces = lru_cache(maxsize=2048)(self._read_pieces)

    def add(self, words: Words, text: str) -> None:
        """Take in a post; one that is too short is left out."""
        own = normalise(text[words.start : words.end])[:_LONGEST]
        if len(own) < SHORTEST:
            return
        digest = blake2b(own.encode(), digest_size=16).digest()
        if digest not in self._equal and self.near:
            self._bands[digest] = _bands(own)
        self._equal[digest].append(words)

    def rows(self) -> list[Repost]:
        """The posts of all clusters that reach over two threads at least, by key."""
        found = [row for cluster in self._clusters() for row in self._label(cluster)]
        return sorted(found, key=lambda row: (row.site, row.content_class, row.post_id))

    def _clusters(self) -> Iterator[list[bytes]]:
        """Sets of equal posts, put together where they are near."""
        parents = {digest: digest for digest in self._equal}

        def root(digest: bytes) -> bytes:
            while parents[digest] != digest:
                parents[digest] = digest = parents[parents[digest]]
            return digest

        for one, other in self._candidates():
            if root(one) != root(other) and self._similarity(one, other) >= SIMILAR:
                parents[root(one)] = root(other)
        clusters: dict[bytes, list[bytes]] = defaultdict(list)
        for digest in self._equal:
            clusters[root(digest)].append(digest)
        yield from clusters.values()

    def _candidates(self) -> Iterator[tuple[bytes, bytes]]:
        """Pairs that meet in a band, each with the few before it."""
        first = {digest: min(words.key for words in self._equal[digest]) for digest in self._bands}
        order = sorted(self._bands, key=lambda digest: first[digest])
        for band in range(_BANDS):
            buckets: dict[int, list[bytes]] = defaultdict(list)
            for digest in order:
                bucket = buckets[self._bands[digest][band]]
                for other in bucket[-_NEIGHBOURS:]:
                    yield digest, other
                bucket.append(digest)

    def _label(self, cluster: Sequence[bytes]) -> Iterator[Repost]:
        posts = [(words, digest) for digest in cluster for words in self._equal[digest]]
        if len({(words.key.site, words.key.content_class, words.thread_id) for words, _digest in posts}) < 2:
            return
        oldest = min(posts, key=lambda post: _age(post[0]))[1]
        number = _hash(min(words.key for words, _digest in posts))
        for words, digest in posts:
            yield Repost(
                site=words.key.site,
                content_class=words.key.content_class,
                post_id=words.key.post_id,
                cluster_id=number,
                similarity=1.0 if digest == oldest else round(self._similarity(digest, oldest), 4),
                method="exact" if digest == oldest else "near",
            )

    def _similarity(self, one: bytes, other: bytes) -> float:
        ours, theirs = self._pieces(one), self._pieces(other)
        shared = len(ours & theirs)
        return shared / (len(ours) + len(theirs) - shared)

    def _read_pieces(self, digest: bytes) -> frozenset[str]:
        words = min(self._equal[digest], key=lambda words: words.key)
        return frozenset(_pieces(normalise(self._text_of(words.content)[words.start : words.end])[:_LONGEST]))


def _age(words: Words) -> tuple[bool, float, PostKey]:
    """Posts without a time are the youngest."""
    at = words.created_at
    return at is None, at.timestamp() if at is not None else 0.0, words.key


def _pieces(own: str) -> Iterable[str]:
    return (own[i : i + _PIECE] for i in range(len(own) - _PIECE + 1))


def _bands(own: str) -> tuple[int, ...]:
    from rensa import RMinHash  # noqa: PLC0415  an extra: not there in every installation

    sketch = RMinHash(num_perm=_PERMUTATIONS, seed=1)
    sketch.update(list(set(_pieces(own))))
    values = sketch.digest()
    return tuple(hash(tuple(values[i * _ROWS : (i + 1) * _ROWS])) for i in range(_BANDS))


def _hash(key: PostKey) -> int:
    digest = blake2b("\x00".join(map(str, key)).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> (64 - _BITS)
