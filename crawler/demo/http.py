"""The sockets of the demo server."""

from __future__ import annotations

import contextlib
import socket
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from crawler.demo.answer import conditioned, send

if TYPE_CHECKING:
    from crawler.demo.server import DemoServer

LOOPBACK = "127.0.0.1"


class Http(ThreadingHTTPServer):
    """Gives each request to the demo server, on loopback; ends at once when it is closed."""

    daemon_threads = True
    block_on_close = False  # a client that keeps its connection open must not hold up the end

    def __init__(self, demo: DemoServer, port: int) -> None:
        self.demo = demo
        self._open: set[socket.socket] = set()
        super().__init__((LOOPBACK, port), Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remember the connection, for the end."""
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Forget the connection."""
        self._open.discard(request)
        super().shutdown_request(request)

    def server_close(self) -> None:
        """Close the port, and wake up the threads that wait for a next request."""
        super().server_close()
        for connection in list(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: object, client_address: object) -> None:
        """Keep quiet: a client that goes away in the middle of an answer is no error of the server."""


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Http

    def do_GET(self) -> None:
        """Log, answer, send."""
        demo, status = self.server.demo, None
        entry = demo.began(self.command, self.path, self.headers.get("User-Agent", ""))
        try:
            entry.headers = {name.lower(): value for name, value in self.headers.items()}
            answer = demo.answer(self.path)
            if demo.etags:
                answer = conditioned(answer, self.headers.get("If-None-Match"))
            entry.n_bytes = len(answer.sent)
            status = answer.status
            time.sleep(demo.delay + answer.delay)
        finally:
            demo.done(entry, status)  # before the answer is sent: a client's next request must not seem to overlap
        send(self, answer)

    do_HEAD = do_GET  # noqa: N815 - called by this name

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Keep quiet: the server has its own log."""
