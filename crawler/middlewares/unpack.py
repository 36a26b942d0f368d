"""Unpacks what servers pack with gzip, as nearly all do. Whatever is not plain is left to Scrapy's own middleware."""

from __future__ import annotations

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Response, TextResponse
from scrapy.responsetypes import responsetypes

from crawler.archive.content import gunzipped


class Unpack:
    """Stands between the download handler and Scrapy's decompression, which takes four times as long."""

    def __init__(self, limit: int) -> None:
        self._limit = limit

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Read the settings: whether anything is unpacked, and the most bytes that a page may have then."""
        limit = crawler.settings.getint("DOWNLOAD_MAXSIZE")
        if not crawler.settings.getbool("COMPRESSION_ENABLED") or not limit:
            raise NotConfigured
        return cls(limit)

    def process_response(self, request: Request, response: Response) -> Response:
        """The answer with its body unpacked. Bombs, and what is cut off or damaged, stay as they are."""
        if response.headers.getlist("Content-Encoding") != [b"gzip"]:
            return response
        body = gunzipped(response.body, min(self._limit, request.meta.get("download_maxsize", self._limit)))
        if body is None:
            return response
        del response.headers["Content-Encoding"]
        kind = responsetypes.from_args(headers=response.headers, url=response.url, body=body)
        unknown = {"encoding": None} if issubclass(kind, TextResponse) else {}  # not what the packed bytes seemed
        return response.replace(cls=kind, body=body, **unknown)
