"""A post: its container, ``#elComment_N``, and what stands in it.

Machine values come first: ``data-quotedata`` has the author's number and name, the time, and the ids of post, thread
and content class. What the panes show is only the fallback.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lxml import etree

from crawler.items import PostSeen
from crawler.pages.body import read_stripped
from crawler.pages.container import Container
from crawler.pages.document import Document
from crawler.pages.edit import NO_EDIT, edit_mark
from crawler.pages.layout import Layout
from crawler.pages.reaction import read_reactions
from crawler.pages.text import from_iso, from_unix, inner_text, squeeze
from crawler.pages.tree import BODY_ROLE, cut_from, has_class, inner_html, strip_marks
from crawler.pages.urls import number_in, positive

SOURCES: dict[str, tuple[str, ...]] = {
    "post.post_id": ("article[id^=elComment_]@id", "[id^=elComment_]@id"),
    "post.author_id": (
        "[data-quotedata].userid",
        *("h3 a[href*=/profile/]", ".ipsEntry__username a[href*=/profile/]", "a[href*=/profile/]"),
    ),
    "post.author_name": (
        "[data-quotedata].username",
        *("h3 a", "h3", ".ipsEntry__username a", ".ipsEntry__username", "a[href*=/profile/]"),
    ),
    "post.created_at": ("[data-quotedata].timestamp", "time[datetime]"),
    "post.author_group": ("[data-role=group]", ".ipsEntry__group"),
    "post.body": ("[data-role=commentContent]", ".cPost_contentWrap", ".ipsEntry__post"),
    "post.edited_at": ("[data-excludequote] time[datetime]",),
    "post.edited_by": ("[data-excludequote] strong",),
    "post.n_reactions": (".ipsReact_reactCount", "[data-role=reactCountText]"),
}

_CHROME = ("ipsItemControls", "ipsEntry__controls", "ipsEntry__footer")
_CHROME_ROLES = ("memberSignature", "commentControls")
_PROFILE = "a[href*=/profile/]"
_MARK = "data-excludequote"


@dataclass(slots=True)
class PostContext:
    """What the page knows and a post needs."""

    document: Document
    layout: Layout
    thread_id: int | None
    page: int


def read_post(found: Container, index: int, context: PostContext) -> PostSeen | None:
    """Read one post; ``None``, and a repair counted, where its ids contradict each other."""
    document, note = context.document, context.document.answers.note
    numbers = found.numbers
    if numbers.post_id is None or found.content is None or not numbers.agree(context.thread_id):
        document.repair("contradictory_post")
        return None
    html = _settle(document, found)
    author_id, author_name = _author(document, found)
    edited_at, edited_by, reason = NO_EDIT
    if html is not None and _MARK in html:
        edited_at, edited_by, reason = _edit(document, found.content, author_name)
        strip_marks(found.content)
        html = inner_html(found.content)
    reactions, n_reactions = read_reactions(found.following())
    note("post.post_id", SOURCES["post.post_id"][found.element.tag != "article"])
    note("post.body", SOURCES["post.body"][0] if found.content.get("data-role") else f".{found.layout.body}")
    source = SOURCES["post.n_reactions"][bool(n_reactions) and not reactions]
    note("post.n_reactions", source if n_reactions is not None else "none")
    return PostSeen(
        post_id=numbers.post_id,
        is_first_post=_is_first(found.element, index, context.page),
        author_id=author_id,
        author_name=author_name,
        author_group=_group(document, found),
        created_at=_created_at(document, found),
        edited_at=edited_at,
        edited_by=edited_by,
        edit_reason=reason,
        n_reactions=n_reactions,
        reactions=reactions,
        body=read_stripped(found.content, html, document.url),
    )


def content_class_of(document: Document, posts: list[Container]) -> str | None:
    """The content class that the first post with one names."""
    for post in posts:
        name = squeeze(document.clean(_string(post.machine.get("contentclass"))))
        if name is not None:
            return name
    return None


def _settle(document: Document, found: Container) -> str | None:
    """Give the body its true bounds; its HTML. What is in it is asked of the HTML first, which is quicker."""
    assert found.content is not None
    html = inner_html(found.content)
    if html is not None and _may_hold_chrome(html) and _trim(document, found.content):
        html = inner_html(found.content)
    whole = _gathered(document, found)
    if whole is not found.content:
        found.content = whole
        html = inner_html(whole)
    return html


def _may_hold_chrome(html: str) -> bool:
    return "Controls" in html or "ipsEntry__" in html or "memberSignature" in html


def _trim(document: Document, content: etree._Element) -> bool:
    """Cut off what an unclosed element of the post has drawn into it: controls, signature, the rest of the page."""
    for element in content.iter("div", "ul", "menu", "footer"):
        if element.get("data-role") in _CHROME_ROLES or any(has_class(element, name) for name in _CHROME):
            cut_from(element, content)
            document.changed()
            if content.get("data-role") == BODY_ROLE:
                document.repair("unclosed_post")
            return True
    return False


def _gathered(document: Document, found: Container) -> etree._Element:
    """The body with what a closing tag too many has put behind it, where the layout tells what else may stand there."""
    content = found.content
    assert content is not None
    behind = found.layout.behind
    if not behind or content.get("data-role") != BODY_ROLE:
        return content
    following = content.getnext()
    if (following is None or following.tag in behind) and not (content.tail or "").strip():
        return content
    strays: list[etree._Element] = []
    for sibling in content.itersiblings():
        if sibling.tag in behind:
            break
        strays.append(sibling)
    document.repair("stray_words")
    whole = etree.Element("div", {"data-role": BODY_ROLE})
    content.addprevious(whole)
    whole.extend([content, *strays])  # each moves with the text behind it
    return whole


def _edit(
    document: Document, content: etree._Element, author_name: str | None
) -> tuple[datetime | None, str | None, str | None]:
    edited_at, edited_by, reason = edit_mark(content, author_name)
    if edited_at is not None or edited_by is not None:
        note = document.answers.note
        note("post.edited_at", SOURCES["post.edited_at"][0] if edited_at else "none")
        note("post.edited_by", SOURCES["post.edited_by"][0] if edited_by else "none")
    return edited_at, edited_by, reason


def _author(document: Document, found: Container) -> tuple[int | None, str | None]:
    """Number and name of the author; the panes are only looked at where the machine data lack one of them."""
    note, machine, sources = document.answers.note, found.machine, SOURCES["post.author_name"]
    name = squeeze(document.clean(_string(machine.get("username"))))
    if name is not None and "userid" in machine:
        note("post.author_id", SOURCES["post.author_id"][0])
        note("post.author_name", sources[0])
        return positive(machine["userid"]), name
    heading = _heading(found)
    anchor = next(heading.iter("a"), None) if heading is not None else None
    if "userid" in machine:
        author_id = positive(machine["userid"])
        note("post.author_id", SOURCES["post.author_id"][0])
    else:
        author_id = number_in(anchor.get("href"), "profile") if anchor is not None else None
        note("post.author_id", f"{found.layout.author} {_PROFILE}".lstrip() if author_id else "none")
    source = sources[0]
    if name is None and anchor is not None:
        name, source = inner_text(anchor), f"{found.layout.author} a" if found.layout.author else _PROFILE
    if name is None and heading is not None:
        name, source = inner_text(heading), found.layout.author
    note("post.author_name", source if name else "none")
    return author_id, name


def _heading(found: Container) -> etree._Element | None:
    """What holds the author's name; in an unknown layout the first link to a profile that has words."""
    css = found.layout.heading
    if css is not None:
        return next((e for e in found.outside("h3", "h2", "h4", "div", "span") if has_class(e, css)), None)
    links = (a for a in found.outside("a") if number_in(a.get("href"), "profile") and inner_text(a))
    return next(links, None)


