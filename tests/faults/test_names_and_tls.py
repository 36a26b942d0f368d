"""Names that cannot be looked up for a while, and handshakes that fail for a while: tried again, nothing is lost."""

from __future__ import annotations

import os
import re
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from itertools import pairwise
from pathlib import Path

import pytest
from crawl_help import Tool, by_id, facts, manifest, port_of, rows, truth
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from mock_forum import Answer, Fault, MockForum

from crawler.items import TABLES
from output import read_dataset

ROOT = Path(__file__).parents[2]
MAIN = 101
POST = TABLES["posts"].names

_PROCESS = """
import socket, sys, time
fails, how = int(sys.argv.pop(1)), sys.argv.pop(1)
asked = 0
def look_up(host, *rest, **more):
    global asked
    asked += 1
    print("NAME", host, file=sys.stderr)
    if asked <= fails and how == "slow":
        time.sleep(1.5)
    elif asked <= fails:
        raise socket.gaierror({"again": socket.EAI_AGAIN, "unknown": socket.EAI_NONAME}[how], how)
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", rest[0] or 0 if rest else 0))]
socket.getaddrinfo = look_up
socket.gethostbyname = lambda host: look_up(host)[0][4][0]
from crawler.commands import main
from crawler.commands._crawl import RUNNERS, run_with_reactor
def run(job):
    for name, value in {"BACKOFF": 0.01, "DNS_TIMEOUT": 0.5, "DOWNLOAD_TIMEOUT": 20}.items():
        job.settings.set(name, value, priority="cmdline")
    return run_with_reactor(job)
RUNNERS["default"] = run
main(sys.argv[1:])
"""


