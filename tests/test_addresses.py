from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.addresses import AddressGuard, host_of, is_public, literal

PRIVATE = """
    127.0.0.1 127.1 0x7f000001 017700000001 2130706433 0.0.0.0 10.1.2.3 172.16.0.1 172.31.255.255 192.168.1.1
    169.254.169.254 100.64.0.1 224.0.0.1 240.0.0.1 255.255.255.255 192.0.2.1
    ::1 :: ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::127.0.0.1 fe80::1 fe80::1%eth0 fc00::1 fd12::1 ff02::1 2001:db8::1
    2002:7f00:1:: 2002:a00:1:: 64:ff9b::7f00:1 64:ff9b::a00:1
""".split()
PUBLIC = "1.1.1.1 8.8.8.8 172.32.0.1 192.169.0.1 ::ffff:8.8.8.8 2606:4700:4700::1111 64:ff9b::808:808".split()


@pytest.mark.parametrize("host", PRIVATE)
def test_private(host: str) -> None:
    address = literal(host)
    assert address is not None
    assert not is_public(address)
    assert not AddressGuard().allows("forum.example", host)
    assert not AddressGuard().allows_url(f"http://{f'[{host}]' if ':' in host else host}/topic/1-x/")


@pytest.mark.parametrize("host", PUBLIC)
def test_public(host: str) -> None:
    address = literal(host)
    assert address is not None
    assert is_public(address)
    assert AddressGuard().allows("forum.example", host)


@pytest.mark.parametrize("host", ["forum.example", "", "cafe", "1.2.3.4.5", "0xg", "127.0.0.1.example", "abcdef.", "x"])
def test_names_are_no_addresses(host: str) -> None:
    assert literal(host) is None


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST", "localhost.", "a.localhost"])
def test_names_of_this_machine(host: str) -> None:
    url = f"http://{host}:8000/topic/1-x/"
    assert not AddressGuard().allows_url(url)
    guard = AddressGuard([url])
    assert guard.allows_url(url)
    assert guard.allows(host, "127.0.0.1")
    assert not guard.allows_url("http://127.0.0.1:8000/")


def test_the_user_may_name_a_private_address() -> None:
    guard = AddressGuard(["http://10.0.0.5:81/topic/1-x/", "https://forum.example/topic/1-x/"])
    assert guard.allows("10.0.0.5", "10.0.0.5")
    assert guard.allows_url("http://10.0.0.5/x")
    assert not guard.allows("10.0.0.6", "10.0.0.6")


def test_a_name_is_no_permission_for_what_it_means() -> None:
    """A host that the user named may still be made to mean another machine."""
    guard = AddressGuard(["https://forum.example/topic/1-x/"])
    assert guard.allows("forum.example", "8.8.8.8")
    assert not guard.allows("forum.example", "127.0.0.1")
    assert guard.refused == {"forum.example"}
    assert AddressGuard(hosts=["Forum.example."]).allows("forum.example", "10.0.0.1")


@given(st.ip_addresses())
def test_the_mapped_form_of_an_address_is_judged_alike(address: object) -> None:
    found = ip_address(str(address))
    assert literal(str(address)) == found
    if found.version == 4:
        assert is_public(ip_address(f"::ffff:{address}")) == is_public(found)
        assert literal(str(int(found))) == found


@given(st.text(max_size=40))
def test_no_address_is_too_strange(text: str) -> None:
    host_of(text)
    literal(text)
    AddressGuard([text]).allows_url(text)


@pytest.mark.parametrize("url", ["http://[::", "", "http://", "http://[v1.x]/"])
def test_broken_addresses_have_no_host_of_use(url: str) -> None:
    assert literal(host_of(url)) is None
