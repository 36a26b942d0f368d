"""Fixtures of the crawls: a forum that misbehaves on demand, and the tool in this process."""

from crawl_fixtures import data, forum, mock, nothing_outside, tool  # noqa: F401
