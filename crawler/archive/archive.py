"""The archive of a dataset: files beside the store, written with its pages and cut back with them."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from pathlib import Path

from crawler.archive.files import FOLDER, Position
from crawler.archive.reading import original_at
from crawler.archive.record import Original
from crawler.archive.recovery import noted, recover
from crawler.archive.writer import SIZE, ArchiveWriter, Place
from crawler.items import Received
from crawler.store.group import Group

_KNOWN = (
    "SELECT warc_file, warc_offset FROM fetches WHERE body_sha256 = ? AND warc_file IS NOT NULL "
    "ORDER BY fetch_id DESC LIMIT 1"
)


class Archive:
    """A companion of the store (`crawler.store.group.Companion`): how far the files go is noted with each group."""

    def __init__(self, folder: Path, db: sqlite3.Connection, *, size: int = SIZE) -> None:
        self.damages: list[str] = []
        self._home = folder
        self._db = db
        self._size = size
        self._writer = ArchiveWriter(folder / FOLDER, Position(), size=size)

    def recover(self, group: Group) -> None:
        """Bring the files to what the store knows; ``damages`` tells what was wrong beyond what a crash explains."""
        del group
        self.damages += recover(self._home, self._db)
        self._db.execute(
            "CREATE INDEX IF NOT EXISTS fetches_archived ON fetches (body_sha256) WHERE warc_file IS NOT NULL"
        )
        self._writer = ArchiveWriter(self._home / FOLDER, noted(self._db), size=self._size)

    def before_commit(self, group: Group) -> None:
        """Make the records durable and note how far they go."""
        position = self._writer.sync()
        group.note("archive_file", position.number)
        group.note("archive_length", position.length)

    def undone(self, group: Group) -> None:
        """The store entered nothing of it: the records of that group go too."""
        self.close()
        self.recover(group)

    def describe(self, facts: dict[str, str]) -> None:
        """What stands at the head of each file."""
        self._writer.facts = facts

    def add(
        self, received: Received, *, at: datetime, site: str, body_sha256: str | None, stale: bool = False
    ) -> Place:
        """Append a page; where its body is archived already, its headers only. Raises ``OSError``.

        ``stale`` marks an old copy, which was not believed.
        """
        return self._writer.add(received, at=at, site=site, body_sha256=body_sha256, find=self._original, stale=stale)

    def rewind(self, place: Place) -> None:
        """Take back the last record, whose page could not be entered."""
        self._writer.rewind(place)

    def close(self) -> None:
        """Close the file."""
        self._writer.close()

    def _original(self, body_sha256: str) -> Original | None:
        row = self._db.execute(_KNOWN, (body_sha256,)).fetchone()
        if row is None:
            return None
        self._writer.flush()
        return original_at(self._home / row[0], row[1])
