"""Fixtures of the crawls, as extraction is held against them; helpers stand in modules of the tests of the archive."""

import sys
from pathlib import Path

from crawl_fixtures import data, forum, mock, nothing_outside, tool  # noqa: F401

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "archive"))
