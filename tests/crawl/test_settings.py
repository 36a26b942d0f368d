"""Settings that a promise hangs on, as a crawl really sees them."""

from __future__ import annotations

import socket

import pytest
from crawl_help import Outside
from scrapy import Request
from scrapy.settings import Settings

from crawler.items import PageRef
from crawler.spiders.forum import ForumSpider
from crawler.spiders.site import SiteSpider
from crawler.spiders.topic import TopicSpider


@pytest.fixture
def settings() -> Settings:
    chosen = Settings()
    chosen.setmodule("crawler.settings", priority="project")
    return chosen


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TELNETCONSOLE_ENABLED", False),
        ("REMOTE_CONTROL_ENABLED", False),
        ("DOWNLOAD_VERIFY_CERTIFICATES", True),
        ("DOWNLOAD_FAIL_ON_DATALOSS", True),
        ("COOKIES_ENABLED", False),
        ("REFERER_ENABLED", False),
        ("REDIRECT_ENABLED", False),
        ("METAREFRESH_ENABLED", False),
        ("RETRY_ENABLED", False),
        ("ROBOTSTXT_OBEY", False),
        ("OBEY_ROBOTS", True),
        ("DOWNLOAD_DELAY", 1.0),
        ("DOWNLOAD_DELAY_JITTER", 0.0),
        ("CONCURRENT_REQUESTS_PER_DOMAIN", 1),
        ("CONCURRENT_ITEMS", 1),
        ("JOBDIR", None),
        ("STATE_DIR", None),
    ],
)
def test_value(settings: Settings, name: str, value: object) -> None:
    assert settings.get(name) == value


def test_sizes_are_bounded(settings: Settings) -> None:
    assert 0 < settings.getint("DOWNLOAD_MAXSIZE") <= 64 * 1024 * 1024


def test_robots_are_ours_alone(settings: Settings) -> None:
    used = settings.get_component_priority_dict_with_base("DOWNLOADER_MIDDLEWARES")
    names = {key if isinstance(key, str) else key.__name__: order for key, order in used.items() if order is not None}
    assert "crawler.middlewares.robots.RobotsPolicy" in names
    assert not any("RobotsTxt" in name for name in names)


def test_the_user_agent_names_the_tool(settings: Settings) -> None:
    assert settings.get("USER_AGENT").startswith("threadset/")


@pytest.mark.parametrize("spider", [SiteSpider, TopicSpider, ForumSpider])
def test_requests_say_which_page_they_are_for(spider: type[SiteSpider]) -> None:
    ref = PageRef(site="forum.example", kind="topic", item_id=1, page=1, url="https://www.forum.example/topic/1-x/")
    request = spider().request(ref)
    assert isinstance(request, Request)
    assert request.cb_kwargs == {"ref": ref}
    assert request.meta["download_slot"] == "forum.example", "with and without www., one host"


def test_spiders_refuse_the_other_kind() -> None:
    with pytest.raises(ValueError, match="spider topic"):
        ForumSpider(url="https://forum.example/topic/1-x/")
    with pytest.raises(ValueError, match="spider forum"):
        TopicSpider(url="https://forum.example/forum/1-x/")


def test_nothing_else_can_be_reached_from_these_tests(nothing_outside: Outside) -> None:
    with socket.socket() as own, pytest.raises(AssertionError, match="tried to reach"):
        own.connect(("192.0.2.1", 80))
    assert nothing_outside.tried == ["192.0.2.1"]
    nothing_outside.tried.clear()
