"""Reading one saved page: the same parser, redirect rules and page stages as in a crawl. Runs in the workers."""

from __future__ import annotations

import hashlib
import pickle
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from urllib.parse import parse_qsl, urlsplit

import orjson

from crawler.archive.content import BodyError, content
from crawler.extract.saved import Reading, Saved
from crawler.items import TEXT_DUMP, ErrorPage, FetchFacts, PageItem, PageRef, Redirect, TopicPage
from crawler.pages import Page, item_of, parse, read_dump, site_of
from crawler.pages.document import Document
from crawler.recheck import OLD_COPY
from crawler.sites import Sites
from crawler.spiders.redirects import judge_redirect
from crawler.spiders.site import SiteSpider
from crawler.store.rows import rows_of
from pipelines.deduplicate import deduplicate
from pipelines.validate import validate

_PLAIN = re.compile(r".*/(topic|forum)/\d+(-[^/]*)?(/page/\d+)?/?")
_SAVED_FROM = re.compile(rb"<!-- saved from url=\(\d{4}\)(https?://[^\s>]{1,2000}) -->", re.IGNORECASE)
_HTML = frozenset({"", "text/html", "application/xhtml+xml"})


class UnreadableError(Exception):
    """A saved page that cannot be read. The message says why, and what would help."""


def read_all(pages: Sequence[Saved], *, as_rows: bool = False) -> list[bytes]:
    """Read some pages; each reading is packed as it comes, so that no more than one is held as objects."""
    return [pickle.dumps(read_saved(saved, as_rows=as_rows), pickle.HIGHEST_PROTOCOL) for saved in pages]


def read_saved(saved: Saved, *, as_rows: bool = False) -> Reading:
    """Read one page; whatever is wrong with it, the others are read.

    ``as_rows``: posts are given as the rows that the store has of them, for one who need not look at them.
    """
    reading = Reading(file=saved.file, offset=saved.offset)
    try:
        page = READERS[saved.kind](saved)
        if as_rows and isinstance(page, TopicPage) and page.ref is not None:
            reading.rows, page.posts = rows_of(page.ref.site, page.posts), []
        reading.page = page
    except (BodyError, UnreadableError) as error:
        reading.problem = str(error)
    except Exception as error:  # noqa: BLE001  one page must not cost the others
        reading.problem = f"reading it raised {type(error).__name__}"
    return reading


def _recorded(saved: Saved) -> PageItem | None:
    """A page out of a WARC file."""
    item = item_of(saved.url)
    site = saved.site or (site_of(saved.url) if saved.url else None)
    if item is None or saved.url is None or site is None:
        return None
    body = content(saved.payload, saved.headers)
    page = parse(body, saved.url, status=saved.status, headers=saved.headers)
    kind, item_id, number = item
    ref = PageRef(site=site, kind=kind, item_id=item_id, page=number, url=saved.url)
    if saved.stale and saved.is_ours:
        page = ErrorPage(url=saved.url, kind="stale", status=saved.status, detail=OLD_COPY)
    if not saved.is_ours:
        if not _is_wanted(page, saved):
            return None
        ref = _as_it_says(ref, page)
    return _whole(page, ref, body, saved)


def _is_wanted(page: Page, saved: Saved) -> bool:
    """False for what another tool fetched beside the pages: feeds, dialogues, other sortings of a listing.

    Threads may come from any address. Other pages, errors and walls included, count only where the address is that of
    the page itself.
    """
    if isinstance(page, TopicPage):
        return True
    parts = urlsplit(saved.url or "")
    unwritten = parts.path.endswith("index.php")
    path, _, query = parts.query.partition("&") if unwritten else (parts.path, "", parts.query)
    if not _PLAIN.fullmatch(path) or any(name != "page" for name, _value in parse_qsl(query, keep_blank_values=True)):
        return False
    return saved.status != 200 or saved.headers.get("content-type", "").partition(";")[0].strip().lower() in _HTML


def _as_it_says(ref: PageRef, page: Page) -> PageRef:
    """Of a thread's page, the page that it is by its own account."""
    if isinstance(page, TopicPage) and page.thread.thread_id == ref.item_id:
        return replace(ref, page=page.thread.page)
    return ref


def _saved_page(saved: Saved) -> PageItem | None:
    """A page that a browser or a program saved as a file."""
    body = content(saved.payload, saved.headers)
    url = saved.url or address_of(body)
    item = item_of(url)
    if url is None or item is None:
        what = "it does not say the address that it was saved from" if url is None else "it is no thread and no forum"
        raise UnreadableError(f"{what}; give its address with --url")
    site = saved.site or site_of(url)
    if site is None:
        raise UnreadableError("the host in its address is not valid; give its address with --url")
    page = parse(body, url, headers=saved.headers)
    ref = PageRef(site=site, kind=item[0], item_id=item[1], page=item[2], url=url)
    return _whole(page, _as_it_says(ref, page), body, saved)


def _dumped_page(saved: Saved) -> PageItem | None:
    """A thread's page that survives as flattened text: it has no address, and its numbers are hashes."""
    page = read_dump(saved.payload)
    if page is None:
        raise UnreadableError("nothing in it separates posts; see docs/text-dumps.md")
    thread = page.thread
    ref = PageRef(site=saved.site or TEXT_DUMP, kind="topic", item_id=thread.thread_id, page=thread.page, url=page.url)
    return _whole(page, ref, saved.payload, saved)


def address_of(body: bytes) -> str | None:
    """Where a saved page is from: what the browser noted, else what the page calls itself."""
    noted = _SAVED_FROM.search(body[:4096])
    if noted is not None:
        found: str | None = noted[1].decode("ascii", "replace")
        if item_of(found) is not None:
            return found
    document = Document(body, "https://saved.invalid/")
    said = [document.canonical, *(m.get("content") for m in document.tagged("meta") if m.get("property") == "og:url")]
    addresses = [url.strip() for url in said if url and url.strip().startswith(("https://", "http://"))]
    return next((url for url in addresses if item_of(url) is not None), addresses[0] if addresses else None)


def _whole(page: Page, ref: PageRef, body: bytes, saved: Saved) -> PageItem:
    """The page with all that the spider and the page stages add to it."""
    spider = _spider(saved.sites)
    whole: PageItem = judge_redirect(page, ref, spider.sites) if isinstance(page, Redirect) else page
    whole.ref = ref
    whole.found = [*whole.found, *spider.follow(whole, ref)]
    whole.fetch = FetchFacts(
        url=ref.url,
        final_url=ref.url,
        fetched_at=saved.at,
        status=saved.status,
        bytes=len(body),
        body_sha256=hashlib.sha256(body).hexdigest(),
        warc_file=saved.file if saved.offset is not None else None,
        warc_offset=saved.offset,
    )
    return deduplicate(validate(whole))[0]


@lru_cache(maxsize=16)
def _spider(sites: str | None) -> SiteSpider:
    """A spider that follows what a crawl of these sites would; of it only that is used."""
    try:
        known = Sites.from_setting(orjson.loads(sites)) if sites else Sites()
    except (ValueError, TypeError, AttributeError):
        known = Sites()
    return SiteSpider(sites=known)


READERS: dict[str, Callable[[Saved], PageItem | None]] = {"warc": _recorded, "html": _saved_page, "text": _dumped_page}
"""How each kind of saved page is read."""
