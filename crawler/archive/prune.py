"""Taking records out of the archive: whole files, or files written anew without them.

File by file: the rest of a file is written beside it, then one transaction moves the fetches and notes what is to
happen to the file, then it happens. Killed anywhere, the next opening finishes it (`recovery.finish_pruning`), or
nothing was done yet.
"""

from __future__ import annotations

import os
import sqlite3
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from crawler.archive.files import FOLDER, PART, archive_files, column_of, name_of, sync_folder
from crawler.archive.recovery import GONE, SWAP, finish_pruning, noted, recover
from crawler.store.db import micros, transaction

_PIECE = 262_144

_OLD = (
    "INSERT INTO temp.doomed SELECT f.fetch_id FROM fetches f WHERE f.warc_file IS NOT NULL AND f.fetched_at < ?1 AND "
    "NOT EXISTS (SELECT 1 FROM fetches later WHERE later.body_sha256 = f.body_sha256 AND later.warc_file IS NOT NULL "
    "AND later.fetched_at >= ?1)"
)
"""What was fetched before a time, but for bodies that were met again since: a later record may refer to them."""


@dataclass(slots=True)
class Pruned:
    """What was taken out, or would be: records, whole files, files written anew, bytes; ``damaged`` names records that
    could not be kept because they cannot be read.
    """

    records: int = 0
    files_removed: int = 0
    files_rewritten: int = 0
    bytes: int = 0
    damaged: list[str] | None = None


def prune(home: Path, db: sqlite3.Connection, before: datetime, *, dry_run: bool = False) -> Pruned:
    """Take out what was fetched before a time. A body that a later fetch met again stays: that fetch refers to it.

    ``home`` is the dataset's folder, which nobody else may be at work in. Raises ``OSError`` and ``sqlite3.Error``;
    what was done until then stands.
    """
    recover(home, db)
    db.execute("CREATE INDEX IF NOT EXISTS fetches_archived ON fetches (body_sha256) WHERE warc_file IS NOT NULL")
    db.execute("CREATE TEMP TABLE doomed (fetch_id INTEGER PRIMARY KEY)")
    try:
        db.execute(_OLD, (micros(before),))
        return _remove(home, db, dry_run=dry_run)
    finally:
        db.execute("DROP TABLE temp.doomed")


Head = Callable[[bytes], bytes]
"""Gives the member that begins a file as it is to be."""


def remove(
    home: Path,
    db: sqlite3.Connection,
    fetch_ids: Iterable[int],
    *,
    anew: Collection[int] = (),
    head: Head | None = None,
    dry_run: bool = False,
) -> Pruned:
    """Take out the records of these fetches, and of all others with a body that one of them has: none may be left that
    refers to it.

    The files with the numbers ``anew`` are written anew whether or not they have such a record: what no fetch points
    to, or cannot be read, goes then.
    """
    recover(home, db)
    db.execute("CREATE TEMP TABLE doomed (fetch_id INTEGER PRIMARY KEY)")
    try:
        db.executemany("INSERT OR IGNORE INTO temp.doomed VALUES (?)", ((number,) for number in fetch_ids))
        db.execute(
            "INSERT OR IGNORE INTO temp.doomed SELECT other.fetch_id FROM fetches other WHERE other.warc_file IS NOT "
            "NULL AND other.body_sha256 IN (SELECT body_sha256 FROM fetches JOIN temp.doomed USING (fetch_id))"
        )
        return _remove(home, db, dry_run=dry_run, anew=anew, head=head)
    finally:
        db.execute("DROP TABLE temp.doomed")


