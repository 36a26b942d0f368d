"""The archive without what is forgotten: the records that may hold it go as a whole.

A page's record holds its words in many places (metadata, scripts, previews), so none is mended: what the page said of
everything else is in the store.
"""

from __future__ import annotations

import re
import sqlite3
import zlib
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from crawler.archive.files import FOLDER, archive_files, column_of
from crawler.archive.prune import Pruned, remove
from crawler.archive.reading import Broken, FileHead, Record, read_records
from crawler.archive.record import SITES_FIELD
from crawler.archive.recovery import recover
from crawler.forget.redact import Redactor
from crawler.items import Received
from crawler.store.db import transaction

_TODO = "forget_records"
_SITES = re.compile(rb"^%b:[ \t]*(.+?)[ \t]*\r?$" % SITES_FIELD.encode(), re.MULTILINE)
_DIGEST = re.compile(rb"^WARC-(?:Block|Payload)-Digest:[^\n]*\n", re.MULTILINE)
_LENGTH = re.compile(rb"^(Content-Length:[ \t]*)\d+", re.MULTILINE | re.IGNORECASE)


@dataclass(slots=True)
class Telling:
    """Fetches whose records tell, and files that have to be written anew for another reason."""

    fetches: set[int] = field(default_factory=set)
    files: set[int] = field(default_factory=set)


def remember(db: sqlite3.Connection, fetches: set[int]) -> None:
    """Note, in the transaction that changes the store, whose records have to go: it cannot be told afterwards."""
    numbers = sorted(fetches | remembered(db))
    db.execute("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", (_TODO, orjson.dumps(numbers).decode()))


def remembered(db: sqlite3.Connection) -> set[int]:
    """The fetches that were noted."""
    row = db.execute("SELECT value FROM meta WHERE key = ?", (_TODO,)).fetchone()
    return set(orjson.loads(row[0])) if row else set()


def look(home: Path, db: sqlite3.Connection, redactor: Redactor) -> Telling:
    """Read all records: which of them tell of something forgotten. Raises ``OSError``."""
    found = Telling()
    for number, path in archive_files(home / FOLDER).items():
        rows = db.execute("SELECT warc_offset, fetch_id, site FROM fetches WHERE warc_file = ?", (column_of(number),))
        known: dict[int, tuple[int, str]] = {offset: (fetch_id, site) for offset, fetch_id, site in rows}
        for record in read_records(path):
            match record:
                case Broken():
                    found.files.add(number)
                case FileHead():
                    if record.sites and _head_tells(redactor, record.sites):
                        found.files.add(number)
                case Record():
                    fetch_id, site = known.get(record.offset, (None, record.site or ""))
                    if redactor.tells(_received(record), site):
                        found.files.add(number)
                        found.fetches |= {fetch_id} if fetch_id is not None else set()
    return found


def erase_records(
    home: Path, db: sqlite3.Connection, redactor: Redactor, fetches: AbstractSet[int], *, dry_run: bool = False
) -> Pruned:
    """Take out the records of these fetches, and those that a look finds. Raises ``OSError`` and ``sqlite3.Error``."""
    recover(home, db)
    if not archive_files(home / FOLDER):
        return Pruned(damaged=[])
    found = look(home, db, redactor)
    return remove(
        home, db, sorted(found.fetches | fetches), anew=found.files, dry_run=dry_run,
        head=lambda member: _head(redactor, member),
    )  # fmt: skip


def forget_records(db: sqlite3.Connection) -> None:
    """They are gone: nothing has to be remembered any more."""
    with transaction(db):
        db.execute("DELETE FROM meta WHERE key = ?", (_TODO,))


def _received(record: Record) -> Received:
    return Received(
        url=record.url, status=record.status, headers=list(record.headers.items()), body=record.payload
    )  # fmt: skip


def _sites(text: str | bytes) -> dict[str, object]:
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def _head_tells(redactor: Redactor, sites: str) -> bool:
    return any(redactor.forgotten.site(name) for name in _sites(sites))


def _head(redactor: Redactor, member: bytes) -> bytes:
    """The head of a file without the names of sites that are forgotten."""
    data = zlib.decompress(member, zlib.MAX_WBITS | 16)
    told = _SITES.search(data)
    if told is None or not _head_tells(redactor, told[1].decode("utf-8", "replace")):
        return member
    kept = {name: facts for name, facts in _sites(told[1]).items() if not redactor.forgotten.site(name)}
    data = data[: told.start(1)] + orjson.dumps(kept, option=orjson.OPT_SORT_KEYS) + data[told.end(1) :]
    head, _, block = data.partition(b"\r\n\r\n")
    block = block.removesuffix(b"\r\n\r\n")
    head = _LENGTH.sub(rb"\g<1>%d" % len(block), _DIGEST.sub(b"", head + b"\r\n")).removesuffix(b"\r\n")
    packer = zlib.compressobj(1, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    return packer.compress(head + b"\r\n\r\n" + block + b"\r\n\r\n") + packer.flush()


def damaged_files(home: Path) -> Iterator[Path]:
    """Parts of the archive that were put aside, and can be read by nobody who could vouch for them."""
    folder = home / FOLDER
    if folder.is_dir():
        yield from sorted(path for path in folder.iterdir() if ".damaged" in path.name or path.name.endswith(".part"))
