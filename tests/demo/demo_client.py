"""A bare HTTP client for the tests of the demo forum."""

from __future__ import annotations

import http.client
from dataclasses import dataclass

from crawler.demo import DemoServer


@dataclass(slots=True)
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def location(self) -> str | None:
        return self.headers.get("location")


class Client:
    """Asks one server over one connection, without following anything."""

    def __init__(self, server: DemoServer) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", int(server.url.rpartition(":")[2]), timeout=5)

    def get(self, path: str, **headers: str) -> Reply:
        self._connection.request("GET", path, headers={"User-Agent": "tester/1", **headers})
        answer = self._connection.getresponse()
        return Reply(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())

    def close(self) -> None:
        self._connection.close()
