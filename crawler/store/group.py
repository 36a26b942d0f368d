"""Group commit: several units of work in one SQLite transaction, each in a savepoint of its own.

A commit waits for the disk; one for thirty pages waits once. What a group holds is lost as a whole when the process
dies before its commit, and then these pages are simply fetched again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from crawler.store.db import is_fatal
from crawler.store.killpoints import reach


class Companion(Protocol):
    """A file that is written beside the store and belongs to its pages, such as an archive.

    It writes as pages come. Before each commit it makes its bytes durable and notes in the same transaction how far it
    is (`Group.note`), so that the store never knows of a record that is not there. After a crash the file may hold more
    than was noted: then it is cut back to that.
    """

    def recover(self, group: Group) -> None:
        """Called once, when it is attached: cut the file back to what was noted (`Group.noted`)."""

    def before_commit(self, group: Group) -> None:
        """Flush, fsync, and note the position. Whatever it raises undoes the group."""

    def undone(self, group: Group) -> None:
        """The group was undone as a whole: the file is cut back to what is noted, as after a crash."""


class Group:
    """The transaction of a store. With the limit of 1 each unit is committed as it ends.

    ``broken`` is set once a group was lost or the disk failed: nothing more can be entered then. ``on_open`` is called
    when a group begins, so that somebody can see to it that it is not left open for long.
    """

    def __init__(self, db: sqlite3.Connection, limit: int = 1) -> None:
        self._db = db
        self._companions: list[Companion] = []
        self.limit = limit
        self.units = 0
        self.broken: BaseException | None = None
        self.on_open: Callable[[], None] | None = None

    def attach(self, companion: Companion) -> None:
        """Let a companion recover, and have it called before each commit; several in the order of attaching."""
        companion.recover(self)
        self._companions.append(companion)

    @contextmanager
    def unit(self) -> Iterator[None]:
        """All that is written inside goes in or none of it, whatever becomes of the group's other units.

        When it ends, it can be read through this connection; durable it is after the next `flush`.
        """
        db = self._db
        if not db.in_transaction:
            self._begin()
        try:
            db.execute("SAVEPOINT unit")
            yield
            db.execute("RELEASE unit")
        except BaseException as error:
            self._undo_unit(error)
            raise
        self.units += 1
        if self.units >= self.limit:
            self.flush()

    def flush(self) -> None:
        """Commit the group, if one is open. Raises what the disk or a companion raises; then the group is lost."""
        if not self._db.in_transaction:
            return
        try:
            for companion in self._companions:
                companion.before_commit(self)
            reach("before-commit")
            self._db.execute("COMMIT")
            reach("after-commit")
        except BaseException as error:
            self._undo(error)
            raise

    @property
    def open(self) -> bool:
        """True while units wait for their commit."""
        return self._db.in_transaction

    def note(self, key: str, value: int) -> None:
        """Remember a number with the group, such as a position in a file."""
        self._db.execute("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", (key, str(value)))

    def noted(self, key: str) -> int:
        """The number that was last noted; 0 where none was."""
        found = self._db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return 0 if found is None else int(found[0])

    def _begin(self) -> None:
        self.units = 0
        self._db.execute("BEGIN IMMEDIATE")
        if self.on_open is not None:
            self.on_open()

    def _undo_unit(self, error: BaseException) -> None:
        """Undo one unit; the whole group where SQLite has ended the transaction itself."""
        if not self._db.in_transaction:
            self._undo(error)
            return
        try:
            self._db.execute("ROLLBACK TO unit")
            self._db.execute("RELEASE unit")
        except sqlite3.Error as second:
            self._undo(second)
            return
        if self.units == 0:
            self._db.execute("ROLLBACK")  # an empty group need not be kept open
        if is_fatal(error):
            self.broken = error

    def _undo(self, error: BaseException) -> None:
        self.broken = error
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")
        for companion in self._companions:
            companion.undone(self)
