"""What a topic page of IPS 4.4-4.7 says of its thread as a whole."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from lxml import etree

from crawler.items import PollSeen, ThreadSeen
from crawler.pages.document import Document
from crawler.pages.fields import Field
from crawler.pages.pager import n_pages
from crawler.pages.text import classes, from_iso, inner_text, squeeze
from crawler.pages.urls import item_of, number_in, page_url, pages_url, positive, site_of

_DISCUSSION = ("DiscussionForumPosting", "QAPage", "Question")
_HEADER = '//*[contains(concat(" ",@class," ")," ipsPageHeader ")]'
_BADGES = f"{_HEADER}//h1//*[contains(@class,'ipsBadge')] | {_HEADER}//*[contains(@class,'ipsBadge_icon')]"
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
                return count if isinstance(count, int) and count >= 0 else None
        return None

    return read


def _ld_author(key: str) -> Callable[[Document], str | None]:
    def read(document: Document) -> str | None:
        author = _ld(document).get("author")
        value = author.get(key) if isinstance(author, dict) else None
        return squeeze(document.clean(value)) if isinstance(value, str) else None

    return read


def _canonical(document: Document) -> str | None:
    """The page's own address, where it names the same site and a thread."""
    href = document.selector.xpath("//link[@rel='canonical']/@href").get()
    item = item_of(href)
    same_site = href is not None and site_of(href) == site_of(document.url)
    return href if same_site and item is not None and item[0] == "topic" else None


def _thread_id_of(url: str | None) -> int | None:
    item = item_of(url)
    return item[1] if item is not None and item[0] == "topic" else None


def _feed_id(document: Document) -> int | None:
    feed = document.selector.xpath("//@data-feedid").get() or ""
    return positive(feed.removeprefix("topic-"))


def _page_id(document: Document) -> int | None:
    return positive(document.page_data.get("id")) if document.page_data.get("controller") == "topic" else None


def _heading(document: Document) -> str | None:
    """The innermost plain span of the page title: badges and prefixes have classes or titles."""
    title = next((h for h in document.root.iter("h1") if "ipsType_pageTitle" in (h.get("class") or "")), None)
    if title is None:
        return None
    plain = [s for s in title.iter("span") if not s.get("class") and not s.get("title") and len(s) == 0]
    return inner_text(plain[-1]) if plain else None


def _meta(name: str) -> Callable[[Document], str | None]:
    def read(document: Document) -> str | None:
        return squeeze(document.selector.xpath("//meta[@property=$name]/@content", name=name).get())

    return read


def _forums(document: Document) -> list[tuple[int, str | None]] | None:
    """Forums of the JSON-LD breadcrumb, outermost first."""
    found = []
    for entry in document.linked("BreadcrumbList").get("itemListElement") or []:
        item = entry.get("item") if isinstance(entry, dict) else None
        if isinstance(item, dict):
            number = number_in(_text(item.get("@id")), "forum")
            if number is not None:
                found.append((number, squeeze(document.clean(_text(item.get("name"))))))
    return found or None


def _breadcrumb(document: Document) -> list[tuple[int, str | None]] | None:
    """Forums of the breadcrumb as shown."""
    trail = document.selector.xpath("(//*[@data-role='breadcrumbList'])[1]//a[@href]")
    found = [(number_in(a.root.get("href"), "forum"), inner_text(a.root)) for a in trail]
    return [(number, name) for number, name in found if number is not None] or None


