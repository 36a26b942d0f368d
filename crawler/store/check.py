"""Is what a store holds what was written? SQLite's own check looks at the form of the file, not at its words."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from crawler.items import STORE_TABLES
from crawler.items.sql import quoted
from crawler.store import codec
from crawler.store.seals import ENTRIES, FETCH_COLUMNS, KEYED, RUN, columns, row_sum

_CONTENT = "content_hash, parser_version, html, text, full_text, text_hash, quotes, links, checksum"
LAST = 2**63 - 1
"""The largest number that a fetch can have."""

_CHUNK = 20_000  # fetches that are compared at once


@dataclass(slots=True)
class Damages:
    """What the disk has changed.

    ``rows`` are the keys of rows of the store's own tables, by table; ``fetches`` those whose own row is not as it was
    written, ``pages`` those of which the page is not; ``contents`` and ``states`` are the row numbers of bodies and of
    what is said of posts. ``lost`` are the hashes under which posts are entered that have no body, or of which nothing
    is said, any more. ``lines`` say all of it, one line each.
    """

    rows: dict[str, list[tuple[Any, ...]]] = field(default_factory=lambda: defaultdict(list))
    fetches: set[int] = field(default_factory=set)
    pages: set[int] = field(default_factory=set)
    contents: set[int] = field(default_factory=set)
    states: set[int] = field(default_factory=set)
    lost: set[bytes] = field(default_factory=set)
    lines: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.lines)

    @property
    def beyond_mending(self) -> str | None:
        """A line about what nothing else tells; ``None`` where all can be made again."""
        return next((line for line in self.lines if line.startswith(("meta ", "runs "))), None)


def find_damages(db: sqlite3.Connection, since: int = 0, until: int = LAST) -> Damages:
    """Compare what is stored with its checksums: of fetches and what they told those with numbers from ``since`` up to
    ``until``, of the rest all. Raises ``sqlite3.Error``.
    """
    found = Damages()
    with any_text(db):
        _keyed(db, found)
        _runs(db, found)
        newest = db.execute(
            "SELECT max(n) FROM (SELECT max(fetch_id) AS n FROM fetches UNION ALL "
            "SELECT max(fetch_id) FROM seals UNION ALL SELECT max(fetch_id) FROM sightings)"
        ).fetchone()
        for start in range(since, min(until, newest[0] or 0) + 1, _CHUNK):
            _fetches(db, found, (start, min(until, start + _CHUNK - 1)))
        _posts(db, found, (since, until))
    return found


def damages(db: sqlite3.Connection, most: int = 10) -> list[str]:
    """What the disk has changed, so many lines at the most. Raises ``sqlite3.Error``."""
    return find_damages(db).lines[:most]


@contextmanager
def any_text(db: sqlite3.Connection) -> Iterator[None]:
    """What is no text any more is read all the same, and agrees with no checksum."""
    before = db.text_factory
    db.text_factory = lambda held: held.decode("utf-8", "surrogateescape")
    try:
        yield
    finally:
        db.text_factory = before


def _keyed(db: sqlite3.Connection, found: Damages) -> None:
    for table in KEYED:
        names = columns(table)
        key = [names.index(name) for name in STORE_TABLES[table].key]
        for *row, stored in db.execute(f"SELECT {_list(names)}, checksum FROM {table}"):
            if row_sum(*row) != stored:
                found.rows[table].append(tuple(row[place] for place in key))
                found.lines.append(f"{table} {_plain(*(row[place] for place in key))}: the disk has changed it")


def _runs(db: sqlite3.Connection, found: Damages) -> None:
    sums = dict(db.execute("SELECT key, value FROM meta WHERE key GLOB ?", (f"{RUN}*",)))
    for row in db.execute(f"SELECT {_list(columns('runs'))} FROM runs"):
        if sums.pop(f"{RUN}{row[0]}", None) != str(row_sum(*row)):
            found.lines.append(f"runs {_plain(row[0])}: the disk has changed it")
    found.lines += [f"runs {_plain(key.removeprefix(RUN))}: it is gone" for key in sums]


def _fetches(db: sqlite3.Connection, found: Damages, window: tuple[int, int]) -> None:
    between = "WHERE fetch_id BETWEEN ? AND ?"
    seals = {
        row[0]: row[1:] for row in db.execute(f"SELECT fetch_id, fetch, page, entries FROM seals {between}", window)
    }
    nothing = (None, None, 0)
    for row in db.execute(f"SELECT {_list(FETCH_COLUMNS)} FROM fetches {between}", window):
        if seals.get(row[0], nothing)[0] != row_sum(*row):
            found.fetches.add(row[0])
    pages = dict.fromkeys(seals)
    for row in db.execute(f"SELECT {_list(columns('pages_seen'))} FROM pages_seen {between}", window):
        pages[row[0]] = row_sum(*row)
    entries: dict[int, int] = defaultdict(int)
    for table in ENTRIES:
        for row in db.execute(f"SELECT {_list(columns(table))} FROM {table} {between}", window):
            entries[row[0]] += row_sum(*row)
    for number in seals.keys() | pages.keys() | entries.keys():
        _fetch, page, total = seals.get(number, nothing)
        if page != pages.get(number) or total != entries.get(number, 0) & 0xFFFFFFFF:
            found.pages.add(number)
    there = {row[0] for row in db.execute(f"SELECT fetch_id FROM fetches {between}", window)}
    found.fetches |= seals.keys() - there
    found.lines += [f"fetch {_plain(number)}: the disk has changed it" for number in sorted(found.fetches)]
    found.lines += [f"what fetch {_plain(number)} told: the disk has changed it" for number in sorted(found.pages)]


def _posts(db: sqlite3.Connection, found: Damages, window: tuple[int, int]) -> None:
    """Bodies and what is said of posts: those that fetches of the window name; all, where the window is the whole."""
    parts: tuple[tuple[str, str, str, set[int], str, Callable[[tuple[Any, ...]], bool]], ...] = (
        ("contents", "content_hash", _CONTENT, found.contents, "body", _is_true_body),
        ("post_states", "state_hash", "state_hash, facts", found.states, "what is said of a post,", _is_true_state),
    )
    for table, name, selected, broken, what, is_true in parts:
        which = f"WHERE {name} IN (SELECT {name} FROM sightings WHERE fetch_id BETWEEN ?1 AND ?2)"
        if window == (0, LAST):
            which = "NOT INDEXED WHERE ?1 < ?2"
        for number, *row in db.execute(f"SELECT rowid, {selected} FROM {table} {which}", window):
            if not is_true(tuple(row)):
                broken.add(number)
                found.lines.append(f"{what} {_plain(row[0])}: the disk has changed it")
        lost = lost_hashes(db, name, window)
        found.lost |= lost
        found.lines += [f"{what} {_plain(hashed)}: it is gone" for hashed in sorted(lost)]


def lost_hashes(db: sqlite3.Connection, name: str, window: tuple[int, int] = (0, LAST)) -> set[bytes]:
    """Hashes (``content_hash`` or ``state_hash``) under which posts are entered, and that name nothing."""
    table = {"content_hash": "contents", "state_hash": "post_states"}[name]
    rows = db.execute(
        f"SELECT DISTINCT {name} FROM sightings s WHERE fetch_id BETWEEN ? AND ? "
        f"AND NOT EXISTS (SELECT 1 FROM {table} t WHERE t.{name} = s.{name})",
        window,
    )
    return {hashed for (hashed,) in rows}


def _is_true_body(row: tuple[Any, ...]) -> bool:
    *body, stored = row
    try:
        return stored is None or stored == codec.checksum(tuple(body))
    except (TypeError, ValueError):  # what was text or a number is none any more
        return False


def _is_true_state(row: tuple[Any, ...]) -> bool:
    state_hash, facts = row
    try:
        return bool(codec.digest(facts.encode()) == state_hash)
    except (AttributeError, ValueError):
        return False


def _list(names: tuple[str, ...]) -> str:
    return ", ".join(map(quoted, names))


def _plain(*values: object) -> str:
    return " ".join(
        value.hex() if isinstance(value, bytes) else str(value).encode("ascii", "backslashreplace").decode()
        for value in values
    )
