"""Which hosts a crawl may connect to: none in a private network, unless the user's own address names it.

The check is made on the address that the connection goes to, after the name was looked up and at every connection, so
that neither a redirect nor a name that suddenly means another machine (DNS rebinding) gets around it.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit

IPAddress = IPv4Address | IPv6Address

_NAT64 = 0x64FF9B << 96  # 64:ff9b::/96, RFC 6052: an IPv4 address behind a translator


class AddressRefusedError(Exception):
    """The host's address is one of this machine, of a private network or of no use at all."""


class AddressGuard:
    """Knows which hosts may have an address that is not public.

    A host is permitted by the addresses that the user gave where these name such an address themselves (a literal one,
    or ``localhost``), or by name.
    """

    def __init__(self, urls: Iterable[str] = (), hosts: Iterable[str] = ()) -> None:
        self._permitted = {host.lower().rstrip(".") for host in hosts}
        self.refused: set[str] = set()
        for url in urls:
            host = host_of(url)
            address = literal(host)
            if _is_local_name(host) or (address is not None and not is_public(address)):
                self._permitted.add(host)

    def allows(self, host: str, address: str) -> bool:
        """True where a connection to ``address`` is in order for ``host``; a host that is refused is remembered."""
        host = host.lower().strip("[]").rstrip(".")
        found = literal(address)
        if host in self._permitted or (found is not None and is_public(found)):
            return True
        self.refused.add(host)
        return False

    def allows_url(self, url: str) -> bool:
        """False where the address itself names a host that is refused; a name is judged when it is looked up."""
        host = host_of(url)
        address = literal(host)
        return host in self._permitted or not (_is_local_name(host) or (address and not is_public(address)))


def host_of(url: str) -> str:
    """The host of an address, in lower case, without brackets and the dot at its end; empty where there is none."""
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""


def literal(host: str) -> IPAddress | None:
    """The address that a host spells, ``None`` for a name.

    Resolvers take ``127.1``, ``0x7f000001``, ``017700000001`` and ``2130706433`` for an address as well.
    """
    try:
        return ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        pass
    if not host or set(host.lower()) - set("0123456789abcdefx."):
        return None
    try:
        return IPv4Address(socket.inet_aton(host))
    except OSError:
        return None


def is_public(address: IPAddress) -> bool:
    """True for an address that anybody on the internet may be asked at, by the IANA's registries.

    IPv6 addresses that stand for an IPv4 address are judged by that one.
    """
    if isinstance(address, IPv6Address):
        inner = _embedded(address)
        if inner is not None:
            return is_public(inner)
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def _embedded(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address within: mapped, compatible, 6to4, Teredo (its client), NAT64."""
    number = int(address)
    if number >> 32 == 0 and number > 1:
        return IPv4Address(number)
    if number >> 32 == _NAT64 >> 32:
        return IPv4Address(number & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)


def _is_local_name(host: str) -> bool:
    """RFC 6761: such names mean this machine."""
    return host == "localhost" or host.endswith(".localhost")
