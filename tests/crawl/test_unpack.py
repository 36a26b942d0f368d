"""What the own unpacking of gzip makes of an answer is what Scrapy's makes of it."""

import gzip
from unittest.mock import Mock

import pytest
from scrapy import Request
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.exceptions import IgnoreRequest, NotConfigured
from scrapy.http import Headers, HtmlResponse, Response
from scrapy.settings import Settings
from scrapy.utils.test import get_crawler

from crawler.middlewares.unpack import Unpack

PAGE = "<html>größer als 1 kB</html>".encode() * 50
PACKED = gzip.compress(PAGE, mtime=0)
KINDS: tuple[dict[str, str], ...] = ({"Content-Type": "text/html;charset=utf-8"}, {"Content-Type": "text/html"}, {})


def answer(body: bytes, encoding: str = "gzip", url: str = "https://a.example/topic/1-x/", **more: str) -> Response:
    headers = Headers({"Content-Encoding": encoding, **more})
    return Response(url, headers=headers, body=body, request=Request(url))


def through(response: Response, **settings: object) -> Response:
    """Ours alone."""
    return Unpack.from_crawler(Mock(settings=Settings(settings))).process_response(Request(response.url), response)


def scrapys(response: Response, **settings: object) -> Response:
    middleware = HttpCompressionMiddleware.from_crawler(get_crawler(settings_dict=settings))
    found = middleware.process_response(Request(response.url), response)
    assert isinstance(found, Response)
    return found


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("url", ["https://a.example/topic/1-x/", "https://a.example/x.html"])
def test_a_packed_page(kind: dict[str, str], url: str) -> None:
    ours, theirs = through(answer(PACKED, url=url, **kind)), scrapys(answer(PACKED, url=url, **kind))
    assert (ours.body, ours.headers, type(ours), ours.url) == (theirs.body, theirs.headers, type(theirs), url)
    assert ours.body == PAGE
    assert isinstance(ours, HtmlResponse)
    assert ours.encoding == "utf-8"


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (PACKED, "gzip, gzip"),
        (PACKED, "br"),
        (PACKED[:-20], "gzip"),  # cut off
        (PACKED + PACKED, "gzip"),  # several members
        (PACKED[:-6] + b"xx" + PACKED[-4:], "gzip"),  # another checksum
        (PAGE, "gzip"),
        (b"", "gzip"),
    ],
    ids=["twice", "other", "cut", "several", "checksum", "plain", "empty"],
)
def test_what_is_not_plain_is_left_alone(body: bytes, encoding: str) -> None:
    response = answer(body, encoding)
    assert through(response) is response
    assert response.headers.getlist("Content-Encoding") == [encoding.encode()]
    assert response.body == body


def test_a_bomb_is_left_to_the_one_that_refuses_it() -> None:
    bomb = answer(gzip.compress(bytes(2_000_000)))
    assert through(bomb, DOWNLOAD_MAXSIZE=1_000_000) is bomb
    with pytest.raises(IgnoreRequest):
        scrapys(bomb, DOWNLOAD_MAXSIZE=1_000_000)
    assert len(through(bomb, DOWNLOAD_MAXSIZE=2_000_000).body) == 2_000_000


def test_it_is_off_where_nothing_is_to_be_unpacked() -> None:
    with pytest.raises(NotConfigured):
        through(answer(PACKED), COMPRESSION_ENABLED=False)
