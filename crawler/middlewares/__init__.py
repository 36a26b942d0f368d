"""Scrapy middlewares: unit of work, robots.txt, the user's own cookies."""
