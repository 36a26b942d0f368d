"""Which threads go into a pack: of all folders, of those that were asked for, or a sample of them."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Self

import pyarrow as pa
import pyarrow.compute as pc

from output.pack.errors import PackError
from output.pack.removal import Removal
from output.pack.sources import Source

_LENGTHS = (1, 10, 100, 1000)
_WHERE_FIX = "write site=HOST, forum=ID, thread=ID, from=YYYY-MM-DD or to=YYYY-MM-DD; several values with commas"

ThreadKey = tuple[str, str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """What a thread must be: all of these that are given. ``start`` and ``end`` (exclusive) bound when it was begun."""

    sites: frozenset[str] = frozenset()
    forums: frozenset[int] = frozenset()
    threads: frozenset[int] = frozenset()
    start: datetime | None = None
    end: datetime | None = None

    @classmethod
    def parse(cls, words: Sequence[str]) -> Self:
        """Out of ``site=a,b``, ``forum=1,2``, ``thread=3``, ``from=2024-01-01``, ``to=2025-01-01``."""
        found: dict[str, Any] = {}
        for word in words:
            name, _, value = word.partition("=")
            if name not in _PARSERS or not value or _PARSERS[name][0] in found:
                raise PackError(f"--where {word}: not understood", _WHERE_FIX)
            try:
                found[_PARSERS[name][0]] = _PARSERS[name][1](value)
            except ValueError:
                raise PackError(f"--where {word}: {value!r} is no such value", _WHERE_FIX) from None
        return cls(**found)

    def wants(self, site: str, forum: int | None, thread: int, begun: datetime | None) -> bool:
        """Whether it wants such a thread."""
        timed = self.start is None and self.end is None
        if not timed and begun is not None:
            timed = (self.start is None or begun >= self.start) and (self.end is None or begun < self.end)
        return (
            timed
            and (not self.sites or site in self.sites)
            and (not self.forums or forum in self.forums)
            and (not self.threads or thread in self.threads)
        )

    def as_json(self) -> dict[str, Any]:
        """For the manifest. Numbers of the live site are not told, only how many were named."""
        bounds = {"from": self.start, "to": self.end}
        return {
            "sites": sorted(self.sites),
            "forums": len(self.forums),
            "threads": len(self.threads),
            **{name: None if time is None else time.isoformat() for name, time in bounds.items()},
        }

    @property
    def everything(self) -> bool:
        """Whether it wants all threads."""
        return self == Where()


@dataclass(slots=True)
class Selection:
    """The threads and posts of one folder that go into the pack; ``threads`` None: all of them."""

    threads: dict[tuple[str, str], pa.Array] | None = None
    posts: dict[tuple[str, str], pa.Array] = field(default_factory=dict)
    forums: dict[str, pa.Array] = field(default_factory=dict)
    removal: Removal | None = None

    def filter(self, table: str, batch: pa.RecordBatch) -> pa.RecordBatch:
        """The rows of a batch that go into the pack; of members all, for they are counted anew."""
        if self.removal is not None:
            batch = self.removal.keep(table, batch)
        if self.threads is None or table == "authors":
            return batch
        if table == "forums":
            return batch.filter(_in(batch, "forum_id", self.forums))
        if "thread_id" in batch.schema.names:
            return batch.filter(_in(batch, "thread_id", self.threads))
        batch = batch.filter(_in(batch, "post_id", self.posts))
        return self._unlinked(batch) if table == "quotes" else batch

    def _unlinked(self, quotes: pa.RecordBatch) -> pa.RecordBatch:
        """Quotes of posts that stay behind: their targets are not in this dataset."""
        outside = pc.and_(
            pc.is_in(quotes.column("target_state"), value_set=pa.array(["seen", "missing"])),
            pc.invert(_in(quotes, "target_thread_id", self.threads or {})),
        )
        state = pc.if_else(outside, "unseen", quotes.column("target_state"))
        version = pc.if_else(outside, pa.scalar(None, pa.int64()), quotes.column("target_version"))
        columns = {name: quotes.column(name) for name in quotes.schema.names}
        columns |= {"target_state": state, "target_version": version}
        return pa.record_batch(list(columns.values()), quotes.schema)


def _in(batch: pa.RecordBatch, column: str, wanted: Mapping[Any, pa.Array]) -> Any:
    mask: Any = pa.repeat(pa.scalar(value=False), batch.num_rows)
    for key, numbers in wanted.items():
        site, content = key if isinstance(key, tuple) else (key, None)
        one = pc.and_(pc.equal(batch.column("site"), site), pc.is_in(batch.column(column), value_set=numbers))
        if content is not None and "content_class" in batch.schema.names:
            one = pc.and_(one, pc.equal(batch.column("content_class"), content))
        mask = pc.or_(mask, one)
    return mask


@dataclass(frozen=True, slots=True)
class _Thread:
    source: int
    seen: datetime | None
    forum: int | None
    posts: int
    begun: datetime | None


def select(
    sources: Sequence[Source], where: Where, sample: int | None, seed: int
) -> tuple[list[Selection], dict[str, Any] | None]:
    """A selection a folder, and what the sample took of each stratum. One entry a thread is held.

    A thread of several folders is taken from the one that read it last. Raises :class:`PackError` where nothing
    is left.
    """
    shared = len({site for source in sources for site in _sites(source)}) < sum(len(_sites(s)) for s in sources)
    if where.everything and sample is None and not shared:
        return [Selection() for _ in sources], None
    threads = _threads(sources, where)
    strata = None
    if sample is not None:
        threads, strata = _sampled(threads, sample, seed)
    if not threads:
        raise PackError(
            "no thread is left to pack", "ask for less with --where, or look into it with `threadset status`"
        )
    claimed: set[tuple[str, int]] = set()
    return [_of_source(source, number, threads, claimed) for number, source in enumerate(sources)], strata


def _sites(source: Source) -> set[str]:
    return {site for (site,) in source.values("threads", "site")} | {s for (s,) in source.values("authors", "site")}


def _threads(sources: Sequence[Source], where: Where) -> dict[ThreadKey, _Thread]:
    found: dict[ThreadKey, _Thread] = {}
    columns = "site content_class thread_id forum_id created_at n_posts_seen last_seen_at".split()
    for number, source in enumerate(sources):
        for site, content, thread, forum, begun, posts, seen in source.values("threads", *columns):
            one = _Thread(number, seen, forum, posts, begun)
            key = (site, content, thread)
            if where.wants(site, forum, thread, begun) and _newer(one, found.get(key)):
                found[key] = one
    return found


def _newer(one: _Thread, other: _Thread | None) -> bool:
    if other is None or other.seen is None:
        return other is None or one.seen is not None
    return one.seen is not None and one.seen > other.seen


def _sampled(
    threads: Mapping[ThreadKey, _Thread], wanted: int, seed: int
) -> tuple[dict[ThreadKey, _Thread], dict[str, Any]]:
    """A sample in proportion to the strata: length (1, 10, 100, 1000 posts or more) by year of the beginning."""
    strata: defaultdict[str, list[ThreadKey]] = defaultdict(list)
    for key, thread in threads.items():
        if thread.posts:
            strata[_stratum(thread)].append(key)
    total = sum(map(len, strata.values()))
    wanted = min(wanted, total)
    shares = {name: wanted * len(keys) / total for name, keys in strata.items()}
    taken = {name: int(share) for name, share in shares.items()}
    rest = sorted(strata, key=lambda name: (taken[name] - shares[name], name))
    for name in rest[: wanted - sum(taken.values())]:
        taken[name] += 1
    chosen = {key for name, keys in strata.items() for key in sorted(keys, key=lambda k: _draw(seed, k))[: taken[name]]}
    facts = {name: {"threads": len(strata[name]), "taken": taken[name]} for name in sorted(strata)}
    return {key: thread for key, thread in threads.items() if key in chosen}, facts


def _stratum(thread: _Thread) -> str:
    length = max(bound for bound in _LENGTHS if thread.posts >= bound)
    return f"{length}+ posts, {thread.begun.year if thread.begun else 'year unknown'}"


def _draw(seed: int, key: ThreadKey) -> bytes:
    return hashlib.blake2b(repr((seed, *key)).encode(), digest_size=8).digest()


def _of_source(
    source: Source, number: int, threads: Mapping[ThreadKey, _Thread], claimed: set[tuple[str, int]]
) -> Selection:
    """``claimed`` are forums that an earlier folder gives, and this one adds its own."""
    mine = {key: thread for key, thread in threads.items() if thread.source == number}
    forums = {(key[0], thread.forum) for key, thread in mine.items() if thread.forum is not None} - claimed
    here = set(source.values("forums", "site", "forum_id"))
    forums &= here
    claimed |= forums
    chosen = Selection(
        _grouped(((site, content), thread) for site, content, thread in mine),
        forums=_grouped(forums),
    )
    posts: defaultdict[tuple[str, str], list[pa.Array]] = defaultdict(list)
    for batch in source.batches("posts", ["site", "content_class", "thread_id", "post_id"]):
        for key in chosen.threads or ():
            rows = batch.filter(_in(batch, "thread_id", {key: (chosen.threads or {})[key]}))
            posts[key].append(rows.column("post_id"))
    chosen.posts = {key: pa.concat_arrays(found) for key, found in posts.items()}
    return chosen


def _grouped(pairs: Iterable[tuple[Any, int]]) -> dict[Any, pa.Array]:
    groups: defaultdict[Any, set[int]] = defaultdict(set)
    for key, number in pairs:
        groups[key].add(number)
    return {key: pa.array(sorted(numbers), pa.int64()) for key, numbers in sorted(groups.items())}


def _numbers(text: str) -> frozenset[int]:
    return frozenset(int(part) for part in text.split(","))


def _day(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


_PARSERS: dict[str, tuple[str, Any]] = {
    "site": ("sites", lambda text: frozenset(text.split(","))),
    "forum": ("forums", _numbers),
    "thread": ("threads", _numbers),
    "from": ("start", _day),
    "to": ("end", _day),
}
