"""No socket and no look-up of a name goes where nobody sent us."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from crawl_help import port_of
from mock_forum import Answer, MockForum, edited

ROOT = Path(__file__).parents[2]
MAIN = 101

HOSTS = (
    "127.0.0.1", "127.1", "0.0.0.0", "0", "2130706433", "0x7f000001", "0177.0.0.1", "017700000001", "127.0.0.2",
    "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]", "10.0.0.1",
    "10.255.255.254", "172.16.0.1", "172.31.255.1", "192.168.0.1", "169.254.169.254", "100.64.0.1", "[fe80::1]",
    "[fc00::1]", "localhost", "localhost.", "LOCALHOST", "a.localhost", "127.0.0.1.", "forum.example@127.0.0.1",
    "\u2460\u2461\u2466.0.0.1", "127\u30020\u30020\u30021", "private.example", "offsite.example",
)  # fmt: skip
"""Where a page of forum.example wants to send us; this machine, private networks, elsewhere."""

_PROCESS = """
import socket, sys
known = {{"forum.example": "127.0.0.1", "private.example": "10.0.0.1"}}
def look_up(host, *rest, **more):
    print("NAME", host, file=sys.stderr)
    if host not in known:
        raise socket.gaierror(socket.EAI_NONAME, "not known")
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (known[host], rest[0] or 0 if rest else 0))]
socket.getaddrinfo = look_up
socket.gethostbyname = lambda host: look_up(host)[0][4][0]
class Watched(socket.socket):
    def connect(self, address):
        print("CONNECT", address, file=sys.stderr)
        return super().connect(address)
    def connect_ex(self, address):
        print("CONNECT", address, file=sys.stderr)
        return super().connect_ex(address)
socket.socket = Watched
from crawler.commands import main
main(sys.argv[1:])
"""


def watched(data: Path, *args: str) -> tuple[int, set[str], set[str]]:
    """The exit code, the names that were looked up and the addresses that sockets were connected to."""
    done = subprocess.run(
        [sys.executable, "-c", _PROCESS.format(), *args, "--out", str(data), "--delay", "0"],
        check=False, capture_output=True, text=True, timeout=200,
        env=os.environ | {"PYTHONPATH": str(ROOT), "NO_COLOR": "1"},
    )  # fmt: skip
    names = set(re.findall(r"^NAME (.*)$", done.stderr, re.MULTILINE))
    return done.returncode, names, set(re.findall(r"^CONNECT (.*)$", done.stderr, re.MULTILINE))


def test_no_socket_leaves_the_bounds(mock: MockForum, data: Path) -> None:
    """Redirects to every spelling; what counts is where sockets went."""
    port = port_of(mock.url)
    listing, own = mock.forum_path(4), f"http://forum.example:{port}"
    urls = []
    for number, host in enumerate(HOSTS, 9000):
        path = f"/topic/{number}-x/"
        target = f"http://{host}:{port}{mock.path(MAIN)}".encode().decode("latin-1")
        mock.override(path, Answer(301, {"Location": target}))
        urls.append(own + path)
    mock.override(listing, edited(lambda body, *_: body.replace(mock.url.encode(), own.encode())))
    code, names, sockets = watched(data, "grab", "--private-host", "forum.example", *urls, own + listing)
    assert code != 0
    assert {name.rstrip(".").lower() for name in names} <= {"forum.example", "localhost"}, "nothing else is looked up"
    assert sockets == {str(("127.0.0.1", port))}
    assert mock.count(mock.path(MAIN)) <= 1, "the listing of the forum may name it, no redirect may"
    asked = {entry.path for entry in mock.log}
    assert {f"/topic/{number}-x/" for number in range(9000, 9000 + len(HOSTS))} <= asked


def test_a_page_that_draws_elsewhere(mock: MockForum, data: Path) -> None:
    """`<base>`, refresh, canonical, addresses without a scheme, images and frames: no socket, no name."""
    port = port_of(mock.url)
    head = (
        b'<head><base href="//offsite.example/"><meta http-equiv="refresh" content="0;url=//offsite.example/x">'
        b'<link rel="next" href="//offsite.example/topic/101-x/page/2/"><link rel="preload" href="//offsite.example/">'
        b'<script src="//offsite.example/a.js"></script><iframe src="http://169.254.169.254/"></iframe>'
    )
    body = b'<a href="//offsite.example/topic/1-x/">x</a><img src="http://10.0.0.1/a.png"><iframe src="file:///etc/passwd">'
    own = f"http://forum.example:{port}".encode()

    def change(page: bytes, *_: object) -> bytes:
        return page.replace(mock.url.encode(), own).replace(b"<head>", head, 1).replace(b"<p>", b"<p>" + body, 1)

    mock.override(mock.path(MAIN) + "*", edited(change))
    code, names, sockets = watched(data, "grab", "--private-host", "forum.example", own.decode() + mock.path(MAIN))
    assert code in {0, 3, 5}
    assert names == {"forum.example"}
    assert sockets == {str(("127.0.0.1", port))}
