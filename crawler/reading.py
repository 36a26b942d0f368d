"""Where pages are read: beside the engine, in a thread or in a process of its own.

Reading a page is mostly Python, which one process does once at a time: a thread beside the engine keeps it answering,
but does not make it faster. On a crawl without a delay a process does. It is begun when a crawl turns out to be long,
and asked by pipe, so that it ends with this one, however this one ends.
"""

from __future__ import annotations

import asyncio
import pickle
import signal
import struct
import sys
from asyncio.subprocess import PIPE, Process
from collections import deque
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import IO, Any

from crawler.collecting import collect_seldom
from crawler.pages import parse
from crawler.pages.dispatch import Page

if sys.platform == "linux":
    import fcntl

_SIZE = struct.Struct("!Q")  # before each message: its length in bytes
_ENDING = 5.0  # seconds that a reading process has to end by itself
_PIPE = 1 << 20  # bytes; as much as Linux lets anybody have
_AHEAD = 3  # pages handed on at once: they fit into the pipe, so that each is written at one go


class ReadingEndedError(Exception):
    """The reading process ended in the midst of a page."""


class PageReader:
    """Reads pages with `crawler.pages.parse`.

    ``threads``: how many read beside the engine; 0 for none, then pages are read where they are asked for. After
    ``process_after`` pages they are handed on to a process; ``None`` for never.
    """

    def __init__(self, threads: int = 1, process_after: int | None = None) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="parse") if threads else None
        self._left = process_after if threads else None
        self._process: _Reading | None = None

    async def read(self, body: bytes, url: str, status: int, headers: Mapping[str, str]) -> Page:
        """What a response says. Raises what reading it raises, and `ReadingEndedError`."""
        if self._threads is None:
            return parse(body, url, status=status, headers=headers)
        if self._left == 0:
            if self._process is None or self._process.has_ended:
                self._process = _Reading()
            return await self._process.read((body, url, status, headers))
        if self._left is not None:
            self._left -= 1
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, lambda: parse(body, url, status=status, headers=headers))

    async def close(self) -> None:
        """End thread and process."""
        if self._threads is not None:
            self._threads.shutdown()
        if self._process is not None:
            await self._process.close()


class _Reading:
    """A process that reads pages, and those that it was asked for and has not answered yet, oldest first."""

    def __init__(self) -> None:
        self.has_ended = False
        self._waiting: deque[asyncio.Future[Page]] = deque()
        self._places = asyncio.Semaphore(_AHEAD)
        self._begun = asyncio.ensure_future(_begin())
        self._answers = asyncio.ensure_future(self._listen())

    async def read(self, asked: tuple[Any, ...]) -> Page:
        process = await asyncio.shield(self._begun)
        assert process.stdin is not None
        async with self._places:
            answer: asyncio.Future[Page] = asyncio.get_running_loop().create_future()
            self._waiting.append(answer)
            if self.has_ended:
                self._give_up()
            else:
                _send(process.stdin, asked)
            return await answer

    async def close(self) -> None:
        process = await self._begun
        assert process.stdin is not None
        process.stdin.close()
        try:
            await asyncio.wait_for(self._answers, _ENDING)
        except TimeoutError:
            process.kill()
        await process.wait()

    async def _listen(self) -> None:
        try:
            process = await self._begun
            assert process.stdout is not None
            while True:
                (size,) = _SIZE.unpack(await process.stdout.readexactly(_SIZE.size))
                found = pickle.loads(await process.stdout.readexactly(size))  # noqa: S301  from our own process
                answer = self._waiting.popleft()
                if answer.cancelled():
                    continue
                if isinstance(found, Exception):
                    answer.set_exception(found)
                else:
                    answer.set_result(found)
        except (OSError, asyncio.IncompleteReadError):
            return
        finally:
            self.has_ended = True
            self._give_up()

    def _give_up(self) -> None:
        while self._waiting:
            answer = self._waiting.popleft()
            if not answer.done():
                answer.set_exception(ReadingEndedError("the process that reads pages has ended"))


async def _begin() -> Process:
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "crawler.reading", stdin=PIPE, stdout=PIPE)
    assert process.stdin is not None
    if sys.platform == "linux":
        with suppress(OSError):  # with its usual 64 kB a page takes many turns of the loop
            fcntl.fcntl(process.stdin.get_extra_info("pipe"), fcntl.F_SETPIPE_SZ, _PIPE)
    return process


def _send(pipe: IO[bytes] | asyncio.StreamWriter, what: object) -> None:
    message = pickle.dumps(what, pickle.HIGHEST_PROTOCOL)
    pipe.write(_SIZE.pack(len(message)))
    pipe.write(message)


def serve(asked: IO[bytes], answers: IO[bytes]) -> None:
    """Read the pages that come in until no more do."""
    while size := asked.read(_SIZE.size):
        body, url, status, headers = pickle.loads(asked.read(_SIZE.unpack(size)[0]))  # noqa: S301  from our own process
        found: object
        try:
            found = parse(body, url, status=status, headers=headers)
        except Exception as error:  # noqa: BLE001  told where the page was asked for
            found = RuntimeError(f"reading it raised {type(error).__name__}")
        _send(answers, found)
        answers.flush()


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a key press reaches both: what it means is the other's to say
    collect_seldom()
    with suppress(OSError, EOFError, struct.error, pickle.UnpicklingError):  # nobody waits any more
        serve(sys.stdin.buffer, sys.stdout.buffer)
