"""One page into the archive, against warcio's own writer, and what a record weighs."""

from __future__ import annotations

import gzip
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from benchmarks.timing import alternate, row
from crawler.archive import ArchiveWriter, Position
from crawler.archive.content import content
from crawler.archive.reading import record_at
from crawler.archive.record import Original
from crawler.demo import build, render
from crawler.items import Received

_ROUNDS = 41
_BASE = "warcio's writer at its fixed level, of the page uncompressed"


def run() -> Iterator[str]:
    """A page of 25 posts: as the server packed it, unpacked, unchanged since, and read again."""
    forum = build()
    thread = max(forum.threads, key=lambda one: len(one.posts))
    body = render.topic_page(forum, thread, 1, "https://forum.example")
    headers = [("Content-Type", "text/html;charset=UTF-8")]
    url = "https://forum.example" + thread.path
    plain = Received(url, 200, headers, body)
    packed = Received(url, 200, [*headers, ("Content-Encoding", "gzip")], gzip.compress(body, 6))

    def warcio() -> None:
        writer = WARCWriter(BytesIO(), gzip=True)
        http = StatusAndHeaders("200 OK", list(headers), protocol="HTTP/1.1")
        payload = BytesIO(body)
        record = writer.create_warc_record(url, "response", payload=payload, length=len(body), http_headers=http)
        writer.write_record(record)

    with tempfile.TemporaryDirectory() as folder:
        writer = ArchiveWriter(Path(folder), Position())
        writer.facts = {"software": "benchmark"}

        def add(received: Received, original: Original | None = None) -> int:
            at = datetime(2024, 1, 1, tzinfo=UTC)
            place = writer.add(received, at=at, site="x", body_sha256="x", find=lambda _: original)
            return place.offset

        first = add(packed)
        writer.flush()
        path = next(Path(folder).iterdir())
        record = record_at(path, first)
        assert record is not None
        assert record.digest is not None
        known = Original(url, "2024-01-01T00:00:00Z", record.digest, record.record_id)
        kind = f"a page of {len(body) // 1000} kB"
        yield row(f"archive {kind} as the server packed it", *alternate(lambda: add(packed), warcio, _ROUNDS), _BASE)
        yield row(f"archive {kind} that came unpacked", *alternate(lambda: add(plain), warcio, _ROUNDS), _BASE)
        yield row(f"archive {kind} again, unchanged", *alternate(lambda: add(packed, known), warcio, _ROUNDS), _BASE)

        def read() -> None:
            found = record_at(path, first)
            assert found is not None
            content(found.payload, found.headers)

        yield row(f"read {kind} out of the archive", *alternate(read, warcio, _ROUNDS), _BASE)
        writer.close()
