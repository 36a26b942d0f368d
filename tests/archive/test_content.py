"""Bodies as pages: encodings undone, within a limit."""

from __future__ import annotations

import gzip
import sys
import zlib

import brotli
import pytest

from crawler.archive.content import BodyError, content

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

PAGE = b"<html>" + b"some words " * 5000 + b"</html>"
BOMB = b"\x00" * 40_000_000
RAW = zlib.compressobj(wbits=-15)


def chunked(body: bytes, size: int = 999) -> bytes:
    parts = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


PACKED = {
    "gzip": gzip.compress(PAGE),
    "x-gzip": gzip.compress(PAGE),
    "deflate": zlib.compress(PAGE),
    "br": brotli.compress(PAGE),
    "zstd": zstd.compress(PAGE),
}


@pytest.mark.parametrize("name", PACKED)
def test_encodings(name: str) -> None:
    assert content(PACKED[name], {"content-encoding": name}) == PAGE
    both = {"content-encoding": name.upper(), "transfer-encoding": "chunked"}
    assert content(chunked(PACKED[name]), both) == PAGE


def test_deflate_without_its_header() -> None:
    packer = zlib.compressobj(wbits=-15)
    assert content(packer.compress(PAGE) + packer.flush(), {"content-encoding": "deflate"}) == PAGE


def test_one_over_the_other() -> None:
    assert content(brotli.compress(gzip.compress(PAGE)), {"content-encoding": "gzip, br"}) == PAGE


@pytest.mark.parametrize("name", PACKED)
def test_an_encoding_that_a_tool_undid_without_saying_so(name: str) -> None:
    assert content(PAGE, {"content-encoding": name}) == PAGE
    assert content(PAGE, {"content-encoding": name, "transfer-encoding": "chunked"}) == PAGE


@pytest.mark.parametrize(
    ("name", "bomb"),
    [
        ("gzip", gzip.compress(BOMB)),
        ("deflate", zlib.compress(BOMB)),
        ("br", brotli.compress(BOMB, quality=5)),
        ("zstd", zstd.compress(BOMB)),
        ("gzip, gzip", gzip.compress(gzip.compress(BOMB))),
        ("", BOMB),
    ],
)
def test_bombs_end_at_the_limit(name: str, bomb: bytes) -> None:
    with pytest.raises(BodyError, match="larger than 32 MB"):
        content(bomb, {"content-encoding": name})


def test_too_many_encodings() -> None:
    with pytest.raises(BodyError, match="too many"):
        content(b"x", {"content-encoding": "gzip, gzip, gzip, gzip, gzip"})


def test_an_unknown_encoding() -> None:
    with pytest.raises(BodyError, match="not known"):
        content(b"x", {"content-encoding": "compress"})


@pytest.mark.parametrize("name", ["deflate", "br", "zstd"])
def test_a_damaged_encoding(name: str) -> None:
    with pytest.raises(BodyError, match="damaged"):
        content(b"\x01\x02nothing of the kind" * 9, {"content-encoding": name})
