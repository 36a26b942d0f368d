"""Writing the archive: records are appended, and a position says how much of them counts."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from io import BufferedWriter
from pathlib import Path

from crawler.archive.files import Position, column_of, name_of, sync_folder
from crawler.archive.record import NOT_MODIFIED, Facts, Original, RecordMaker, payload_digest
from crawler.items import Received

SIZE = 256 * 1024 * 1024
"""Bytes after which a new file is begun."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record stands: the columns ``warc_file`` and ``warc_offset`` of `fetches`."""

    file: str
    offset: int


FindOriginal = Callable[[str], Original | None]
"""Finds an archived body by the SHA-256 of the page after decompression."""


class ArchiveWriter:
    """Appends records to files of its own: the first record of a writer begins a new file.

    What was added counts only when the position that `sync` returns has been entered into the store; whatever lies
    beyond it is cut off when the archive is opened again. ``facts`` go into the head of each file. Raises ``OSError``
    where the disk is full.
    """

    def __init__(self, folder: Path, position: Position, *, size: int = SIZE) -> None:
        self.facts: dict[str, str] = {}
        self._folder = folder
        self._size = size
        self._maker = RecordMaker()
        self._file: BufferedWriter | None = None
        self._position = position
        self._dirty = False

    def add(
        self,
        received: Received,
        *,
        at: datetime,
        site: str,
        body_sha256: str | None,
        find: FindOriginal,
        stale: bool = False,
    ) -> Place:
        """Append a page; only its headers where ``find`` knows a body of the same bytes, or it was not sent again.

        ``stale`` marks an old copy, which was not believed.
        """
        facts = Facts(at, site, stale)
        digest = payload_digest(received.body)
        unsent = received.status == NOT_MODIFIED
        original = find(body_sha256) if (received.body or unsent) and body_sha256 else None
        self._begin()
        if original is not None and (unsent or original.digest == digest):
            member = self._maker.revisit(received, facts, original)
        else:
            member = self._maker.response(received, facts, digest)
        place = Place(column_of(self._position.number), self._position.length)
        self._append(member)
        return place

    def rewind(self, place: Place) -> None:
        """Take back the last record."""
        assert self._file is not None
        self._file.flush()
        self._file.seek(place.offset)
        self._file.truncate()
        self._position = Position(self._position.number, place.offset)

    def flush(self) -> None:
        """Hand everything to the system, so that it can be read."""
        if self._file is not None:
            self._file.flush()

    def sync(self) -> Position:
        """Make everything durable; the position to be entered into the store."""
        if self._file is not None and self._dirty:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._dirty = False
        return self._position

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _begin(self) -> None:
        """Open the next file where there is none yet, or the last one is full."""
        if self._file is not None and self._position.length < self._size:
            return
        self.sync()
        self.close()
        self._folder.mkdir(parents=True, exist_ok=True)
        number = self._position.number + 1
        name = name_of(number)
        self._file = (self._folder / name).open("xb")
        sync_folder(self._folder)
        self._position = Position(number, 0)
        self._append(self._maker.warcinfo(name, self.facts))

    def _append(self, member: bytes) -> None:
        assert self._file is not None
        self._file.write(member)
        self._position = Position(self._position.number, self._position.length + len(member))
        self._dirty = True
