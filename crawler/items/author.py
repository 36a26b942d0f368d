"""The table `authors`."""

from __future__ import annotations

from datetime import datetime

from crawler.items._schema import col, table


@table("authors")
class Author:
    """Members whose posts were read. Guests have no row: their names identify nobody."""

    site: str = col("Site.", key=True)
    author_id: int = col("Member number.", key=True)
    author_name: str | None = col("Name as last seen.")
    known_names: list[str] = col("All names seen for this number, sorted.", factory=list)
    author_group: str | None = col("Group on the newest post read.")
    n_posts_seen: int = col("Active posts read.")
    first_post_at: datetime | None = col("Time of the oldest post read.")
    last_post_at: datetime | None = col("Time of the newest post read.")
