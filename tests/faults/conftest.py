"""Fixtures of the crawls: a forum that misbehaves on demand, and the tool in this process. Helpers stand beside."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from crawl_fixtures import data, forum, mock, nothing_outside, tool  # noqa: F401
from mock_forum import MockForum

from crawler.demo import build_many

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="module")
def site() -> Iterator[MockForum]:
    """A forum that is small enough to be read again and again."""
    made = build_many(6, 12)
    made.posts_per_page = 4
    with MockForum(made) as running:
        yield running
