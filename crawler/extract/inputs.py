"""Which files are to be read, and what they are: by their content, never by their name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from crawler.archive.content import LARGEST
from crawler.archive.members import is_warc
from crawler.archive.reading import Record, read_records
from crawler.pages import is_dump

_START = 8192


class InputError(Exception):
    """A file that cannot be used. ``what`` is the file, ``reason`` says why, ``fix`` what to do."""

    def __init__(self, what: str, reason: str, fix: str) -> None:
        super().__init__(f"{what}: {reason}; {fix}")
        self.what, self.reason, self.fix = what, reason, fix


@dataclass(frozen=True, slots=True)
class Input:
    """A file and the kind of thing that it is."""

    path: Path
    kind: str

    @property
    def name(self) -> str:
        """As messages and the table `fetches` call it: the name alone tells nothing of the machine."""
        return self.path.name


def is_html(path: Path) -> bool:
    """True for a file that begins as an HTML page does. Raises ``OSError``."""
    with path.open("rb") as file:
        start = file.read(_START).replace(b"\x00", b"").lower()  # UTF-16 too
    return any(mark in start for mark in (b"<!doctype html", b"<html", b"<head", b"<body", b"saved from url="))


def _is_text(path: Path) -> bool:
    """A thread's page as flattened text: the share menus between its posts tell."""
    return path.stat().st_size <= LARGEST and is_dump(path.read_bytes())


KINDS: dict[str, Callable[[Path], bool]] = {"warc": is_warc, "html": is_html, "text": _is_text}
"""How each kind is told, in the order in which they are tried."""


def inputs_of(paths: Iterable[Path]) -> list[Input]:
    """The files, and those in the folders, that were named; each once, in the order in which they are to be read.

    WARC files are read in the order of their first pages, so that it does not matter how they are named; then the
    others by name. Raises `InputError` for a file that is nothing we can read; in a folder such files are passed over.
    """
    found: dict[Path, Input] = {}
    for path in paths:
        inside = path.is_dir()
        for file in sorted(_below(path)) if inside else [path]:
            kind = _kind(file)
            if kind is not None:
                found.setdefault(file.resolve(), Input(file, kind))
            elif not inside:
                raise InputError(
                    str(file), "it is no WARC file, no HTML page and no thread as text", "give files of these kinds"
                )
        if inside and not any(given.path.is_relative_to(path) for given in found.values()):
            raise InputError(
                str(path), "there is no WARC file, no HTML page and no thread as text in it", "give another folder"
            )
    return sorted(found.values(), key=_order)


def _below(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def _kind(path: Path) -> str | None:
    try:
        return next((kind for kind, is_one in KINDS.items() if is_one(path)), None)
    except OSError as error:
        raise InputError(str(path), f"it cannot be read ({error.strerror})", "check the path") from None


def _order(given: Input) -> tuple[bool, str, str]:
    begin = _first_date(given.path) if given.kind == "warc" else None
    return given.kind != "warc", begin.isoformat() if begin else "", str(given.path)


def _first_date(path: Path) -> datetime | None:
    """When the first page of a WARC file was fetched."""
    return next((record.date for record in read_records(path) if isinstance(record, Record)), None)
