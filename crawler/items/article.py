"""The tables `articles` and `article_spans`."""

from __future__ import annotations

from crawler.items._schema import col, table


@table("articles")
class Article:
    """News articles read out of first posts. An ordinary first post has no row."""

    site: str = col("Site.", key=True)
    content_class: str = col("Kind of content.", key=True)
    post_id: int = col("The first post that holds the article.", key=True)
    thread_id: int = col("Its thread.")
    headline: str | None = col("Headline; the thread's title where the post does not repeat it.")
    byline: list[str] = col("Authors, in order.", factory=list)
    dateline_place: str | None = col("Place of the dateline.")
    agency: str | None = col("Agency or paper, as written.")
    published_on: str | None = col("Publication date, ISO 8601 (YYYY-MM-DD).")
    captions: list[str] = col("Photo captions with their credits.", factory=list)
    section_headings: list[str] = col("Headings inside the article.", factory=list)
    reporting: list[str] = col("Credited for reporting, additional reporting among it.", factory=list)
    editing: list[str] = col("Credited for editing.", factory=list)
    copyright_line: str | None = col("Copyright line.")
    source_url: str | None = col("Address of the original.")
    body_text: str | None = col("The article without all of these: a paragraph a line.")


@table("article_spans")
class ArticleSpan:
    """Where in the post's `text` each field of an article was read; no row for what is not written there."""

    site: str = col("Site.", key=True)
    content_class: str = col("Kind of content.", key=True)
    post_id: int = col("The post.", key=True)
    field: str = col("Column of `articles`.", key=True)
    index: int = col("0-based rank within a list column, or of a paragraph of `body_text`; 0 elsewhere.", key=True)
    start: int = col("First character in `posts.text`, 0-based.")
    end: int = col("First character after it.")
    confidence: float = col("0 to 1.")
