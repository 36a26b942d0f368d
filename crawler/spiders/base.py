"""What all spiders have in common: they read pages through `crawler.pages` and say which pages to fetch next.

A spider holds no selector and no state. Its requests carry a `PageRef`; the frontier decides whether they are sent.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import replace
from typing import Any, Literal, Self

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.addresses import AddressRefusedError
from crawler.clock import now
from crawler.items import ErrorPage, FetchFacts, ForumPage, PageItem, PageKind, PageRef, Redirect, TopicPage, Wall
from crawler.middlewares.conditional import unchanged_of
from crawler.pace import HaltedError
from crawler.pages import AddressError, page_url, parse_ref
from crawler.reading import PageReader
from crawler.sites import Sites
from crawler.spiders.redirects import judge_redirect

LOOKAHEAD = 25
"""Pages beyond the one just read that are entered at once: a pager that lies costs no more requests than this."""

_CAUSES: tuple[tuple[type[BaseException], str, str], ...] = (
    (ResponseDataLossError, "truncated", "the answer was cut off on its way"),
    (DownloadTimeoutError, "unreachable", "no answer in time"),
    (CannotResolveHostError, "unreachable", "the host name is not known"),
    (DownloadConnectionRefusedError, "unreachable", "the host refuses connections"),
    (DownloadCancelledError, "too_large", ""),
    (IgnoreRequest, "too_large", "once it is decompressed"),  # of our middlewares HttpCompression alone raises it
)


class RobotsRefusedError(Exception):
    """``kind`` is ``robots`` where robots.txt forbids the page, ``no_robots`` where it could not be read."""

    def __init__(self, kind: Literal["robots", "no_robots"], detail: str | None = None) -> None:
        super().__init__(kind)
        self.kind, self.detail = kind, detail


class PageSpider(Spider):
    """Base of our spiders. ``url``: one address or several, with white space or commas between them.

    ``takes`` is the kind of address that a spider is for; null: both. ``sites`` are those of a job.
    """

    takes: PageKind | None = None

    def __init__(self, url: str = "", subforums: str | bool = False, sites: Sites | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.sites = sites or Sites()
        addresses = url.replace(",", " ").split() if isinstance(url, str) else list(url)
        self.seeds: tuple[PageRef, ...] = tuple(self.seed_of(address) for address in addresses)
        self.subforums = str(subforums).lower() in {"1", "true", "yes", "on"}
        self.reader = PageReader(threads=0)

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """As in the base; pages are read beside the engine, which goes on fetching (`crawler.reading`)."""
        sites = Sites.from_setting(crawler.settings.getdict("SITES"))
        spider = super().from_crawler(crawler, *args, sites=sites, **kwargs)
        settings = crawler.settings
        after = settings.getint("PARSE_PROCESS_AFTER") if settings.getfloat("DOWNLOAD_DELAY") == 0 else 0
        spider.reader = PageReader(settings.getint("PARSE_THREADS"), after or None)
        crawler.signals.connect(spider.reader.close, signal=signals.spider_closed)
        return spider

    def seed_of(self, address: str) -> PageRef:
        """What an address of the user names. Raises `AddressError`, also for one of the other kind."""
        ref = parse_ref(address, is_seed=True)
        ref = replace(ref, site=self.sites.name_of(ref.url) or ref.site)
        if self.takes in {None, ref.kind}:
            return ref
        names = {"topic": "thread", "forum": "forum"}
        raise AddressError(
            f"it names a {names[ref.kind]}, not a {names[str(self.takes)]}", f"use the spider {ref.kind}"
        )

    async def start(self) -> AsyncIterator[Any]:
        """Name what the user asked for."""
        for ref in self.seeds:
            yield self.request(ref)

    def request(self, ref: PageRef) -> Request:
        """A request for a page: what the frontier takes in, and what it gives out again when the page's turn comes."""
        return Request(
            ref.url,
            callback=self.parse_page,
            errback=self.page_failed,
            cb_kwargs={"ref": ref},
            meta={"download_slot": ref.site},  # one request in flight a site, however its host is spelled
            dont_filter=True,  # the frontier knows what was seen
        )

    async def parse_page(self, response: Response, ref: PageRef) -> AsyncIterator[Any]:
        """Read a page; give what it says and the pages that it leads to."""
        headers = {str(name): str(value) for name, value in response.headers.to_unicode_dict().items()}
        same = unchanged_of(response)
        page: PageItem
        if same is not None:
            page = same.page
        else:
            page = await self.reader.read(response.body, response.url, response.status, headers)
        if isinstance(page, Redirect):
            page = judge_redirect(page, ref, self.sites)
        page.found = [*page.found, *self.follow(page, ref)]  # requests are made of them when their turn comes
        yield page

    def follow(self, page: PageItem, ref: PageRef) -> Iterator[PageRef]:
        """The pages that a page leads to."""
        if isinstance(page, TopicPage):
            yield from self.other_pages(page, ref, page.thread.thread_id, page.thread.n_pages)
        elif isinstance(page, ForumPage):
            yield from self.listed(page, ref)

    def other_pages(
        self, page: TopicPage | ForumPage, ref: PageRef, item_id: int, n_pages: int | None
    ) -> Iterator[PageRef]:
        """The pages that follow in the same thread or forum, as far ahead as `LOOKAHEAD`."""
        current = page.thread.page if isinstance(page, TopicPage) else page.forum.page
        ahead = range(current + 1, min(n_pages or 1, current + LOOKAHEAD) + 1)
        for number in (1, *ahead):  # the first page too: a thread that answers under another number starts there
            if number != current or item_id != ref.item_id:
                url = page_url(page.pages_url, number)
                yield PageRef(site=ref.site, kind=ref.kind, item_id=item_id, page=number, url=url)

    def listed(self, page: ForumPage, ref: PageRef) -> Iterator[PageRef]:
        """The rest of the listing, and the threads on it."""
        yield from self.other_pages(page, ref, page.forum.forum_id, page.forum.n_pages)
        found: list[tuple[PageKind, int, str | None]]
        found = [("topic", row.thread_id, row.url) for row in page.rows if not row.is_moved]
        if self.sites.subforums(ref.site, default=self.subforums):
            found += [("forum", forum.forum_id, forum.url) for forum in page.subforums]
        for kind, item_id, url in found:
            if url and self.sites.same_place(url, page.url):
                wanted = PageRef(site=ref.site, kind=kind, item_id=item_id, page=1, url=url)
                if self.sites.wants(wanted):
                    yield wanted

    def page_failed(self, failure: Failure) -> Iterable[PageItem]:
        """A page that could not be fetched is told of like any other."""
        request: Request = failure.request  # type: ignore[attr-defined]
        ref: PageRef = request.cb_kwargs["ref"]
        if isinstance(failure.value, HaltedError):
            return []  # it was given back
        page = failed_page(failure.value, request.url)
        page.ref = ref
        page.fetch = FetchFacts(url=request.url, final_url=None, fetched_at=now())
        return [page]


def failed_page(error: BaseException | None, url: str) -> PageItem:
    """What a failed download is called. The cause is told in our own words: messages may hold what a server wrote."""
    if isinstance(error, RobotsRefusedError):
        return Wall(url=url, kind=error.kind, status=0, detail=error.detail)
    if isinstance(error, AddressRefusedError):
        return ErrorPage(url=url, kind="private")
    for kind, name, detail in _CAUSES:
        if isinstance(error, kind):
            return ErrorPage(url=url, kind=name, detail=detail)
    return ErrorPage(url=url, kind="unreachable", detail=f"the connection failed ({type(error).__name__})")
