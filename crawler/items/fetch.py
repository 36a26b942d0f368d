"""The table `fetches`."""

from __future__ import annotations

from datetime import datetime

from crawler.items._schema import col, table
from crawler.items.refs import FetchFacts


@table("fetches", stored=True, observation=True)
class Fetch:
    """Every request that was sent, and what came of it."""

    fetch_id: int = col("Number of the fetch within the dataset.", key=True)
    run_id: int = col("The run that sent it.")
    site: str = col("Site.")
    url: str = col("Address asked for.")
    final_url: str | None = col("Address that the answer points to: the target of a redirect, else as asked.")
    fetched_at: datetime = col("When the answer was complete.")
    status: int | None = col("HTTP status; null when there was no answer.")
    bytes: int | None = col("Length of the body after decompression.")
    elapsed_ms: int | None = col("Time from request to complete answer, in milliseconds.")
    page_kind: str = col("topic, forum, robots, redirect, wall or error.")
    layout: str | None = col("Layout that read it, such as `ips4`.")
    thread_id: int | None = col("Thread of a topic page, as the page says; as asked where it says nothing.")
    page: int | None = col("Page number, from 1.")
    n_posts: int | None = col("Posts read from it.")
    outcome: str = col(
        "ok; not_modified: the server says that the page is as it was (status 304); else the name of what was found "
        "instead, such as not_found, login, challenge."
    )
    error: str | None = col("Detail: the forum's error code or the cause.")
    body_sha256: str | None = col(
        "Hash of the body after decompression; of not_modified, that of the body it stands for."
    )
    warc_file: str | None = col("Archive file that holds it.")
    warc_offset: int | None = col("Offset of its record in that file.")


def fetch_row(
    facts: FetchFacts,
    *,
    site: str,
    page_kind: str,
    outcome: str,
    layout: str | None = None,
    thread_id: int | None = None,
    page: int | None = None,
    n_posts: int | None = None,
    error: str | None = None,
) -> Fetch:
    """The row of a request that was sent; the store gives it its numbers."""
    return Fetch(
        fetch_id=0,
        run_id=0,
        site=site,
        url=facts.url,
        final_url=facts.final_url,
        fetched_at=facts.fetched_at,
        status=facts.status,
        bytes=facts.bytes,
        elapsed_ms=facts.elapsed_ms,
        page_kind=page_kind,
        layout=layout,
        thread_id=thread_id,
        page=page,
        n_posts=n_posts,
        outcome=outcome,
        error=error,
        body_sha256=facts.body_sha256,
        warc_file=facts.warc_file,
        warc_offset=facts.warc_offset,
    )
