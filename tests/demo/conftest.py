"""Fixtures of the demo forum's tests."""

from __future__ import annotations

import http.client
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from crawler.demo import DemoServer, Forum, build

sys.path.insert(0, str(Path(__file__).parents[1]))  # for mock_forum, which stands beside the packages' tests


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


@pytest.fixture(scope="session")
def forum() -> Forum:
    return build(threads_per_page=5)


@pytest.fixture
def server(forum: Forum) -> Iterator[DemoServer]:
    with DemoServer(forum) as running:
        yield running


@pytest.fixture
def client(server: DemoServer) -> Iterator[Client]:
    made = Client(server)
    yield made
    made.close()
