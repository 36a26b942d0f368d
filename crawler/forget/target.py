"""Finds in a store what is to be forgotten, and enters into the list all that it may be known by later."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson

from crawler.forget.forgotten import Forgotten
from crawler.forget.stored import bodies_of
from crawler.forget.words import runs, said_by
from crawler.items import FORUM_POST
from crawler.items.history import PostKey, ThreadKey
from crawler.store import Reader
from pipelines.derive import derive
from pipelines.normalise import normalise


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What the user names: one of post, author (by name or number) and thread, or a whole site.

    With one of the others, ``site`` says which site is meant.
    """

    post: int | None = None
    author: str | None = None
    author_id: int | None = None
    thread: int | None = None
    site: str | None = None

    @property
    def is_site(self) -> bool:
        """Whether a whole site is meant."""
        return (self.post, self.author, self.author_id, self.thread) == (None, None, None, None)


class TargetError(Exception):
    """It matches nothing, or more than one thing. ``reason`` and ``fix`` say it."""

    def __init__(self, reason: str, fix: str) -> None:
        super().__init__(f"{reason}; {fix}")
        self.reason, self.fix = reason, fix


@dataclass(slots=True)
class Matched:
    """What answers to a target: its site, posts by number, names of members, threads (with their other numbers)."""

    site: str
    posts: set[int] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    members: set[int] = field(default_factory=set)
    threads: set[int] = field(default_factory=set)


