"""Pruning the archive of a folder, for the command and at the end of a job's run."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from pathlib import Path

from crawler.archive.prune import Pruned, prune
from crawler.clock import now
from crawler.commands._errors import CommandError
from crawler.store import STATE_FILE, Store


def prune_folder(folder: Path, keep_days: int, *, dry_run: bool = False) -> Pruned:
    """Prune the archive of a folder that is opened and locked. Raises `CommandError`."""
    try:
        with Store(folder / STATE_FILE) as store:
            return prune(folder, store.db, now() - timedelta(days=keep_days), dry_run=dry_run)
    except (OSError, sqlite3.Error) as error:
        raise CommandError(
            str(folder), f"its archive cannot be written ({error})", "make room on the disk and run it again"
        ) from None
