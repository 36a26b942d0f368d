"""Pages that are not what was asked for: errors of the forum, and walls.

What each is recognised by is in `docs/layouts.md`. The order matters: a challenge may carry any status, and every page
of a forum has a sign-in form in its header.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from crawler.items import ErrorPage, Wall
from crawler.pages.document import Document
from crawler.pages.text import inner_text

_CODE = re.compile(r"(?<![\w/])([0-9][A-Z][0-9]{3}/[0-9A-Z]{1,2})(?![\w/])")
_CHALLENGE = re.compile(
    rb"_cf_chl_opt|/cdn-cgi/challenge-platform/|id=[\"']?challenge-(?:form|running|error)", re.IGNORECASE
)
_BANNED = re.compile(rb"cf-error-details|you have been blocked|data-role=[\"']?banned|id=[\"']?elBanned", re.IGNORECASE)
_AGE = re.compile(rb"hasAcceptedAge|id=[\"']?elAgeGate|name=[\"']?ageGate|data-pagecontroller=[\"']?age", re.IGNORECASE)
_OFFLINE = re.compile(rb"id=[\"']?(?:el|ips)[A-Za-z_]*Offline|data-pagecontroller=[\"']?offline", re.IGNORECASE)
_HEADER_FORMS = "ancestor::*[@id='ipsLayout_header' or @id='elUserSignIn_menu' or @id='elMobileDrawer']"
_LOGIN_FORMS = f"//form[.//*[@name='_processLogin']][not({_HEADER_FORMS})][not(ancestor::*[@data-role='replyArea'])]"
_LOCKED_FORUM = "//form[.//input[@type='password'][@name='password']][.//input[@name='password_submitted']]"
_POWERED = (
    "//*[@id='elCopyright' or contains(@class,'opyright')]"
    "[contains(.,'Invision Community') or .//a[contains(@href,'invisioncommunity.com')]]"
)

_SETTLED = {404: "not_found", 410: "gone"}


def is_ips(document: Document) -> bool:
    """True for a page of an Invision Community."""
    data = document.page_data
    if "app" in data and "controller" in data:
        return True
    selector = document.selector
    return (
        "ips4_" in document.headers.get("set-cookie", "")
        or bool(selector.xpath(_POWERED))
        or bool(selector.xpath("//a[@title='Invision Community']"))
        or bool(selector.xpath("//*[contains(concat(' ',@class,' '),' ipsApp ')]"))
    )


def challenge(document: Document, status: int) -> Wall | None:
    """A bot challenge or a block by whatever stands before the forum; asked before anything else."""
    headers = document.headers
    if "challenge" in headers.get("cf-mitigated", "").lower() or _CHALLENGE.search(document.body):
        return _wall(document, status, "challenge")
    if status == 429:
        return _wall(document, status, "rate_limit")
    if status in {401, 407}:
        return _wall(document, status, "login")
    return None


def obstacle(document: Document, status: int) -> Wall | ErrorPage:
    """What a page is that is neither thread nor listing."""
    code = error_code(document)
    forum = is_ips(document)
    if status in _SETTLED or (code and status == 200):
        return _settled(document, status, code)
    wall = _wall_kind(document, status, forum=forum)
    if wall is not None and not (wall == "ban" and code):
        return _wall(document, status, wall, code)
    if status == 403:
        return _error(document, status, "forbidden", code, "the forum does not show it to this visitor")
    if status >= 500:
        return _error(document, status, "server_error", code, f"the server answered {status}")
    return _not_content(document, status, code, forum=forum)


def _wall_kind(document: Document, status: int, *, forum: bool) -> str | None:
    """The name of the wall that a page is, or ``None``."""
    body = document.body
    if _login_form(document):
        return "login"
    if document.selector.xpath(_LOCKED_FORUM):
        return "password"
    if (forum or status == 503) and _OFFLINE.search(body):
        return "offline"
    if forum and _AGE.search(body):
        return "age_gate"
    return "ban" if status == 403 or _BANNED.search(body) else None


def error_code(document: Document) -> str | None:
    """The forum's own error code, such as ``2F173/1``."""
    body = document.root.find("body")
    text = inner_text(body if body is not None else document.root) or ""
    found = _CODE.search(text)
    return found[1] if found else None


def retry_after(document: Document, now: datetime | None = None) -> float | None:
    """Seconds that the server asks to wait: a number, or a date measured from ``Date`` (or ``now``)."""
    value = document.headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return float(value) if len(value) < 12 else None
    try:
        until = parsedate_to_datetime(value)
        since = parsedate_to_datetime(document.headers["date"]) if "date" in document.headers else now
    except (TypeError, ValueError):
        return None
    if since is None or until.tzinfo is None:
        return None
    return max(0.0, (until - since.astimezone(UTC)).total_seconds())


def _login_form(document: Document) -> bool:
    """A sign-in form as the page's own content."""
    return document.page_data.get("controller") == "login" or bool(document.selector.xpath(_LOGIN_FORMS))


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
        retry_after=retry_after(document),
        repairs=document.repairs,
    )


def _wall(document: Document, status: int, kind: str, code: str | None = None) -> Wall:
    return Wall(
        url=document.url,
        kind=kind,
        status=status,
        code=code,
        retry_after=retry_after(document),
        repairs=document.repairs,
    )
