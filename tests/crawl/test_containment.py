"""No connection leaves the bounds: on no hop, and whatever a name is made to mean."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from crawl_help import Tool, port_of, rows
from mock_forum import MockForum, edited, redirect

from crawler.demo.answer import Answer

# a resolver that says of every name what the test wants, in the place of the machine's own
_RESOLVER = """
import socket, sys
answers = {answers!r}
asked = []
def look_up(host, *rest, **more):
    asked.append(host)
    print("ASKED", host, file=sys.stderr)
    address = answers[min(len(asked), len(answers)) - 1]
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    port = rest[0] if rest else 0
    return [(family, socket.SOCK_STREAM, 6, "", (address, port or 0))]
socket.getaddrinfo = look_up
socket.gethostbyname = lambda host: look_up(host)[0][4][0]
real = socket.socket.connect_ex
def connect(own, address):
    print("CONNECT", address[0], file=sys.stderr)
    return real(own, address)
socket.socket.connect_ex = connect
from crawler import addresses, settings
if public := {public!r}:
    judge = addresses.is_public
    addresses.is_public = lambda address: str(address) == public or judge(address)
    settings.DNSCACHE_ENABLED = False
from crawler.commands import main
main(sys.argv[1:])
"""


def run(data: Path, answers: list[str], *args: str, public: str = "") -> subprocess.CompletedProcess[str]:
    """`threadset` where every name has these addresses, one after the other.

    With one that counts as ``public``, names are looked up for each connection.
    """
    script = _RESOLVER.format(answers=answers, public=public)
    return subprocess.run(
        [sys.executable, "-c", script, *args, "--out", str(data), "--delay", "0"],
        check=False, capture_output=True, text=True, timeout=120, env={**os.environ, "NO_COLOR": "1"},
    )  # fmt: skip


@pytest.mark.parametrize("address", ["127.0.0.1", "169.254.169.254"])
def test_a_name_that_means_a_private_address(mock: MockForum, data: Path, address: str) -> None:
    """What counts is the address that the connection would go to."""
    ended = run(data, [address], "grab", f"http://forum.example:{port_of(mock.url)}{mock.path(88)}")
    assert ended.returncode == 1, ended.stderr
    assert "private network" in ended.stderr
    assert "CONNECT" not in ended.stderr
    assert ended.stderr.count("ASKED") == 1, "what we refuse ourselves is not tried again"
    assert mock.log == []
    assert not data.exists()


def test_a_name_that_means_another_machine_all_of_a_sudden(mock: MockForum, data: Path) -> None:
    """DNS rebinding: a public address (127.0.0.1 stands for one) for robots.txt, and a private one for the page."""
    mock.override("/robots.txt", Answer(200, {"Content-Type": "text/plain", "Connection": "close"}, b"User-agent: *\n"))
    address = f"http://forum.example:{port_of(mock.url)}{mock.path(88)}"
    ended = run(data, ["127.0.0.1", "127.0.0.2"], "grab", address, public="127.0.0.1")
    assert ended.returncode == 1, ended.stderr
    assert "private network" in ended.stderr
    assert set(re.findall("CONNECT (.*)", ended.stderr)) == {"127.0.0.1"}
    assert [entry.path for entry in mock.log] == ["/robots.txt"]


def test_a_name_that_the_user_vouches_for(mock: MockForum, data: Path) -> None:
    url = f"http://forum.example:{port_of(mock.url)}{mock.path(88)}"
    ended = run(data, ["127.0.0.1"], "grab", "--private-host", "forum.example", url)
    assert ended.returncode == 0, ended.stderr
    assert {row["site"] for row in rows(data, "posts")} == {"forum.example"}


@pytest.mark.parametrize("host", ["127.1", "0x7f000001", "2130706433", "[::1]", "[::ffff:127.0.0.1]", "localhost"])
def test_redirects_to_this_machine(tool: Tool, mock: MockForum, data: Path, host: str) -> None:
    mock.override(mock.path(88), redirect(f"http://{host}:{port_of(mock.url)}{mock.path(101)}"))
    assert tool.grab(mock.url + mock.path(88)).code in {1, 3}
    assert mock.count(mock.path(101)) == 0


def test_base_and_links_that_lead_elsewhere(tool: Tool, mock: MockForum, data: Path) -> None:
    """`<base>` and addresses without a scheme do not make a page's links lead to another host."""
    mock.override(
        mock.path(101),
        edited(lambda body, _forum, _path: body.replace(b"<head>", b'<head><base href="http://offsite.invalid/">', 1)),
    )
    assert tool.grab(mock.url + mock.path(101)).code in {0, 3}
    assert {row["url"].split("/")[2] for row in rows(data, "fetches")} == {mock.url.split("/")[2]}


def test_a_refresh_by_the_page_is_not_followed(tool: Tool, mock: MockForum, data: Path) -> None:
    to = f"http://127.0.0.1:{port_of(mock.url)}{mock.path(101)}"
    mock.override(mock.path(88), Answer(body=f'<meta http-equiv="refresh" content="0;url={to}">'.encode()))
    assert tool.grab(mock.url + mock.path(88)).code != 0
    assert mock.count(mock.path(101)) == 0
