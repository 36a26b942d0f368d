"""An HTTP answer, whole or deliberately broken, and how it is sent."""

from __future__ import annotations

import gzip
import hashlib
import socket
import struct
import time
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import Literal

HTML = "text/html;charset=UTF-8"

Ending = Literal["whole", "short", "early", "reset", "chunks", "drip"]
"""How the body ends.

``short``: the length that was declared is never reached. ``early``: HTTP/1.0 without a length, closed in the middle.
``reset``: the connection is broken off (TCP RST). ``chunks``: in chunks, the last of which never comes. ``drip``:
whole, but a byte a second; ends when the client does.
"""


@dataclass(slots=True)
class Answer:
    """An answer; where ``ending`` is not ``whole``, only the first ``cut`` bytes of the body are sent (default: half).

    ``delay`` is the time in seconds to wait before it. ``lies``: who asks whether it has changed is told that it
    has not (where the server gives ETags). A content type of HTML is added where ``headers`` has none.
    """

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    ending: Ending = "whole"
    cut: int | None = None
    delay: float = 0.0
    lies: bool = False

    @property
    def sent(self) -> bytes:
        """The part of the body that is sent."""
        if self.ending == "whole":
            return self.body
        return self.body[: len(self.body) // 2 if self.cut is None else self.cut]


def conditioned(answer: Answer, known: str | None) -> Answer:
    """The answer with an ETag, or in its place that nothing has changed, to who knows that ETag."""
    if answer.status != HTTPStatus.OK or answer.ending != "whole":
        return answer
    etag = f'"{hashlib.sha256(answer.body).hexdigest()[:20]}"'
    if known is not None and (answer.lies or known == etag):
        return replace(answer, status=HTTPStatus.NOT_MODIFIED, headers={"ETag": known}, body=b"")
    return replace(answer, headers={"ETag": etag, **answer.headers})


def send(handler: BaseHTTPRequestHandler, answer: Answer) -> None:
    """Send the answer; compressed where the client accepts gzip, unless it is a broken one."""
    headers = {"Content-Type": HTML, **answer.headers}
    body = answer.sent
    if answer.ending == "whole":
        if body and "gzip" in handler.headers.get("Accept-Encoding", "") and "Content-Encoding" not in headers:
            body = gzip.compress(body, compresslevel=1, mtime=0)
            headers |= {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
        headers["Content-Length"] = str(len(body))
    else:
        handler.close_connection = True
        headers["Connection"] = "close"
        if answer.ending == "chunks":
            headers["Transfer-Encoding"] = "chunked"
            body = b"%x\r\n%s\r\n" % (len(body), body)
        elif answer.ending != "early":
            headers["Content-Length"] = str(len(answer.body))
    handler.wfile.write(_head(handler, answer, headers))
    if handler.command != "HEAD":
        if answer.ending == "drip":
            _drip(handler, answer.body)
        else:
            handler.wfile.write(body)
    handler.wfile.flush()
    if answer.ending == "reset":
        _reset(handler.connection)


def _drip(handler: BaseHTTPRequestHandler, body: bytes) -> None:
    for byte in body:
        handler.wfile.write(bytes((byte,)))
        handler.wfile.flush()
        time.sleep(1)


def _head(handler: BaseHTTPRequestHandler, answer: Answer, headers: dict[str, str]) -> bytes:
    version = "HTTP/1.0" if answer.ending == "early" else "HTTP/1.1"
    phrase = handler.responses.get(answer.status, ("Unknown", ""))[0]
    lines = [f"{version} {answer.status} {phrase}", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def _reset(connection: socket.socket) -> None:
    """Make the close of the connection a reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()
