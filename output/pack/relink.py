"""Links between folders: a quote of a post that its own folder never read, and another one did."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from output.pack.select import Selection
from output.pack.sources import Source

_CONFLICT: Final = 0.5  # confidence in a number whose post is by another author than the quote says
_QUOTE: Final = (
    "site content_class post_id cited_class target_post_id target_thread_id target_version target_state".split()
)
_POST: Final = "site content_class post_id thread_id status author_id".split()
_Key = tuple[str, str]


class Relinker:
    """Knows the posts of the pack that its quotes name and could not find.

    Held are eight bytes a post that is named so, and some thirty a one that is found.
    """

    def __init__(self, sources: Sequence[Source], selections: Sequence[Selection]) -> None:
        self._found: dict[_Key, pa.Table] = {}
        if len(sources) < 2:  # within one folder the publication has joined them
            return
        pairs = list(zip(sources, selections, strict=True))
        wanted = _wanted(pairs)
        parts: defaultdict[_Key, list[pa.Table]] = defaultdict(list)
        for source, selection in pairs if wanted else ():
            for batch in source.batches("posts", _POST):
                posts = selection.filter("posts", batch)
                for key, ids in wanted.items():
                    there = posts.filter(pc.and_(_of(posts, key), pc.is_in(posts.column("post_id"), value_set=ids)))
                    if there.num_rows:
                        parts[key].append(pa.Table.from_batches([there.select(_POST[2:])]))
        self._found = {key: pa.concat_tables(tables).combine_chunks() for key, tables in parts.items()}

    def apply(self, quotes: pa.RecordBatch) -> pa.RecordBatch:
        """The rows of `quotes` with the targets that are in the pack.

        A link by number is checked against the author's number only; the words are not compared, and the version is
        not told.
        """
        columns = {name: quotes.column(name) for name in quotes.schema.names}
        for key, posts in self._found.items():
            due = pc.and_(_of(quotes, key, _class_of(quotes)), pc.equal(columns["target_state"], "unseen"))
            places = pc.index_in(columns["target_post_id"], value_set=posts["post_id"].combine_chunks())
            due = pc.fill_null(pc.and_(due, places.is_valid()), fill_value=False)
            if not pc.any(due).as_py():
                continue
            author, thread, status = (
                posts[name].combine_chunks().take(places) for name in ("author_id", "thread_id", "status")
            )
            by_number = pc.and_(due, pc.fill_null(pc.equal(columns["method"], "explicit_id_unseen"), fill_value=False))
            other = pc.fill_null(pc.not_equal(columns["cited_author_id"], author), fill_value=False)
            columns |= {
                "target_thread_id": pc.if_else(due, thread, columns["target_thread_id"]),
                "target_state": pc.if_else(
                    due, pc.if_else(pc.equal(status, "active"), "seen", "missing"), columns["target_state"]
                ),
                "id_check": pc.if_else(
                    by_number, pc.if_else(other, "author_conflict", "unchecked"), columns["id_check"]
                ),
                "confidence": pc.if_else(pc.and_(by_number, other), _CONFLICT, columns["confidence"]),
                "method": pc.if_else(by_number, "explicit_id", columns["method"]),
            }
        return pa.record_batch(list(columns.values()), quotes.schema)


def _wanted(pairs: Sequence[tuple[Source, Selection]]) -> dict[_Key, pa.Array]:
    """The numbers of posts that are named and not found, by site and kind of content."""
    found: defaultdict[_Key, list[pa.Array]] = defaultdict(list)
    for source, selection in pairs:
        for batch in source.batches("quotes", _QUOTE):
            quotes = selection.filter("quotes", batch)
            quotes = quotes.filter(pc.equal(quotes.column("target_state"), "unseen"))
            kinds = _class_of(quotes)
            sites_kinds = pa.table([quotes.column("site"), kinds], names=["site", "kind"]).group_by(["site", "kind"])
            for row in sites_kinds.aggregate([]).to_pylist():
                key = (row["site"], row["kind"])
                found[key].append(quotes.column("target_post_id").filter(_of(quotes, key, kinds)).drop_null())
    return {key: pc.unique(pa.chunked_array(ids, pa.int64())) for key, ids in found.items()}


def _class_of(quotes: pa.RecordBatch) -> Any:
    """The kind of content that is quoted: that of the quoting post where the quote names none."""
    return pc.coalesce(quotes.column("cited_class"), quotes.column("content_class"))


def _of(rows: pa.RecordBatch, key: _Key, kinds: Any = None) -> Any:
    kinds = rows.column("content_class") if kinds is None else kinds
    return pc.and_(pc.equal(rows.column("site"), key[0]), pc.equal(kinds, key[1]))
