"""Has what was forgotten in a folder been taken out of its store and its tables? The list itself: `crawler.forget`.

The list is written first, and everything else follows from it: a killed erasure, and a file that was put back from
before it, are told by the list's hash, which store and manifest note once they are clean.
"""

from __future__ import annotations

import hashlib
import sqlite3
from pathlib import Path

LIST_FILE = "forgotten.list"
"""Name of the list in a dataset's folder."""

KEY_FILE = "forgotten.key"
"""Name of its key."""

_NOTED = "forgotten"
_HEX = 16


def list_id(folder: Path) -> str | None:
    """The hash of a folder's list; ``None`` where nothing was ever forgotten."""
    path = folder / LIST_FILE
    return hashlib.sha256(path.read_bytes()).hexdigest()[:_HEX] if path.is_file() else None


def noted_list(db: sqlite3.Connection) -> str | None:
    """The hash of the list that the store was last cleaned by."""
    row = db.execute("SELECT value FROM meta WHERE key = ?", (_NOTED,)).fetchone()
    return None if row is None else str(row[0])


def note_list(db: sqlite3.Connection, found: str) -> None:
    """Note that store and archive hold nothing of what the list names."""
    db.execute("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", (_NOTED, found))
