"""What commands do about things that a folder has forgotten: carry out what was begun, and keep the tables clean."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import click

from crawler.archive import FOLDER as ARCHIVE
from crawler.commands._errors import CommandError
from crawler.forget import Forgotten, ForgottenError, Redactor, load_forgotten
from crawler.forget.finish import finish, is_pending
from crawler.forget.forgotten import counted
from crawler.items import TOOL
from crawler.outcome import ERROR, USAGE
from crawler.pages import parse_ref
from crawler.sites import Sites
from crawler.store import STATE_FILE, Store, StoreError
from crawler.store.forgotten import list_id
from crawler.visible import printable
from output.errors import ManifestError, OutputError
from output.manifest import MANIFEST, read_manifest
from output.published import before, table_files
from output.read import read_dataset

SECTION = "forgotten"
"""The manifest's part about it: counts, and the hash of the list by which the tables are clean."""


def finish_forgetting(folder: Path) -> None:
    """Carry out what was begun and broken off, in a folder that is locked. Raises `CommandError`."""
    with forgetting(folder):
        with Store(folder / STATE_FILE) as store:
            pending = is_pending(folder, store.db)
        if pending:
            finish(folder)


@contextmanager
def forgetting(folder: Path) -> Iterator[None]:
    """Errors as what they mean for the user; what was begun is carried out by the next command."""
    fix = "make room on the disk and run any command on the folder again: it goes on"
    try:
        yield
    except ForgottenError as error:
        raise CommandError(error.what, error.reason, error.fix, USAGE) from None
    except StoreError as error:
        raise CommandError(error.what, error.reason, error.fix, error.exit_code) from None
    except OSError as error:
        raise CommandError(str(folder), f"erasing was broken off ({error.strerror or error})", fix) from None
    except sqlite3.Error as error:
        raise CommandError(str(folder), f"erasing was broken off ({error})", fix) from None


def is_stale(home: Path, folder: Path) -> bool:
    """True where the tables in a folder may hold what the dataset at ``home`` has forgotten since."""
    wanted = list_id(home)
    if wanted is None or not (folder / MANIFEST).exists():
        return False
    try:
        told = read_manifest(folder).sections.get(SECTION)
    except ManifestError:
        return True
    return not isinstance(told, dict) or told.get("list") != wanted


def forgotten_section(home: Path) -> dict[str, object]:
    """The manifest's part."""
    with forgetting(home):
        counts = counted(home)
    return {} if counts is None else {SECTION: {**counts, "list": list_id(home)}}


def wanted_urls(folder: Path, urls: Sequence[str], sites: Sites) -> list[str]:
    """The addresses of what is not forgotten; a word of the others. Raises `CommandError` where none is left."""
    with forgetting(folder):
        redactor = Redactor(load_forgotten(folder))
    if redactor.is_idle:
        return list(urls)
    kept: list[str] = []
    gone: list[str] = []
    for url in urls:
        ref = parse_ref(url)
        named = replace(ref, site=sites.name_of(url) or ref.site)
        (gone if redactor.unwanted(named) else kept).append(url)
    if gone and not kept:
        reason = "all that is asked for was forgotten in this folder"
        raise CommandError(str(folder), reason, "ask for something else, or give another folder", USAGE)
    if gone:
        number = "1 address that was" if len(gone) == 1 else f"{len(gone)} addresses that were"
        click.echo(f"{TOOL}: {printable(folder)}: {number} asked for is forgotten here, and left out", err=True)
    return kept


def list_for(out: Path, inputs: Sequence[Path], named: Path | None) -> Redactor:
    """The list by which an extraction goes: that of the dataset that is ``named`` or whose archive is read, which the
    new one takes over, or that of the new one itself. Raises `CommandError`.
    """
    if named is not None and list_id(named) is None:
        raise CommandError(str(named), "nothing was ever forgotten in it", "leave --forgotten out", USAGE)
    homes = {path.resolve().parent.parent for path in inputs if path.resolve().parent.name == ARCHIVE}
    homes |= {out.resolve(), *([named.resolve()] if named is not None else [])}
    lists = {home: list_id(home) for home in sorted(homes) if list_id(home) is not None}
    if len(set(lists.values())) > 1:
        fix = "extract their archives one at a time, each into a folder of its own"
        raise CommandError(str(out), "the folders have lists of their own of what they have forgotten", fix, USAGE)
    home = next(iter(lists), out)
    with forgetting(home):
        forgotten = load_forgotten(home)
        if lists and list_id(out) is None:
            forgotten.save(out)
    return Redactor(forgotten)


def check_elsewhere(folders: Sequence[Path]) -> None:
    """No folder may hold a post that another one has forgotten: a pack of both would bring it back.

    Raises `CommandError`. Folders that cannot be read are passed over: whoever reads them tells.
    """
    columns = ["site", "post_id", "thread_id", "author_id", "author_name"]
    for home in (folder for folder in folders if list_id(folder) is not None):
        with forgetting(home):
            forgotten = load_forgotten(home)
        for folder in (other for other in folders if other != home):
            found = 0
            with suppress(OutputError):
                for batch in read_dataset(folder).batches("posts", columns):
                    rows = zip(*(batch.column(name).to_pylist() for name in columns), strict=True)
                    found += sum(_is_of(forgotten, *row) for row in rows)
            if found:
                reason = f"it holds {found} posts that {home} has forgotten"
                raise CommandError(str(folder), reason, "forget them there, too, or leave the folder out", ERROR)


def _is_of(forgotten: Forgotten, site: str, post: int, thread: int, author: int | None, name: str | None) -> bool:  # noqa: PLR0917
    return forgotten.post(site, post) or forgotten.thread(site, thread) or forgotten.author(site, author, name)


def unpublish(folder: Path) -> None:
    """Take the tables away, the manifest first: nothing is left to be published."""
    files = table_files(folder, before(folder))
    (folder / MANIFEST).unlink(missing_ok=True)
    for name in files:
        (folder / name).unlink(missing_ok=True)
