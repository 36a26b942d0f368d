"""Pages that are not what was asked for: errors of the forum, and walls.

What each is recognised by is in `docs/layouts.md`. The order matters: a challenge may carry any status, and every page
of a forum has a sign-in form in its header.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime

from lxml import etree

from crawler.items import ErrorPage, Wall
from crawler.pages.document import LINKED_DATA, Document
from crawler.pages.text import all_text, inner_text
from crawler.pages.tree import BODY_ROLE, has_class, in_post

_CODE = re.compile(r"(?<![\w/])([0-9][A-Z][0-9]{3}/[0-9A-Z]{1,2})(?![\w/])")
_CODE_LINE = 100  # the code stands in a line of its own behind a label, in the forum's language
_CHALLENGE = re.compile(r"_cf_chl_opt|/cdn-cgi/challenge-platform/(?!(?:h/\w+/)?scripts/jsd)", re.IGNORECASE)
_CHALLENGE_ID = re.compile(r"challenge-(?:form|running|error|stage)")
_OFFLINE_ID = re.compile(r"(?:el|ips)[A-Za-z_]*Offline", re.IGNORECASE)
_MOMENT = "just a moment"
_BLOCKED = "you have been blocked"
_HEADERS = {"ipsLayout_header", "elUserSignIn_menu", "elMobileDrawer"}
_CONTENT_ROLES = {BODY_ROLE, "commentFeed", "tableRows"}

_SETTLED = {404: "not_found", 410: "gone"}


def is_ips(document: Document) -> bool:
    """True for a page of an Invision Community."""
    data, root = document.page_data, document.root
    if "app" in data and "controller" in data:
        return True
    return (
        "ips4_" in document.headers.get("set-cookie", "")
        or any(_is_powered(element) for element in root.iter("p", "div", "span", "footer"))
        or any(a.get("title") == "Invision Community" for a in root.iter("a"))
        or any(has_class(e, "ipsApp") for e in root.iter("html", "body"))
    )


def _is_powered(element: etree._Element) -> bool:
    if element.get("id") != "elCopyright" and "opyright" not in (element.get("class") or ""):
        return False
    links = (a.get("href") or "" for a in element.iter("a"))
    return any("invisioncommunity.com" in link for link in links) or "Invision Community" in all_text(element)


def challenge(document: Document, status: int) -> Wall | None:
    """A bot challenge or a block by whatever stands before the forum."""
    if "challenge" in document.headers.get("cf-mitigated", "").lower() or _is_challenge(document):
        return _wall(document, status, "challenge")
    if status == 429:
        return _wall(document, status, "rate_limit")
    if status in {401, 407}:
        return _wall(document, status, "login")
    return None


def _is_challenge(document: Document) -> bool:
    """Marks of a challenge in scripts and ids: the words alone may stand in any post."""
    root = document.root
    for script in root.iter("script"):
        code = script.text or ""
        if script.get("type") != LINKED_DATA and _CHALLENGE.search(f"{script.get('src') or ''} {code}"):
            return not in_post(script)
    if any(_CHALLENGE_ID.match(e.get("id") or "") and not in_post(e) for e in root.iter("div", "form")):
        return True
    return _heads(document, _MOMENT, "title") and not is_ips(document)


def _heads(document: Document, words: str, *tags: str) -> bool:
    """True where a title or heading begins with these words, or ends in them."""
    texts = ((inner_text(e) or "").lower() for e in document.root.iter(*tags) if not in_post(e))
    return any(text.startswith(words) or text.endswith(words) for text in texts)


def obstacle(document: Document, status: int) -> Wall | ErrorPage:
    """What a page is that is neither thread nor listing."""
    code = error_code(document)
    forum = is_ips(document)
    if status in _SETTLED or (code and status == 200):
        return _settled(document, status, code)
    if code and status == 403 and document.page_data.get("controller") != "login":
        return _error(document, status, "forbidden", code, "the forum does not show it to this visitor")
    wall = wall_kind(document, status, forum=forum)
    if wall is not None:
        return _wall(document, status, wall, code)
    if status >= 500:
        return _error(document, status, "server_error", code, f"the server answered {status}")
    return _not_content(document, status, code, forum=forum)


def wall_kind(document: Document, status: int, *, forum: bool) -> str | None:
    """The name of the wall that a page is, or ``None``. Asked only of pages without content."""
    if _login_form(document):
        return "login"
    if any(_is_locked_forum(form) for form in _forms(document)):
        return "password"
    if (forum or status == 503) and _is_offline(document):
        return "offline"
    if forum and _is_age_gate(document):
        return "age_gate"
    return "ban" if status == 403 or (status < 500 and _is_ban(document, forum=forum)) else None


def as_wall(document: Document, status: int) -> Wall | None:
    """The wall that a listing without rows is, or ``None``."""
    kind = wall_kind(document, status, forum=True)
    return _wall(document, status, kind) if kind is not None else None


def error_code(document: Document) -> str | None:
    """The forum's own error code, such as ``2F173/1``: in a short line of its own, not in a link or in a post."""
    body = document.root.find("body")
    for element in (body if body is not None else document.root).iter():
        words = "".join([element.text or "", *(child.tail or "" for child in element)])
        found = _CODE.search(words)
        if found and len(words.strip()) <= _CODE_LINE and not _is_content(element):
            return found[1]
    return None


