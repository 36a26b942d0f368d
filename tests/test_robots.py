import pytest

from crawler.robots import LIFETIME, LONGEST_DELAY, SHORTEST_LIFETIME, read_rules

URL = "https://forum.example/topic/1-x/"


def rules(body: bytes = b"", status: int = 200, **headers: str):
    return read_rules(status, {name.replace("_", "-"): value for name, value in headers.items()}, body)


@pytest.mark.parametrize("status", [500, 502, 503, 504, 429, 599])
def test_the_servers_fault_forbids_everything(status: int) -> None:
    found = rules(b"User-agent: *\nDisallow:\n", status, retry_after="30")
    assert not found.readable
    assert not found.allows(URL, "threadset")
    assert found.wait == 30.0
    assert found.body is None


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 418])
def test_where_there_is_none_nothing_is_forbidden(status: int) -> None:
    found = rules(b"User-agent: *\nDisallow: /\n", status)
    assert found.allows(URL, "threadset")
    assert found.sha256 is None
    assert found.delay("threadset") == 0.0


@pytest.mark.parametrize(
    ("body", "allowed"),
    [
        (b"", True),
        (b"User-agent: *\nDisallow: /", False),
        (b"\xef\xbb\xbfUser-agent: *\nDisallow: /topic/", False),
        (b"user-AGENT: threadset\nDisallow: /\n\nUser-agent: *\nDisallow:\n", False),
        (b"User-agent: *\nDisallow: /\n\nUser-agent: threadset\nAllow: /\n", True),
        (b"User-agent: *\nDisallow: /*?do=\nDisallow: /profile/", True),
        (b"User-agent: *\nDisallow: /*/$", False),
        (b"User-agent: *\nDisallow: /topic/\nAllow: /topic/1", True),
        (b"# caf\xe9\nUser-agent: *\nDisallow: /", False),
        (b"<html><body>It works!</body></html>", True),
        (b"\x00\xff" * 1000, True),
    ],
)
def test_rules(body: bytes, allowed: bool) -> None:
    assert rules(body).allows(URL, "threadset/1.0 (+mailto:me@example.org)") == allowed


def test_what_stands_beyond_the_limit_is_not_read() -> None:
    padding = b"# " + b"x" * 98 + b"\n"
    early = b"User-agent: *\nDisallow: /a\n" + padding * 4900 + b"Disallow: /topic/\n"
    late = b"User-agent: *\nDisallow: /a\n" + padding * 6000 + b"Disallow: /topic/\n"
    assert not rules(early).allows(URL, "threadset")
    assert rules(late).allows(URL, "threadset")


@pytest.mark.parametrize(
    ("lines", "seconds"),
    [
        ("Crawl-delay: 5", 5.0),
        ("Crawl-delay: 0.5", 0.5),
        ("Crawl-delay: 1000000000", LONGEST_DELAY),
        ("Crawl-delay: -3", 0.0),
        ("Crawl-delay: nan", 0.0),
        ("Crawl-delay: soon", 0.0),
        ("Request-rate: 1/10s", 10.0),
        ("Request-rate: 2/1m\nCrawl-delay: 3", 30.0),
        ("Disallow: /x", 0.0),
    ],
)
def test_the_delay_that_is_asked_for(lines: str, seconds: float) -> None:
    assert rules(f"User-agent: *\n{lines}\n".encode()).delay("threadset") == seconds


@pytest.mark.parametrize(
    ("control", "seconds"),
    [
        ("", LIFETIME),
        ("max-age=3600", 3600.0),
        ('public, Max-Age="7200"', 7200.0),
        ("max-age=0", SHORTEST_LIFETIME),
        ("max-age=99999999", LIFETIME),
        ("no-store", SHORTEST_LIFETIME),
        ("s-maxage=60000", LIFETIME),
        ("max-age=soon", LIFETIME),
    ],
)
def test_how_long_a_copy_is_used(control: str, seconds: float) -> None:
    assert rules(cache_control=control).lifetime == seconds
    assert rules(status=404, cache_control=control).lifetime == seconds
