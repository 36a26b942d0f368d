"""Who quotes whom: members and the quotes between them, counted over the whole dataset."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from output.report.figures import Source, any_of, read, tell

Who = tuple[str, int | str | None]
"""A site and who it is there: number of a member, name of one without a number, or None for all guests together."""

Place = tuple[str, str, int]
"""Site, content class and number of a post."""


@dataclass(slots=True)
class Member:
    """A person of the graph; quotes are those at the top of a post, in posts of others and of their own.

    ``name`` is None for somebody who is known by number alone.
    """

    who: Who
    name: str | None = None
    posts: int = 0
    quotes: int = 0
    quoted: int = 0
    own: int = 0

    @property
    def is_guests(self) -> bool:
        """True for all guests of a site: their names identify nobody."""
        return self.who[1] is None


@dataclass(frozen=True, slots=True)
class Quoted:
    """A post that others quote: in how many posts, by how many people.

    ``thread_id`` and ``status`` are None where it was never read.
    """

    place: Place
    thread_id: int | None
    author: int | None
    posts: int
    people: int
    status: str | None = None


@dataclass(slots=True)
class Quoting:
    """The graph. ``edges`` count quotes by the ranks in ``members`` of who quotes and who is quoted.

    ``nested`` quotes stand inside others and are left out, as are those ``unlinked`` and those that cite ``nobody``.
    """

    members: list[Member] = field(default_factory=list)
    edges: Counter[tuple[int, int]] = field(default_factory=Counter)
    most_quoted: list[Quoted] = field(default_factory=list)
    nested: int = 0
    unlinked: int = 0
    nobody: int = 0

    def ranked(self) -> list[int]:
        """Ranks of the members who quote others or are quoted by them, the most quoted first."""
        taking = {rank for pair in self.edges if pair[0] != pair[1] for rank in pair}
        return sorted(taking, key=self._order)

    def _order(self, rank: int) -> tuple[int, int, str, str]:
        one = self.members[rank]
        return -one.quoted, -one.quotes, one.who[0], str(one.who[1])


_POST = "site content_class post_id thread_id status author_id author_name author_is_guest".split()
_QUOTE = (
    "site content_class post_id depth target_post_id target_state cited_post_id cited_class "
    "cited_author_id cited_author_name"
).split()


def quoting(source: Source, most: int = 15) -> Quoting:
    """Count, and find the posts that are quoted most. Raises :class:`output.DatasetError`."""
    return _Counting(source).count(most)


class _Counting:
    """Keeps numbers alone of each post and each quote: names stand once."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.found = Quoting()
        self.ranks: dict[Who, int] = {}
        self.named: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
        self.spaces: dict[tuple[str, str], int] = {}
        self.statuses: dict[str, int] = {}

    def count(self, most: int) -> Quoting:
        posts = pa.Table.from_batches([self._posts(batch) for batch in read(self.source, "posts", _POST)], _POSTS)
        for batch in read(self.source, "authors", ["site", "author_id", "author_name"]):
            for site, number, name in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                if (site, number) in self.ranks and name is not None:
                    self._call(self.ranks[site, number], name)
        for author in posts["author"].chunks:
            for rank, number in tell(author.drop_null()):
                self.found.members[rank].posts += number
        quotes = pa.Table.from_batches([self._quotes(batch) for batch in read(self.source, "quotes", _QUOTE)], _QUOTES)
        linked = self._linked(posts, quotes)
        self._edges(linked)
        self._most_quoted(linked, most)
        return self.found

    def _rank(self, who: Who, name: str | None) -> int:
        rank = self.ranks.get(who)
        if rank is None:
            rank = self.ranks[who] = len(self.found.members)
            self.found.members.append(Member(who))
        if name is not None:
            if self.found.members[rank].name is None and who[1] is not None:
                self.found.members[rank].name = name
            self.named[who[0], name].add(rank)
        return rank

    def _call(self, rank: int, name: str) -> None:
        self.found.members[rank].name = name
        self.named[self.found.members[rank].who[0], name].add(rank)

    def _posts(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        table = pa.Table.from_batches([batch])
        guest = table["author_is_guest"]
        name = pc.if_else(guest, None, table["author_name"])
        people = {"site": table["site"], "id": table["author_id"], "guest": guest, "name": name}
        author = _coded(pa.table(people), self._author)
        space = _coded(table.select(["site", "content_class"]), self._space)
        status = _coded(
            table.select(["status"]), lambda row: self.statuses.setdefault(row["status"], len(self.statuses))
        )
        return _batch([space, table["post_id"], table["thread_id"], author, status], _POSTS)

    def _author(self, row: dict[str, Any]) -> int | None:
        site, number, name = str(row["site"]), row["id"], row["name"]
        known = name if isinstance(name, str) else None
        if row["guest"]:
            return self._rank((site, None), None)
        if isinstance(number, int):
            return self._rank((site, number), known)
        return None if known is None else self._rank((site, known), known)

    def _space(self, row: dict[str, Any]) -> int:
        key = (str(row["site"]), str(row["content_class"]))
        return self.spaces.setdefault(key, len(self.spaces))

    def _quotes(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        table = pa.Table.from_batches([batch])
        nested = pc.greater(table["depth"], 0)
        self.found.nested += pc.sum(nested).as_py() or 0
        table = table.filter(pc.invert(nested))
        unlinked = pc.or_(pc.equal(table["target_state"], "unresolved"), pc.is_null(table["target_post_id"]))
        self.found.unlinked += pc.sum(unlinked).as_py() or 0
        table = table.filter(pc.invert(unlinked))
        people = {"site": table["site"], "id": table["cited_author_id"], "name": table["cited_author_name"]}
        cited = _coded(pa.table(people), self._cited)
        space = _coded(table.select(["site", "content_class"]), self._space)
        by_number = pc.and_(table["cited_post_id"].is_valid(), table["cited_class"].is_valid())
        classes = pc.if_else(by_number, table["cited_class"], table["content_class"])
        there = _coded(pa.table({"site": table["site"], "content_class": classes}), self._space)
        return _batch([space, table["post_id"], there, table["target_post_id"], cited], _QUOTES)

    def _cited(self, row: dict[str, Any]) -> int | None:
        """Who is cited: by number, else whoever bears the name if it is one alone, else a name."""
        if not any_of(row):
            return None
        site, number, name = str(row["site"]), row["id"], row["name"]
        known = name if isinstance(name, str) else None
        if isinstance(number, int):
            return self._rank((site, number), known)
        bearers = self.named.get((site, known or ""), set())
        return next(iter(bearers)) if len(bearers) == 1 else self._rank((site, known), known)

    def _linked(self, posts: pa.Table, quotes: pa.Table) -> pa.Table:
        """The quotes with who quotes and who is quoted: the author of the post if it was read, else who is cited."""
        quoting = posts.select(["space", "post", "author"]).rename_columns(["space", "post", "from"])
        target = posts.rename_columns(["there", "target", "thread", "author", "status"])
        joined = quotes.join(quoting, ["space", "post"]).join(target, ["there", "target"])
        return joined.append_column("to", pc.coalesce(joined["author"], joined["cited"]))

    def _edges(self, linked: pa.Table) -> None:
        whole = linked.filter(pc.and_(linked["from"].is_valid(), linked["to"].is_valid()))
        self.found.nobody = len(linked) - len(whole)
        for row in whole.group_by(["from", "to"]).aggregate([([], "count_all")]).to_pylist():
            one, other, number = row["from"], row["to"], row["count_all"]
            self.found.edges[one, other] += number
            if one == other:
                self.found.members[one].own += number
            else:
                self.found.members[one].quotes += number
                self.found.members[other].quoted += number

    def _most_quoted(self, linked: pa.Table, most: int) -> None:
        spaces = {number: key for key, number in self.spaces.items()}
        statuses = {number: name for name, number in self.statuses.items()}
        grouped = linked.group_by(["there", "target"]).aggregate(
            [
                ("post", "count_distinct"),
                ("from", "count_distinct"),
                ("thread", "max"),
                ("to", "max"),
                ("status", "max"),
            ]
        )
        order = [(f"{name}_count_distinct", "descending") for name in ("post", "from")]
        order += [("there", "ascending"), ("target", "ascending")]
        for row in grouped.sort_by(order).slice(0, most).to_pylist():
            self.found.most_quoted.append(
                Quoted(
                    place=(*spaces[row["there"]], row["target"]),
                    thread_id=row["thread_max"],
                    author=row["to_max"],
                    posts=row["post_count_distinct"],
                    people=row["from_count_distinct"],
                    status=statuses.get(row["status_max"]),
                )
            )


_SPACE, _POST_ID, _PERSON = pa.int32(), pa.int64(), pa.int32()
_POSTS = pa.schema(
    [("space", _SPACE), ("post", _POST_ID), ("thread", pa.int64()), ("author", _PERSON), ("status", pa.int32())]
)
_QUOTES = pa.schema(
    [("space", _SPACE), ("post", _POST_ID), ("there", _SPACE), ("target", _POST_ID), ("cited", _PERSON)]
)


def _batch(columns: Sequence[pa.ChunkedArray], schema: pa.Schema) -> pa.RecordBatch:
    return pa.record_batch([column.combine_chunks() for column in columns], schema)


def _coded(table: pa.Table, code: Callable[[dict[str, Any]], int | None]) -> pa.ChunkedArray:
    """A number for each row, from a function that is asked once for rows that are equal.

    Only the last column may hold any characters whatever: the columns are told apart by a separator.
    """
    texts = [pc.binary_join_element_wise("=", column.cast(pa.string()), "") for column in table.columns]
    keys = pc.binary_join_element_wise(*texts, "\x1f", null_handling="replace", null_replacement="")
    encoded = keys.combine_chunks().dictionary_encode()
    first = pa.table({"code": encoded.indices, "row": pa.array(range(len(table)), pa.int64())})
    first = first.group_by("code").aggregate([("row", "min")]).sort_by("code")
    codes = pa.array([code(row) for row in table.take(first["row_min"]).to_pylist()], pa.int32())
    return pa.chunked_array([codes.take(encoded.indices)], pa.int32())
