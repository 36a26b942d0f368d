"""Where bodies are, so that a record which only refers to one can be read: an index on disk, whatever its size."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from crawler.archive.reading import Record, record_at


class Originals:
    """The pages read so far, by record id, by address and time, and by digest."""

    def __init__(self, db: sqlite3.Connection, paths: Sequence[Path]) -> None:
        self._db = db
        self._paths = paths
        db.execute("CREATE TABLE originals (id TEXT, url TEXT, date TEXT, digest TEXT, input INT, place INT)")
        for columns in ("id", "url, date", "digest"):
            db.execute(f"CREATE INDEX originals_{columns[:2]} ON originals ({columns})")

    def add(self, record: Record, number: int) -> None:
        """Note a page of the input of this number."""
        values = (record.record_id, record.url, record.date.isoformat(), record.digest, number, record.offset)
        self._db.execute("INSERT INTO originals VALUES (?, ?, ?, ?, ?, ?)", values)

    def find(self, revisit: Record) -> Record | None:
        """The record whose body a revisit refers to; ``None`` where it is in none of the files up to here."""
        record_id, url, date, digest = revisit.refers_to
        for where, values in (
            ("id = ?", (record_id,)),
            ("url = ? AND date = ?", (url, date.isoformat() if date else None)),
            ("digest = ?", (digest,)),
        ):
            row = self._db.execute(f"SELECT input, place FROM originals WHERE {where} LIMIT 1", values).fetchone()  # noqa: S608
            found = record_at(self._paths[row[0]], row[1]) if row is not None else None
            if found is not None and found.kind != "revisit":
                return found
        return None


@contextmanager
def originals_of(paths: Sequence[Path]) -> Iterator[Originals]:
    """An index for these files, in a temporary file that SQLite takes away at the end."""
    with closing(sqlite3.connect("", isolation_level=None)) as db:
        yield Originals(db, paths)
