"""Checks that rows point at rows that are there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from output.verify.frames import ROW, Frames, place_of, where

_POST = ("site", "content_class", "post_id")
_THREAD = ("site", "content_class", "thread_id")


@dataclass(frozen=True, slots=True)
class Reference:
    """``columns`` of ``table`` name a row of ``target`` by its ``target_columns``.

    ``when`` restricts it to rows in which that column has one of the values; otherwise rows with a null in the
    columns point nowhere and are left out.
    """

    table: str
    columns: tuple[str, ...]
    target: str
    target_columns: tuple[str, ...]
    when: tuple[str, tuple[str, ...]] | None = None


REFERENCES = (
    Reference("posts", _THREAD, "threads", _THREAD),
    Reference("posts", ("site", "author_id"), "authors", ("site", "author_id")),
    Reference("posts", (*_THREAD, "reply_to_post_id"), "posts", (*_THREAD, "post_id")),
    *(Reference(name, _POST, "posts", _POST) for name in "versions quotes events links reactions reposts".split()),
    Reference("articles", (*_POST, "thread_id"), "posts", (*_POST, "thread_id")),
    Reference("article_spans", _POST, "articles", _POST),
    Reference("events", _THREAD, "threads", _THREAD),
    Reference("polls", ("site", "thread_id"), "threads", ("site", "thread_id")),
    Reference("fetches", ("run_id",), "runs", ("run_id",)),
    Reference(
        "quotes",
        ("site", "target_post_id", "target_thread_id"),
        "posts",
        ("site", "post_id", "thread_id"),
        when=("target_state", ("seen", "missing")),
    ),
)


def check_references(frames: Frames) -> None:
    """Report rows that point at nothing."""
    for reference in REFERENCES:
        if frames.has(reference.table, reference.target):
            _check(frames, reference)


def _check(frames: Frames, reference: Reference) -> None:
    columns = reference.columns if reference.when is None else (*reference.columns, reference.when[0])
    source = frames.table(reference.table, columns)
    source = where(source, _relevant(source, reference))
    target = frames.table(reference.target, reference.target_columns).drop_columns([ROW])
    dangling = source.join(
        target,
        keys=list(reference.columns),
        right_keys=list(reference.target_columns),
        join_type="left anti",
    )
    label = ", ".join(reference.columns)
    frames.flag(
        f"{label} → {reference.target}",
        reference.table,
        dangling,
        lambda row: f"{label} {place_of(row, reference.columns)} is not in {reference.target}",
    )


def _relevant(source: pa.Table, reference: Reference) -> Any:
    if reference.when is not None:
        column, values = reference.when
        return pc.is_in(source[column], value_set=pa.array(values))
    mask = source[reference.columns[0]].is_valid()
    for name in reference.columns[1:]:
        mask = pc.and_(mask, source[name].is_valid())
    return mask
