"""A recorded body as the page that it is: transfer and content encodings undone, within a limit."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Iterator
from io import BytesIO

import brotli
from isal import isal_zlib
from scrapy.utils.gz import gunzip
from warcio.bufferedreaders import ChunkedDataReader

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

LARGEST = 32 * 1024 * 1024
"""Bytes of a page after decompression, as in a crawl (`DOWNLOAD_MAXSIZE`)."""

_PIECE = 65_536
_GZIP = b"\x1f\x8b"
_MOST = 4  # encodings laid over each other; servers use one


class BodyError(Exception):
    """A body cannot be had. The message says why."""


def content(payload: bytes, headers: dict[str, str], *, limit: int = LARGEST) -> bytes:
    """The page in a recorded payload. ``headers`` by lower-case name.

    Some tools undo an encoding and leave the header that tells of it: a body that plainly has not got that encoding
    is taken as it is. Raises `BodyError`: larger than the limit, damaged, or of an unknown encoding.
    """
    body = payload
    if "chunked" in headers.get("transfer-encoding", "").lower():
        body = ChunkedDataReader(BytesIO(payload)).read()
    encodings = [name.strip().lower() for name in headers.get("content-encoding", "").split(",")]
    encodings = [name for name in encodings if name and name not in {"identity", "none"}]
    if len(encodings) > _MOST:
        raise BodyError("too many encodings lie over each other")
    for encoding in reversed(encodings):
        body = _decoded(body, encoding, limit)
    if len(body) > limit:
        raise _too_large(limit)
    return body


def gunzipped(body: bytes, limit: int) -> bytes | None:
    """What gzip has packed; ``None`` for anything but one whole member of at most so many bytes."""
    unpacker = isal_zlib.decompressobj(zlib.MAX_WBITS | 16)  # a third of the time of zlib's own
    try:
        whole = unpacker.decompress(body, limit + 1)
    except isal_zlib.error:  # type: ignore[misc]  # its stub has it for an instance
        return None
    return whole if unpacker.eof and not unpacker.unused_data and len(whole) <= limit else None


def _decoded(body: bytes, encoding: str, limit: int) -> bytes:
    if not body:
        return body
    try:
        if encoding in {"gzip", "x-gzip"}:
            return _gunzip(body, limit)
        if encoding == "deflate":
            return _joined(_inflated(body), limit)
        if encoding == "br":
            return _joined(_unbrotli(body), limit)
        if encoding == "zstd":
            return _joined(_unzstd(body), limit)
    except BodyError:
        raise
    except Exception as error:  # noqa: BLE001  each decoder raises errors of its own
        if body.lstrip()[:1] == b"<":  # decoded already by the tool that saved it
            return body
        raise BodyError(f"its {encoding} encoding is damaged ({type(error).__name__})") from None
    raise BodyError("its content encoding is not known")


def _gunzip(body: bytes, limit: int) -> bytes:
    if not body.startswith(_GZIP):
        return body
    whole = gunzipped(body, limit)
    if whole is not None:
        return whole
    try:  # cut off, or of several parts: as a crawl reads it
        return bytes(gunzip(body, max_size=limit))
    except ValueError:
        raise _too_large(limit) from None


def _joined(pieces: Iterator[bytes], limit: int) -> bytes:
    found, size = [], 0
    for piece in pieces:
        size += len(piece)
        if size > limit:
            raise _too_large(limit)
        found.append(piece)
    return b"".join(found)


def _inflated(body: bytes) -> Iterator[bytes]:
    unpacker = zlib.decompressobj()
    try:
        unpacker.decompress(body[:64])
        unpacker = zlib.decompressobj()
    except zlib.error:
        unpacker = zlib.decompressobj(-zlib.MAX_WBITS)  # some servers leave the header out
    while body and not unpacker.eof:
        yield unpacker.decompress(body, _PIECE)
        body = unpacker.unconsumed_tail


def _unbrotli(body: bytes) -> Iterator[bytes]:
    unpacker = brotli.Decompressor()
    piece = unpacker.process(body, output_buffer_limit=_PIECE)
    while piece:
        yield piece
        piece = b"" if unpacker.is_finished() else unpacker.process(b"", output_buffer_limit=_PIECE)


def _unzstd(body: bytes) -> Iterator[bytes]:
    with zstd.ZstdFile(BytesIO(body)) as file:
        while piece := file.read(_PIECE):
            yield piece


def _too_large(limit: int) -> BodyError:
    return BodyError(f"it is larger than {limit // 1024 // 1024} MB once it is decompressed")
