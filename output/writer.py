"""What all table writers share: one life cycle, hash and size counted on the way, no half-written file."""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any, ClassVar, Self

from crawler.items import Column, Table
from output.errors import OutputError
from output.records import BATCH_ROWS, Record, Recorder


@dataclass(frozen=True, slots=True)
class FileInfo:
    """A finished file: rows (without a header), size in bytes, SHA-256 in hexadecimal."""

    rows: int
    bytes: int
    sha256: str


class HashingSink(io.RawIOBase):
    """A binary file to write to, that knows the size and hash of what went through. It does not own the file."""

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__()
        self.size = 0
        self._file = file
        self._hash = hashlib.sha256()

    @property
    def sha256(self) -> str:
        """Hash of everything written so far, in hexadecimal."""
        return self._hash.hexdigest()

    def writable(self) -> bool:
        """Always."""
        return True

    def tell(self) -> int:
        """Bytes written so far."""
        return self.size

    def write(self, data: Any) -> int:
        """Write all of the data."""
        view = memoryview(data)
        self._file.write(view)
        self._hash.update(view)
        self.size += view.nbytes
        return view.nbytes


class TableWriter(ABC):
    """Writes the rows of one table to one file: open (on construction), :meth:`write` …, :meth:`close`.

    ``target`` is a path, which must not exist yet, or a binary file, which is written to and left open. ``columns``
    are those to write (default: all). As a context manager it closes at the end, and on an exception removes what it
    has written of a path. Rows are written in the order in which they come.
    """

    format: ClassVar[str]
    suffix: ClassVar[str]

    def __init__(self, target: Path | IO[bytes], table: Table, columns: Sequence[Column] | None = None) -> None:
        self.table = table
        self.recorder = Recorder(table, columns)
        self.columns = self.recorder.columns
        self.rows = 0
        self.info: FileInfo | None = None
        self._path = target if isinstance(target, Path) else None
        self._file = _create(target) if isinstance(target, Path) else target
        self._sink = HashingSink(self._file)
        self._pending: list[Record] = []
        with self._undone_on_error():
            self._start()

    def write(self, rows: Sequence[object]) -> None:
        """Write rows (dataclasses of the table). Raises :class:`RowError` for a row that the table does not allow."""
        with self._undone_on_error():
            records = self.recorder.records(rows)
        self.write_records(records)

    def write_records(self, records: Sequence[Record]) -> None:
        """Write records that a :class:`Recorder` of the same columns made."""
        with self._undone_on_error():
            self._pending += records
            # Always the same slices, so that the same rows give the same bytes however they were handed over.
            while len(self._pending) >= BATCH_ROWS:
                self._put(self._pending[:BATCH_ROWS])
                del self._pending[:BATCH_ROWS]

    def close(self) -> FileInfo:
        """Finish the file, and flush a path to the disk."""
        if self.info is not None:
            return self.info
        with self._undone_on_error():
            if self._pending:
                self._put(self._pending)
                self._pending = []
            self._end()
            if self._path is not None:
                self._file.flush()
                os.fsync(self._file.fileno())
                self._file.close()
        self.info = FileInfo(self.rows, self._sink.size, self._sink.sha256)
        return self.info

    def abort(self) -> None:
        """Give up: remove what was written of a path. After :meth:`close` it does nothing."""
        if self.info is None and self._path is not None and not self._file.closed:
            self._pending = []
            with contextlib.suppress(Exception):
                self._abandon()
            with contextlib.suppress(OSError):
                self._file.close()
            self._path.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
        else:
            self.abort()

    @contextlib.contextmanager
    def _undone_on_error(self) -> Iterator[None]:
        try:
            yield
        except BaseException:
            self.abort()
            raise

    def _put(self, records: list[Record]) -> None:
        self._write(records)
        self.rows += len(records)

    @abstractmethod
    def _start(self) -> None:
        """Begin the file."""

    @abstractmethod
    def _write(self, records: list[Record]) -> None:
        """Write a batch."""

    @abstractmethod
    def _end(self) -> None:
        """Complete the file."""

    def _abandon(self) -> None:  # noqa: B027  most formats hold nothing
        """Release what the format holds open."""


def _create(path: Path) -> IO[bytes]:
    try:
        return path.open("xb")
    except FileExistsError:
        raise OutputError(f"{path} exists already", "remove it or write to another path") from None
    except OSError as error:
        raise OutputError(
            f"{path} cannot be written: {error.strerror}", "choose a folder that can be written"
        ) from error
