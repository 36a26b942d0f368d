"""A post of IPS 4.4-4.7: an ``article#elComment_N`` and what stands in it.

Machine values come first: ``data-quotedata`` has the author's number and name, the time, and the ids of post, thread
and content class. What the panes show is only the fallback.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lxml import etree

from crawler.items import PostSeen
from crawler.pages.body import read_body
from crawler.pages.document import Document
from crawler.pages.edit import edit_mark
from crawler.pages.reaction import read_reactions
from crawler.pages.text import from_iso, from_unix, inner_text, squeeze
from crawler.pages.tree import BODY_ROLE, cut_from, has_class
from crawler.pages.urls import number_in, positive

SOURCES: dict[str, tuple[str, ...]] = {
    "post.post_id": ("article[id^=elComment_]@id",),
    "post.author_id": ("[data-quotedata].userid", "h3 a[href*=/profile/]"),
    "post.author_name": ("[data-quotedata].username", "h3 a", "h3"),
    "post.created_at": ("[data-quotedata].timestamp", "time[datetime]"),
    "post.author_group": ("[data-role=group]",),
    "post.body": ("[data-role=commentContent]", ".cPost_contentWrap"),
    "post.edited_at": ("[data-excludequote] time[datetime]",),
    "post.edited_by": ("[data-excludequote] strong",),
    "post.n_reactions": (".ipsReact_reactCount", "[data-role=reactCountText]"),
}

_CHROME = ("ipsItemControls", "ipsEntry__controls")
_BEFORE = ("h3", "li", "div", "time")


@dataclass(slots=True)
class _Parts:
    """The landmarks of one post."""

    wrap: etree._Element | None = None
    content: etree._Element | None = None
    heading: etree._Element | None = None
    group: etree._Element | None = None
    time: etree._Element | None = None


@dataclass(slots=True)
class PostContext:
    """What the page knows and a post needs."""

    document: Document
    thread_id: int | None
    page: int


@dataclass(slots=True)
class Numbers:
    """The numbers that a container names: of the post three times, and of the thread."""

    post_id: int | None
    named: int | None
    quoted: int | None
    thread_id: int | None

    def agree(self, thread_id: int | None) -> bool:
        """True where what is named agrees; the container's own number alone proves nothing."""
        named = {self.named, self.quoted} - {None}
        return named == {self.post_id} and (thread_id is None or self.thread_id in {None, thread_id})

    def are_complete(self, thread_id: int | None) -> bool:
        """True where all of them are there, and agree."""
        return None not in {self.named, self.quoted, self.thread_id} and self.agree(thread_id)


def numbers_of(document: Document, article: etree._Element) -> Numbers:
    """The numbers of a post container."""
    wrap = _landmarks(article).wrap
    return _numbers(article, wrap, _quote_data(document, wrap))


def read_post(article: etree._Element, index: int, context: PostContext) -> PostSeen | None:
    """Read one post; ``None``, and a repair counted, where its ids contradict each other."""
    document, note = context.document, context.document.answers.note
    parts = _landmarks(article)
    machine = _quote_data(document, parts.wrap)
    numbers = _numbers(article, parts.wrap, machine)
    if numbers.post_id is None or parts.content is None or not numbers.agree(context.thread_id):
        document.repair("contradictory_post")
        return None
    _trim(document, parts.content)
    parts.content = _gathered(document, parts.content)
    note("post.post_id", SOURCES["post.post_id"][0])
    note("post.body", SOURCES["post.body"][0 if parts.content.get("data-role") else 1])
    author_id, author_name = _author(document, parts, machine)
    edited_at, edited_by, reason = edit_mark(parts.content, author_name)
    reactions, n_reactions = read_reactions(parts.content, article)
    group = inner_text(parts.group) if parts.group is not None else None
    if edited_at is not None or edited_by is not None:
        note("post.edited_at", SOURCES["post.edited_at"][0] if edited_at else "none")
        note("post.edited_by", SOURCES["post.edited_by"][0] if edited_by else "none")
    source = SOURCES["post.n_reactions"][0 if reactions or not n_reactions else 1]
    note("post.n_reactions", source if n_reactions is not None else "none")
    note("post.author_group", SOURCES["post.author_group"][0] if group else "none")
    return PostSeen(
        post_id=numbers.post_id,
        is_first_post=_is_first(article, index, context.page),
        author_id=author_id,
        author_name=author_name,
        author_group=group,
        created_at=_created_at(document, parts, machine),
        edited_at=edited_at,
        edited_by=edited_by,
        edit_reason=reason,
        n_reactions=n_reactions,
        reactions=reactions,
        body=read_body(parts.content, document.url),
    )


