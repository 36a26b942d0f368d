"""What of a dataset belongs to its job: a site, forum or thread that was taken out of it is kept, and not asked for."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any, Self

import orjson

from crawler.items import PageRef
from crawler.jobs.model import JobSite
from crawler.sites import Site
from crawler.store import Store, ref_of
from crawler.store.settle import SETTLED

_READ = SETTLED | {"ok", "moved"}


class Scope:
    """Tells what belongs to a job, by what the store knows of its forums.

    A thread belongs to it when it is named, was listed in a forum of the job, or answered for one that is named.
    """

    def __init__(self, db: sqlite3.Connection, sites: Mapping[str, JobSite]) -> None:
        self._db = db
        self._sites: dict[str, Site] = {name: part.site for name, part in sites.items()}
        seeds = [(name, ref) for name, part in sites.items() for ref in part.refs]
        self._named = self._with_aliases({(name, ref.kind, ref.item_id) for name, ref in seeds})
        self._forums = self._with_subforums({(name, number) for name, kind, number in self._named if kind == "forum"})

    @classmethod
    def of_config(cls, db: sqlite3.Connection, config: str) -> Self | None:
        """Out of the column ``runs.config``; ``None`` where the run was not that of a job."""
        facts: dict[str, Any] = orjson.loads(config)
        if facts.get("command") != "crawl":
            return None
        sites = {name: JobSite.model_validate({**part, "name": name}) for name, part in facts["sites"].items()}
        return cls(db, sites)

    def holds(self, kind: str, site: str, item_id: int) -> bool:
        """True for what belongs to the job."""
        if (site, kind, item_id) in self._named:
            return True
        if kind == "forum":
            return (site, item_id) in self._forums
        rows = self._db.execute(
            "SELECT DISTINCT forum_id FROM listings_seen WHERE site = ? AND thread_id = ?", (site, item_id)
        )
        return any((site, forum_id) in self._forums for (forum_id,) in rows)

    def names(self, ref: PageRef) -> bool:
        """True for what the job names itself, and for what answered for that."""
        return (ref.site, ref.kind, ref.item_id) in self._named

    def wants(self, ref: PageRef) -> bool:
        """True for a page that belongs to the job and is not excluded."""
        if self.names(ref):
            return True
        site = self._sites.get(ref.site)
        return site is not None and site.wants(ref) and self.holds(ref.kind, ref.site, ref.item_id)

    def _with_aliases(self, named: set[tuple[str, str, int]]) -> set[tuple[str, str, int]]:
        """With the numbers that answered for what is named, however often it was moved."""
        found, fresh = set(named), set(named)
        while fresh:
            answered = set()
            for key in fresh:
                rows = self._db.execute("SELECT new_id FROM aliases WHERE site = ? AND kind = ? AND old_id = ?", key)
                answered |= {(key[0], key[1], number) for (number,) in rows}
            fresh = answered - found
            found |= fresh
        return found

    def _with_subforums(self, forums: set[tuple[str, int]]) -> set[tuple[str, int]]:
        """With the forums below, where a site takes them."""
        found = set(forums)
        fresh = {forum for forum in forums if self._sites[forum[0]].subforums}
        while fresh:
            below = set()
            for site, number in fresh:
                rows = self._db.execute(
                    "SELECT DISTINCT json_extract(f.value, '$.forum_id') "
                    "FROM pages_seen p, json_each(p.facts, '$.subforums') f "
                    "WHERE p.site = ? AND p.kind = 'forum' AND p.item_id = ?",
                    (site, number),
                )
                below |= {(site, int(child)) for (child,) in rows}
            fresh = below - found
            found |= fresh
        return found


_AT = "WHERE site = ? AND kind = ? AND item_id = ? AND page = ?"


def narrow(store: Store, scope: Scope) -> int:
    """Take out of the frontier what the job does not hold any more; how many pages that are.

    What was never read is forgotten; what was read stays as it was last found. Either is asked for again when the job
    names it once more.
    """
    left = [entry for entry in store.frontier.entries("state <> 'done'") if not scope.wants(ref_of(entry))]
    former = [ref.key for ref in map(ref_of, store.frontier.entries("is_seed")) if not scope.names(ref)]
    with store.group.unit():
        for entry in left:
            key = ref_of(entry).key
            if entry.outcome is None:
                store.db.execute(f"DELETE FROM frontier {_AT}", key)
            else:
                state = "done" if entry.outcome in _READ else "failed"
                store.db.execute(f"UPDATE frontier SET state = ?, sweep = 0 {_AT}", (state, *key))
        store.db.executemany(f"UPDATE frontier SET is_seed = 0 {_AT}", former)
    return len(left)


def renamed(db: sqlite3.Connection, sites: Mapping[str, Site]) -> tuple[str, str] | None:
    """A place of a site under whose name pages are stored already, and the site's name; ``None`` where all is well.

    They would be two forums then, each with a half of the history.
    """
    stored = {site for (site,) in db.execute("SELECT DISTINCT site FROM frontier")}
    for name, site in sites.items():
        other = next((place for place in site.places if place in stored - {name}), None)
        if other is not None and other not in sites:
            return other, name
    return None
