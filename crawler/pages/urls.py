"""Addresses of Invision Community: what they name, and how to ask for page N.

A thread or forum is known by its number. The slug, the prefix of the installation and the query are decoration, with
the exception of ``?page=N`` (4.0-4.3) and of ``index.php?/topic/…`` (no URL rewriting).
"""

from __future__ import annotations

import re
from typing import Literal
from urllib.parse import SplitResult, parse_qsl, unquote, urljoin, urlsplit, urlunsplit

from crawler.items import PageKind, PageRef

MAX_ID = 2**63 - 1

# /topic/123-slug/, /forums/topic/123-slug/page/2/        https://forum.example/forums/topic/123-slug/page/2/
# /forum/12-name/, /forums/forum/12-name/page/3/          https://forum.example/forum/12-name/
_PATH = re.compile(
    r"^(?P<prefix>(?:/[^/?#]+)*?)/(?P<kind>topic|forum)/(?P<id>\d{1,19})(?:-(?P<slug>[^/]*))?(?:/page/(?P<page>\d{1,9}))?(?:/.*)?$"
)
_HOST = re.compile(r"^[a-z0-9_](?:[a-z0-9._-]*[a-z0-9])?$|^[0-9a-f:.]+$")
_PAGE_IN_URL = re.compile(r"/page/\d+(?=/|$)|(?<=[?&])page=\d+")

PagingStyle = Literal["path", "query"]


class AddressError(ValueError):
    """The address names no thread and no forum. ``reason`` says why, ``fix`` what to give instead."""

    def __init__(self, reason: str, fix: str) -> None:
        super().__init__(f"{reason}; {fix}")
        self.reason = reason
        self.fix = fix


def site_of(url: str) -> str | None:
    """The site of an address: its host in lower case without ``www.`` and port; ``None`` where there is none."""
    try:
        host = (urlsplit(url).hostname or "").rstrip(".")
        host = host if host.isascii() else host.encode("idna").decode()
    except ValueError:
        return None
    return host.removeprefix("www.") if _HOST.match(host) else None


def parse_ref(url: str, *, is_seed: bool = False) -> PageRef:
    """What a user's address names: page 1 of its thread, or of its forum, whatever page or post it points at.

    Raises `AddressError`, whose message names the reason and the fix.
    """
    parts = _split(url.strip())
    found = _numbered(parts)
    if found is None:
        raise AddressError(
            "it names no thread and no forum",
            "give an address with /topic/<number>-… or /forum/<number>-… in it",
        )
    kind, item_id, _page, path = found
    site = site_of(url.strip())
    if site is None:
        raise AddressError("its host is not valid", "give the address as the browser shows it")
    query = f"index.php?{path}" if parts.path.endswith("index.php") else None
    base = f"{parts.scheme}://{parts.netloc}"
    root = parts.path.removesuffix("index.php") if query else ""
    address = f"{base}{root}{query}" if query else f"{base}{path}"
    return PageRef(site=site, kind=kind, item_id=item_id, page=1, url=address, is_seed=is_seed)


def item_of(url: str | None) -> tuple[PageKind, int, int] | None:
    """Kind, number and page that an address names, or ``None``: for addresses found on pages."""
    if not url:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    found = _numbered(parts)
    return None if found is None else found[:3]


def number_in(url: str | None, kind: str) -> int | None:
    """The number behind ``/<kind>/`` in an address: ``number_in(".../profile/38-x/", "profile") == 38``."""
    if not url:
        return None
    found = re.search(rf"/{kind}/(\d{{1,19}})(?=[-/?#&]|$)", unquote(url))
    return positive(found[1]) if found else None


