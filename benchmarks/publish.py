"""Derive and publish a thread of many posts, against pyarrow and orjson alone on the same rows."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.timing import alternate, row
from crawler.items import TABLES, Body, PostSeen, ThreadSeen
from crawler.items.arrow import arrow_schema
from crawler.items.history import PageReading, ThreadHistory, ThreadKey
from output import Publisher
from pipelines.derive import derive

_POSTS = 20_000
_START = datetime(2024, 1, 1, tzinfo=UTC)
_WORDS = "the harbour office said on Tuesday that three ferries will stay in port until the storm has passed " * 4


def run() -> Iterator[str]:
    """20,000 posts of 400 characters, 25 a page."""
    history = _history()
    rows = derive(history).tables
    posts = rows["posts"]

    def bare() -> None:
        with tempfile.TemporaryDirectory() as folder:
            for name, made in rows.items():
                schema = arrow_schema(TABLES[name])
                columns = {c: [getattr(r, c) for r in made] for c in schema.names}
                pq.write_table(pa.table(columns, schema=schema), f"{folder}/{name}.parquet", compression="zstd")
                with Path(folder, f"{name}.jsonl").open("wb") as file:
                    file.writelines(orjson.dumps(r, option=orjson.OPT_APPEND_NEWLINE) for r in made)

    def ours() -> None:
        with tempfile.TemporaryDirectory() as folder, Publisher(Path(folder)) as publisher:
            publisher.add(derive(history).tables)
            publisher.finish({})

    yield row(f"derive and publish {len(posts):,} posts", *alternate(ours, bare, 3), "pyarrow and orjson alone")


def _history() -> ThreadHistory:
    key = ThreadKey("forum.example", "forums_Topic", 1)
    pages = []
    for first in range(0, _POSTS, 25):
        seen = [_post(number) for number in range(first + 1, first + 26)]
        thread = ThreadSeen(
            content_class=key.content_class,
            thread_id=1,
            page=first // 25 + 1,
            n_pages=_POSTS // 25,
            url="https://forum.example/topic/1-x/",
        )
        at = _START + timedelta(days=400, seconds=first)
        pages.append(PageReading(fetch_id=first + 1, run_id=1, fetched_at=at, thread=thread, posts=seen))
    return ThreadHistory(key=key, pages=pages, outcome="ok")


def _post(number: int) -> PostSeen:
    text = f"{number} {_WORDS}"
    body = Body(
        html=f"<p>{text}</p>", text=text, full_text=text, text_hash=number.to_bytes(16, "big"), parser_version=1
    )
    return PostSeen(
        post_id=number,
        is_first_post=number == 1,
        author_id=number % 500 + 1,
        author_name=f"member {number % 500}",
        author_group="Members",
        created_at=_START + timedelta(minutes=number),
        body=body,
    )
