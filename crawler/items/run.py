"""The table `runs`."""

from __future__ import annotations

from datetime import datetime

from crawler.items._schema import col, table


@table("runs", stored=True, observation=True)
class Run:
    """Runs of the crawler over this dataset."""

    run_id: int = col("Number of the run within the dataset.", key=True)
    sites: list[str] = col("Sites it was asked for.", factory=list)
    started_at: datetime = col("Start.")
    finished_at: datetime | None = col("End; null when it was killed.", default=None)
    outcome: str | None = col(
        "complete, incomplete, blocked, error, stopped, implausible; null when it was killed.", default=None
    )
    tool_version: str = col("Version of threadset.")
    schema_version: int = col("Version of the schema.")
    config: str = col("What it was asked to do, as JSON; no secrets.")
    robots_sha256: str | None = col("Hash of the robots.txt files it obeyed.", default=None)
    user_agent: str = col("How it identified itself.")
    authenticated: bool = col("True when it carried the user's cookies.")
    n_requests: int = col("Requests sent.", default=0)
    n_pages: int = col("Pages read.", default=0)
    n_posts: int = col("Posts read.", default=0)
    n_new: int = col("Posts seen for the first time.", default=0)
    n_changed: int = col("Posts whose words changed.", default=0)
    n_missing: int = col("Posts that it was the first to miss, of those that did not come back.", default=0)