def grab(data: Path, url: str, *options: str, fails: int = 0, how: str = "again", **env: str) -> tuple[int, str]:
    """`grab` in a process of its own, in which the first look-ups of a name fail."""
    done = subprocess.run(
        [sys.executable, "-c", _PROCESS, str(fails), how, "grab", url, *options, "--out", str(data), "--delay", "0"],
        check=False, capture_output=True, text=True, timeout=200,
        env=os.environ | {"PYTHONPATH": str(ROOT), "NO_COLOR": "1", **env},
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    return done.returncode, done.stderr


def is_whole(data: Path, mock: MockForum) -> bool:
    got = by_id(rows(data, "posts"))
    return [facts(row) for row in got.values()] == [truth(post) for post in mock.forum.thread(MAIN).posts]


def under(mock: MockForum, address: str, **headers: str) -> Fault:
    """The honest page of a forum that calls itself so."""

    def fault(forum: MockForum, path: str) -> Answer:
        found = forum.honest(path)
        body = found.body.replace(mock.url.encode(), address.encode())
        return Answer(found.status, {**found.headers, **headers}, body)

    return fault


@pytest.mark.parametrize(
    ("fails", "how"),
    [(2, "slow"), pytest.param(1, "again", marks=pytest.mark.slow), pytest.param(2, "unknown", marks=pytest.mark.slow)],
)
def test_a_name_that_is_not_known_for_a_while(mock: MockForum, data: Path, fails: int, how: str) -> None:
    own = f"http://forum.example:{port_of(mock.url)}"
    mock.override("/topic/*", under(mock, own))
    code, err = grab(data, own + mock.path(MAIN), "--private-host", "forum.example", fails=fails, how=how)
    assert code == 0, err
    assert len(re.findall("^NAME forum.example$", err, re.MULTILINE)) > fails
    assert is_whole(data, mock)


@pytest.mark.slow
def test_a_name_that_is_known_in_the_next_run(mock: MockForum, data: Path) -> None:
    own = f"http://forum.example:{port_of(mock.url)}"
    mock.override("/topic/*", under(mock, own))
    address, private = own + mock.path(MAIN), ("--private-host", "forum.example")
    assert grab(data, address, *private, fails=1000)[0] not in {0, 3}
    assert mock.log == [], "without robots.txt nothing is asked for"
    assert grab(data, address, *private)[0] == 0
    assert is_whole(data, mock)


class Front:
    """TLS before a forum. Of its connections some end in the midst of the handshake."""

    def __init__(self, mock: MockForum, folder: Path) -> None:
        self.fails: Callable[[int], bool] = lambda _number: False
        self.seen = 0
        self.certificate = folder / "certificate.pem"
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(self.certificate, _certified(self.certificate))
        self._behind = port_of(mock.url)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"https://127.0.0.1:{self._socket.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._socket.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _address = self._socket.accept()
                self.seen += 1
                threading.Thread(target=self._serve, args=(client, self.fails(self.seen)), daemon=True).start()

    def _serve(self, client: socket.socket, broken: bool) -> None:
        with suppress(OSError), closing(client):
            if broken:
                client.recv(100)
                client.sendall(b"\x15\x03\x03\x00\x02\x02\x28")  # a fatal alert: handshake failure
                return
            behind = socket.create_connection(("127.0.0.1", self._behind))
            with behind, self._context.wrap_socket(client, server_side=True) as safe:
                threading.Thread(target=_pass_on, args=(behind, safe), daemon=True).start()
                _pass_on(safe, behind)


def _pass_on(one: socket.socket, other: socket.socket) -> None:
    with suppress(OSError, ValueError):
        while data := one.recv(65_536):
            other.sendall(data)
        other.shutdown(socket.SHUT_RDWR)


def _certified(path: Path) -> Path:
    """Write a certificate for this machine; the path of its key."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "forum")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    path.write_bytes(made.public_bytes(pem))
    own = path.with_suffix(".key")
    plain = serialization.NoEncryption()
    own.write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    return own


@pytest.fixture
def front(mock: MockForum, tmp_path: Path) -> Iterator[Front]:
    made = Front(mock, tmp_path)
    mock.override("/topic/*", under(mock, made.url, Connection="close"))  # each page has a handshake of its own
    yield made
    made.close()


def test_handshakes_that_fail_for_a_while(mock: MockForum, front: Front, data: Path) -> None:
    front.fails = lambda number: number in {1, 3, 4}
    code, err = grab(data, front.url + mock.path(MAIN), SSL_CERT_FILE=str(front.certificate))
    assert code == 0, err
    assert front.seen >= 6
    assert is_whole(data, mock)


@pytest.mark.slow
def test_handshakes_that_fail_until_the_next_run(mock: MockForum, front: Front, data: Path, tool: Tool) -> None:
    front.fails = lambda number: number > 2
    trusted = {"SSL_CERT_FILE": str(front.certificate)}
    assert grab(data, front.url + mock.path(MAIN), **trusted)[0] == 3
    assert {problem["kind"] for problem in manifest(data)["completeness"]["problems"]} == {"unreachable"}
    front.fails = lambda _number: False
    code, err = grab(data, front.url + mock.path(MAIN), **trusted)
    assert code == 0, err
    assert is_whole(data, mock)
    again = grab(data.with_name("whole"), front.url + mock.path(MAIN), **trusted)
    assert again[0] == 0
    canonical, tool.folder = tool.canonical(), data.with_name("whole")
    assert tool.canonical() == canonical


@pytest.mark.slow
def test_from_http_to_https_to_the_slug_to_the_page(mock: MockForum, front: Front, data: Path) -> None:
    """A chain of redirects over both schemes: the thread is there once, and as where it is asked for directly."""
    chain = ["/topic/9-old/", f"{front.url}/topic/9-secure/", f"/topic/{MAIN}/", mock.path(MAIN)]
    for (path, to), status in zip(pairwise(chain), (301, 302, 308), strict=True):
        mock.override(path.removeprefix(front.url), Answer(status, {"Location": to, "Connection": "close"}))
    places = [f"127.0.0.1:{port_of(url)}" for url in (mock.url, front.url)]
    for out, url in (("out", f"{mock.url}{chain[0]}"), ("whole", front.url + mock.path(MAIN))):
        job = data.with_name("job.toml")
        job.write_text(f'name = "j"\nout = "{out}"\nuser_agent = "t (+mailto:me@example.org)"\ndelay = 0.0\n'
                       f'[[site]]\nname = "forum.example"\nthreads = ["{url}"]\naliases = {places}\n')  # fmt: skip
        ended = subprocess.run(
            [sys.executable, "-c", "from crawler.commands import main; main()", "crawl", str(job), "-q"],
            check=False, capture_output=True, text=True, timeout=200,
            env=os.environ | {"PYTHONPATH": str(ROOT), "SSL_CERT_FILE": str(front.certificate)},
        )  # fmt: skip
        assert (ended.returncode, ended.stderr) == (0, "")
    found = read_dataset(data)
    moved = {row.thread_id: (row.status, row.moved_to_thread_id) for row in found.rows("threads")}
    assert moved == {9: ("moved", MAIN), MAIN: ("active", None)}
    posts = [list(read_dataset(folder).rows("posts")) for folder in (data, data.with_name("whole"))]
    assert [post.post_id for post in posts[0]] == [post.post_id for post in mock.forum.thread(MAIN).posts]
    look = {"first_seen_at", "last_seen_at"}
    assert [[getattr(one, name) for name in POST if name not in look] for one in posts[0]] == [
        [getattr(one, name) for name in POST if name not in look] for one in posts[1]
    ]


def test_a_certificate_that_nobody_vouches_for(mock: MockForum, front: Front, data: Path) -> None:
    code, err = grab(data, front.url + mock.path(MAIN))
    assert code not in {0, 3}
    assert [line for line in err.splitlines() if "cannot be reached" in line] == err.splitlines()[-1:]
    assert mock.log == []