def _is_content(element: etree._Element) -> bool:
    """True for what members write: posts, titles in listings, links."""
    return any(
        e.tag in {"a", "article", "script", "style", "h1", "li"} or e.get("data-role") in _CONTENT_ROLES
        for e in (element, *element.iterancestors())
    )


def retry_after(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Seconds that the server asks to wait: a number, or a date measured from ``Date`` (or ``now``).

    ``headers`` with names in lower case.
    """
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return float(value) if len(value) < 12 else None
    try:
        until = parsedate_to_datetime(value)
        since = parsedate_to_datetime(headers["date"]) if "date" in headers else now
    except (TypeError, ValueError):
        return None
    if since is None or since.tzinfo is None or until.tzinfo is None:
        return None
    return max(0.0, (until - since).total_seconds())


def _forms(document: Document) -> Iterator[etree._Element]:
    """The forms of the page's content: every page has a sign-in form in its header, and one below the posts."""
    for form in document.root.iter("form"):
        around = list(form.iterancestors())
        if not any(e.get("id") in _HEADERS or e.get("data-role") in {"replyArea", BODY_ROLE} for e in around):
            yield form


def _login_form(document: Document) -> bool:
    """A sign-in form as the page's own content."""
    if document.page_data.get("controller") == "login":
        return True
    return any(e.get("name") == "_processLogin" for form in _forms(document) for e in form.iter("input", "button"))


def _is_locked_forum(form: etree._Element) -> bool:
    names = {e.get("name") for e in form.iter("input", "button")}
    return {"password", "password_submitted"} <= names


def _is_offline(document: Document) -> bool:
    if document.page_data.get("controller") == "offline":
        return True
    return any(_OFFLINE_ID.fullmatch(e.get("id") or "") and not in_post(e) for e in document.root.iter())


def _is_age_gate(document: Document) -> bool:
    if document.page_data.get("controller", "").startswith("age"):
        return True
    return any(
        (e.get("id") == "elAgeGate" or "ageGate" in {e.get("name"), e.get("data-role")} or _asks_age(e))
        and not in_post(e)
        for e in document.root.iter("div", "form", "section", "input", "button", "script")
    )


def _asks_age(element: etree._Element) -> bool:
    if element.tag == "script":
        return element.get("type") != LINKED_DATA and "hasAcceptedAge" in (element.text or "")
    return "hasAcceptedAge" in (element.get("name") or "")


def _is_ban(document: Document, *, forum: bool) -> bool:
    marked = (
        e for e in document.root.iter("div", "section") if e.get("id") == "elBanned" or e.get("data-role") == "banned"
    )
    if any(not in_post(e) for e in marked):
        return True
    return not forum and _heads(document, _BLOCKED, "title", "h1", "h2")


def _settled(document: Document, status: int, code: str | None) -> ErrorPage:
    kind = _SETTLED.get(status, "not_found")
    if code and code.endswith("/O"):
        kind = "hidden"
    elif code and code.endswith("/H"):
        kind = "forbidden"
    return _error(document, status, kind, code, "the forum says that it is not there")


def _not_content(document: Document, status: int, code: str | None, *, forum: bool) -> ErrorPage:
    if forum and status == 200:
        return _error(document, status, "not_thread", code, "a page of the forum, but no thread and no listing")
    if status == 200:
        return _error(document, status, "not_ips", code, "not a page of an Invision Community that this version knows")
    return _error(document, status, "refused", code, f"the server answered {status}")


def _error(document: Document, status: int, kind: str, code: str | None, detail: str) -> ErrorPage:
    return ErrorPage(
        url=document.url,
        kind=kind,
        status=status,
        code=code,
        detail=detail,
        retry_after=retry_after(document.headers),
        repairs=document.repairs,
    )


def _wall(document: Document, status: int, kind: str, code: str | None = None) -> Wall:
    return Wall(
        url=document.url,
        kind=kind,
        status=status,
        code=code,
        retry_after=retry_after(document.headers),
        repairs=document.repairs,
    )
