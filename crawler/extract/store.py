"""What was read goes into a store of its own, as the pages of a crawl do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import orjson

from crawler.collecting import collected_seldom
from crawler.extract.pool import Outcome
from crawler.extract.saved import Damage, NewRun, Reading
from crawler.forget import Redactor
from crawler.items import SCHEMA_VERSION, TOOL, ForumPage, PageItem, Run, TopicPage, tool_version
from crawler.recheck import Recheck
from crawler.store import Store
from crawler.store.known import SWEEP_FETCH
from crawler.store.rows import PostRows
from crawler.traps import without_traps

ABSENT = "absent"
"""Outcome of a page that others lead to and that is in none of the files."""

_GROUP = 256  # pages a transaction: what is lost with one is extracted again anyway
_MOST_DAMAGES = 10_000  # that are kept to be listed; the rest is counted


@dataclass(slots=True)
class Extracted:
    """What was done: pages entered, other things passed over, and what is damaged."""

    pages: int = 0
    skipped: int = 0
    n_damaged: int = 0
    damages: list[Damage] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)

    def damage(self, file: str, offset: int | None, reason: str) -> None:
        """Note something that cannot be read."""
        self.n_damaged += 1
        if len(self.damages) < _MOST_DAMAGES:
            self.damages.append(Damage(file, offset, reason))


class Extraction:
    """Enters readings in their order. Runs of our own crawls stay runs; everything else is one run."""

    def __init__(self, store: Store, files: Sequence[str], redactor: Redactor) -> None:
        self._store = store
        self._redactor = redactor
        store.frontier.unwanted = redactor.unwanted
        self._config = orjson.dumps({"command": "extract", "files": list(files)}).decode()
        self._run: Run | None = None
        self._named: str | None = None
        self._recheck = Recheck(store)
        self.done = Extracted()
        store.group.limit = _GROUP
        store.max_attempts = 1  # the last word on a page counts: nothing is tried again

    def enter(self, outcomes: Iterable[Outcome]) -> Extracted:
        """Enter all of it. Raises ``sqlite3.Error``."""
        with collected_seldom():
            self._enter(outcomes)
        self._end_run()
        self._store.frontier.give_up(ABSENT, self._store.run_id)
        return self.done

    def _enter(self, outcomes: Iterable[Outcome]) -> None:
        for outcome in outcomes:
            match outcome:
                case NewRun():
                    self._next_run(outcome.run)
                case Damage():
                    self.done.damage(outcome.file, outcome.offset, outcome.reason)
                case Reading(page=None, problem=None):
                    self.done.skipped += 1
                case Reading(page=None):
                    self.done.damage(outcome.file, outcome.offset, outcome.problem or "")
                case Reading(page=PageItem() as page, rows=rows):
                    self._page(page, rows)
                case _:
                    self.done.skipped += 1

    def _next_run(self, named: str) -> None:
        """Files of one run follow each other; a file that is rotated goes on with the same run."""
        if named != self._named:
            self._end_run()
            self._named = named

    def _page(self, page: PageItem, rows: PostRows | None) -> None:
        ref, fetch = page.ref, page.fetch
        assert ref is not None
        assert fetch is not None
        if rows is not None and not self._redactor.is_idle:
            raise ValueError("posts that are rows already cannot be looked through for what is forgotten")
        if self._redactor.unwanted(ref):
            self.done.skipped += 1
            return
        run = self._run or self._begin_run(fetch.fetched_at)
        self._store.frontier.take(ref)
        if isinstance(page, ForumPage) and self._named:  # a later run reads a listing as far as it is new
            self._recheck.shorten(page, ref)
        page = without_traps(self._store.db, self._store.run_id, page, rows.post_ids if rows is not None else None)
        page, _told = self._redactor.page(page)
        committed = self._store.commit(page, rows)
        self.done.pages += 1
        self.done.outcomes[committed.settlement.outcome] += 1
        if ref.site not in run.sites:
            run.sites.append(ref.site)
        run.finished_at = max(run.finished_at or fetch.fetched_at, fetch.fetched_at)
        run.n_requests += 1
        run.n_pages += committed.settlement.outcome == "ok"
        run.n_posts += committed.n_posts if isinstance(page, TopicPage) else 0
        run.n_new += committed.n_new
        run.n_changed += committed.n_changed

    def _begin_run(self, at: datetime) -> Run:
        run = Run(
            run_id=0,
            sites=[],
            started_at=at,
            tool_version=tool_version(),
            schema_version=SCHEMA_VERSION,
            config=self._config,
            user_agent=f"{TOOL}/{tool_version()} (extract)",
            authenticated=False,
        )
        if self._store.run_id:
            self._store.continue_as(run)
        else:
            self._store.begin_run(run)
        last = self._store.db.execute("SELECT coalesce(max(fetch_id), 0) FROM fetches").fetchone()[0]
        with self._store.group.unit():
            self._store.group.note(SWEEP_FETCH, int(last) + 1)
        self._run = run
        return run

    def _end_run(self) -> None:
        if self._run is not None:
            self._run.sites.sort()
            self._run.outcome = "complete"
            self._store.finish_run(self._run)
            self._run = None
