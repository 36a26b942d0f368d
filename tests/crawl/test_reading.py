"""Pages are read the same wherever they are read; a reading process that ends costs its pages only."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pytest
from crawl_help import Tool, fast, rows
from mock_forum import MockForum

from crawler.commands._crawl import RUNNERS
from crawler.demo import build, render
from crawler.pages import parse
from crawler.reading import PageReader, ReadingEndedError

T = TypeVar("T")
FORUM = build()
BASE = "https://forum.example"
HEADERS = {"Content-Type": "text/html;charset=UTF-8"}
PAGES = [(render.topic_page(FORUM, thread, 1, BASE), BASE + thread.path) for thread in FORUM.threads]


def using(reader: PageReader, use: Callable[[PageReader], Awaitable[T]]) -> T:
    async def run() -> T:
        try:
            return await use(reader)
        finally:
            await reader.close()

    return asyncio.run(run())


@pytest.mark.parametrize(("threads", "process_after"), [(0, None), (1, None), (1, 0), (1, 3), (2, 1), (0, 1)])
def test_wherever_they_are_read_pages_say_the_same(threads: int, process_after: int | None) -> None:
    async def all_at_once(reader: PageReader) -> list[object]:
        return await asyncio.gather(*(reader.read(body, url, 200, HEADERS) for body, url in PAGES))

    found = using(PageReader(threads, process_after), all_at_once)
    assert found == [parse(body, url, headers=HEADERS) for body, url in PAGES]


def test_a_process_that_ends_costs_what_it_was_asked_for_only() -> None:
    body, url = PAGES[0]

    async def with_a_death(reader: PageReader) -> list[object]:
        before = await reader.read(body, url, 200, HEADERS)
        process = await reader._process._begun
        os.kill(process.pid, signal.SIGSTOP)
        waiting = [asyncio.ensure_future(reader.read(body, url, 200, HEADERS)) for _ in range(3)]
        await asyncio.sleep(0.1)
        os.kill(process.pid, signal.SIGKILL)
        lost = await asyncio.gather(*waiting, return_exceptions=True)
        return [before, *lost, await reader.read(body, url, 200, HEADERS)]

    before, *lost, after = using(PageReader(1, 0), with_a_death)
    assert before == after == parse(body, url, headers=HEADERS)
    assert [type(one) for one in lost] == [ReadingEndedError] * 3


def test_what_cannot_be_read_is_told_where_it_was_asked() -> None:
    async def with_nonsense(reader: PageReader) -> list[object]:
        found = await asyncio.gather(
            reader.read(7, "", 200, {}), reader.read(*PAGES[0], 200, HEADERS), return_exceptions=True
        )
        return list(found)

    error, page = using(PageReader(1, 0), with_nonsense)
    assert isinstance(error, RuntimeError)
    assert page == parse(*PAGES[0], headers=HEADERS)


def test_the_process_ends_with_the_one_that_asks() -> None:
    """However that one ends: its end of the pipe is closed then."""
    script = (
        "import asyncio\nfrom crawler.reading import PageReader\n"
        "async def run():\n reader = PageReader(1, 0)\n await reader.read(b'x', 'https://a.example/', 200, {})\n"
        " print((await reader._process._begun).pid, flush=True)\n await asyncio.sleep(60)\nasyncio.run(run())"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as asking:
        assert asking.stdout is not None
        reading = int(asking.stdout.readline())
        asking.kill()
    deadline = time.monotonic() + 30
    while Path(f"/proc/{reading}/stat").exists() and " Z " not in Path(f"/proc/{reading}/stat").read_text():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_crawl_that_hands_its_pages_on(
    tool: Tool, mock: MockForum, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert tool.grab(mock.url + mock.forum_path(4)).code == 0
    whole = tool.canonical()
    monkeypatch.setitem(RUNNERS, "default", fast(PARSE_PROCESS_AFTER=2))
    other = Tool(data.with_name("other"), tool._capsys)
    assert other.grab(mock.url + mock.forum_path(4)).code == 0
    assert other.canonical() == whole
    assert rows(other.folder, "posts")
