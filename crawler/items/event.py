"""The table `events`."""

from __future__ import annotations

from datetime import datetime

from crawler.items._schema import col, table


@table("events")
class Event:
    """Changes to posts and threads, with the bounds between which each happened."""

    site: str = col("Site.", key=True)
    content_class: str = col("Kind of content.", key=True)
    thread_id: int = col("The thread.", key=True)
    post_id: int | None = col("The post; null for an event of the whole thread.", key=True)
    event: str = col(
        "edited, silently_edited, missing, removed, restored, moved, merged, split, retitled, renamed_author.", key=True
    )
    changed_before: datetime = col("It happened at this time at the latest.", key=True)
    changed_after: datetime | None = col("It happened at this time at the earliest; null when unknown.")
    actor_name: str | None = col("Who did it, where the page says.")
    reason: str | None = col("Reason given.")
    from_version: int | None = col("Version before; null when it was never seen.")
    to_version: int | None = col("Version after.")
    from_value: str | None = col("Old title or name.")
    to_value: str | None = col("New title or name.")
    other_thread_id: int | None = col("The other thread of a move, merge or split.")
    evidence: str = col("What it was concluded from: stamp (the page's edit mark), text, absence, page, redirect.")
    run_id: int | None = col("The run that found it.", observed=True)
