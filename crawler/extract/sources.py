"""From files to saved pages: each kind of file, in order, in little memory."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from crawler.archive.content import LARGEST
from crawler.archive.reading import Broken, FileHead, Record, read_records
from crawler.archive.record import NOT_MODIFIED
from crawler.extract.inputs import Input
from crawler.extract.originals import Originals, originals_of
from crawler.extract.saved import Damage, NewRun, NoPage, Saved
from crawler.pages import item_of

Part = Saved | NewRun | Damage | NoPage

_SITE = re.compile(r"[\w.:\[\]-]{1,255}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the user says of all files: their address, the name of their site."""

    url: str | None = None
    site: str | None = None


def parts_of(inputs: Sequence[Input], asked: Asked) -> Iterator[Part]:
    """All that is in the files, in order."""
    with originals_of([given.path for given in inputs]) as originals:
        for number, given in enumerate(inputs):
            try:
                yield from SOURCES[given.kind](given, number, asked, originals)
            except OSError as error:
                yield Damage(given.name, None, f"it cannot be read ({error.strerror or type(error).__name__})")


def _from_warc(given: Input, number: int, asked: Asked, originals: Originals) -> Iterator[Part]:
    sites: str | None = None
    for record in read_records(given.path):
        match record:
            case None:
                yield NoPage()
            case FileHead():
                sites = record.sites
                yield NewRun(record.run or "")
            case Broken():
                yield Damage(given.name, record.offset, record.reason)
            case _ if item_of(record.url) is None or (record.kind != "revisit" and record.status == NOT_MODIFIED):
                yield NoPage()
            case _:
                yield _page(given, record, asked, sites, _body_of(record, number, originals))


def _body_of(record: Record, number: int, originals: Originals) -> Record | None:
    """The record that holds the body: the record itself, or the one that it refers to."""
    if record.kind == "revisit":
        return originals.find(record)
    originals.add(record, number)
    return record


def _page(given: Input, record: Record, asked: Asked, sites: str | None, body: Record | None) -> Part:
    if body is None:
        if record.status == NOT_MODIFIED and record.site is None:  # of another tool, which did not keep the body
            return NoPage()
        return Damage(given.name, record.offset, "the record that it refers to is in none of the files before it")
    named = record.site if record.site and _SITE.fullmatch(record.site) else None
    own = record if record.headers and record.status != NOT_MODIFIED else body
    headers = dict(own.headers)
    for name in ("content-encoding", "transfer-encoding"):  # these are the body's, whichever headers came with it
        headers.pop(name, None)
        headers |= {name: body.headers[name]} if name in body.headers else {}
    return Saved(
        kind=given.kind,
        file=given.name,
        offset=record.offset,
        url=record.url,
        at=record.date,
        payload=body.payload,
        status=own.status,
        headers=headers,
        site=asked.site or named,
        is_ours=named is not None,
        sites=sites,
        stale=record.stale,
    )


def _from_file(given: Input, number: int, asked: Asked, originals: Originals) -> Iterator[Part]:
    """A file that is a page. Nothing in it says when it was saved but the file's own time."""
    del number, originals
    facts = given.path.stat()
    if facts.st_size > LARGEST:
        yield Damage(given.name, None, f"it is larger than {LARGEST // 1024 // 1024} MB")
        return
    at = datetime.fromtimestamp(facts.st_mtime, UTC)
    payload = given.path.read_bytes()
    yield Saved(
        kind=given.kind, file=given.name, offset=None, url=asked.url, at=at, payload=payload, site=asked.site
    )  # fmt: skip


SOURCES: dict[str, Callable[[Input, int, Asked, Originals], Iterator[Part]]] = {
    "warc": _from_warc,
    "html": _from_file,
    "text": _from_file,
}
"""How each kind of file is taken apart."""
