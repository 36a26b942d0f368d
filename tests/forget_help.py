"""Looks for words in every byte of a folder: decompressed, unescaped, wherever they may hide."""

from __future__ import annotations

import gzip
import html
import io
import json
import re
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from crawl_help import by_id, fast, rows
from mock_forum import MockForum
from warcio.archiveiterator import ArchiveIterator

from crawler.commands import main
from crawler.commands._crawl import RUNNERS
from crawler.demo import build


def contents(path: Path) -> Iterator[bytes]:
    """What is in a file: as it is, members of an archive and their bodies, tables."""
    raw = path.read_bytes()
    yield raw
    if raw.startswith(b"\x1f\x8b"):
        yield gzip.decompress(raw)
        for record in ArchiveIterator(io.BytesIO(raw)):
            yield str(record.rec_headers).encode()
            body = record.content_stream().read()
            yield body
            if body.startswith(b"\x1f\x8b"):
                yield zlib.decompress(body, zlib.MAX_WBITS | 16)
    if raw.startswith(b"PAR1"):
        yield json.dumps(pq.read_table(path).to_pylist(), default=str, ensure_ascii=False).encode()


def readings(data: bytes) -> Iterator[str]:
    """The bytes as text; with entities and escapes undone."""
    text = data.decode("utf-8", "replace")
    yield text
    if "&" in text:
        yield html.unescape(text)
    if "\\u" in text:
        yield re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), text)


def holding(folder: Path, *words: str) -> list[tuple[str, str]]:
    """The files of a folder that hold one of the words, in whatever way, and the word."""
    assert all(words)
    found = set()
    for path in (path for path in folder.rglob("*") if path.is_file()):
        for data in contents(path):
            for text in readings(data):
                found |= {(path.relative_to(folder).as_posix(), word) for word in words if word in text}
    return sorted(found)


def grab_demo(folder: Path, threads: Sequence[int] = ()) -> Path:
    """A crawl of threads of the demo forum, or of all of it, with a canonical export in its folder."""
    with pytest.MonkeyPatch.context() as patch, MockForum(build(threads_per_page=5)) as mock:
        patch.setitem(RUNNERS, "default", fast())
        paths = [mock.path(number) for number in threads] or [mock.forum_path(b.forum_id) for b in mock.forum.boards]
        grab = ["grab", *(mock.url + path for path in paths), "--out", str(folder), "--delay", "0", "-q", "--no-report"]
        for command in (grab, ["export", str(folder), "--canonical", "-q"]):
            with pytest.raises(SystemExit) as ended:
                main(command)
            assert ended.value.code == 0
    return folder


def quoted_post(folder: Path) -> dict[str, Any]:
    """A post with words of its own that others quote."""
    posts = by_id(rows(folder, "posts"))
    quoted = [quote["target_post_id"] for quote in rows(folder, "quotes") if quote["target_state"] == "seen"]
    found = [posts[number] for number in quoted if len((posts[number]["text"] or "").split()) > 6]
    return max(found, key=lambda post: (quoted.count(post["post_id"]), post["post_id"]))


def signs_of(post: dict[str, Any]) -> list[str]:
    """By what a post would be known: its longest line, and its number in addresses."""
    line = max(str(post["text"]).split("\n"), key=len)[:40]
    return [line, f"comment-{post['post_id']}", f"Comment_{post['post_id']}"]
