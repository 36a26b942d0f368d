"""Serves generated pages from memory, in a process of its own and fast, so that it is not what is measured.

``python -m benchmarks.server THREADS PAGES [POSTS]`` prints the address of the forum, then one address a page; with
POSTS posts on each. Pages of 25 posts have the size that those of a real forum have.
"""

from __future__ import annotations

import asyncio
import gzip
import sys
from collections.abc import Iterator

from benchmarks.parse import filled
from crawler.demo import build_many, render

POSTS = 25


def pages(threads: int, per_thread: int, base: str, posts: int = POSTS) -> Iterator[tuple[str, bytes]]:
    """All pages of a generated forum, each with its path."""
    forum = build_many(threads, per_thread * posts, posts_per_page=posts)
    board = next(board for board in forum.boards if forum.listed(board))
    for number in range(1, forum.n_listing_pages(board) + 1):
        path = board.path if number == 1 else f"{board.path}page/{number}/"
        yield path, render.forum_page(forum, board, number, base)
    for thread in forum.threads:
        for number in range(1, forum.n_pages(thread) + 1):
            path = thread.path if number == 1 else f"{thread.path}page/{number}/"
            page = render.topic_page(forum, thread, number, base)
            yield path, filled(page) if posts == POSTS else page


def answer(body: bytes) -> bytes:
    """A whole response, compressed once."""
    packed = gzip.compress(body, 1)
    head = (
        "HTTP/1.1 200 OK\r\nContent-Type: text/html;charset=UTF-8\r\nContent-Encoding: gzip\r\n"
        f"Content-Length: {len(packed)}\r\n\r\n"
    )
    return head.encode() + packed


class Server(asyncio.Protocol):
    """Keep-alive, one request after the other."""

    answers: dict[bytes, bytes] = {}  # noqa: RUF012  one table for all connections
    missing = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.waiting = b""

    def data_received(self, data: bytes) -> None:
        self.waiting += data
        while b"\r\n\r\n" in self.waiting:
            request, _, self.waiting = self.waiting.partition(b"\r\n\r\n")
            path = request.split(b" ", 2)[1]
            self.transport.write(self.answers.get(path, self.missing))  # type: ignore[attr-defined]


async def serve(threads: int, per_thread: int, posts: int = POSTS) -> None:
    server = await asyncio.get_running_loop().create_server(Server, "127.0.0.1", 0)
    base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    total = 0
    for path, body in pages(threads, per_thread, base, posts):  # kept packed: many pages are much
        Server.answers[path.encode()] = answer(body)
        total += len(body)
        print(base + path)
    print("READY", total // len(Server.answers), flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(*map(int, sys.argv[1:])))
