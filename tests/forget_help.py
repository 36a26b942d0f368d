"""Looks for words in every byte of a folder: decompressed, unescaped, wherever they may hide."""

from __future__ import annotations

import gzip
import html
import io
import json
import re
import zlib
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
from warcio.archiveiterator import ArchiveIterator


def contents(path: Path) -> Iterator[bytes]:
    """What is in a file: as it is, members of an archive and their bodies, tables."""
    raw = path.read_bytes()
    yield raw
    if raw.startswith(b"\x1f\x8b"):
        yield gzip.decompress(raw)
        for record in ArchiveIterator(io.BytesIO(raw)):
            yield str(record.rec_headers).encode()
            body = record.content_stream().read()
            yield body
            if body.startswith(b"\x1f\x8b"):
                yield zlib.decompress(body, zlib.MAX_WBITS | 16)
    if raw.startswith(b"PAR1"):
        yield json.dumps(pq.read_table(path).to_pylist(), default=str, ensure_ascii=False).encode()


def readings(data: bytes) -> Iterator[str]:
    """The bytes as text; with entities and escapes undone."""
    text = data.decode("utf-8", "replace")
    yield text
    if "&" in text:
        yield html.unescape(text)
    if "\\u" in text:
        yield re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), text)


def holding(folder: Path, *words: str) -> list[tuple[str, str]]:
    """The files of a folder that hold one of the words, in whatever way, and the word."""
    assert all(words)
    found = set()
    for path in (path for path in folder.rglob("*") if path.is_file()):
        for data in contents(path):
            for text in readings(data):
                found |= {(path.relative_to(folder).as_posix(), word) for word in words if word in text}
    return sorted(found)
