"""Standard output and standard error as commands need them: what cannot be told, or to nobody, stops no work."""

from __future__ import annotations

import os
import stat
import sys
from io import BufferedWriter, FileIO, TextIOWrapper
from pathlib import Path
from typing import Any


def mend_streams() -> None:
    """What the terminal's encoding lacks is shown as an escape; a stream that was closed takes words and drops them.

    So does a pipe whose reader has gone, as of ``… | head``: the exit code tells of the work, not of who listened.
    """
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115  for as long as we run
        elif isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
            if stream is getattr(sys, f"__{name}__") and _is_pipe(stream.fileno()):
                setattr(sys, name, _patient(stream))


class _Pipe(FileIO):
    def write(self, data: Any, /) -> int:
        """As in the base; what nobody reads any more is dropped."""
        try:
            return super().write(data)
        except BrokenPipeError:
            return memoryview(data).nbytes


def _is_pipe(number: int) -> bool:
    mode = os.fstat(number).st_mode
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)


def _patient(stream: TextIOWrapper) -> TextIOWrapper:
    return TextIOWrapper(
        BufferedWriter(_Pipe(stream.fileno(), "w", closefd=False)),
        encoding=stream.encoding,
        errors=stream.errors,
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )
