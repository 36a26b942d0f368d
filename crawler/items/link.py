"""The table `links`."""

from __future__ import annotations

from crawler.items._schema import col, table


@table("links")
class Link:
    """Links, images, attachments, embeds and mentions in posts, in document order. Nothing of them was fetched."""

    site: str = col("Site.", key=True)
    content_class: str = col("Kind of content.", key=True)
    post_id: int = col("The post.", key=True)
    link_index: int = col("0-based rank in the post.", key=True)
    kind: str = col("link, image, attachment, embed or mention.")
    url: str | None = col("Absolute address; null for a mention without one and for inline data.")
    text: str | None = col("Link text, alternative text or name.")
    domain: str | None = col("Host of the address in lower case without `www.`.")
    in_quote: bool = col("True inside a quote: then it is the quoted author's.")
    attachment_id: int | None = col("Number of the attachment (`data-fileid`).")
    mentioned_author_id: int | None = col("Member number of a mention.")
