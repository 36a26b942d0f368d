"""Checks numbers that count through: indices, positions, versions, and the tree of quotes."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow.compute as pc

from output.verify.frames import ROW, Frames, place_of, where

_POST = ("site", "content_class", "post_id")


@dataclass(frozen=True, slots=True)
class Rank:
    """``column`` runs from ``first`` without a gap within each ``key``; ``repeats`` where a number has several rows."""

    table: str
    key: tuple[str, ...]
    column: str
    first: int
    repeats: bool = False


RANKS = (
    Rank("quotes", _POST, "quote_index", 0),
    Rank("links", _POST, "link_index", 0),
    Rank("versions", _POST, "version", 1),
    Rank("polls", ("site", "thread_id"), "question_index", 0, repeats=True),
    Rank("polls", ("site", "thread_id", "question_index"), "option_index", 0),
    Rank("posts", ("site", "content_class", "thread_id"), "position", 1),
)


def check_ranks(frames: Frames) -> None:
    """Report gaps and repetitions in numbers that count through, and quotes nested in the wrong place."""
    for rank in RANKS:
        if frames.has(rank.table):
            _check_rank(frames, rank)
    if frames.has("quotes"):
        _check_tree(frames)


def _check_rank(frames: Frames, rank: Rank) -> None:
    table = frames.table(rank.table, (*rank.key, rank.column))
    table = where(table, table[rank.column].is_valid())
    column = rank.column
    groups = table.group_by(list(rank.key)).aggregate(
        [(column, "min"), (column, "max"), (column, "count"), (column, "count_distinct"), (ROW, "min")]
    )
    distinct = groups[f"{column}_count_distinct"]
    good = pc.and_(
        pc.equal(groups[f"{column}_min"], rank.first),
        pc.equal(pc.add(groups[f"{column}_max"], 1 - rank.first), distinct),
    )
    if not rank.repeats:
        good = pc.and_(good, pc.equal(groups[f"{column}_count"], distinct))
    frames.flag(
        column,
        rank.table,
        where(groups, pc.invert(good)).rename_columns({f"{ROW}_min": ROW}),
        lambda row: f"{column} does not count from {rank.first} without a gap in {place_of(row, rank.key)}",
    )


def _check_tree(frames: Frames) -> None:
    quotes = frames.table("quotes", (*_POST, "quote_index", "parent_quote_index", "depth"))
    top = quotes["parent_quote_index"].is_null()
    wrong = where(quotes, pc.and_(top, pc.not_equal(quotes["depth"], 0)))
    frames.flag("depth", "quotes", wrong, lambda row: f"a quote without parent has depth {row['depth']}, not 0")
    parents = quotes.select([*_POST, "quote_index", "depth"]).rename_columns([*_POST, "_parent", "_parent_depth"])
    inner = where(quotes, pc.invert(top)).join(
        parents, keys=[*_POST, "parent_quote_index"], right_keys=[*_POST, "_parent"]
    )
    misplaced = pc.or_(
        pc.greater_equal(inner["parent_quote_index"], inner["quote_index"]), inner["_parent_depth"].is_null()
    )
    frames.flag(
        "parent",
        "quotes",
        where(inner, misplaced),
        lambda row: (
            f"the quote {row['quote_index']} has the parent {row['parent_quote_index']}, no earlier quote of the post"
        ),
    )
    wrong = where(inner, pc.not_equal(inner["depth"], pc.add(inner["_parent_depth"], 1)))
    frames.flag(
        "depth", "quotes", wrong, lambda row: f"depth is {row['depth']}, its parent's is {row['_parent_depth']}"
    )