def _tags(document: Document) -> list[str] | None:
    anchors = document.selector.xpath(f"{_HEADER}//a[@rel='tag'] | {_HEADER}//*[contains(@class,'ipsTags')]//a")
    names = [squeeze(a.root.get("data-tag-label")) or inner_text(a.root) for a in anchors]
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
    ("h1.ipsType_pageTitle span", _heading),
    ("meta[property=og:title]", _meta("og:title")),
    ("JSON-LD name", _ld_text("name")),
)
FORUMS = Field[list[tuple[int, str | None]]](
    "thread.forum_path",
    ("JSON-LD BreadcrumbList", _forums),
    ("[data-role=breadcrumbList] a", _breadcrumb),
)
AUTHOR_ID = Field[int]("thread.author_id", ("JSON-LD author.url", lambda d: number_in(_ld_author("url")(d), "profile")))
AUTHOR_NAME = Field[str]("thread.author_name", ("JSON-LD author.name", _ld_author("name")))
CREATED_AT = Field[datetime](
    "thread.created_at",
    ("JSON-LD dateCreated", _ld_time("dateCreated")),
    ("JSON-LD datePublished", _ld_time("datePublished")),
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


def read_thread(document: Document, content_class: str, page: int, n_posts: int) -> ThreadSeen | None:
    """The thread; ``None`` where nothing tells its number. ``n_posts`` is how many posts this page has."""
    thread_id = THREAD_ID.read(document)
    if thread_id is None:
        return None
    forums = FORUMS.read(document) or []
    replies = N_REPLIES.read(document)
    declared = None if replies is None else replies + 1
    polls = read_polls(document)
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
        has_poll=bool(polls)
        or document.selector.xpath("boolean(//*[@data-controller='core.front.core.poll'])").get() == "1",
        **_badges(document),
    )


def _badges(document: Document) -> dict[str, bool]:
    """Pinned, locked, solved by the icons of the badges: their titles are in the forum's language."""
    icons = " ".join(
        " ".join(e.get("class") or "" for e in badge.root.iter()) for badge in document.selector.xpath(_BADGES)
    )
    return {
        "is_pinned": "fa-thumb-tack" in icons or "fa-thumbtack" in icons,
        "is_locked": "fa-lock" in icons,
        "is_solved": "fa-check" in icons,
    }


def _plausible_pages(document: Document, declared: int | None, n_posts: int, page: int) -> int | None:
    """Pages as the pager says, unless the number of posts gives the lie to it."""
    pages = n_pages(document)
    per_page = positive(document.selector.xpath("//@data-ipspagination-perpage").get()) or n_posts
    if declared is not None and per_page:
        most = -(-declared // per_page) + 1  # one more: a reply may have come in between
        if pages > max(most, page):
            document.repair("implausible_pager")
            return max(most, page)
    elif pages > _MANY:
        document.repair("implausible_pager")
        return max(_MANY, page)
    return pages


def read_polls(document: Document) -> list[PollSeen]:
    """Poll options with their votes; votes are ``None`` where only those who voted may see them."""
    found: list[PollSeen] = []
    questions = document.selector.xpath(
        "//*[@data-controller='core.front.core.poll']//ol[contains(@class,'PollList')]/li"
    )
    for q, question in enumerate(questions):
        heading = next(question.root.iter("h3"), None)
        asked = inner_text(heading) if heading is not None else None
        choices = [li for li in question.root.iter("li") if li is not question.root]
        found.extend(_option(q, o, _unnumbered(asked, q), choice) for o, choice in enumerate(choices))
    return [option for option in found if option.option is not None]


def _option(q: int, o: int, question: str | None, choice: etree._Element) -> PollSeen:
    """Name and votes stand in grid cells; in the voting form the name is the label of a radio button."""
    name = votes = None
    for cell in choice.iter("div", "span", "label"):
        css = classes(cell)
        if " ipsGrid_span4 " in css or cell.tag == "label" or " ipsFieldRow_label " in css:
            name = name or inner_text(cell)
        elif " ipsGrid_span1 " in css:
            digits = inner_text(cell) or ""
            votes = int(digits) if digits.isascii() and digits.isdigit() else None
    return PollSeen(question_index=q, option_index=o, question=question, option=name, votes=votes)


def _unnumbered(question: str | None, index: int) -> str | None:
    """Questions are shown behind their number."""
    return squeeze(question.removeprefix(f"{index + 1}.")) if question else None