def pages_url(url: str, style: PagingStyle = "path") -> str:
    """The address of page N of a thread or forum, with ``{page}`` in place of N.

    ``url`` is any of its addresses; query (but that of ``index.php?/topic/…``) and fragment fall away.
    """
    parts = _lenient(url)
    origin = f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
    if parts.path.endswith("index.php"):
        inner = _PAGE_IN_URL.sub("", parts.query.split("&")[0]).rstrip("/")
        tail = "/page/{page}/" if style == "path" else "/&page={page}"
        return f"{origin}{_safe(parts.path)}?{_safe(inner)}{tail}"
    path = _PAGE_IN_URL.sub("", parts.path).rstrip("/")
    tail = "/page/{page}/" if style == "path" else "/?page={page}"
    return f"{origin}{_safe(path)}{tail}"


def page_url(template: str, page: int) -> str:
    """The address of one page out of `pages_url`; page 1 is the address without a page number."""
    if page == 1:
        return template.replace("/page/{page}/", "/").replace("/?page={page}", "/").replace("/&page={page}", "/")
    return template.replace("{page}", str(page))


def absolute(base: str, url: str | None) -> str | None:
    """An address made absolute; ``None`` for one that is empty, broken, or of a scheme that names no resource."""
    if not url:
        return None
    url = url.strip()
    if url.startswith(("https://", "http://")):
        return url
    try:
        joined = urljoin(base, url)
        scheme = urlsplit(joined).scheme
    except ValueError:
        return None
    return joined if scheme in {"http", "https", "mailto", "ftp", "magnet", "tel"} else None


def on_host_of(url: str, address: str) -> str:
    """An address on the host (and by the scheme and port) of the page that named it."""
    own, other = _lenient(url), _lenient(address)
    return urlunsplit((own.scheme, own.netloc, other.path, other.query, other.fragment)) if own.netloc else address


def canonical(document_url: str, href: str | None, kind: PageKind) -> str | None:
    """What a page calls its own address, where that names the same site and something of this kind."""
    item = item_of(href)
    if href is None or item is None or item[0] != kind or site_of(href) != site_of(document_url):
        return None
    return href.strip()


def positive(text: object) -> int | None:
    """A positive 64-bit integer out of a machine value; ``None`` for anything else, 0 included."""
    if text is None:
        return None
    if isinstance(text, str):
        number = int(text) if text.isascii() and text.isdigit() and len(text) < 20 else 0
    else:
        number = text if isinstance(text, int) and not isinstance(text, bool) else 0
    return number if 0 < number <= MAX_ID else None


def _split(url: str) -> SplitResult:
    if re.search(r"[\x00-\x20\x7f]", url):
        raise AddressError("it has spaces or control characters in it", "put the address in quotes and check it")
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError as error:
        raise AddressError(f"it is no address ({error})", "give the address as the browser shows it") from None
    if parts.scheme not in {"http", "https"} or not host:
        raise AddressError("it is no http or https address", "give the whole address, https:// included")
    if parts.username or parts.password:
        raise AddressError("it carries a user name or password", "leave them out; use --cookies for your own login")
    return parts


def _lenient(url: str) -> SplitResult:
    """The parts of an address; of a broken one, all of it as the path."""
    try:
        return urlsplit(url)
    except ValueError:
        return SplitResult("", "", url, "", "")


def _numbered(parts: SplitResult) -> tuple[PageKind, int, int, str] | None:
    path = parts.path
    query = parts.query
    if path.endswith("index.php"):
        path, _, query = query.partition("&")
    found = _PATH.match(path)
    number = positive(found["id"]) if found else None
    if found is None or number is None:
        return None
    page = positive(found["page"]) or positive(dict(parse_qsl(query)).get("page")) or 1
    kind: PageKind = "topic" if found["kind"] == "topic" else "forum"
    slug = f"-{found['slug']}" if found["slug"] else ""
    return kind, number, page, f"{found['prefix']}/{found['kind']}/{found['id']}{slug}/"


def _safe(text: str) -> str:
    """Braces of a hostile slug must not look like the place of the page number."""
    return text.replace("{", "%7B").replace("}", "%7D")
