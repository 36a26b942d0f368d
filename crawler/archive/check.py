"""Is the archive whole, and does it hold what the fetches say?"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from crawler.archive.files import FOLDER, archive_files, column_of
from crawler.archive.reading import Broken, Record, read_records
from crawler.archive.recovery import noted


def check(home: Path, db: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    """What is wrong: file and message. All records are read, so that a flipped bit is found. Raises ``OSError``."""
    files = {column_of(number): path for number, path in archive_files(home / FOLDER).items()}
    query = "SELECT DISTINCT warc_file FROM fetches WHERE warc_file GLOB ?"  # others are files that were extracted
    named = {name for (name,) in db.execute(query, (f"{FOLDER}/*",))}
    for name in sorted(named - set(files)):
        yield name, "it is gone, though fetches point into it"
    position = noted(db)
    for name, path in files.items():
        if name == column_of(position.number) and path.stat().st_size != position.length:
            yield name, f"it has {path.stat().st_size} bytes, the store knows of {position.length}"
        yield from ((name, message) for message in _file(name, path, db))


def _file(name: str, path: Path, db: sqlite3.Connection) -> Iterator[str]:
    rows = db.execute("SELECT warc_offset, url FROM fetches WHERE warc_file = ?", (name,)).fetchall()
    expected: dict[int, str] = dict(rows)
    for record in read_records(path):
        if isinstance(record, Broken):
            expected.pop(record.offset, None)
            yield f"at byte {record.offset}: {record.reason}"
        elif isinstance(record, Record):
            url = expected.pop(record.offset, None)
            if url != record.url:
                yield f"at byte {record.offset}: it is the record of another page than its fetch says, or of none"
    for offset in sorted(expected):
        yield f"at byte {offset}: a fetch points there, and no record begins there"
