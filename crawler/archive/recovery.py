"""After a crash: the archive's files are brought to what the store knows of them.

The store is what counts. A file that goes further is cut back, a file that is shorter is damaged: it is named and put
aside. Nothing is ever overwritten, and nothing that a crash does not explain is thrown away.
"""

from __future__ import annotations

import logging
import os
import sqlite3
from pathlib import Path

from crawler.archive.files import FOLDER, PART, Position, archive_files, column_of, name_of, number_of, sync_folder

logger = logging.getLogger(__name__)

SWAP, GONE = "archive_swap_", "archive_gone_"
"""Keys of the store's table `meta`: files of these numbers are to be replaced by their rewritten part, or removed."""


def noted(db: sqlite3.Connection) -> Position:
    """How far the archive goes, by the store."""
    found = dict(db.execute("SELECT key, value FROM meta WHERE key IN ('archive_file', 'archive_length')"))
    return Position(int(found.get("archive_file", 0)), int(found.get("archive_length", 0)))


def recover(home: Path, db: sqlite3.Connection) -> list[str]:
    """Finish what a pruning began, cut back what was never committed, put aside what is damaged.

    ``home`` is the dataset's folder. Returns what is damaged, a line each. No transaction may be open, or the caller's
    group must have been undone.
    """
    folder = home / FOLDER
    if not folder.is_dir():
        position = noted(db)
        return [] if position.number == 0 or position.length == 0 else _missing(db, position)
    finish_pruning(folder, db)
    for part in folder.glob(f"*{PART}"):
        if number_of(part.name.removesuffix(PART)) is not None:
            part.unlink()
    damages = _beyond(folder, db) + _last(folder, db)
    for line in damages:
        logger.warning("%s", line)
    return damages


def finish_pruning(folder: Path, db: sqlite3.Connection) -> None:
    """Do with the files what the store was told of in a transaction that stands."""
    todo = db.execute("SELECT key FROM meta WHERE key LIKE 'archive_swap_%' OR key LIKE 'archive_gone_%'").fetchall()
    for (key,) in todo:
        path = folder / name_of(int(key.rpartition("_")[2]))
        part = path.with_name(path.name + PART)
        if key.startswith(GONE):
            path.unlink(missing_ok=True)
        elif part.exists():
            part.replace(path)
    if todo:
        sync_folder(folder)
        db.execute("DELETE FROM meta WHERE key LIKE 'archive_swap_%' OR key LIKE 'archive_gone_%'")


def _beyond(folder: Path, db: sqlite3.Connection) -> list[str]:
    """Files behind the last that the store knows: a killed run leaves one; more, or after a run that ended well, none.

    Then the store is older than its archive (a copy that was put back): what is there is kept under another name.
    """
    position = noted(db)
    last = db.execute("SELECT finished_at IS NULL FROM runs ORDER BY run_id DESC LIMIT 1").fetchone()
    was_killed = last is None or bool(last[0])
    found = []
    for number, path in archive_files(folder).items():
        if number > position.number:
            if was_killed and number == position.number + 1:
                path.unlink()
            else:
                found.append(f"{column_of(number)}: the store knows nothing of it; {_put_aside(path)}")
    return found


def _last(folder: Path, db: sqlite3.Connection) -> list[str]:
    """The last file has the length that the store knows; a longer one is cut back."""
    position = noted(db)
    path = folder / name_of(position.number)
    if position.length == 0:
        path.unlink(missing_ok=True)
        return []
    length = path.stat().st_size if path.is_file() else -1
    if length > position.length:
        with path.open("r+b") as file:
            file.truncate(position.length)
            file.flush()
            os.fsync(file.fileno())
    if length >= position.length:
        return []
    lines = _missing(db, position)
    return [f"{lines[0]}; {_put_aside(path)}"] if length >= 0 else lines


def _missing(db: sqlite3.Connection, position: Position) -> list[str]:
    """The last file is not there, or not all of it: no fetch may point into it any more."""
    name = column_of(position.number)
    db.execute("UPDATE fetches SET warc_file = NULL, warc_offset = NULL WHERE warc_file = ?", (name,))
    db.execute("UPDATE meta SET value = '0' WHERE key = 'archive_length'")
    return [f"{name}: it is shorter than the {position.length} bytes that the store knows of, or gone"]


def _put_aside(path: Path) -> str:
    aside = path.with_name(f"{path.name}.damaged")
    count = 1
    while aside.exists():
        count += 1
        aside = path.with_name(f"{path.name}.damaged-{count}")
    path.rename(aside)
    return f"it is kept as {aside.name}, which `threadset extract` can read"
