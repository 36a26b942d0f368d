"""One crawl over one store: opened before the engine starts, closed after it has stopped."""

from __future__ import annotations

import logging
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.signalmanager import SignalManager
from scrapy.utils.asyncio import CallLaterResult, call_later

from crawler.archive import Archive
from crawler.archive.record import head_of
from crawler.clock import now
from crawler.conditional import Conditions
from crawler.forget import Forgotten, Redactor
from crawler.items import ErrorPage, FetchFacts, PageItem, PageRef, Run, TopicPage
from crawler.jobs.scope import Scope
from crawler.logformatter import page_fields
from crawler.opening import archive_of, policy_of, redactor_of, run_of, sites_of, store_of
from crawler.pace import Pace
from crawler.recheck import Recheck
from crawler.sites import Sites
from crawler.store import Committed, Store
from crawler.store.db import from_micros, is_fatal, micros
from crawler.store.errors import DamageError
from crawler.store.frontier import LONGEST_WAIT
from crawler.store.killpoints import armed, reach
from crawler.store.seals import SUSPECT
from crawler.traps import without_traps
from crawler.welcome import Welcome

logger = logging.getLogger(__name__)

page_stored = object()
"""Signal: a page was stored. Sent with ``page``, ``committed``, ``store`` and the site's ``delay`` in seconds."""

Listener = Callable[[PageItem, Committed, Store, float], None]
"""What may be connected to `page_stored`."""

STOPPED = "stopped"
"""Outcome of a run that a signal ended."""

_STORE = "store: "  # begins the reason of a stop that the store is the cause of
DAMAGED = f"{_STORE}damaged: "
"""Begins the reason of a stop because the disk has changed what is stored; what that is follows."""


