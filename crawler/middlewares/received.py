"""Takes each answer as it came, before its body is decompressed: that is what the archive keeps."""

from __future__ import annotations

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Response

from crawler.items import Received
from crawler.session import session_of

_KEY = "received"  # in the request's meta; read by `received_of` alone


class AsReceived:
    """Stands between the download handler and Scrapy's decompression."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Only where there is an archive."""
        if session_of(crawler).archive is None:
            raise NotConfigured
        return cls()

    def process_response(self, request: Request, response: Response) -> Response:
        """Note the answer with its request."""
        headers = [
            (name.decode("latin-1"), value.decode("utf-8", "surrogateescape"))
            for name, values in response.headers.items()
            for value in values
        ]
        request.meta[_KEY] = Received(
            url=request.url,
            status=response.status,
            headers=headers,
            body=response.body,
            protocol=response.protocol or "HTTP/1.1",
            ip_address=str(response.ip_address) if response.ip_address is not None else None,
        )
        return response


def received_of(response: Response) -> Received | None:
    """The answer as received, once."""
    received = response.request.meta.pop(_KEY, None) if response.request is not None else None
    return received if isinstance(received, Received) else None
