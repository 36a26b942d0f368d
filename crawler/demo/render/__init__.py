"""Pages of the demo forum: pure functions from the model to bytes, in the markup of IPS 4.7."""

from crawler.demo.render.errors import (
    age_gate,
    ban,
    challenge,
    empty_thread,
    error_page,
    login_wall,
    not_ips,
    offline,
)
from crawler.demo.render.listing import forum_page, index_page
from crawler.demo.render.topic import topic_page

__all__ = [
    "age_gate",
    "ban",
    "challenge",
    "empty_thread",
    "error_page",
    "forum_page",
    "index_page",
    "login_wall",
    "not_ips",
    "offline",
    "topic_page",
]
