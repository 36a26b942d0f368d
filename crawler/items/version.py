"""The table `versions`."""

from __future__ import annotations

from datetime import datetime

from crawler.items._schema import col, table


@table("versions")
class Version:
    """States of a post, oldest first. A new version is a change of words, quotes or structure, nothing less."""

    site: str = col("Site.", key=True)
    content_class: str = col("Kind of content.", key=True)
    post_id: int = col("The post.", key=True)
    version: int = col("1 for the oldest state that was read; those known from quotes alone come behind.", key=True)
    is_current: bool = col("True for the state last seen.")
    source: str = col("page: read from the post itself; quote: recovered from a quote of it.")
    text: str | None = col("As in `posts`.")
    full_text: str | None = col("As in `posts`.")
    html: str | None = col("As in `posts`; null when recovered from a quote.")
    text_hash: str = col("Hash of normalised words, quotes and structure: equal hashes are the same version.")
    edited_at: datetime | None = col("Edit mark that this state carried.")
    edited_by: str | None = col("Who made that edit.")
    edit_reason: str | None = col("Reason given for it.")
    parser_version: int = col("Version of the parser that read it.", observed=True)
    observed_from: datetime = col("When this state was first read.", observed=True)
    observed_to: datetime = col("When this state was last read.", observed=True)
