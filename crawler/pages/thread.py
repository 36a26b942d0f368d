"""What a page says of its thread as a whole."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from lxml import etree

from crawler.items import ThreadSeen
from crawler.pages.document import Document, heading_mark
from crawler.pages.fields import BREADCRUMB, NONE, Field
from crawler.pages.pager import SOURCES as PAGER
from crawler.pages.pager import n_pages, note_n_pages, per_page
from crawler.pages.poll import SOURCES as POLL
from crawler.pages.poll import has_poll, read_polls
from crawler.pages.text import from_iso, inner_text, squeeze
from crawler.pages.tree import in_post, with_attribute
from crawler.pages.urls import canonical, item_of, number_in, page_url, pages_url, positive

_DISCUSSION = ("DiscussionForumPosting", "QAPage", "Question")
_MANY = 10_000  # pages that a thread may claim without naming a number of posts that fills them


def _ld(document: Document) -> dict[str, Any]:
    found = document.linked(*_DISCUSSION)
    main = found.get("mainEntity")
    return main if isinstance(main, dict) else found


def _ld_text(key: str) -> Callable[[Document], str | None]:
    def read(document: Document) -> str | None:
        value = _ld(document).get(key)
        return squeeze(document.clean(value)) if isinstance(value, str) else None

    return read


def _ld_time(key: str) -> Callable[[Document], datetime | None]:
    def read(document: Document) -> datetime | None:
        value = _ld(document).get(key)
        return from_iso(value) if isinstance(value, str) else None

    return read


def _ld_count(action: str) -> Callable[[Document], int | None]:
    def read(document: Document) -> int | None:
        statistics = _ld(document).get("interactionStatistic")
        for entry in statistics if isinstance(statistics, list) else [statistics]:
            if isinstance(entry, dict) and str(entry.get("interactionType", "")).endswith(action):
                count = entry.get("userInteractionCount")
                return 0 if count == 0 else positive(count)
        return None

    return read


def _ld_author(key: str) -> Callable[[Document], str | None]:
    def read(document: Document) -> str | None:
        author = _ld(document).get("author")
        value = author.get(key) if isinstance(author, dict) else None
        return squeeze(document.clean(value)) if isinstance(value, str) else None

    return read


def _canonical(document: Document) -> str | None:
    """The page's own address, where it names the same site and the thread that the page's machine data name."""
    own = canonical(document.url, document.canonical, "topic")
    machine = _page_id(document) or _feed_id(document)
    return own if machine is None or _thread_id_of(own) == machine else None


def _thread_id_of(url: str | None) -> int | None:
    item = item_of(url)
    return item[1] if item is not None and item[0] == "topic" else None


def _feed_id(document: Document) -> int | None:
    feed = next(with_attribute(document.root, "data-feedid", None, "div", "section", "main"), None)
    if feed is None or in_post(feed):
        return None
    return positive((feed.get("data-feedid") or "").removeprefix("topic-"))


def _page_id(document: Document) -> int | None:
    return positive(document.page_data.get("id")) if document.page_data.get("controller") == "topic" else None


def _title(mark: str) -> Callable[[Document], str | None]:
    """The title out of the heading that a layout marks so; empty: out of one that no layout has marked."""

    def read(document: Document) -> str | None:
        title = document.heading
        if title is None or heading_mark(title) != mark:
            return None
        # badges and prefixes have classes or titles
        plain = [s for s in title.iter("span") if not s.get("class") and not s.get("title") and len(s) == 0]
        if plain:
            return inner_text(plain[-1])
        return inner_text(title) if mark != "ipsType_pageTitle" else None

    return read


def _meta(name: str) -> Callable[[Document], str | None]:
    def read(document: Document) -> str | None:
        metas = (meta for meta in document.tagged("meta") if meta.get("property") == name)
        return next((squeeze(meta.get("content")) for meta in metas if not in_post(meta)), None)

    return read


def _forums(document: Document) -> list[tuple[int, str | None]] | None:
    """Forums of the JSON-LD breadcrumb, outermost first."""
    found = []
    for item in document.breadcrumb:
        number = number_in(_text(item.get("@id")), "forum")
        if number is not None:
            found.append((number, squeeze(document.clean(_text(item.get("name"))))))
    return found or None


def _breadcrumb(document: Document) -> list[tuple[int, str | None]] | None:
    """Forums of the breadcrumb as shown."""
    found = [(number_in(a.get("href"), "forum"), inner_text(a)) for a in document.trail]
    return [(number, name) for number, name in found if number is not None] or None


def _shown_author(document: Document) -> tuple[int | None, str | None]:
    """The first member whom the thread's header names; boards of 4.0 have no JSON-LD."""
    for head in document.heads:
        for anchor in head.iter("a"):
            number, name = number_in(anchor.get("href"), "profile"), inner_text(anchor)
            if number is not None and name is not None:
                return number, name
    return None, None


