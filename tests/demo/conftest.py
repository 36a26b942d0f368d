"""Fixtures of the demo forum's tests."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.demo import DemoServer, Forum, build

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent)]  # for demo_client, and for mock_forum that other tests use too

from demo_client import Client  # noqa: E402


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
