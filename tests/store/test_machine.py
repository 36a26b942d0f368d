"""The frontier under any sequence of work, failure, crash and new run."""

from __future__ import annotations

import shutil
import tempfile
from datetime import timedelta
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from pages_made import DAY, SITE, T0, error, opened, post, ref, run, topic

from crawler.items import PageRef
from crawler.store import STATE_FILE, Store, ref_of

NUMBERS = st.integers(1, 4)
Key = tuple[str, str, int, int]


class FrontierMachine(RuleBasedStateMachine):
    """Invariants: no page is lost, every lease is settled once, and the counts add up."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.store = opened(self.folder)
        self.now = T0
        self.known: set[Key] = set()
        self.settled: dict[Key, int] = {}  # and in which sweep
        self.held: dict[Key, PageRef] = {}
        self.n_fetches = 0

    def teardown(self) -> None:
        self.store.close()
        shutil.rmtree(self.folder)

    @rule(number=NUMBERS, page=NUMBERS)
    def add(self, number: int, page: int) -> None:
        where = ref(number, page, url=f"https://forum.example/topic/{number}-{len(self.known)}/")
        self.store.frontier.add_seeds([where])
        self._found(where)

    @rule()
    def lease(self) -> None:
        self.now += timedelta(hours=2)
        taken = self.store.frontier.lease(SITE, int(self.now.timestamp() * 1e6))
        open_pages = self.known - set(self.settled) - set(self.held)
        assert (taken is None) == (not open_pages)
        if taken is not None:
            assert taken.key in open_pages
            self.held[taken.key] = taken

    @precondition(lambda self: self.held)
    @rule(data=st.data(), found=st.lists(st.tuples(NUMBERS, NUMBERS), max_size=3))
    def read(self, data: st.DataObject, found: list[tuple[int, int]]) -> None:
        where = self._take(data)
        refs = [ref(*pair) for pair in found]
        page = topic(where.item_id, [post(where.item_id * 100 + where.page)], where.page, where=where, at=self.now)
        page.found = refs
        assert self.store.commit(page).settlement.state == "done"
        self.settled[where.key] = self.store.frontier.sweep
        for one in refs:
            self._found(one)
        self.n_fetches += 1

    @precondition(lambda self: self.held)
    @rule(data=st.data(), kind=st.sampled_from(["server_error", "not_found", "lost_posts", "rate_limit"]))
    def fail(self, data: st.DataObject, kind: str) -> None:
        where = self._take(data)
        found = self.store.commit(error(kind, where, self.now)).settlement
        assert found.state == "todo" or not found.again
        if found.state != "todo":
            self.settled[where.key] = self.store.frontier.sweep
        self.n_fetches += 1

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def release(self, data: st.DataObject) -> None:
        self.store.frontier.release(self._take(data))

    @rule(refresh=st.booleans())
    def crash(self, refresh: bool) -> None:
        """Another process opens the file, as if the first had died."""
        before, sweep = self.store, self.store.frontier.sweep
        self.now += DAY
        self.store = Store(self.folder / STATE_FILE)
        self.store.begin_run(run(self.now), refresh=refresh)
        before.close()
        self.held.clear()
        frontier = self.store.frontier
        todo = {entry_ref.key for entry_ref in map(ref_of, frontier.entries("state = 'todo'"))}
        assert self.known - set(self.settled) <= todo
        if frontier.sweep == sweep:
            self.settled = {key: at for key, at in self.settled.items() if key not in todo}  # failed: once more
        else:
            assert frontier.sweep == sweep + 1
            assert todo == self.known - set(self.settled)

    @invariant()
    def nothing_is_lost_and_the_counts_add_up(self) -> None:
        entries = list(self.store.frontier.entries())
        assert {ref_of(entry).key for entry in entries} == self.known
        states = {ref_of(entry).key: entry.state for entry in entries}
        assert self.store.frontier.held == self.held
        assert {states[key] for key in self.held} <= {"todo"}
        assert {key for key, state in states.items() if state in {"done", "failed"}} == set(self.settled)
        sweep = self.store.frontier.sweep
        counts = self.store.frontier.counts()
        current = [entry for entry in entries if entry.sweep == sweep]
        assert counts.todo + counts.leased + counts.done + counts.failed == len(current)
        assert counts.open == sum(state == "todo" for state in states.values())
        assert self.store.db.execute("SELECT count(*) FROM fetches").fetchone() == (self.n_fetches,)

    def _found(self, where: PageRef) -> None:
        """A page that an older sweep settled is wanted again."""
        self.known.add(where.key)
        if self.settled.get(where.key, self.store.frontier.sweep) < self.store.frontier.sweep:
            del self.settled[where.key]

    def _take(self, data: st.DataObject) -> PageRef:
        return self.held.pop(data.draw(st.sampled_from(sorted(self.held))))


FrontierMachine.TestCase.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
TestFrontier = FrontierMachine.TestCase