def _shown_time(document: Document) -> datetime | None:
    times = (time for head in document.heads for time in head.iter("time"))
    return next((when for time in times if (when := from_iso(time.get("datetime"))) is not None), None)


def _tags(document: Document) -> list[str] | None:
    names = [
        squeeze(a.get("data-tag-label")) or inner_text(a)
        for head in document.heads
        for a in head.iter("a")
        if a.get("rel") == "tag" or any("ipsTags" in (e.get("class") or "") for e in a.iterancestors("ul", "div"))
    ]
    return list(dict.fromkeys(name for name in names if name)) or None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


THREAD_ID = Field[int](
    "thread.thread_id",
    ("link[rel=canonical]", lambda d: _thread_id_of(_canonical(d))),
    ("body[data-pageid]", _page_id),
    ("[data-feedid]", _feed_id),
    ("address", lambda d: _thread_id_of(d.url)),
)
URL = Field[str]("thread.url", ("link[rel=canonical]", _canonical), ("address", lambda d: d.url))
TITLE = Field[str](
    "thread.title",
    ("h1.ipsType_pageTitle span", _title("ipsType_pageTitle")),
    ("h1[data-ips-hook=title]", _title("title")),
    ("meta[property=og:title]", _meta("og:title")),
    ("JSON-LD name", _ld_text("name")),
    ("h1", _title("")),
)
FORUMS = Field[list[tuple[int, str | None]]](
    "thread.forum_path",
    ("JSON-LD BreadcrumbList", _forums),
    (BREADCRUMB, _breadcrumb),
)
AUTHOR_ID = Field[int](
    "thread.author_id",
    ("JSON-LD author.url", lambda d: number_in(_ld_author("url")(d), "profile")),
    (".ipsPageHeader a[href*=/profile/]", lambda d: None if _ld_author("name")(d) else _shown_author(d)[0]),
)
AUTHOR_NAME = Field[str](
    "thread.author_name",
    ("JSON-LD author.name", _ld_author("name")),
    (".ipsPageHeader a[href*=/profile/]", lambda d: _shown_author(d)[1]),
)
CREATED_AT = Field[datetime](
    "thread.created_at",
    ("JSON-LD dateCreated", _ld_time("dateCreated")),
    ("JSON-LD datePublished", _ld_time("datePublished")),
    (".ipsPageHeader time[datetime]", _shown_time),
)
LAST_POST_AT = Field[datetime](
    "thread.last_post_at",
    ("JSON-LD dateModified", _ld_time("dateModified")),
    ("meta[property=og:updated_time]", lambda d: from_iso(_meta("og:updated_time")(d))),
)
N_REPLIES = Field[int]("thread.n_posts_declared", ("JSON-LD CommentAction", _ld_count("CommentAction")))
N_VIEWS = Field[int]("thread.n_views", ("JSON-LD ViewAction", _ld_count("ViewAction")))
TAGS = Field[list[str]]("thread.tags", (".ipsPageHeader a[rel=tag]", _tags))

