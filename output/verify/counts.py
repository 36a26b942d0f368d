"""Checks that what is counted or copied in one table is what another table holds."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from output.verify.frames import ROW, Frames, where

_POST = ("site", "content_class", "post_id")
_THREAD = ("site", "content_class", "thread_id")


@dataclass(frozen=True, slots=True)
class Count:
    """``column`` of ``table`` is the number of rows of ``of`` with its ``key``, where ``when`` holds."""

    table: str
    column: str
    key: tuple[str, ...]
    of: str
    what: str
    when: tuple[str, str] | None = None


COUNTS = (
    Count("threads", "n_posts_seen", _THREAD, "posts", "active posts", ("status", "active")),
    Count("authors", "n_posts_seen", ("site", "author_id"), "posts", "active posts", ("status", "active")),
    Count("posts", "n_quotes", _POST, "quotes", "quotes"),
    Count("posts", "n_versions", _POST, "versions", "versions read from a page", ("source", "page")),
)


def check_counts(frames: Frames) -> None:
    """Report counts that do not hold, and posts whose text is not that of their current version."""
    for count in COUNTS:
        if frames.has(count.table, count.of):
            _check_count(frames, count)
    if frames.has("posts", "versions"):
        _check_current(frames)


def _check_count(frames: Frames, count: Count) -> None:
    key = list(count.key)
    rows = frames.table(count.of, count.key if count.when is None else (*count.key, count.when[0]))
    if count.when is not None:
        rows = where(rows, pc.equal(rows[count.when[0]], count.when[1]))
    found = rows.group_by(key).aggregate([(ROW, "count")]).rename_columns({f"{ROW}_count": "_found"})
    table = frames.table(count.table, (*count.key, count.column)).join(found, keys=key)
    have = pc.fill_null(table["_found"], 0)
    table = table.set_column(table.column_names.index("_found"), "_found", have)
    wrong = where(table, pc.not_equal(table[count.column], have))
    frames.flag(
        count.column,
        count.table,
        wrong,
        lambda row: f"{count.column} is {row[count.column]}, but there are {row['_found']} {count.what}",
    )


def _check_current(frames: Frames) -> None:
    versions = _with_hash(frames, "versions", (*_POST, "is_current"))
    versions = where(versions, versions["is_current"]).drop_columns(["is_current", ROW])
    number = versions.group_by(list(_POST)).aggregate([("_hash", "count"), ("_hash", "min")])
    posts = _with_hash(frames, "posts", _POST).join(number, keys=list(_POST))
    found = pc.fill_null(posts["_hash_count"], 0)
    posts = posts.set_column(posts.column_names.index("_hash_count"), "_hash_count", found)
    frames.flag(
        "current version",
        "posts",
        where(posts, pc.not_equal(found, 1)),
        lambda row: f"{row['_hash_count']} of its versions are current, which should be 1",
    )
    differs = pc.and_(pc.equal(found, 1), pc.not_equal(posts["_hash"], posts["_hash_min"]))
    frames.flag("text", "posts", where(posts, differs), lambda _: "its text is not that of its current version")


def _with_hash(frames: Frames, name: str, columns: tuple[str, ...]) -> pa.Table:
    """Some columns and a hash of `text` in its place: all texts of a dataset may not fit into memory."""
    texts = (batch.column(0) for entry in frames.usable[name] for batch in frames.batches(entry, ["text"]))
    hashes = [pa.array([hash(text) for text in column.to_pylist()], pa.int64()) for column in texts]
    return frames.table(name, columns).append_column("_hash", pa.chunked_array(hashes, pa.int64()))
