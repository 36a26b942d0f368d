"""Fixtures of the crawls: a forum that misbehaves on demand, and the tool in this process. Helpers stand beside."""

import sys
from pathlib import Path

from crawl_fixtures import data, forum, mock, nothing_outside, tool  # noqa: F401

sys.path.insert(0, str(Path(__file__).parent))
