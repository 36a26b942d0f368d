"""The table `reposts`."""

from __future__ import annotations

from crawler.items._schema import col, table


@table("reposts")
class Repost:
    """Posts that say the same as posts of other threads: labelled, never removed. Short posts are left out."""

    site: str = col("Site.", key=True)
    content_class: str = col("Kind of content.", key=True)
    post_id: int = col("The post.", key=True)
    cluster_id: int = col("The same number for all posts that say the same: a hash of the first of their keys.")
    similarity: float = col(
        "Exact Jaccard similarity of six-character pieces to the cluster's oldest post, 0 to 1; of articles, of their "
        "bodies."
    )
    method: str = col("exact: the same words as the oldest; near: not quite. Near ones need the extra `[reposts]`.")
