"""The table `reposts`."""

from __future__ import annotations

from crawler.items._schema import col, table


@table("reposts")
class Repost:
    """Posts that say the same as another: labelled, never removed."""

    site: str = col("Site.", key=True)
    content_class: str = col("Kind of content.", key=True)
    post_id: int = col("The post.", key=True)
    cluster_id: int = col("The same number for all posts that say the same.")
    similarity: float = col("Similarity to the cluster's oldest post, 0 to 1.")
    method: str = col("exact or near.")