class Session:
    """Owns the store of a crawl, its run and its leases. A Scrapy extension, so that all components find it.

    Without the setting ``STATE_DIR`` the store is a fresh temporary one: Scrapy's own feeds stream the pages, and a
    finished folder's state would make them empty. ``stopped`` says why no further page is to be fetched, if so.
    ``pace`` keeps the sites' turns. ``left`` are the sites of which nothing more is asked in this run, and why.
    ``redactor`` keeps out what the folder has forgotten.
    """

    def __init__(
        self,
        store: Store,
        run: Run,
        sent: SignalManager,
        *,
        delay: float = 0.0,
        refresh: bool = False,
        scratch: Path | None = None,
        archive: Archive | None = None,
        redactor: Redactor | None = None,
    ) -> None:
        self.store = store
        self.archive = archive
        self.run = run
        self.scratch = scratch
        self.stopped: str | None = None
        self.group_seconds = 0.0
        self.pace = Pace(delay)
        self.recheck = Recheck(store)
        self.conditions = Conditions(
            store, refresh=refresh, archived=archive is not None, authenticated=run.authenticated
        )
        self.redactor = redactor or Redactor(Forgotten(b""))
        store.frontier.unwanted = self.redactor.unwanted
        self._signals = sent
        self._closed = False
        self._flushing: CallLaterResult | None = None
        self.left: dict[str, str] = {}
        self._welcome: dict[str, Welcome] = {}
        try:
            if archive is not None:
                store.group.attach(archive)
            store.begin_run(run, refresh=refresh)
            for site, until in store.frontier.holds().items():
                self.pace.hold(site, (from_micros(until) - now()).total_seconds())
        except (sqlite3.Error, OSError) as error:
            self.store_failed(error)
        store.group.on_open = self._flush_later

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Open the store that the settings name."""
        settings = crawler.settings
        store, scratch = store_of(settings)
        refresh = settings.getbool("REFRESH")
        delay = settings.getfloat("DOWNLOAD_DELAY")
        archive = archive_of(settings, store)
        redactor = redactor_of(store)
        run = run_of(settings, redactor)
        session = cls(
            store, run, crawler.signals, delay=delay, refresh=refresh, scratch=scratch, archive=archive,
            redactor=redactor,
        )  # fmt: skip
        if archive is not None:
            archive.describe(head_of(run, sites_of(settings, redactor)))
        session.pace.delays.update(settings.getdict("SITE_DELAYS"))
        sites = Sites.from_setting(settings.getdict("SITES"))
        scope = Scope.of_config(store.db, run.config)
        wants = sites.wants if scope is None else scope.wants
        session.recheck = Recheck(store, policy=policy_of(settings), wants=wants)
        session.plan()
        session.group_seconds = settings.getfloat("GROUP_SECONDS")
        crawler.signals.connect(session.idle, signal=signals.spider_idle)
        if armed("mid-body"):
            crawler.signals.connect(_mid_body, signal=signals.bytes_received)
        crawler.signals.connect(session.closing, signal=signals.spider_closed)
        crawler.signals.connect(session.close, signal=signals.engine_stopped)
        return session

    @property
    def leased(self) -> dict[tuple[str, str, int, int], PageRef]:
        """The pages that are on their way, by key."""
        return self.store.frontier.held

    def commit(self, page: PageItem) -> Committed:
        """Enter a page and end its lease; it becomes durable with its group.

        Raises what the store raises. Where that is the disk's fault, nothing more can be entered in this run; otherwise
        this page alone is concerned.
        """
        ref = page.ref
        assert ref is not None
        try:
            page = without_traps(self.store.db, self.store.run_id, page)
            page, told = self.redactor.page(page)
            if told and page.fetch is not None:
                page.fetch.received = None  # nothing is archived that holds something forgotten
            page = self.recheck.plan(page)
            with self.archived(page.fetch, ref.site, stale=isinstance(page, ErrorPage) and page.kind == "stale"):
                committed = self.store.commit(page)
        except Exception as error:
            self._give_up_if_broken(error)
            raise
        logger.info(
            "%s %d page %d: %s%s", ref.kind, ref.item_id, ref.page, committed.settlement.outcome,
            f", {committed.n_posts} posts" if committed.n_posts else "", extra={"fields": page_fields(ref, committed)},
        )  # fmt: skip
        self._count(page, committed)
        self._watch(page)
        delay = self.pace.delay_of(ref.site)
        self._signals.send_catch_log(page_stored, page=page, committed=committed, store=self.store, delay=delay)
        return committed

    @contextmanager
    def archived(self, fetch: FetchFacts | None, site: str, *, stale: bool = False) -> Iterator[None]:
        """Put an answer into the archive, in the group of what is entered of it; where that fails, it is taken back.

        ``stale``: it was not believed.
        """
        received = fetch.received if fetch is not None else None
        if self.archive is None or fetch is None or received is None:
            yield
            return
        fetch.received = None
        if self.redactor.tells(received, site):
            yield
            return
        try:
            place = self.archive.add(
                received, at=fetch.fetched_at, site=site, body_sha256=fetch.body_sha256, stale=stale
            )
        except OSError as error:
            self.store_failed(error)
            raise
        fetch.warc_file, fetch.warc_offset = place.file, place.offset
        try:
            yield
        except BaseException:
            fetch.warc_file = fetch.warc_offset = None
            if self.store.group.broken is None:
                self.archive.rewind(place)
            raise

    def plan(self) -> None:
        """Prepare the sweep, where this run begins one."""
        try:
            self.recheck.begin(self.run.started_at)
        except sqlite3.Error as error:
            self.store_failed(error)

    def flush(self) -> None:
        """Make durable what has been entered. Where that fails, `stopped` says so."""
        if self._flushing is not None:
            self._flushing.cancel()
            self._flushing = None
        try:
            self.store.group.flush()
        except Exception as error:  # noqa: BLE001  whatever a disk or a companion of the store raises
            self.store_failed(error)

    def fail(self, ref: PageRef, detail: str) -> None:
        """End a lease whose page got lost on its way through the engine; one that has ended already stays as it is."""
        if ref.key not in self.leased or self.stopped_by_store:
            return
        fetch = FetchFacts(url=ref.url, final_url=None, fetched_at=now())
        with suppress(sqlite3.Error):  # `stopped` tells of it
            self.commit(ErrorPage(url=ref.url, kind="error", detail=detail, ref=ref, fetch=fetch))

    def release(self, ref: PageRef) -> None:
        """Give a lease back without counting a try."""
        self.store.frontier.release(ref)

    def hold(self, site: str, seconds: float) -> None:
        """A site asks to be left alone: nothing is sent to it for so long, in this run and in the next."""
        seconds = min(seconds, LONGEST_WAIT / 1e6)
        self.pace.hold(site, seconds)
        try:
            self.store.frontier.hold(site, micros(now() + timedelta(seconds=seconds)))
        except sqlite3.Error as error:
            self._give_up_if_broken(error)

    def leave(self, site: str, why: str) -> None:
        """Ask nothing more of a site in this run. What is left of it stays for the next."""
        if site not in self.left:
            logger.info("No further page of %s is fetched: %s", site, why)
            self.left[site] = why

    def halt(self) -> None:
        """A signal ends the crawl: what has not been sent yet is given back at once."""
        self.stop(STOPPED)
        self.pace.halt()

    def stop(self, why: str) -> None:
        """Fetch no further page; what is on its way is still stored. A store that fails outweighs other reasons."""
        if self.stopped is None or (why.startswith(_STORE) and not self.stopped_by_store):
            logger.info("No further page is fetched: %s", why)
            self.stopped = why

    def store_failed(self, error: BaseException) -> None:
        """Stop because the store cannot be read or written."""
        self.stop(f"{DAMAGED}{error.what}" if isinstance(error, DamageError) else f"{_STORE}{error}")

    @property
    def stopped_by_store(self) -> bool:
        """True when the store cannot be written any more."""
        return self.stopped is not None and self.stopped.startswith(_STORE)

    def idle(self) -> None:
        """Nothing is on its way any more: a lease that is still held was lost without a sign."""
        for ref in list(self.leased.values()):
            self.fail(ref, "the page was lost on its way through the engine")

    def closing(self, reason: str) -> None:
        """The spider has ended, by itself or by a signal."""
        if reason == "shutdown":
            self.run.outcome = STOPPED

    def close(self) -> None:
        """Give back what is still held, write the end of the run, close the file. A second call does nothing."""
        if self._closed:
            return
        self._closed = True
        self.leased.clear()
        self.store.group.on_open = None
        self.flush()
        with suppress(sqlite3.Error, OSError):  # a full disk: the next run sees that this one did not end well
            if not self.stopped_by_store:
                self.run.finished_at = now()
                self.store.finish_run(self.run)
            self.store.close()
        if self.archive is not None:
            with suppress(OSError):
                self.archive.close()
        if self.scratch is not None:
            shutil.rmtree(self.scratch, ignore_errors=True)

    def _flush_later(self) -> None:
        if self._flushing is not None:
            self._flushing.cancel()
        self._flushing = call_later(self.group_seconds, self.flush)

    def _give_up_if_broken(self, error: Exception) -> None:
        if isinstance(error, DamageError):
            self.store.group.note(SUSPECT, 1)
            self.store_failed(error)
        if self.store.group.broken is not None or is_fatal(error):
            self.store_failed(error)

    def _count(self, page: PageItem, committed: Committed) -> None:
        run = self.run
        run.n_requests += page.fetch is not None and page.fetch.status is not None
        run.n_pages += committed.settlement.outcome == "ok"
        run.n_posts += committed.n_posts if isinstance(page, TopicPage) else 0
        run.n_new += committed.n_new
        run.n_changed += committed.n_changed

    def _watch(self, page: PageItem) -> None:
        """Leave a site that wants no crawler, or is not there any more; give one that is busy a rest."""
        assert page.ref is not None
        site = page.ref.site
        welcome = self._welcome.setdefault(site, Welcome())
        rest = welcome.rest(page, self.store.backoff)
        if rest:
            self.hold(site, rest)
        refusal = welcome.see(page)
        if refusal is not None:
            self.leave(site, refusal)


def _mid_body() -> None:
    reach("mid-body")


def session_of(crawler: Crawler) -> Session:
    """The session of a crawl. Raises ``NotConfigured`` where the extension is switched off."""
    session = crawler.get_extension(Session)
    if session is None:
        raise NotConfigured("the extension crawler.session.Session is switched off; switch it on")
    return session
