"""A thread as a listing shows it."""

from __future__ import annotations

from lxml import etree

from crawler.items import ListingRow
from crawler.pages.document import Document
from crawler.pages.text import all_text, from_iso, inner_text, squeeze
from crawler.pages.tree import has_class
from crawler.pages.urls import absolute, item_of, number_in, on_host_of, page_url, pages_url, positive

SOURCES: dict[str, tuple[str, ...]] = {
    "row.thread_id": ("li[data-rowid]",),
    "row.title": ("a[href*=/topic/]",),
    "row.author_id": (".ipsDataItem_meta a[href*=/profile/]", ".ipsData__meta a[href*=/profile/]"),
    "row.created_at": ("time[datetime]",),
    "row.n_replies": ("[data-stattype=forums_comments]",),
    "row.is_pinned": ("i[class*=fa-thumb]",),
    "row.is_locked": ("i[class*=fa-lock]",),
}

_TITLES = ("ipsDataItem_title", "ipsData__title")
_LINES = ("ipsDataItem_meta", "ipsData__meta")


def listed(document: Document) -> list[etree._Element]:
    """The rows of the listing; widgets beside it have rows too."""
    return [li for li in document.root.iter("li") if li.get("data-rowid") is not None and _is_listed(li)]


def _is_listed(row: etree._Element) -> bool:
    if "forum.topicRow" in (row.get("data-controller") or ""):
        return True
    return any(ancestor.get("data-role") == "tableRows" for ancestor in row.iterancestors())


def read_row(row: etree._Element, document: Document) -> ListingRow | None:
    """One thread of the listing. A row whose address and number disagree is the stub of a moved thread."""
    thread_id = positive(row.get("data-rowid"))
    title = next((h for h in row.iter("h4", "h3", "h2", "div") if _has_any(h, _TITLES)), row)
    anchor = _title_link(title)
    url = absolute(document.url, anchor.get("href")) if anchor is not None else None
    item = item_of(url)
    if thread_id is None or item is None or item[0] != "topic":
        return None
    icons = " ".join(e.get("class") or "" for e in title.iter("i"))
    author_id, author_name = _author(row, document)
    times = [time for t in row.iter("time") if (time := from_iso(t.get("datetime"))) is not None]
    moved = item[1] != thread_id or "fa-arrow-left" in icons or "fa-share" in icons
    if moved:  # the time on such a row is that of the move
        times = []
    note = document.answers.note
    name = inner_text(anchor) if anchor is not None else None
    for field, value in (("thread_id", thread_id), ("title", name), ("created_at", moved or times or None)):
        note(f"row.{field}", SOURCES[f"row.{field}"][0] if value is not None else "none")
    is_pinned, is_locked = "fa-thumb-tack" in icons or "fa-thumbtack" in icons, "fa-lock" in icons
    for field, is_so in (("is_pinned", is_pinned), ("is_locked", is_locked)):
        note(f"row.{field}", SOURCES[f"row.{field}"][0] if is_so else "none")
    return ListingRow(
        thread_id=thread_id,
        url=page_url(pages_url(on_host_of(document.url, url or "")), 1),
        title=name,
        author_id=author_id,
        author_name=author_name,
        created_at=times[0] if times else None,
        last_post_at=times[-1] if times else None,
        n_replies=_replies(row, document),
        is_pinned=is_pinned,
        is_locked=is_locked,
        is_moved=moved,
        moved_to_thread_id=item[1] if item[1] != thread_id else None,
    )


def _has_any(element: etree._Element, names: tuple[str, ...]) -> bool:
    css = element.get("class")
    return css is not None and any(name in css for name in names) and any(has_class(element, n) for n in names)


def _title_link(within: etree._Element) -> etree._Element | None:
    """The link with the title: icons before it lead to the first unread post."""
    links = [anchor for anchor in within.iter("a") if (item_of(anchor.get("href")) or ("", 0, 0))[::2] == ("topic", 1)]
    return next((anchor for anchor in links if inner_text(anchor) is not None), links[0] if links else None)


def _author(row: etree._Element, document: Document) -> tuple[int | None, str | None]:
    """Who started it: the member named in the row's first line."""
    for block in row.iter("div", "p", "span"):
        for place, name in enumerate(_LINES):
            if not has_class(block, name):
                continue
            for anchor in block.iter("a"):
                number = number_in(anchor.get("href"), "profile")
                if number is not None:
                    document.answers.note("row.author_id", SOURCES["row.author_id"][place])
                    return number, inner_text(anchor)
    document.answers.note("row.author_id", "none")
    return None, None


def _replies(row: etree._Element, document: Document) -> int | None:
    """The reply count where it is shown in full; ``None`` for an abbreviated one ("8.8k")."""
    stat = next((li for li in row.iter("li") if li.get("data-stattype") == "forums_comments"), None)
    digits = squeeze(_count(stat)) if stat is not None else None
    is_whole = bool(digits and digits.isascii() and digits.isdigit() and len(digits) < 10)
    document.answers.note("row.n_replies", SOURCES["row.n_replies"][0] if is_whole else "none")
    return int(digits) if digits and is_whole else None


def _count(stat: etree._Element) -> str:
    """The number out of an attribute, or out of the element that shows it."""
    for element in stat.iter("span"):
        if element.get("data-stat-value") is not None:
            return element.get("data-stat-value") or ""
        if "stats_number" in (element.get("class") or ""):
            return all_text(element)
    return ""
