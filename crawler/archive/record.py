"""Records of the archive as bytes: WARC 1.1 by warcio, each a gzip member of its own."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from io import BytesIO

import orjson
from warcio.statusandheaders import StatusAndHeaders
from warcio.timeutils import datetime_to_iso_date
from warcio.utils import Digester
from warcio.warcwriter import WARCWriter

from crawler.items import TOOL, Received, Run

VERSION = "1.1"
CONFORMS_TO = "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"

UNCHANGED_PROFILE = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
"""Profile of a revisit whose body the server did not send (WARC 1.1, section 6.7.3)."""

SITE_HEADER = "Threadset-Site"
"""Our own header: the site under whose name the page was entered, which a job may call otherwise than its host."""

STALE_HEADER = "Threadset-Stale"
"""Our own header of an old copy of a page: nothing was read from it."""

RUN_FIELD = "threadset-run"
"""Field of a file's warcinfo: number and start of the run that wrote it."""

SITES_FIELD = "threadset-sites"
"""Field of a file's warcinfo: the sites of that run, as in the setting, as JSON."""

_SECRET = frozenset({"set-cookie", "set-cookie2", "cookie", "authorization", "proxy-authorization"})
_PACKED = frozenset({"gzip", "x-gzip", "br", "zstd", "deflate"})
_TRANSPORT = frozenset({"transfer-encoding", "content-length", "connection", "keep-alive"})
NOT_MODIFIED = 304
_FAST = 1  # zlib's level where the server sent the page uncompressed


@dataclass(frozen=True, slots=True)
class Facts:
    """What a record says beside the answer: when it came, and the site. ``stale`` marks one that was not believed."""

    at: datetime
    site: str
    stale: bool = False


@dataclass(frozen=True, slots=True)
class Original:
    """An archived body: where it was fetched and when, and the digest of its bytes as received."""

    url: str
    date: str
    digest: str
    record_id: str | None = None


@dataclass(slots=True)
class RecordMaker:
    """Makes the records of one file; ``warcinfo_id`` ties them to its first one."""

    warcinfo_id: str | None = None
    _writer: WARCWriter = field(default_factory=lambda: WARCWriter(BytesIO(), gzip=False, warc_version=VERSION))

    def warcinfo(self, filename: str, facts: dict[str, str]) -> bytes:
        """What stands at the start of a file."""
        record = self._writer.create_warcinfo_record(filename, facts)
        self.warcinfo_id = record.rec_headers.get_header("WARC-Record-ID")
        return self._member(record, _FAST)

    def response(self, received: Received, facts: Facts, digest: str) -> bytes:
        """A page, its body as received."""
        http = _http(received)
        record = self._writer.create_warc_record(
            received.url,
            "response",
            payload=BytesIO(received.body),
            length=len(received.body),
            http_headers=http,
            warc_headers_dict=self._headers(received, facts) | {"WARC-Payload-Digest": digest},
        )
        packed = {value.strip().lower() for value in (http.get_header("Content-Encoding") or "").split(",")} & _PACKED
        return self._member(record, 0 if packed else _FAST)

    def revisit(self, received: Received, facts: Facts, original: Original) -> bytes:
        """A page whose body is in the archive already: the headers, and where the body is.

        The server sent the same body again, or said that it would (status 304).
        """
        headers = self._headers(received, facts)
        if original.record_id:
            headers["WARC-Refers-To"] = original.record_id
        record = self._writer.create_revisit_record(
            received.url, original.digest, original.url, original.date, _http(received), headers
        )
        if received.status == NOT_MODIFIED:
            record.rec_headers.replace_header("WARC-Profile", UNCHANGED_PROFILE)
        return self._member(record, _FAST)

    def _headers(self, received: Received, facts: Facts) -> dict[str, str]:
        headers = {"WARC-Date": warc_date(facts.at), SITE_HEADER: facts.site}
        if facts.stale:
            headers[STALE_HEADER] = "yes"
        if self.warcinfo_id is not None:
            headers["WARC-Warcinfo-ID"] = self.warcinfo_id
        if received.ip_address is not None:
            headers["WARC-IP-Address"] = received.ip_address
        return headers

    def _member(self, record: object, level: int) -> bytes:
        self._writer.out = BytesIO()
        self._writer.write_record(record)
        packer = zlib.compressobj(level, zlib.DEFLATED, zlib.MAX_WBITS | 16)  # warcio's own is fixed at 9, the slowest
        return packer.compress(self._writer.out.getbuffer()) + packer.flush()


def head_of(run: Run, sites: Mapping[str, object]) -> dict[str, str]:
    """What a file of this run says of itself: the fields of its warcinfo."""
    facts = {
        "software": f"{TOOL}/{run.tool_version}",
        "format": f"WARC File Format {VERSION}",
        "conformsTo": CONFORMS_TO,
        "http-header-user-agent": run.user_agent,
        RUN_FIELD: f"{run.run_id} {warc_date(run.started_at)}",
    }
    if sites:
        facts[SITES_FIELD] = orjson.dumps(sites, option=orjson.OPT_SORT_KEYS).decode()
    return facts


def payload_digest(body: bytes) -> str:
    """The digest of a body as received, as WARC files spell it: ``sha1:`` and base 32."""
    digester = Digester("sha1")
    digester.update(body)
    return str(digester)


def warc_date(at: datetime) -> str:
    """A time as WARC-Date: UTC, to the microsecond."""
    return str(datetime_to_iso_date(at.astimezone(UTC).replace(tzinfo=None), use_micros=True))


def _http(received: Received) -> StatusAndHeaders:
    """Status line and headers, without cookies and without what described the transfer."""
    try:
        phrase = HTTPStatus(received.status).phrase
    except ValueError:
        phrase = ""
    kept = [(name, _ascii(value)) for name, value in received.headers if name.lower() not in _SECRET | _TRANSPORT]
    if received.status != NOT_MODIFIED:  # there it would be that of the body which was not sent
        kept.append(("Content-Length", str(len(received.body))))
    return StatusAndHeaders(f"{received.status} {phrase}".rstrip(), kept, protocol=received.protocol)


def _ascii(value: str) -> str:
    """A header's value on one line; what is not ASCII is percent-encoded, as warcio would with too much of it."""
    raw = value.encode("utf-8", "surrogateescape")
    return "".join(chr(byte) if 32 <= byte < 127 else " " if byte in b"\r\n\t" else f"%{byte:02X}" for byte in raw)
