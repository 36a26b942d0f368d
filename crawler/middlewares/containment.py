"""Keeps connections within bounds: no private address, on no hop, whatever a name is made to mean."""

from __future__ import annotations

import urllib.request
from collections.abc import Sequence
from ipaddress import ip_address
from typing import Any, Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CannotResolveHostError
from scrapy.http import Response
from scrapy.utils.reactor import is_reactor_installed
from twisted.internet.interfaces import IHostnameResolver, IResolutionReceiver
from zope.interface import implementer

from crawler.addresses import AddressGuard, AddressRefusedError, host_of
from crawler.spiders.base import PageSpider


class Containment:
    """Refuses requests to addresses that nobody named, and answers from them.

    What a name means is checked where it is looked up for the connection (`GuardedResolver`).
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._hosts: list[str] = crawler.settings.getlist("PRIVATE_HOSTS")
        self.guard = AddressGuard(hosts=self._hosts)
        self._reactor: Any = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Wait for the spider, which knows what the user named."""
        middleware = cls(crawler)
        crawler.signals.connect(middleware.opened, signal=signals.spider_opened)
        crawler.signals.connect(middleware.closed, signal=signals.engine_stopped)
        return middleware

    def opened(self, spider: PageSpider) -> None:
        """Learn the user's own addresses and stand between the reactor and its resolver."""
        proxies = list(urllib.request.getproxies().values())
        own = [host for host in map(host_of, proxies) if host]  # the user's environment names them
        self.guard = AddressGuard([ref.url for ref in spider.seeds], [*self._hosts, *own])
        if is_reactor_installed():
            from twisted.internet import reactor  # noqa: PLC0415  importing it installs one

            self._reactor = reactor
            self._reactor.installNameResolver(GuardedResolver(self._reactor.nameResolver, self.guard))

    def closed(self) -> None:
        """Give the reactor its resolver back."""
        if self._reactor is not None and isinstance(self._reactor.nameResolver, GuardedResolver):
            self._reactor.installNameResolver(self._reactor.nameResolver.inner)

    def process_request(self, request: Request) -> None:
        """Raise `AddressRefusedError` where the address itself names a private host."""
        if not self.guard.allows_url(request.url):
            raise AddressRefusedError

    def process_response(self, request: Request, response: Response) -> Response:
        """Use no answer of a private address: the last line, for download handlers with a resolver of their own."""
        address = response.ip_address
        if address is not None and not self.guard.allows(host_of(request.url), str(ip_address(address))):
            raise AddressRefusedError
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Tell a name that was refused from one that is not known."""
        if isinstance(exception, CannotResolveHostError) and host_of(request.url) in self.guard.refused:
            raise AddressRefusedError from exception


@implementer(IHostnameResolver)
class GuardedResolver:
    """A resolver that keeps back addresses which a host may not have."""

    def __init__(self, inner: Any, guard: AddressGuard) -> None:
        self.inner = inner
        self._guard = guard

    def resolveHostName(  # noqa: N802  Twisted's name
        self,
        resolutionReceiver: Any,  # noqa: N803
        hostName: str,  # noqa: N803
        portNumber: int = 0,  # noqa: N803
        addressTypes: Sequence[Any] | None = None,  # noqa: N803
        transportSemantics: str = "TCP",  # noqa: N803
    ) -> Any:
        """As in Twisted; what is kept back is a name without an address."""
        receiver = _Sieve(resolutionReceiver, hostName, self._guard)
        return self.inner.resolveHostName(receiver, hostName, portNumber, addressTypes, transportSemantics)


@implementer(IResolutionReceiver)
class _Sieve:
    def __init__(self, receiver: Any, host: str, guard: AddressGuard) -> None:
        self._receiver = receiver
        self._host = host
        self._guard = guard

    def resolutionBegan(self, resolution: Any) -> None:  # noqa: N802
        self._receiver.resolutionBegan(resolution)

    def addressResolved(self, address: Any) -> None:  # noqa: N802
        if self._guard.allows(self._host, address.host):
            self._receiver.addressResolved(address)

    def resolutionComplete(self) -> None:  # noqa: N802
        self._receiver.resolutionComplete()
