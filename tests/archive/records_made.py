"""Answers and archives for the tests of the archive."""

from __future__ import annotations

import gzip
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler.archive import ArchiveWriter, Position
from crawler.archive.reading import Broken, FileHead, Record, read_records
from crawler.items import Received

START = datetime(2024, 5, 6, 7, 8, 9, 123456, tzinfo=UTC)
FACTS = {"software": "threadset/test", "threadset-run": "1 2024-05-06T07:08:09Z"}


def url(number: int) -> str:
    return f"https://forum.example/topic/{number}-x/"


def html(number: int) -> bytes:
    return b"<html>" + b"".join(b"<p>%d words %d</p>" % (number, n) for n in range(300)) + b"</html>"


def answer(number: int, *, packed: bool = True, **headers: str) -> Received:
    body = html(number)
    kept = [("Content-Type", "text/html"), *((name.replace("_", "-"), value) for name, value in headers.items())]
    if packed:
        return Received(url(number), 200, [*kept, ("Content-Encoding", "gzip")], gzip.compress(body, 1, mtime=0))
    return Received(url(number), 200, kept, body)


def at(number: int) -> datetime:
    return START + timedelta(seconds=number)


def written(folder: Path, numbers: range, *, size: int = 1 << 30, position: Position | None = None) -> Position:
    """An archive with these pages, and how far it goes."""
    writer = ArchiveWriter(folder, position or Position(), size=size)
    writer.facts = FACTS
    for number in numbers:
        writer.add(answer(number), at=at(number), site="forum.example", body_sha256=None, find=lambda digest: None)
    end = writer.sync()
    writer.close()
    return end


def records(path: Path) -> list[Record]:
    return [found for found in read_records(path) if isinstance(found, Record)]


def broken(path: Path) -> list[Broken]:
    return [found for found in read_records(path) if isinstance(found, Broken)]


def runs(path: Path) -> list[FileHead]:
    return [found for found in read_records(path) if isinstance(found, FileHead)]


def check(path: Path) -> None:
    """``warcio check``, the judge of another project."""
    done = subprocess.run(
        [sys.executable, "-m", "warcio.cli", "check", path], check=False, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def foreign(
    body: bytes,
    *headers: tuple[str, str],
    where: str = "https://forum.example/topic/1-x/",
    status: str = "200 OK",
    kind: str = "response",
    packed: bool = True,
) -> bytes:
    """A record as another tool writes it."""
    out = BytesIO()
    writer = WARCWriter(out, gzip=packed)
    http = StatusAndHeaders(status, [("Content-Type", "text/html"), *headers], protocol="HTTP/1.1")
    made = writer.create_warc_record(
        where, kind, payload=BytesIO(body), length=len(body), http_headers=http,
        warc_headers_dict={"WARC-Date": "2024-05-06T07:08:09Z"},
    )  # fmt: skip
    writer.write_record(made)
    return out.getvalue()