FIELDS: tuple[Field[Any], ...] = (
    THREAD_ID, URL, TITLE, FORUMS, AUTHOR_ID, AUTHOR_NAME, CREATED_AT, LAST_POST_AT, N_REPLIES, N_VIEWS, TAGS,
)  # fmt: skip


_BADGES = (".ipsBadge_icon [class*=fa-]", ".ipsBadge--icon [class*=fa-]", "h1 .ipsBadge [class*=fa-]")
_FLAGS = {"is_pinned": ("fa-thumb-tack", "fa-thumbtack"), "is_locked": ("fa-lock",), "is_solved": ("fa-check",)}

OTHERS: dict[str, tuple[str, ...]] = {
    **{f"thread.{name}": sources for name, sources in PAGER.items()},
    **{f"thread.{name}": sources for name, sources in POLL.items()},
    **{f"thread.{name}": _BADGES for name in _FLAGS},
}
"""Selectors of fields that are no `Field`."""


def read_thread(document: Document, thread_id: int, content_class: str, page: int, n_posts: int) -> ThreadSeen:
    """The thread of that number; ``n_posts`` is how many posts this page has."""
    forums = FORUMS.read(document) or []
    replies = N_REPLIES.read(document)
    declared = None if replies is None else replies + 1
    polls = read_polls(document)
    is_poll = bool(polls) or has_poll(document)
    document.answers.note("thread.polls", POLL["polls"][0] if polls else NONE)
    document.answers.note("thread.has_poll", POLL["has_poll"][0] if is_poll else NONE)
    note_n_pages(document, "thread")
    return ThreadSeen(
        content_class=content_class,
        thread_id=thread_id,
        page=page,
        n_pages=_plausible_pages(document, declared, n_posts, page),
        forum_id=forums[-1][0] if forums else None,
        forum_path=[name for _number, name in forums if name],
        forum_ids=[number for number, _name in forums],
        title=TITLE.read(document),
        url=page_url(pages_url(URL.read(document) or document.url), 1),
        author_id=AUTHOR_ID.read(document),
        author_name=AUTHOR_NAME.read(document),
        created_at=CREATED_AT.read(document),
        last_post_at=LAST_POST_AT.read(document),
        n_posts_declared=declared,
        n_views=N_VIEWS.read(document),
        tags=TAGS.read(document) or [],
        polls=polls,
        has_poll=is_poll,
        **_badges(document),
    )


def _badges(document: Document) -> dict[str, bool]:
    """Pinned, locked, solved by the icons of the badges: their titles are in the forum's language."""
    icons: dict[str, str] = {}
    for head in document.heads:
        for icon in head.iter("i", "span"):
            css = icon.get("class") or ""
            source = next(filter(None, map(_badge, (icon, *icon.iterancestors()))), None) if "fa-" in css else None
            if source is not None:
                icons.setdefault(css, source)
    found = {}
    for name, marks in _FLAGS.items():
        source = next((source for css, source in icons.items() if any(mark in css for mark in marks)), None)
        document.answers.note(f"thread.{name}", source or NONE)
        found[name] = source is not None
    return found


def _badge(element: etree._Element) -> str | None:
    """The selector by which an element is a badge of the thread."""
    css = element.get("class") or ""
    if "ipsBadge" not in css:
        return None
    if "ipsBadge_icon" in css or "ipsBadge--icon" in css:
        return _BADGES["ipsBadge--icon" in css]
    return _BADGES[2] if any(True for _ in element.iterancestors("h1")) else None


def _plausible_pages(document: Document, declared: int | None, n_posts: int, page: int) -> int | None:
    """Pages as the pager says, unless the number of posts gives the lie to it."""
    pages = n_pages(document)
    full = per_page(document) or n_posts
    if declared is not None and full:
        most = -(-declared // full) + 1  # one more: a reply may have come in between
        if pages > max(most, page):
            document.repair("implausible_pager")
            return max(most, page)
    elif pages > _MANY:
        document.repair("implausible_pager")
        return max(_MANY, page)
    return pages
