"""The table `threads`."""

from __future__ import annotations

from datetime import datetime

from crawler.items._schema import col, table


@table("threads")
class Thread:
    """Threads (topics): those read and those that a listing named, whether or not they could be read."""

    site: str = col("Site.", key=True)
    content_class: str = col("Kind of content in the spelling of the quote attribute: `forums_Topic`.", key=True)
    thread_id: int = col("The thread's own number.", key=True)
    forum_id: int | None = col("The forum that holds it: the last forum of the breadcrumb.")
    forum_path: list[str] | None = col("Names of the forums above it, outermost first.")
    title: str | None = col("Title.")
    url: str | None = col("Canonical address of its first page.")
    author_id: int | None = col("Member who started it; null for a guest or where unknown.")
    author_name: str | None = col("Name of who started it.")
    created_at: datetime | None = col("When it was started.")
    last_post_at: datetime | None = col("Time of the newest post known: a post read, or what the listing says.")
    n_posts_declared: int | None = col(
        "Posts in the thread as its page says: 1 plus the CommentAction count of the JSON-LD; null where it has none."
    )
    n_posts_seen: int = col("Active posts read.")
    n_pages: int | None = col("Pages of the thread, as its pager says.")
    n_views: int | None = col("Views, as the page said when last read.", observed=True)
    tags: list[str] = col("Tags, in the order shown.", factory=list)
    is_pinned: bool | None = col("Pinned to the top of its forum; null where neither page nor listing was read.")
    is_locked: bool | None = col("Closed to replies.")
    is_solved: bool | None = col("Marked as solved.")
    has_poll: bool | None = col("Carries a poll.")
    status: str = col(
        "active; missing (404, 410); merged (it was read, and answers under another id now); moved (a row that only "
        "names another id, or an id that only ever answered under another one); forbidden (403)."
    )
    moved_to_thread_id: int | None = col("Where a moved or merged thread went.")
    complete: bool = col("True when every page was read and as many posts were found as the page declares.")
    first_seen_at: datetime | None = col("When one of its pages was first read.", observed=True)
    last_seen_at: datetime | None = col("When one of its pages was last read.", observed=True)
