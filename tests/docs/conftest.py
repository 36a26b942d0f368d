"""Fixtures of the examples: the tool in this process, and a forum to try it on."""

from crawl_fixtures import data, forum, mock, nothing_outside, tool  # noqa: F401
