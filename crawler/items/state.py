"""The store's own tables: the frontier, and what each page said. None of them is published.

Derived rows are never stored: they are computed from these (`pipelines.derive`).
"""

from __future__ import annotations

from datetime import datetime

from crawler.items._schema import col, table


@table("meta", published=False, stored=True)
class Meta:
    """Facts about the store itself."""

    key: str = col("Name, such as `schema_version`.", key=True)
    value: str = col("Value.")
    checksum: int | None = col("CRC-32 of the other columns.", default=None)


@table("frontier", published=False, stored=True)
class FrontierPage:
    """Pages to fetch and pages fetched. A page is known by its numbers, never by its address."""

    site: str = col("Site.", key=True)
    kind: str = col("topic or forum.", key=True)
    item_id: int = col("Number of the thread or forum.", key=True)
    page: int = col("Page number, from 1.", key=True)
    url: str = col("Address to ask next.")
    state: str = col("todo, done or failed.")
    sweep: int = col("The sweep (one whole pass over what was asked for) that last wanted it.")
    is_seed: bool = col("True when the user named it.")
    depth: int = col("0 for a seed; 1 more than the page that led to it; -1 for one whose turn has come by its age.")
    attempts: int = col("Tries in this sweep that failed in passing.", default=0)
    hops: int = col("Redirects followed in this sweep.", default=0)
    not_before: int = col("Earliest time of the next try, in microseconds since 1970; 0 for now.", default=0)
    outcome: str | None = col("What its last fetch was: ok, not_found, login …; null before it.", default=None)
    outcome_run: int | None = col("The run that first told of this outcome.", default=None)
    error: str | None = col("Detail of the outcome.", default=None)
    checksum: int | None = col("CRC-32 of the other columns.", default=None)


@table("holds", published=False, stored=True)
class Hold:
    """Sites that asked to be left alone for a while."""

    site: str = col("Site.", key=True)
    until: int = col("When the next request may be sent, in microseconds since 1970.")
    checksum: int | None = col("CRC-32 of the other columns.", default=None)


@table("pages_seen", published=False, stored=True)
class PageSeen:
    """What a fetched page said of its thread or forum as a whole."""

    fetch_id: int = col("The fetch.", key=True)
    kind: str = col("topic or forum.")
    site: str = col("Site.")
    content_class: str | None = col("Kind of content of a topic.")
    item_id: int = col("Number of the thread or forum, as the page says.")
    page: int = col("Page number, from 1.")
    facts: str = col("The facts as JSON.")


@table("seals", published=False, stored=True)
class Seal:
    """Checksums of what a fetch told: what the disk changes later no longer agrees with them."""

    fetch_id: int = col("The fetch.", key=True)
    fetch: int | None = col("CRC-32 of its row in `fetches`, without the place in the archive.", default=None)
    page: int | None = col("CRC-32 of its row in `pages_seen`; null where it has none.", default=None)
    entries: int = col("Sum of the CRC-32s of its rows in `sightings` and `listings_seen`, modulo 2^32.", default=0)


@table("validators", published=False, stored=True)
class Validator:
    """What a server gave with a page of a thread, to be shown to it when the page is asked for again."""

    site: str = col("Site.", key=True)
    kind: str = col("topic.", key=True)
    item_id: int = col("Number of the thread, as asked for.", key=True)
    page: int = col("Page number, from 1.", key=True)
    url: str = col("Address asked for: it holds for no other.")
    etag: str | None = col("The header ETag, as it came.")
    last_modified: str | None = col("The header Last-Modified, as it came.")
    fetch_id: int = col("The fetch that tells what the page says.")
    pages_url: str = col("Address of page N, with `{page}` in place of N, as the page says.")
    n_unchanged: int = col("How often in a row the server has said since that it has not changed.", default=0)
    checksum: int | None = col("CRC-32 of the other columns.", default=None)


@table("listings_seen", published=False, stored=True)
class ListingSeen:
    """What a listing page said of each thread."""

    fetch_id: int = col("The fetch.", key=True)
    row_index: int = col("0-based rank on the page.", key=True)
    site: str = col("Site.")
    forum_id: int = col("The forum listed.")
    thread_id: int = col("The thread.")
    facts: str = col("The facts as JSON.")


@table("sightings", published=False, stored=True)
class Sighting:
    """A post was on a page: a row of numbers and hashes for each time that it was read."""

    fetch_id: int = col("The fetch.", key=True)
    row_index: int = col("0-based rank on the page.", key=True)
    post_id: int = col("The post.")
    state_hash: bytes = col("What the page said of it apart from its body.")
    content_hash: bytes = col("Its body.")


@table("post_states", published=False, stored=True, large=True)
class PostState:
    """What a page said of a post apart from its body, stored once however often it is seen."""

    state_hash: bytes = col("Hash of the facts.", key=True)
    facts: str = col("The facts as JSON.")


@table("contents", published=False, stored=True, large=True)
class Content:
    """Bodies of posts, stored once however often they are seen."""

    content_hash: bytes = col("Hash of the body's HTML.", key=True)
    parser_version: int = col("The parser that read the other columns out of the HTML.")
    html: str | None = col("As in `posts`.")
    text: str | None = col("As in `posts`.")
    full_text: str | None = col("As in `posts`.")
    text_hash: bytes = col("As in `versions`.")
    quotes: str = col("Quotes as cited, as JSON.")
    links: str = col("Links, as JSON.")
    checksum: int | None = col("CRC-32 of the other columns; null in rows older than it.", default=None)


@table("aliases", published=False, stored=True)
class Alias:
    """A number that answered under another: a moved or merged thread."""

    site: str = col("Site.", key=True)
    kind: str = col("topic or forum.", key=True)
    old_id: int = col("Number asked for.", key=True)
    new_id: int = col("Number that answered.")
    seen_at: datetime = col("When it was first met.")
    checksum: int | None = col("CRC-32 of the other columns.", default=None)


@table("robots_seen", published=False, stored=True)
class RobotsSeen:
    """A robots.txt that was obeyed, kept as it came: what the site asked of crawlers, and when it was first met."""

    origin: str = col("Scheme, host and port.", key=True)
    sha256: str = col("Hash of the text, as in `runs.robots_sha256`.", key=True)
    first_seen_at: datetime = col("When it was first met.")
    body: bytes = col("The text.")
