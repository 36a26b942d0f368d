"""The parts of a WARC file, one after the other, however large or damaged the file is.

Memory is bounded by the limit on a record, whatever the file says of itself.
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, cast

LARGEST_RECORD = 64 * 1024 * 1024
"""Bytes of a record that are kept; a larger one is named and skipped."""

GZIP = b"\x1f\x8b\x08"
MARK = b"WARC/"

_PIECE = 262_144
_LINE = 65_536
_LENGTH = re.compile(rb"^content-length[ \t]*:[ \t]*(\d{1,15})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Piece:
    """One record as bytes, or why there is none. ``offset`` is that in the file; in the unpacked text of one that is
    compressed as a whole.
    """

    offset: int
    data: bytes = b""
    broken: str | None = None


def is_warc(path: Path) -> bool:
    """True for a file that begins as a WARC file does, whatever its name is. Raises ``OSError``."""
    with path.open("rb") as file:
        start = file.read(_PIECE)
    return _begins(start)


def pieces(path: Path, *, limit: int = LARGEST_RECORD) -> Iterator[Piece]:
    """The records of a file in order, each as bytes. Raises ``OSError`` where it cannot be read."""
    with path.open("rb") as file:
        start = file.read(_PIECE)
        file.seek(0)
        if not start.startswith(GZIP):
            yield from _in_stream(file, limit)
        elif _is_one_member(start):
            yield from _in_stream(cast("BinaryIO", gzip.GzipFile(fileobj=file)), limit)
        else:
            yield from _Members(file, limit)


def piece_at(path: Path, offset: int, *, limit: int = LARGEST_RECORD) -> Piece | None:
    """The record that begins at an offset; ``None`` behind the end. Raises ``OSError``."""
    with path.open("rb") as file:
        start = file.read(_PIECE)
        if start.startswith(GZIP) and not _is_one_member(start):
            file.seek(offset)
            found = next(iter(_Members(file, limit)), None)
            return None if found is None else replace(found, offset=offset)
        stream = cast("BinaryIO", gzip.GzipFile(fileobj=file)) if start.startswith(GZIP) else file
        stream.seek(offset)
        found = next(_in_stream(stream, limit), None)
        return None if found is None else replace(found, offset=offset)


def _begins(start: bytes) -> bool:
    if not start.startswith(GZIP):
        return start.startswith(MARK)
    try:
        return zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(start, len(MARK)) == MARK
    except zlib.error:
        return False


def _is_one_member(start: bytes) -> bool:
    """True for a file that was compressed as a whole: behind its first record comes another in the same member."""
    try:
        unpacked = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(start, _PIECE)
    except zlib.error:
        return False
    head, end, _rest = unpacked.partition(b"\r\n\r\n")
    length = _LENGTH.search(head)
    if not end or length is None:
        return False
    behind = unpacked[len(head) + len(end) + int(length[1]) :]
    return behind.lstrip(b"\r\n").startswith(MARK)


class _Members:
    """A record a gzip member. Behind a damaged one the next is looked for: what follows is whole again."""

    def __init__(self, file: BinaryIO, limit: int) -> None:
        self._file = file
        self._limit = limit
        self._at = 0  # where the next member begins
        self._ahead = b""  # what was read from there on

    def __iter__(self) -> Iterator[Piece]:
        while self._ahead or self._more():
            start = self._at
            data, broken = self._member()
            if broken is None:
                yield from (Piece(start, piece.data, piece.broken) for piece in _in_stream(BytesIO(data), self._limit))
            else:
                yield Piece(start, broken=broken)
                if broken != _TOO_LARGE and not self._find_next(start):
                    return

    def _more(self) -> bool:
        self._ahead = self._file.read(_PIECE)
        return bool(self._ahead)

    def _member(self) -> tuple[bytes, str | None]:
        """The next member unpacked, or why it cannot be. One that is too large is passed over to its end."""
        unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
        found, size = [], 0
        try:
            while not unpacker.eof:
                if not self._ahead and not self._more():
                    return b"", "it is cut off"
                data = unpacker.decompress(self._ahead, _PIECE)
                rest = unpacker.unused_data if unpacker.eof else unpacker.unconsumed_tail
                self._at += len(self._ahead) - len(rest)
                self._ahead = rest
                size += len(data)
                if size <= self._limit:
                    found.append(data)
        except zlib.error:
            return b"", "its compression is damaged"
        return (b"".join(found), None) if size <= self._limit else (b"", _TOO_LARGE)

    def _find_next(self, start: int) -> bool:
        """Go to the next member behind a damaged one; what only looks like a member begins no record."""
        at, window = start + 1, b""
        self._file.seek(at)
        while piece := self._file.read(_PIECE):
            window += piece
            found = window.find(GZIP)
            while found >= 0:
                if _begins(self._peek(at + found)):
                    self._at, self._ahead = at + found, b""
                    self._file.seek(self._at)
                    return True
                found = window.find(GZIP, found + 1)
            kept = window[1 - len(GZIP) :]
            at, window = at + len(window) - len(kept), kept
        return False

    def _peek(self, at: int) -> bytes:
        place = self._file.tell()
        self._file.seek(at)
        start = self._file.read(_LINE)
        self._file.seek(place)
        return start


_TOO_LARGE = "it is larger than a record may be"


def _in_stream(file: BinaryIO, limit: int) -> Iterator[Piece]:
    """Records that follow each other without marks between them: behind a damaged one nothing can be trusted."""
    at = 0
    while True:
        try:
            head, blank = _head(file)
        except _BrokenError as error:
            yield Piece(at, broken=str(error))
            return
        at += blank
        if not head:
            return
        length = _LENGTH.search(head)
        if not head.startswith(MARK) or length is None:
            yield Piece(at, broken="it is no WARC record, and the rest of the file was not read")
            return
        data, size = _block(file, int(length[1]), limit)
        if size < int(length[1]):
            yield Piece(at, broken="it is cut off")
            return
        yield Piece(at, head + data) if size <= limit else Piece(at, broken=_TOO_LARGE)
        at += len(head) + size


class _BrokenError(Exception):
    """The stream cannot be read on."""


def _head(file: BinaryIO) -> tuple[bytes, int]:
    """The head of the next record with its blank line; and how many bytes of blank lines came before it."""
    lines: list[bytes] = []
    blank = size = 0
    try:
        while line := file.readline(_LINE):
            if line.strip(b"\r\n"):
                lines.append(line)
                size += len(line)
            elif lines:
                return b"".join([*lines, line]), blank
            else:
                blank += len(line)
            if size >= _LINE:
                raise _BrokenError("it is no WARC record, and the rest of the file was not read")
    except (OSError, EOFError, zlib.error) as error:  # of a file that is compressed as a whole
        raise _BrokenError(f"the file is damaged from here on ({type(error).__name__})") from None
    if lines:
        raise _BrokenError("it is cut off")
    return b"", blank


def _block(file: BinaryIO, length: int, limit: int) -> tuple[bytes, int]:
    """The block of a record, nothing of it where it is too large; and how many bytes of it there are."""
    found, size = [], 0
    try:
        while size < length and (data := file.read(min(_PIECE, length - size))):
            size += len(data)
            if length <= limit:
                found.append(data)
    except (OSError, EOFError, zlib.error):
        return b"", min(size, length - 1)
    return b"".join(found), size
