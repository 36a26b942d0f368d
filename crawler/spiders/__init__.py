"""Spiders: thin, without selectors. They say which pages to fetch."""
