"""What one page says: the typed facts that page objects give and that the store keeps.

Times are aware datetimes in UTC. Nothing here knows of requests, settings or the clock; the crawl adds `ref`, `fetch`
and `found` (`PageItem`) when the page has been read.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from crawler.items.refs import FetchFacts, PageRef

FORUM_POST = "forums_Topic"
"""Content class of forum posts, in the spelling of the quote attribute."""

TEXT_DUMP = "text"
"""Content class of posts out of text dumps; the site too, where the user names none."""


@dataclass(slots=True, kw_only=True)
class QuoteSeen:
    """A quote as the markup cites it; the fields are those of the table `quotes`."""

    quote_index: int
    parent_quote_index: int | None
    depth: int
    quoted_text: str | None = None
    cited_author_name: str | None = None
    cited_author_id: int | None = None
    cited_at: datetime | None = None
    cited_post_id: int | None = None
    cited_thread_id: int | None = None
    cited_class: str | None = None


@dataclass(slots=True, kw_only=True)
class LinkSeen:
    """A link, image, attachment, embed or mention; the fields are those of the table `links`."""

    link_index: int
    kind: str
    url: str | None = None
    text: str | None = None
    domain: str | None = None
    in_quote: bool = False
    attachment_id: int | None = None
    mentioned_author_id: int | None = None


@dataclass(slots=True, kw_only=True)
class Body:
    """The body of a post: a pure function of its HTML, the page's address and the parser's version."""

    html: str | None
    text: str | None
    full_text: str | None
    text_hash: bytes
    parser_version: int
    quotes: list[QuoteSeen] = field(default_factory=list)
    links: list[LinkSeen] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class PostSeen:
    """A post as a page shows it."""

    post_id: int
    is_first_post: bool
    author_id: int | None
    author_name: str | None
    author_group: str | None
    created_at: datetime | None
    edited_at: datetime | None = None
    edited_by: str | None = None
    edit_reason: str | None = None
    n_reactions: int | None = None
    reactions: list[tuple[str, int]] = field(default_factory=list)
    body: Body


@dataclass(slots=True, kw_only=True)
class PollSeen:
    """A poll option; `question_index` and `option_index` are 0-based."""

    question_index: int
    option_index: int
    question: str | None
    option: str | None
    votes: int | None


@dataclass(slots=True, kw_only=True)
class ThreadSeen:
    """A thread as one of its pages shows it."""

    content_class: str
    thread_id: int
    page: int
    n_pages: int | None
    forum_id: int | None = None
    forum_path: list[str] = field(default_factory=list)
    forum_ids: list[int] = field(default_factory=list)
    title: str | None = None
    url: str | None = None
    author_id: int | None = None
    author_name: str | None = None
    created_at: datetime | None = None
    last_post_at: datetime | None = None
    n_posts_declared: int | None = None
    n_views: int | None = None
    tags: list[str] = field(default_factory=list)
    is_pinned: bool = False
    is_locked: bool = False
    is_solved: bool = False
    has_poll: bool = False
    polls: list[PollSeen] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class ListingRow:
    """A thread as a listing page shows it.

    Where a thread was moved away, the row that is left of it has a number of its own: ``is_moved``; then
    ``moved_to_thread_id`` is the thread's number, where the address tells it.
    """

    thread_id: int
    url: str | None = None
    title: str | None = None
    author_id: int | None = None
    author_name: str | None = None
    created_at: datetime | None = None
    last_post_at: datetime | None = None
    n_replies: int | None = None
    is_pinned: bool = False
    is_locked: bool = False
    is_moved: bool = False
    moved_to_thread_id: int | None = None


@dataclass(slots=True, kw_only=True)
class ForumSeen:
    """A forum as one of its listing pages shows it."""

    forum_id: int
    page: int
    n_pages: int | None
    name: str | None = None
    url: str | None = None
    parent_forum_id: int | None = None
    n_threads_declared: int | None = None


@dataclass(slots=True, kw_only=True)
class SubforumSeen:
    """A forum as the page of the forum above it shows it."""

    forum_id: int
    url: str
    name: str | None = None


@dataclass(slots=True, kw_only=True)
class PageItem:
    """What all pages have in common.

    ``layout`` names the page object that read the page. ``fallbacks`` counts, as ``field:source``, each field that its
    first-choice selector did not answer. ``repairs`` counts what had to be mended (bytes that are no text, say).
    ``ref``, ``fetch`` and ``found`` are set by the crawl.
    """

    url: str
    layout: str | None = None
    fallbacks: dict[str, int] = field(default_factory=dict)
    repairs: dict[str, int] = field(default_factory=dict)
    ref: PageRef | None = None
    fetch: FetchFacts | None = None
    found: list[PageRef] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class TopicPage(PageItem):
    """One page of a thread. ``pages_url`` is the address of page N, with ``{page}`` in place of N.

    ``forgotten``, which the crawl sets, has a token for each post of the page that was erased.
    """

    pages_url: str
    thread: ThreadSeen
    posts: list[PostSeen]
    forgotten: list[str] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class ForumPage(PageItem):
    """One listing page of a forum. ``pages_url`` is the address of page N, with ``{page}`` in place of N."""

    pages_url: str
    forum: ForumSeen
    rows: list[ListingRow] = field(default_factory=list)
    subforums: list[SubforumSeen] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Redirect(PageItem):
    """An answer that points elsewhere; ``target`` is absolute, or null where the header is missing or unusable."""

    status: int
    target: str | None


@dataclass(slots=True, kw_only=True)
class Wall(PageItem):
    """Something that stands before the content and is not to be climbed.

    ``kind``: login, age_gate, offline, challenge, ban, rate_limit, password, robots, no_robots. ``detail`` is a cause
    in our own words.
    """

    kind: str
    status: int
    code: str | None = None
    detail: str | None = None
    retry_after: float | None = None


@dataclass(slots=True, kw_only=True)
class ErrorPage(PageItem):
    """A page without usable content.

    ``kind`` — settled: not_found, gone, hidden, forbidden; in passing: server_error, unreachable, truncated, stale; not
    understood: not_ips, no_posts, lost_posts, unreadable; elsewhere: offsite, private.
    ``code`` is the forum's own error code, such as ``2F173/1``; ``detail`` a cause in our own words.
    """

    kind: str
    status: int | None = None
    code: str | None = None
    detail: str | None = None
    retry_after: float | None = None
