"""Derive and publish threads, against pyarrow and orjson alone on the same rows; CPU time, as disks differ."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.timing import alternate, row
from crawler.items import TABLES, Body, PostSeen, ThreadSeen
from crawler.items.arrow import arrow_schema
from crawler.items.history import PageReading, ThreadHistory, ThreadKey
from output import Publisher
from pipelines.derive import derive

_ROUNDS = 7
_BASE = "pyarrow and orjson alone"
_START = datetime(2024, 1, 1, tzinfo=UTC)
_WORDS = "the harbour office said on Tuesday that three ferries will stay in port until the storm has passed " * 4

Tables = Mapping[str, Sequence[Any]]


def run() -> Iterator[str]:
    """20,000 posts of 400 characters, 25 a page: in one thread, and in 2,000."""
    yield from _measured("one thread", [_history(1, 20_000)])
    yield from _measured("2,000 threads", [_history(number, 10) for number in range(1, 2001)])


def _measured(what: str, histories: Sequence[ThreadHistory]) -> Iterator[str]:
    derived = [derive(history).tables for history in histories]
    together = {name: [one for tables in derived for one in tables[name]] for name in derived[0]}

    def both() -> None:
        _publish(derive(history).tables for history in histories)

    def derive_alone() -> None:
        for history in histories:
            derive(history)

    what = f"{len(together['posts']):,} posts in {what}"
    for name, ours in (
        ("derive and publish", both),
        ("derive", derive_alone),
        ("publish", lambda: _publish(derived)),
    ):
        yield row(f"{name} {what}", *alternate(ours, lambda: _bare(together), _ROUNDS, time.process_time), _BASE)


def _publish(derived: Iterable[Tables]) -> None:
    with tempfile.TemporaryDirectory() as folder, Publisher(Path(folder)) as publisher:
        for tables in derived:
            publisher.add(tables)
        publisher.finish({})


def _bare(tables: Tables) -> None:
    """The least that makes the same two files of each table: no checks, order, hashes, nesting or flushing."""
    options = orjson.OPT_APPEND_NEWLINE | orjson.OPT_UTC_Z
    with tempfile.TemporaryDirectory() as folder:
        for name, rows in tables.items():
            schema = arrow_schema(TABLES[name])
            columns = {column: [getattr(one, column) for one in rows] for column in schema.names}
            path = Path(folder, name)
            table = pa.table(columns, schema=schema)
            pq.write_table(table, path.with_suffix(".parquet"), compression="zstd", compression_level=3)
            with path.with_suffix(".jsonl").open("wb") as file:
                file.writelines(orjson.dumps(one, option=options) for one in rows)


def _history(thread_id: int, n_posts: int) -> ThreadHistory:
    key = ThreadKey("forum.example", "forums_Topic", thread_id)
    n_pages = -(-n_posts // 25)
    before = (thread_id - 1) * n_posts
    pages = []
    for page in range(1, n_pages + 1):
        ranks = range(25 * page - 24, min(25 * page, n_posts) + 1)
        thread = ThreadSeen(
            content_class=key.content_class,
            thread_id=thread_id,
            page=page,
            n_pages=n_pages,
            url=f"https://forum.example/topic/{thread_id}-x/",
        )
        fetch = thread_id * n_pages + page
        at = _START + timedelta(days=400, seconds=fetch)
        posts = [_post(before + rank, is_first=rank == 1) for rank in ranks]
        pages.append(PageReading(fetch_id=fetch, run_id=1, fetched_at=at, thread=thread, posts=posts))
    return ThreadHistory(key=key, pages=pages, outcome="ok")


def _post(number: int, *, is_first: bool) -> PostSeen:
    text = f"{number} {_WORDS}"
    body = Body(
        html=f"<p>{text}</p>", text=text, full_text=text, text_hash=number.to_bytes(16, "big"), parser_version=1
    )
    return PostSeen(
        post_id=number,
        is_first_post=is_first,
        author_id=number % 500 + 1,
        author_name=f"member {number % 500}",
        author_group="Members",
        created_at=_START + timedelta(minutes=number),
        body=body,
    )