def _group(document: Document, found: Container) -> str | None:
    """The group as shown, which is in the forum's language."""
    css, tags = found.layout.group, ("li",) if found.layout.group is None and found.layout.parts else ()
    for element in found.aside(*tags):
        get = element.get
        if get("data-role") == "group":
            source = 0
        elif css is not None and css in (get("class") or "") and has_class(element, css):
            source = 1
        else:
            continue
        group = inner_text(element)
        document.answers.note("post.author_group", SOURCES["post.author_group"][source] if group else "none")
        return group
    document.answers.note("post.author_group", "none")
    return None


def _created_at(document: Document, found: Container) -> datetime | None:
    stamped = from_unix(found.machine.get("timestamp"))
    time = found.time
    if time is None:
        time = next((t for t in found.outside("time") if t.get("datetime")), None)
    shown = from_iso(time.get("datetime")) if time is not None else None
    if stamped is not None and shown is not None and stamped != shown:
        document.repair("created_at_conflict")
    source = SOURCES["post.created_at"]
    document.answers.note("post.created_at", source[0] if stamped else source[1] if shown else "none")
    return stamped or shown


def _is_first(article: etree._Element, index: int, page: int) -> bool:
    return article.get("data-ips-first-post") is not None or (page == 1 and index == 0)


def _string(value: Any) -> str | None:
    return value if isinstance(value, str) else None
