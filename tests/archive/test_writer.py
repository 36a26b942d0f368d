"""What the writer writes is a WARC file in the eyes of warcio, and reads back as what came."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from records_made import FACTS, answer, at, check, html, records, runs, written

from crawler.archive import ArchiveWriter, Position
from crawler.archive.content import content
from crawler.archive.reading import original_at, record_at
from crawler.archive.record import Original
from crawler.items import Received


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[ArchiveWriter]:
    made = ArchiveWriter(tmp_path, Position())
    made.facts = FACTS
    yield made
    made.close()


def add(writer: ArchiveWriter, received: Received, original: Original | None = None) -> tuple[str, int]:
    place = writer.add(received, at=at(1), site="forum.example", body_sha256="x", find=lambda digest: original)
    return place.file, place.offset


def test_pages_read_back_as_they_came(tmp_path: Path) -> None:
    end = written(tmp_path, range(1, 6))
    path = tmp_path / "00001.warc.gz"
    assert end == Position(1, path.stat().st_size)
    check(path)
    found = records(path)
    assert [record.url for record in found] == [answer(n).url for n in range(1, 6)]
    assert [record.date for record in found] == [at(n) for n in range(1, 6)]
    assert [content(record.payload, record.headers) for record in found] == [html(n) for n in range(1, 6)]
    assert {record.site for record in found} == {"forum.example"}
    assert [start.run for start in runs(path)] == [FACTS["threadset-run"]]


def test_a_body_stays_as_the_server_packed_it(writer: ArchiveWriter, tmp_path: Path) -> None:
    received = answer(1)
    add(writer, received)
    writer.sync()
    data = (tmp_path / "00001.warc.gz").read_bytes()
    assert received.body in data, "stored, not compressed a second time"
    assert records(tmp_path / "00001.warc.gz")[0].payload == received.body


def test_a_body_that_came_plain_is_compressed(writer: ArchiveWriter, tmp_path: Path) -> None:
    received = answer(1, packed=False)
    add(writer, received)
    writer.sync()
    assert (tmp_path / "00001.warc.gz").stat().st_size < len(received.body)
    check(tmp_path / "00001.warc.gz")


def test_every_record_is_a_member_of_its_own(tmp_path: Path) -> None:
    written(tmp_path, range(1, 6))
    data, members = (tmp_path / "00001.warc.gz").read_bytes(), 0
    while data:
        unpacker = zlib.decompressobj(31)
        assert unpacker.decompress(data).startswith(b"WARC/1.1\r\n")
        assert unpacker.eof
        data, members = unpacker.unused_data, members + 1
    assert members == 6


def test_a_new_file_where_one_is_full(tmp_path: Path) -> None:
    end = written(tmp_path, range(1, 8), size=2500)
    paths = sorted(tmp_path.iterdir())
    assert len(paths) > 2
    assert [path.name for path in paths] == [f"{n:05d}.warc.gz" for n in range(1, len(paths) + 1)]
    assert end.number == len(paths)
    for path in paths:
        check(path)
        assert runs(path), "each begins with a warcinfo"
    assert [record.url for path in paths for record in records(path)] == [answer(n).url for n in range(1, 8)]


def test_a_run_begins_a_file_of_its_own(tmp_path: Path) -> None:
    first = written(tmp_path, range(1, 3))
    before = (tmp_path / "00001.warc.gz").read_bytes()
    second = written(tmp_path, range(3, 5), position=first)
    assert second.number == 2
    assert (tmp_path / "00001.warc.gz").read_bytes() == before


def test_nothing_to_write_makes_no_file(tmp_path: Path) -> None:
    writer = ArchiveWriter(tmp_path / "archive", Position(3, 77))
    assert writer.sync() == Position(3, 77)
    writer.close()
    assert not (tmp_path / "archive").exists()


def test_secrets_stay_out(writer: ArchiveWriter, tmp_path: Path) -> None:
    names = ("Set-Cookie", "set-cookie2", "Cookie", "Authorization", "Proxy-Authorization")
    received = answer(1, packed=False)
    received.headers.extend((name, "s3cr3t") for name in names)
    add(writer, received)
    writer.sync()
    text = gzip.decompress((tmp_path / "00001.warc.gz").read_bytes())
    assert b"s3cr3t" not in text
    assert b"HTTP/1.1 200 OK" in text


def test_the_same_body_again_is_a_revisit(writer: ArchiveWriter, tmp_path: Path) -> None:
    path = tmp_path / "00001.warc.gz"
    add(writer, answer(1))
    _file, second = add(writer, answer(1), original_of(writer, path, 1))
    writer.flush()
    _file, third = add(writer, answer(1), original_at(path, second))
    writer.sync()
    check(path)
    first, *again = records(path)
    assert [record.kind for record in (first, *again)] == ["response", "revisit", "revisit"]
    assert [record.offset for record in again] == [second, third]
    for record in again:  # one that repeats a revisit refers to the body itself
        assert record.refers_to == (first.record_id, first.url, first.date, first.digest)
        assert record.headers["content-encoding"] == "gzip"
        assert record.payload == b""


def original_of(writer: ArchiveWriter, path: Path, number: int) -> Original | None:
    writer.flush()
    return original_at(path, records(path)[number - 1].offset)


def test_what_only_looks_the_same_once_unpacked_is_kept_whole(writer: ArchiveWriter, tmp_path: Path) -> None:
    """A revisit promises the same bytes; a server that packed them otherwise sent others."""
    path = tmp_path / "00001.warc.gz"
    add(writer, answer(1))
    add(writer, answer(1, packed=False), original_of(writer, path, 1))
    writer.sync()
    assert [record.kind for record in records(path)] == ["response", "response"]


def test_a_record_can_be_taken_back(writer: ArchiveWriter, tmp_path: Path) -> None:
    path = tmp_path / "00001.warc.gz"
    add(writer, answer(1))
    place = writer.add(answer(2), at=at(2), site="x", body_sha256=None, find=lambda digest: None)
    writer.rewind(place)
    add(writer, answer(3))
    assert writer.sync() == Position(1, path.stat().st_size)
    assert [record.url for record in records(path)] == [answer(1).url, answer(3).url]
    check(path)


def test_a_record_by_its_place(tmp_path: Path) -> None:
    written(tmp_path, range(1, 4))
    path = tmp_path / "00001.warc.gz"
    for record in records(path):
        assert record_at(path, record.offset) == record
    assert record_at(path, path.stat().st_size) is None
    assert record_at(path, 5) is None
    assert record_at(tmp_path / "none", 0) is None


@given(
    headers=st.lists(
        st.tuples(
            st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters=":"), min_size=1, max_size=9),
            st.text(st.characters(codec="utf-8"), max_size=30),
        ),
        max_size=5,
    ),
    body=st.binary(max_size=300),
    status=st.integers(100, 599),
)
def test_whatever_a_server_says_makes_a_readable_record(
    tmp_path_factory: pytest.TempPathFactory, headers: list[tuple[str, str]], body: bytes, status: int
) -> None:
    folder = tmp_path_factory.mktemp("any")
    writer = ArchiveWriter(folder, Position())
    writer.facts = FACTS
    add(writer, Received("https://forum.example/topic/1-x/", status, headers, body))
    add(writer, answer(2))
    writer.close()
    first, second = records(folder / "00001.warc.gz")
    assert (first.status, first.payload, second.url) == (status, body, answer(2).url)
    check_quickly(folder / "00001.warc.gz")


def check_quickly(path: Path) -> None:
    from warcio.archiveiterator import ArchiveIterator

    with path.open("rb") as file:
        for record in ArchiveIterator(file, check_digests="raise"):
            record.raw_stream.read()
