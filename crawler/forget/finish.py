"""Carries out what a folder's list says, whatever was done of it before: store, archive, what lies about.

The list comes first; each step after it can be repeated. The tables follow when they are published (`output`), for the
manifest says by which list they are clean.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field
from pathlib import Path

from crawler.archive.prune import Pruned
from crawler.forget.erase import Erased, clean_fetches, erase
from crawler.forget.forgotten import Forgotten, load_forgotten
from crawler.forget.records import damaged_files, erase_records, forget_records, remember, remembered
from crawler.forget.redact import Redactor
from crawler.store import STATE_FILE, Store
from crawler.store.db import transaction
from crawler.store.forgotten import KEY_FILE, LIST_FILE, list_id, note_list, noted_list
from crawler.store.killpoints import reach
from output.errors import ManifestError
from output.manifest import FORMATS, MANIFEST, Manifest, read_manifest
from output.published import table_files
from output.report import remove_report
from output.swap import WORK, Swap

_TOLD_IN = ("run.json", "metrics.prom")
"""Files that a run makes again, and that may tell of something forgotten."""

_OURS = frozenset({
    STATE_FILE, f"{STATE_FILE}-wal", f"{STATE_FILE}-shm", LIST_FILE, KEY_FILE, MANIFEST, WORK, "archive", ".lock",
    "canonical", "report", "report.html", *_TOLD_IN, *FORMATS,
})  # fmt: skip


@dataclass(slots=True)
class Done:
    """What was taken out, or would be: of the store, of the archive, and files as a whole."""

    erased: Erased = field(default_factory=Erased)
    records: Pruned = field(default_factory=Pruned)
    files: list[str] = field(default_factory=list)


def is_pending(folder: Path, db: sqlite3.Connection) -> bool:
    """True where the list says more than was carried out."""
    wanted = list_id(folder)
    return wanted is not None and (noted_list(db) != wanted or (folder / WORK).exists())


def preview(folder: Path, store: Store, forgotten: Forgotten) -> Done:
    """What carrying out a list would take out. Everything is undone again."""
    redactor, db, done = Redactor(forgotten), store.db, Done()
    db.execute("BEGIN IMMEDIATE")
    try:
        done.erased = erase(db, redactor)
    finally:
        db.execute("ROLLBACK")
    done.records = erase_records(folder, db, redactor, done.erased.fetches, dry_run=True)
    done.files = [path.relative_to(folder).as_posix() for path in _leftovers(folder, redactor)]
    return done


def finish(folder: Path) -> Done:
    """Carry out a folder's list. The folder is locked, and its store closed. Raises `ForgottenError`, ``OSError`` and
    ``sqlite3.Error``; what was done until then stands, and the next call goes on.
    """
    wanted = list_id(folder)
    redactor = Redactor(load_forgotten(folder))
    done = Done()
    if wanted is None:
        return done
    with Store(folder / STATE_FILE) as store:
        db = store.db
        db.execute("PRAGMA secure_delete = ON")
        with transaction(db):
            done.erased = erase(db, redactor)
            remember(db, done.erased.fetches)
        reach("forget-store")
        done.records = erase_records(folder, db, redactor, remembered(db))
        with transaction(db):
            clean_fetches(db, redactor)
        forget_records(db)
        reach("forget-archive")
        db.execute("VACUUM")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        reach("forget-vacuum")
        done.files = _remove_leftovers(folder, redactor)
        with transaction(db):
            note_list(db, wanted)
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return done


def _leftovers(folder: Path, redactor: Redactor) -> list[Path]:
    """Files beside store, archive and tables that hold what was there before, or tell of it."""
    found = [
        *folder.glob(f"{STATE_FILE}.bak-*"),
        *folder.glob(f"{STATE_FILE}.damaged-*"),
        *folder.glob(f".{STATE_FILE}.*"),
        *damaged_files(folder),
    ]
    for name in _TOLD_IN:
        path = folder / name
        if path.is_file() and _tells(path, redactor):
            found.append(path)
    return found


def own_manifest(folder: Path) -> Manifest:
    """The manifest of a folder; an empty one where it cannot be read, and has to be made again."""
    try:
        return read_manifest(folder)
    except ManifestError:
        return Manifest()


def exports(folder: Path) -> list[tuple[Path, Manifest]]:
    """Exports of the dataset that lie in its folder; packs and other datasets are none."""
    found = []
    for path in sorted([*folder.glob(f"*/{MANIFEST}"), *folder.glob(f"*/*/{MANIFEST}")]):
        place = path.parent
        manifest = own_manifest(place)
        if not (place / STATE_FILE).exists() and "pack" not in manifest.sections and manifest.files:
            found.append((place, manifest))
    return found


def _tells(path: Path, redactor: Redactor) -> bool:
    text = path.read_text(encoding="utf-8", errors="replace")
    with_sites = redactor.forgotten.entries["site"] or redactor.forgotten.entries["thread"]
    return bool(with_sites) or redactor.tells_text("", "", text)


def _remove_leftovers(folder: Path, redactor: Redactor) -> list[str]:
    if (folder / WORK).exists():
        Swap(folder).recover()
    found = _leftovers(folder, redactor)
    remove_report(folder)
    for place, manifest in exports(folder):
        for name in table_files(place, manifest):
            (place / name).unlink(missing_ok=True)
        (place / MANIFEST).unlink()
        Swap(place).recover()
    for path in found:
        path.unlink(missing_ok=True)
    return [path.relative_to(folder).as_posix() for path in found]


def strangers(folder: Path) -> list[str]:
    """What lies in the folder and is none of ours: nobody looked into it."""
    return sorted(
        path.name for path in folder.iterdir() if path.name not in _OURS and not path.name.startswith(f".{LIST_FILE}")
    )