def _remove(
    home: Path, db: sqlite3.Connection, *, dry_run: bool, anew: Collection[int] = (), head: Head | None = None
) -> Pruned:
    """Take out the records of the fetches in the table ``doomed``."""
    done = Pruned(damaged=[])
    for number, path in archive_files(home / FOLDER).items():
        rows = db.execute(
            "SELECT f.fetch_id, f.warc_offset, d.fetch_id IS NOT NULL FROM fetches f LEFT JOIN temp.doomed d "
            "USING (fetch_id) WHERE f.warc_file = ? ORDER BY f.warc_offset",
            (column_of(number),),
        ).fetchall()
        doomed = sum(is_doomed for _id, _offset, is_doomed in rows)
        if not doomed and number not in anew:
            continue
        before, after = path.stat().st_size, 0
        done.records += doomed
        if doomed == len(rows):
            done.files_removed += 1
            if not dry_run:
                _drop(home, db, number)
        else:
            done.files_rewritten += 1
            kept = [(fetch_id, offset) for fetch_id, offset, is_doomed in rows if not is_doomed]
            if dry_run:
                after = _size(path, [offset for _id, offset in kept])
            else:
                after = _rewrite(home, db, number, kept, done, head)
        done.bytes += before - after
    return done


def _drop(home: Path, db: sqlite3.Connection, number: int) -> None:
    """A whole file goes."""
    with transaction(db):
        _forget(db, number)
        _note(db, GONE, number, 0)
    finish_pruning(home / FOLDER, db)


def _rewrite(  # noqa: PLR0917
    home: Path, db: sqlite3.Connection, number: int, kept: list[tuple[int, int]], done: Pruned, head: Head | None
) -> int:
    """A file is written anew with its head and these records; how long it is now."""
    path = home / FOLDER / name_of(number)
    part = path.with_name(path.name + PART)
    places: list[tuple[int, int]] = []
    with path.open("rb") as source, part.open("wb") as target:
        if head is None:
            _copy(source, 0, target)
        else:
            target.write(head(b"".join(_member(source, 0))))
        for fetch_id, offset in kept:
            place = target.tell()
            try:
                _copy(source, offset, target)
            except zlib.error as error:
                target.seek(place)
                target.truncate()
                assert done.damaged is not None
                done.damaged.append(f"{column_of(number)} at byte {offset}: its record is damaged ({error})")
            else:
                places.append((place, fetch_id))
        target.flush()
        os.fsync(target.fileno())
        length = target.tell()
    sync_folder(path.parent)
    with transaction(db):
        _forget(db, number)
        db.executemany(
            "UPDATE fetches SET warc_file = ?, warc_offset = ? WHERE fetch_id = ?",
            [(column_of(number), place, fetch_id) for place, fetch_id in places],
        )
        _note(db, SWAP, number, length)
    finish_pruning(path.parent, db)
    return length


def _forget(db: sqlite3.Connection, number: int) -> None:
    db.execute("UPDATE fetches SET warc_file = NULL, warc_offset = NULL WHERE warc_file = ?", (column_of(number),))


def _note(db: sqlite3.Connection, what: str, number: int, length: int) -> None:
    """What is to happen to a file; and the new length of the last one, which recovery goes by."""
    db.execute("INSERT OR REPLACE INTO meta (key, value) VALUES (?, '1')", (f"{what}{number}",))
    if number == noted(db).number:
        db.execute("UPDATE meta SET value = ? WHERE key = 'archive_length'", (str(length),))


def _copy(source: BinaryIO, offset: int, target: BinaryIO) -> None:
    """Copy the member that begins at an offset, as it is. Raises ``zlib.error`` where it is damaged or cut off."""
    target.writelines(_member(source, offset))


def _member(source: BinaryIO, offset: int) -> Iterator[bytes]:
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
    source.seek(offset)
    while not unpacker.eof:
        piece = source.read(_PIECE)
        if not piece:
            raise zlib.error("cut off")
        rest = piece
        while rest and not unpacker.eof:
            unpacker.decompress(rest, _PIECE)
            rest = unpacker.unused_data if unpacker.eof else unpacker.unconsumed_tail
        yield piece[: len(piece) - len(rest)]


def _size(path: Path, offsets: list[int]) -> int:
    """How long a file of these records would be."""
    size = 0
    with path.open("rb") as source:
        for offset in (0, *offsets):
            try:
                size += sum(map(len, _member(source, offset)))
            except zlib.error:
                continue
    return size
