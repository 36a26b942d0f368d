"""The table `posts`."""

from __future__ import annotations

from datetime import datetime

from crawler.items._schema import col, table


@table("posts", sort=("site", "content_class", "thread_id", "created_at", "post_id"))
class Post:
    """Posts that were read, one row each, in their newest version."""

    site: str = col("Site.", key=True)
    content_class: str = col("Kind of content: `forums_Topic` for forum posts.", key=True)
    post_id: int = col("The post's own number, unique within site and content class.", key=True)
    thread_id: int = col("The thread it stands in.")
    position: int | None = col(
        "1-based rank among the thread's active posts; null while an earlier page is missing, and for posts that are "
        "no longer active."
    )
    page: int | None = col("Page of the thread on which it was last seen, from 1.")
    is_first_post: bool = col("True for the post that starts the thread (the article, in a news forum).")
    status: str = col(
        "active; missing: absent from one complete reading of the thread; removed: absent from two, a day apart, and "
        "found in no other thread."
    )
    author_id: int | None = col("Member number of the author; null for a guest.")
    author_name: str | None = col("Author's name as the forum's machine data gives it.")
    author_group: str | None = col("Author's group as shown beside the post; a label in the forum's language.")
    author_is_guest: bool = col(
        "True when the post was written without an account; false in text dumps, which do not tell."
    )
    created_at: datetime | None = col("When it was posted (machine value of the page).")
    edited_at: datetime | None = col("Last edit as the edit mark says; null when there is no mark.")
    edited_by: str | None = col("Who made that edit.")
    edit_reason: str | None = col("Reason given for that edit.")
    n_versions: int = col("Versions of it in `versions` whose source is a page.")
    text: str | None = col(
        "The author's own words: no quotes, no citation lines, no edit mark, no spoiler labels, no signature. One line "
        "a paragraph or list item (`- ` before an item); code verbatim; an emoji as its character; null without words."
    )
    full_text: str | None = col(
        "The post as shown: `text` with quotes in place, each quoted line behind `> ` a level. Null without words."
    )
    html: str | None = col("The body's HTML as served, without the edit mark; null for an empty body.")
    reply_to_post_id: int | None = col("The post it answers: target of its first top-level quote within this thread.")
    reply_method: str | None = col("Linking method of that quote.")
    reply_confidence: float | None = col("Confidence of that link, 0 to 1.")
    n_quotes: int = col("Quotes in it, nested ones included.")
    n_reactions: int | None = col("Reactions in all, where the page shows a count.")
    is_quote_only: bool = col("True when it has a quote and no words of its own.")
    url: str = col("Its address: the thread's page and `#comment-N`; never a `?do=` link.")
    first_seen_at: datetime = col("When it was first read.", observed=True)
    last_seen_at: datetime = col("When it was last read.", observed=True)
