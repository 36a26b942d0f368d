"""The table `polls`."""

from __future__ import annotations

from crawler.items._schema import col, table


@table("polls")
class Poll:
    """Poll options a thread, as last read."""

    site: str = col("Site.", key=True)
    thread_id: int = col("The thread.", key=True)
    question_index: int = col("0-based rank of the question.", key=True)
    option_index: int = col("0-based rank of the option.", key=True)
    question: str | None = col("The question.")
    option: str | None = col("The option.")
    votes: int | None = col("Votes; null where the page hides them.")
