"""What the tests of crawls and commands share: the tool in this process, rows of a dataset, and no way out."""

from __future__ import annotations

import json
import socket
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from mock_forum import MockForum

from crawler.commands import main
from crawler.commands._crawl import CrawlEnd, Job, run_in_loop
from crawler.demo.model import Post

LOOPBACK = {"127.0.0.1"}
FACTS = ("post_id", "text", "full_text", "author_id", "author_name", "created_at")


@dataclass(slots=True)
class Result:
    """What a command said, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def error(self) -> str:
        """Its only error."""
        assert self.err.count("\n") == 1, self.err
        assert self.err.startswith("threadset: ")
        assert "Traceback" not in self.err
        return self.err

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Tool:
    """Runs `threadset` in this process, in a folder of its own."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._capsys = capsys

    def __call__(self, *args: object) -> Result:
        self._capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([str(arg) for arg in args])
        said = self._capsys.readouterr()
        code = ended.value.code
        assert isinstance(code, int)
        return Result(code, said.out, said.err)

    def grab(self, *args: object) -> Result:
        """`grab` into the folder ``data``, without delay."""
        return self("grab", *args, "--out", self.folder, "--delay", 0)

    def canonical(self) -> dict[str, bytes]:
        """The canonical export, by file."""
        target = self.folder.with_name(self.folder.name + "-canonical")
        assert self("export", self.folder, "--canonical", "--to", target).code == 0
        return {
            str(path.relative_to(target)): path.read_bytes() for path in sorted(target.rglob("*.*")) if path.is_file()
        }


def fast(**settings: object) -> Any:
    """A runner without a reactor, that hardly waits before it tries again."""

    def run(job: Job) -> CrawlEnd:
        for name, value in {"BACKOFF": 0.01, **settings}.items():
            job.settings.set(name, value, priority="cmdline")
        return run_in_loop(job)

    return run


def rows(folder: Path, table: str) -> list[dict[str, Any]]:
    """The rows of a table."""
    return [json.loads(line) for line in (folder / "jsonl" / f"{table}.jsonl").read_bytes().splitlines()]


def manifest(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "manifest.json").read_bytes())


def by_id(found: list[dict[str, Any]]) -> dict[int, dict[str, Any]]:
    assert len({row["post_id"] for row in found}) == len(found), "a post has two rows"
    return {row["post_id"]: row for row in found}


def truth(post: Post) -> dict[str, Any]:
    """What a row of `posts` must say."""
    at = post.created_at.isoformat().replace("+00:00", "Z")
    values = (post.post_id, post.text, post.full_text, post.author_id, post.author.name, at)
    return dict(zip(FACTS, values, strict=True))


def facts(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in FACTS}


def polite(forum: MockForum) -> list[str]:
    """The addresses asked for, after a look at the manners: robots.txt first, one at a time, nothing forbidden."""
    paths = [entry.path for entry in forum.log]
    assert not forum.violations
    assert all(entry.in_flight == 1 for entry in forum.log)
    assert paths[0] == "/robots.txt"
    assert not any(mark in path for path in paths for mark in ("do=", "tab=", "/profile/", "/login", "csrfKey"))
    return paths


class Outside:
    """Lets sockets connect to this machine only, and remembers who tried otherwise."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.tried: list[Any] = []
        real, resolve = socket.socket.connect, socket.getaddrinfo

        def connect(own: socket.socket, address: Any) -> Any:
            if own.family != getattr(socket, "AF_UNIX", None):  # between processes of this machine
                self.check(address[0] if isinstance(address, tuple) else address)
            return real(own, address)

        def getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
            self.check(host)
            return resolve(host, *args, **kwargs)

        monkeypatch.setattr(socket.socket, "connect", connect)
        monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)

    def check(self, host: Any) -> None:
        if host not in LOOPBACK:
            self.tried.append(host)
            raise AssertionError(f"a test tried to reach {host!r}")


def keeps(delay: float, starts: list[float]) -> bool:
    """True where requests kept a delay, as far as a server can tell: a busy machine lets it notice some of them late.

    Late notice of one request takes from the gap behind it what it adds to the gap before, so the whole tells more
    than the parts.
    """
    gaps = [later - earlier for earlier, later in pairwise(starts)]
    return all(gap > delay / 3 for gap in gaps) and sum(gaps) > delay * (len(gaps) - 0.6)


def port_of(url: str) -> int:
    port = urlsplit(url).port
    assert port is not None
    return port
