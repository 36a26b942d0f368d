"""The table `reactions`."""

from __future__ import annotations

from crawler.items._schema import col, table


@table("reactions")
class Reaction:
    """Reaction counts a post and kind, as last read. Who reacted is not public on the page and is not collected."""

    site: str = col("Site.", key=True)
    content_class: str = col("Kind of content.", key=True)
    post_id: int = col("The post.", key=True)
    reaction: str = col("Name of the reaction as the forum calls it.", key=True)
    count: int = col("How many.")
