"""The table `quotes`."""

from __future__ import annotations

from datetime import datetime

from crawler.items._schema import col, table


@table("quotes")
class Quote:
    """Quotes, one row each, linked or not, in document pre-order."""

    site: str = col("Site.", key=True)
    content_class: str = col("Kind of content of the quoting post.", key=True)
    post_id: int = col("The quoting post.", key=True)
    quote_index: int = col("0-based rank of the quote in the post, in document pre-order.", key=True)
    parent_quote_index: int | None = col("The quote it is nested in; null at the top.")
    depth: int = col("0 for a top-level quote.")
    quoted_text: str | None = col("The quoted words, without those of quotes nested in it; null when there are none.")
    cited_author_name: str | None = col("Author's name as the markup cites it.")
    cited_author_id: int | None = col("Member number as the markup cites it.")
    cited_at: datetime | None = col("Time of the quoted post as the markup cites it.")
    cited_post_id: int | None = col("Post number as the markup cites it.")
    cited_thread_id: int | None = col("Thread number as the markup cites it.")
    cited_class: str | None = col("Content class as the markup cites it.")
    target_post_id: int | None = col("The post that is quoted; null when unresolved.")
    target_thread_id: int | None = col("The thread of that post.")
    target_version: int | None = col("The version of it that holds the quoted words; null where none does.")
    target_state: str = col(
        "seen: the target is in `posts`; unseen: named, never read; missing: read once, gone since; unresolved."
    )
    method: str | None = col(
        "Rule that answered: explicit_id, explicit_id_unseen, author_time, author_exact, author_shingle, "
        "author_partial; null when unresolved, but layout in text dumps, where the extent of a quote is a guess."
    )
    confidence: float | None = col("Confidence of the link, or (layout) of the extent, 0 to 1; null when unresolved.")
    candidate_post_id: int | None = col("A text match without an author: a hint, not a link.")
    n_candidates: int | None = col("Posts that the rule could choose from; null for explicit ids.")
    id_check: str = col(
        "What comparing an explicit id with author and text found: verified, author_conflict, text_conflict, unchecked."
    )
    is_truncated: bool | None = col("True when the quote holds only a part of the target's words; null when unknown.")
    is_altered: bool | None = col("True when it holds words that the target has not; null when unknown.")
    linker_version: int = col("Version of the linker that decided.", observed=True)