def content_class_of(document: Document, articles: list[etree._Element]) -> str | None:
    """The content class that the first post with one names."""
    for article in articles:
        machine = _quote_data(document, _landmarks(article).wrap)
        name = squeeze(document.clean(_string(machine.get("contentclass"))))
        if name is not None:
            return name
    return None


def _landmarks(article: etree._Element) -> _Parts:
    parts = _Parts()
    for element in article.iter(*_BEFORE):
        tag = element.tag
        if tag == "div":
            if element.get("data-quotedata") is not None or element.get("data-commentid") is not None:
                parts.wrap = element
            if element.get("data-role") == BODY_ROLE:
                parts.content = element
                break
        elif tag == "time":
            parts.time = element if parts.time is None and element.get("datetime") else parts.time
        elif tag == "h3":
            parts.heading = element if has_class(element, "cAuthorPane_author") else parts.heading
        elif element.get("data-role") == "group":
            parts.group = element
    if parts.content is None:
        parts.content = next((e for e in article.iter("div") if has_class(e, "cPost_contentWrap")), None)
    return parts


def _quote_data(document: Document, wrap: etree._Element | None) -> dict[str, Any]:
    text = wrap.get("data-quotedata") if wrap is not None else None
    value = document.json(text) if text else None
    return value if isinstance(value, dict) else {}


def _numbers(article: etree._Element, wrap: etree._Element | None, machine: dict[str, Any]) -> Numbers:
    return Numbers(
        positive((article.get("id") or "").removeprefix("elComment_")),
        positive(wrap.get("data-commentid")) if wrap is not None else None,
        positive(machine.get("contentcommentid")),
        positive(machine.get("contentid")),
    )


def _trim(document: Document, content: etree._Element) -> None:
    """Cut off what an unclosed element of the post has drawn into it: controls, signature, the rest of the page."""
    for element in content.iter("div", "ul"):
        if element.get("data-role") == "memberSignature" or any(has_class(element, name) for name in _CHROME):
            cut_from(element, content)
            if content.get("data-role") == BODY_ROLE:
                document.repair("unclosed_post")
            return


def _gathered(document: Document, content: etree._Element) -> etree._Element:
    """The body with what a closing tag too many has put behind it: the template has only ``div`` there."""
    strays: list[etree._Element] = []
    for sibling in content.itersiblings():
        if sibling.tag == "div":
            break
        strays.append(sibling)
    if content.get("data-role") != BODY_ROLE or not (strays or (content.tail or "").strip()):
        return content
    document.repair("stray_words")
    whole = etree.Element("div", {"data-role": BODY_ROLE})
    content.addprevious(whole)
    whole.extend([content, *strays])  # each moves with the text behind it
    return whole


def _author(document: Document, parts: _Parts, machine: dict[str, Any]) -> tuple[int | None, str | None]:
    note = document.answers.note
    anchor = next(parts.heading.iter("a"), None) if parts.heading is not None else None
    if "userid" in machine:
        author_id = positive(machine["userid"])
        note("post.author_id", SOURCES["post.author_id"][0])
    else:
        author_id = number_in(anchor.get("href"), "profile") if anchor is not None else None
        note("post.author_id", SOURCES["post.author_id"][1] if author_id else "none")
    name = squeeze(document.clean(_string(machine.get("username"))))
    source = 0
    if name is None and anchor is not None:
        name, source = inner_text(anchor), 1
    if name is None and parts.heading is not None:
        name, source = inner_text(parts.heading), 2
    note("post.author_name", SOURCES["post.author_name"][source] if name else "none")
    return author_id, name


def _created_at(document: Document, parts: _Parts, machine: dict[str, Any]) -> datetime | None:
    stamped = from_unix(machine.get("timestamp"))
    shown = from_iso(parts.time.get("datetime")) if parts.time is not None else None
    if stamped is not None and shown is not None and stamped != shown:
        document.repair("created_at_conflict")
    source = SOURCES["post.created_at"]
    document.answers.note("post.created_at", source[0] if stamped else source[1] if shown else "none")
    return stamped or shown


def _is_first(article: etree._Element, index: int, page: int) -> bool:
    return article.get("data-ips-first-post") is not None or (page == 1 and index == 0)


def _string(value: Any) -> str | None:
    return value if isinstance(value, str) else None
