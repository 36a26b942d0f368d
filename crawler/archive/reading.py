"""Reading archives, ours and those of other tools: each record as a page that somebody fetched."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from warcio.recordloader import ArcWarcRecordLoader
from warcio.timeutils import iso_date_to_datetime

from crawler.archive.members import LARGEST_RECORD, Piece, piece_at, pieces
from crawler.archive.record import RUN_FIELD, SITE_HEADER, SITES_FIELD, STALE_HEADER, Original, warc_date

_PAGES = frozenset({"response", "revisit", "resource"})
_LOADER = ArcWarcRecordLoader(verify_http=False, arc2warc=False)
_FIELD = re.compile(rf"^({RUN_FIELD}|{SITES_FIELD}):[ \t]*(.+?)[ \t]*\r?$", re.MULTILINE)

logging.getLogger("warcio.recordloader").setLevel(logging.ERROR)  # it logs addresses as they are


@dataclass(frozen=True, slots=True)
class Broken:
    """A record that cannot be read, and why."""

    offset: int
    reason: str


@dataclass(frozen=True, slots=True)
class FileHead:
    """The head of a file. ``run`` is set in those of a crawl of ours: the run that the records are of; ``sites`` are
    its sites, as JSON.
    """

    run: str | None
    sites: str | None = None
    record_id: str | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """A fetched page. ``payload`` is its body as recorded, encodings and all; empty in a revisit.

    ``headers`` are by lower-case name. ``refers_to`` (record id, address, date, payload digest) says of a revisit where
    its body is. ``stale`` is true of an old copy, which the crawl did not believe.
    """

    offset: int
    url: str
    date: datetime
    status: int
    headers: dict[str, str]
    payload: bytes
    kind: str = "response"
    site: str | None = None
    record_id: str | None = None
    digest: str | None = None
    warcinfo_id: str | None = None
    stale: bool = False
    refers_to: tuple[str | None, str | None, datetime | None, str | None] = (None, None, None, None)


def read_records(path: Path, *, limit: int = LARGEST_RECORD) -> Iterator[Record | Broken | FileHead | None]:
    """The records of a file in order; ``None`` for one that is no page (a request, metadata …).

    Raises ``OSError`` where the file cannot be read.
    """
    own: str | None = None  # the id of the file's warcinfo, which a server cannot know when it answers
    is_damaged = False
    for piece in pieces(path, limit=limit):
        found = Broken(piece.offset, piece.broken) if piece.broken is not None else _read(piece)
        if isinstance(found, FileHead) and found.record_id is not None:
            own = own or found.record_id
        if isinstance(found, Record) and is_damaged and own is not None and found.warcinfo_id != own:
            found = Broken(piece.offset, "it stands behind damage and does not say that it belongs to this file")
        is_damaged |= isinstance(found, Broken)
        yield found


def record_at(path: Path, offset: int, *, limit: int = LARGEST_RECORD) -> Record | None:
    """The page whose record begins at an offset; ``None`` where none does, or the file cannot be read."""
    try:
        piece = piece_at(path, offset, limit=limit)
    except OSError:
        return None
    found = None if piece is None or piece.broken is not None else _read(piece)
    return found if isinstance(found, Record) else None


def original_at(path: Path, offset: int) -> Original | None:
    """The body that a record of our archive holds or refers to."""
    record = record_at(path, offset)
    if record is None or record.digest is None:
        return None
    if record.kind != "revisit":
        return Original(record.url, warc_date(record.date), record.digest, record.record_id)
    record_id, url, date, digest = record.refers_to
    return Original(url, warc_date(date), digest, record_id) if url and date and digest else None


def _read(piece: Piece) -> Record | Broken | FileHead | None:
    try:
        return _record(piece)
    except Exception as error:  # noqa: BLE001  whatever a record holds, the next one may be whole
        return Broken(piece.offset, f"it cannot be read ({type(error).__name__})")


def _record(piece: Piece) -> Record | Broken | FileHead | None:
    record = _LOADER.parse_record_stream(BytesIO(piece.data), known_format="warc")
    head = record.rec_headers
    kind = (head.get_header("WARC-Type") or "").lower()
    if kind == "warcinfo":
        fields = dict(_FIELD.findall(record.raw_stream.read(LARGEST_RECORD).decode("utf-8", "replace")))
        return FileHead(fields.get(RUN_FIELD), fields.get(SITES_FIELD), head.get_header("WARC-Record-ID"))
    url, date = head.get_header("WARC-Target-URI"), _date(head.get_header("WARC-Date"))
    if kind not in _PAGES or url is None or not url.startswith(("http://", "https://")):
        return None
    if date is None:
        return Broken(piece.offset, "it does not say when it was fetched")
    status, headers = 200, {}
    if record.http_headers is not None:
        line = record.http_headers.statusline.split(" ", 1)[0]
        status = int(line) if line.isdecimal() else 0
        headers = {name.lower(): value for name, value in record.http_headers.headers}
    elif kind == "resource":
        headers = {"content-type": record.content_type or ""}
    elif kind == "response":
        return Broken(piece.offset, "it holds no HTTP answer")
    payload = record.raw_stream.read(LARGEST_RECORD)
    if len(payload) < (max(record.payload_length, 0)):
        return Broken(piece.offset, "it is cut off")
    return Record(
        offset=piece.offset, url=url, date=date, status=status, headers=headers,
        payload=b"" if kind == "revisit" else payload, kind=kind,
        site=head.get_header(SITE_HEADER), record_id=head.get_header("WARC-Record-ID"),
        digest=head.get_header("WARC-Payload-Digest"),
        warcinfo_id=head.get_header("WARC-Warcinfo-ID"),
        stale=head.get_header(STALE_HEADER) is not None,
        refers_to=(
            head.get_header("WARC-Refers-To"),
            _bare(head.get_header("WARC-Refers-To-Target-URI")),
            _date(head.get_header("WARC-Refers-To-Date")),
            head.get_header("WARC-Payload-Digest"),
        ) if kind == "revisit" else (None, None, None, None),
    )  # fmt: skip


def _bare(url: str | None) -> str | None:
    """An address without the brackets that some tools put around it."""
    return url[1:-1] if url and url.startswith("<") and url.endswith(">") else url


def _date(text: str | None) -> datetime | None:
    try:
        found: datetime = iso_date_to_datetime(text)
    except (ValueError, TypeError):
        return None
    return found.replace(tzinfo=UTC)
