"""Which hosts are one forum, and what of it is wanted."""

from __future__ import annotations

import pytest

from crawler.items import PageRef
from crawler.sites import Site, Sites, matches, place_of

MOVED = Sites([Site("forum.example", ("forum.example", "old.example", "127.0.0.1:8001"))])


def ref(url: str, kind: str = "topic", number: int = 12, site: str = "forum.example") -> PageRef:
    return PageRef(site=site, kind=kind, item_id=number, page=1, url=url)


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("https://www.Forum.example/topic/1-x/", "forum.example"),
        ("https://forum.example:443/", "forum.example"),
        ("http://127.0.0.1:8001/", "127.0.0.1:8001"),
        ("http://[::1]:8001/", "[::1]:8001"),
        ("https://forum.example:99999/", None),
        ("nonsense", None),
    ],
)
def test_places(url: str, place: str | None) -> None:
    assert place_of(url) == place


def test_names() -> None:
    assert MOVED.name_of("https://www.old.example/topic/1-x/") == "forum.example"
    assert MOVED.name_of("http://127.0.0.1:8001/topic/1-x/") == "forum.example"
    assert MOVED.name_of("http://127.0.0.1:8002/topic/1-x/") == "127.0.0.1"
    assert Sites().name_of("https://www.old.example/x") == "old.example"


@pytest.mark.parametrize(
    ("address", "same"),
    [
        ("https://forum.example/topic/2-y/", True),
        ("http://www.old.example/topic/2-y/", True),
        ("http://127.0.0.1:8001/topic/2-y/", True),
        ("http://127.0.0.1:8002/topic/2-y/", False),
        ("https://forum.example:8443/topic/2-y/", False),
        ("https://evil.example/topic/2-y/", False),
        ("https://forum.example.evil.example/", False),
        ("/topic/2-y/", False),
    ],
)
def test_names_of_one_forum_are_one_place(address: str, same: bool) -> None:
    assert MOVED.same_place(address, "https://old.example/topic/1-x/") is same


def test_sites_of_a_job_are_kept_apart() -> None:
    two = Sites([Site("a", ("127.0.0.1:1",)), Site("b", ("127.0.0.1:2",))])
    assert not two.same_place("http://127.0.0.1:2/x", "http://127.0.0.1:1/x")
    assert two.same_place("http://127.0.0.1:2/x", "http://127.0.0.1:2/y")


@pytest.mark.parametrize(
    ("pattern", "url", "found"),
    [
        ("/topic/12-*", "https://forum.example/topic/12-weekly-news/", True),
        ("/topic/12-*", "https://forum.example/topic/12/", True),
        ("/topic/1-*", "https://forum.example/topic/12-weekly-news/", False),
        ("/topic/*-weekly-*", "https://forum.example/forums/topic/12-a-weekly-letter/page/2/", True),
        ("/topic/*-weekly-*", "https://forum.example/index.php?/topic/12-a-weekly-letter/&page=2", True),
        ("/topic/*-weekly-*", "https://forum.example/topic/12-x/?q=-weekly-", False),
        ("/forum/12-*", "https://forum.example/topic/12-weekly-news/", False),
    ],
)
def test_patterns(pattern: str, url: str, found: bool) -> None:
    assert matches(pattern, ref(url)) is found


def test_an_include_speaks_of_its_own_kind_only() -> None:
    site = Site("forum.example", includes=("/topic/*-weekly-*",), excludes=("/topic/13-*", "/forum/9-*"))
    assert site.wants(ref("https://forum.example/topic/12-a-weekly-b/"))
    assert not site.wants(ref("https://forum.example/topic/12-daily/"))
    assert not site.wants(ref("https://forum.example/topic/13-a-weekly-b/", number=13))
    assert site.wants(ref("https://forum.example/forum/2-x/", "forum", 2))
    assert not site.wants(ref("https://forum.example/forum/9-x/", "forum", 9))
    assert Sites([site]).wants(ref("https://other.example/topic/13-x/", number=13, site="other.example"))


def test_from_a_setting() -> None:
    sites = Sites.from_setting({"a": {"places": ["a.example", "b.example"], "subforums": True}})
    assert sites.name_of("https://b.example/") == "a"
    assert sites.subforums("a", default=False)
    assert not sites.subforums("other", default=False)
