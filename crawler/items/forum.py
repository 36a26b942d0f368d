"""The table `forums`."""

from __future__ import annotations

from datetime import datetime

from crawler.items._schema import col, table


@table("forums")
class Forum:
    """Forums (boards) whose listing pages were read."""

    site: str = col("Site: the host in lower case without `www.` and port, unless the job names it.", key=True)
    forum_id: int = col("The forum's own number.", key=True)
    parent_forum_id: int | None = col("The forum above it in the breadcrumb; null at the top.")
    name: str | None = col("Name as shown.")
    url: str = col("Address of its first listing page.")
    n_threads_declared: int | None = col("Threads in the forum, as its listing says; null where it does not say.")
    n_threads_seen: int = col("Threads on its listing pages as last read, and those that slid further down since.")
    complete: bool = col("True when all of its listing pages were read, if only once.")
    last_seen_at: datetime = col("When a listing page of it was last read.", observed=True)
