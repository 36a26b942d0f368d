"""Before a run: has the disk changed what is stored? Then it is read again, out of the archive or from the site."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from crawler.commands._errors import CommandError
from crawler.extract.archived import Archived
from crawler.items import ForumPage, PageItem, TopicPage
from crawler.opening import redactor_of
from crawler.store import STATE_FILE, Store, StoreError
from crawler.store.check import LAST, Damages, find_damages
from crawler.store.db import unusable
from crawler.store.mending import Mending, set_aside, structure
from crawler.store.seals import SUSPECT

WINDOW = 20_000
"""Fetches that are looked at before a run: all of a store with no more; of a larger one the next so many each time."""

_UP_TO = "checked_up_to"


@dataclass(frozen=True, slots=True)
class Mended:
    """What was done. ``refresh`` is true where the run has to read everything again."""

    restored: int
    dropped: int
    aside: Path
    refresh: bool

    def __str__(self) -> str:
        again = "; all pages are asked for again, as some may have been forgotten" if self.refresh else ""
        return (
            f"the disk had changed parts of it: {self.restored} pages were read again from the archive, "
            f"{self.dropped} are fetched again{again}; {self.aside.name} holds it as it was"
        )


def mend(folder: Path) -> Mended | None:
    """Look for damage in the store of a folder that is opened and locked, and mend it; None where all is well.

    Raises `CommandError` where that cannot be done: what is stored of runs, or the file as such, is damaged.
    """
    state = folder / STATE_FILE
    try:
        with Store(state) as store:
            found, misplaced = _look(store, state)
            if not found and not misplaced:
                return None
            aside = set_aside(store)
            archived = Archived(folder, store.db)
            redactor = redactor_of(store)

            def again(fetch_id: int) -> TopicPage | ForumPage | None:
                page: PageItem | None = archived.page(fetch_id)
                if page is not None:
                    page, _told = redactor.page(page)  # what was erased does not come back out of the archive
                return page if isinstance(page, TopicPage | ForumPage) else None

            mending = Mending(store, again, archived.row)
            mending.mend(found, misplaced)
            left = find_damages(store.db)
            if left:
                raise _beyond(state, left.lines[0])
            with store.group.unit():
                store.group.note(SUSPECT, 0)
            return Mended(len(mending.restored), len(mending.dropped), aside, mending.is_walked_again)
    except StoreError as error:
        raise CommandError(error.what, error.reason, error.fix, error.exit_code) from None
    except sqlite3.Error as error:
        told = unusable(state, error)
        raise CommandError(told.what, told.reason, told.fix, told.exit_code) from None


def _look(store: Store, state: Path) -> tuple[Damages, set[str]]:
    """What is damaged, and which tables have rows in a wrong place. All of the store is looked at if any of it is."""
    newest = int(store.db.execute("SELECT coalesce(max(fetch_id), 0) FROM fetches").fetchone()[0])
    whole = newest <= WINDOW or bool(store.group.noted(SUSPECT))
    beyond, misplaced = structure(store.db) if whole else ([], set())
    if beyond:
        raise _beyond(state, beyond[0])
    since = 0 if whole else store.group.noted(_UP_TO) % newest + 1
    found = find_damages(store.db, since, LAST if whole else since + WINDOW - 1)
    if found and not whole:
        beyond, misplaced = structure(store.db)
        found = find_damages(store.db)
    if beyond or found.beyond_mending is not None:
        raise _beyond(state, found.beyond_mending or beyond[0])
    if not whole and not found:
        with store.group.unit():
            store.group.note(_UP_TO, since + WINDOW - 1)
    return found, misplaced


def _beyond(state: Path, line: str) -> CommandError:
    return CommandError(str(state), f"it is damaged ({line})", "put back a copy, or give another folder")