class Search:
    """Looks for a target in a store."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._reader = Reader(db)

    def find(self, target: Target) -> Matched:
        """What answers to it. Raises `TargetError`."""
        if target.is_site:
            site = (target.site or "").lower()
            if site not in self._sites():
                raise TargetError(f"there is no site {site}", f"it has {', '.join(sorted(self._sites())) or 'none'}")
            return Matched(site)
        if target.post is not None:
            return self._post(target.post, target.site)
        if target.thread is not None:
            return self._thread(target.thread, target.site)
        return self._author(target)

    def _sites(self) -> set[str]:
        rows = self._db.execute(
            "SELECT site FROM frontier UNION SELECT site FROM pages_seen UNION SELECT site FROM fetches"
        )
        return {row[0] for row in rows}

    def _one(self, sites: Iterable[str], wanted: str | None, what: str) -> str:
        found = {site for site in sites if wanted is None or site == wanted.lower()}
        if not found:
            raise TargetError(f"there is no {what}", "look in the tables for what it is called")
        if len(found) > 1:
            raise TargetError(f"several sites have a {what}: {', '.join(sorted(found))}", "say which with --site")
        return found.pop()

    def _post(self, number: int, wanted: str | None) -> Matched:
        rows = self._db.execute(
            "SELECT DISTINCT p.site FROM sightings s JOIN pages_seen p USING (fetch_id) WHERE s.post_id = ?", (number,)
        )
        sites = {row[0] for row in rows} or {site for site, quote in self._quotes() if quote["cited_post_id"] == number}
        return Matched(self._one(sites, wanted, f"post {number}"), {number})

    def _thread(self, number: int, wanted: str | None) -> Matched:
        rows = self._db.execute(
            "SELECT site FROM pages_seen WHERE kind = 'topic' AND item_id = ?1 UNION SELECT site FROM frontier WHERE "
            "kind = 'topic' AND item_id = ?1 UNION SELECT site FROM listings_seen WHERE thread_id = ?1 "
            "UNION SELECT site FROM aliases WHERE kind = 'topic' AND ?1 IN (old_id, new_id)",
            (number,),
        )
        site = self._one({row[0] for row in rows}, wanted, f"thread {number}")
        found = Matched(site, threads=self._with_other_numbers(site, number))
        homes = self._reader.homes()
        for thread in found.threads:
            posts = self._db.execute(
                "SELECT DISTINCT p.content_class, s.post_id FROM sightings s JOIN pages_seen p USING (fetch_id) "
                "WHERE p.kind = 'topic' AND p.site = ? AND p.item_id = ?",
                (site, thread),
            ).fetchall()
            for kind, post in posts:
                if homes.get(PostKey(site, kind, post), thread) in found.threads:
                    found.posts.add(post)
        return found

    def _with_other_numbers(self, site: str, number: int) -> set[int]:
        """With the numbers that lead to it."""
        found, fresh = {number}, {number}
        while fresh:
            rows = self._db.execute(
                "SELECT old_id FROM aliases WHERE kind = 'topic' AND site = ? "
                "AND new_id IN (SELECT value FROM json_each(?))",
                (site, orjson.dumps(sorted(fresh)).decode()),
            )
            fresh = {row[0] for row in rows} - found
            found |= fresh
        return found

    def _author(self, target: Target) -> Matched:
        wanted = normalise(target.author)
        known: dict[tuple[str, int | None], set[str]] = {}
        for site, number, name in self._people():
            known.setdefault((site, number), set()).add(name)
        if target.author_id is not None:
            what = f"member {target.author_id}"
            site = self._one({s for s, number in known if number == target.author_id}, target.site, what)
            members = {target.author_id}
        else:
            what = f"author called {target.author}"
            called = {key for key, names in known.items() if any(normalise(name) == wanted for name in names)}
            site = self._one({s for s, _number in called}, target.site, what)
            members = {number for s, number in called if s == site and number is not None}
        if len(members) > 1:
            ids = ", ".join(map(str, sorted(members)))
            raise TargetError(
                f"several members are or were called {target.author}: {ids}", "say which with --author-id"
            )
        names = {name for number in members for name in known[site, number] if name}
        others = {
            normalise(name) for (s, number), called in known.items()
            if s == site and number not in {None, *members} for name in called
        }  # fmt: skip
        names = {name for name in names if normalise(name) not in others}
        if target.author is not None:
            every = {name for (s, _number), called in known.items() if s == site for name in called}
            names |= {name for name in every if normalise(name) == wanted}
        found = Matched(site, names=names, members=members)
        guests = {normalise(name) for name in names}
        for post, number, author in self._written(site):
            if number in members or (number is None and normalise(author) in guests):
                found.posts.add(post)
        return found

    def _people(self) -> Iterable[tuple[str, int | None, str]]:
        """Whoever is named anywhere: site, number, name."""
        yield from self._db.execute(
            "SELECT DISTINCT p.site, json_extract(t.facts, '$.author_id'), json_extract(t.facts, '$.author_name') "
            "FROM sightings s JOIN pages_seen p USING (fetch_id) JOIN post_states t USING (state_hash) "
            "WHERE json_extract(t.facts, '$.author_name') IS NOT NULL "
            "UNION SELECT p.site, NULL, json_extract(t.facts, '$.edited_by') "
            "FROM sightings s JOIN pages_seen p USING (fetch_id) JOIN post_states t USING (state_hash) "
            "WHERE json_extract(t.facts, '$.edited_by') IS NOT NULL "
            "UNION SELECT site, json_extract(facts, '$.author_id'), json_extract(facts, '$.author_name') "
            "FROM listings_seen WHERE json_extract(facts, '$.author_name') IS NOT NULL"
        )
        for site, quote in self._quotes():
            if quote["cited_author_name"] or quote["cited_author_id"]:
                yield site, quote["cited_author_id"], quote["cited_author_name"] or ""

    def _quotes(self) -> Iterable[tuple[str, dict[str, Any]]]:
        rows = self._db.execute(
            "SELECT DISTINCT p.site, c.quotes FROM sightings s JOIN pages_seen p USING (fetch_id) "
            "JOIN contents c USING (content_hash) WHERE c.quotes <> '[]'"
        )
        for site, quotes in rows:
            yield from ((site, quote) for quote in orjson.loads(quotes))

    def _written(self, site: str) -> Iterable[tuple[int, int | None, str | None]]:
        return self._db.execute(
            "SELECT DISTINCT s.post_id, json_extract(t.facts, '$.author_id'), json_extract(t.facts, '$.author_name') "
            "FROM sightings s JOIN pages_seen p USING (fetch_id) JOIN post_states t USING (state_hash) "
            "WHERE p.site = ?",
            (site,),
        ).fetchall()

    # Entering --------------------------------------------------------------------------------------------------------

    def enter(self, target: Target, found: Matched, forgotten: Forgotten) -> None:
        """Enter it into a list, with all that it may be known by."""
        site = found.site
        if target.is_site:
            forgotten.add("site", site)
            forgotten.counts["sites"] += 1
            return
        for number in found.threads:
            forgotten.add("thread", site, number)
        for number in found.members:
            forgotten.add("author", site, number)
        for name in found.names:
            forgotten.add_name(site, name)
        for post in found.posts:
            forgotten.add("post", site, post)
            self._enter_words(site, post, forgotten)
        self._enter_quoted(site, found.posts, forgotten)
        forgotten.counts["posts"] += len(found.posts)
        forgotten.counts["threads"] += bool(found.threads)
        forgotten.counts["authors"] += bool(found.names or found.members)

    def _enter_words(self, site: str, post: int, forgotten: Forgotten) -> None:
        names: set[str] = set()
        for facts in self._db.execute(
            "SELECT DISTINCT t.facts FROM sightings s JOIN pages_seen p USING (fetch_id) "
            "JOIN post_states t USING (state_hash) WHERE s.post_id = ? AND p.site = ?",
            (post, site),
        ).fetchall():
            state = orjson.loads(facts[0])
            if state["author_name"]:
                names.add(normalise(state["author_name"]))
                if state["created_at"]:
                    at = datetime.fromisoformat(state["created_at"])
                    forgotten.add("moment", site, normalise(state["author_name"]), int(at.timestamp()))
        for body in bodies_of(self._db, site, post):
            _enter_text(forgotten, site, names, body.text)

    def _enter_quoted(self, site: str, posts: set[int], forgotten: Forgotten) -> None:
        """Words of quotes that the linker traces to the posts, though they are not quite theirs."""
        rows = self._db.execute(
            "SELECT DISTINCT p.content_class, p.item_id, s.post_id FROM sightings s JOIN pages_seen p USING (fetch_id) "
            "WHERE p.kind = 'topic' AND p.site = ?",
            (site,),
        )
        threads = {ThreadKey(site, kind or FORUM_POST, thread) for kind, thread, post in rows if post in posts}
        for key in sorted(threads):
            for quote in derive(self._reader.history(key), self._reader.find_post).tables["quotes"]:
                if quote.target_post_id in posts:
                    names = {normalise(quote.cited_author_name)} if quote.cited_author_name else set()
                    _enter_text(forgotten, site, names, quote.quoted_text)


def _enter_text(forgotten: Forgotten, site: str, names: set[str], text: str | None) -> None:
    forgotten.add_words(site, runs(text))
    for gram in said_by(text or ""):
        for name in names:
            forgotten.add("said", site, name, gram)


def is_listed(forgotten: Forgotten, target: Target, sites: Iterable[str]) -> bool:
    """Whether a target was forgotten before, in one of these sites."""
    if target.is_site:
        return forgotten.site((target.site or "").lower())
    return any(
        (target.post is not None and forgotten.post(site, target.post))
        or (target.thread is not None and forgotten.thread(site, target.thread))
        or (target.author_id is not None and forgotten.author(site, target.author_id))
        or (target.author is not None and forgotten.name(site, target.author))
        for site in sites
    )
