"""Archives of other tools, damaged and hostile ones: what is whole is read, the rest is named."""

from __future__ import annotations

import gzip
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from records_made import FACTS, answer, at, broken, foreign, html, records, written

from crawler.archive import ArchiveWriter, Position
from crawler.archive.content import content
from crawler.archive.members import is_warc
from crawler.archive.reading import read_records
from crawler.items import Received

PAGES = [foreign(html(n), where=f"https://forum.example/topic/{n}-x/") for n in range(1, 5)]
PLAIN = [foreign(html(n), where=f"https://forum.example/topic/{n}-x/", packed=False) for n in range(1, 5)]
URLS = [f"https://forum.example/topic/{n}-x/" for n in range(1, 5)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "given.warc.gz"


def urls(path: Path) -> list[str]:
    return [record.url for record in records(path)]


@pytest.mark.parametrize(
    "data",
    [b"".join(PAGES), b"".join(PLAIN), gzip.compress(b"".join(PLAIN)), b"".join(PAGES) + b"\r\n\r\n"],
    ids=["a member each", "plain", "compressed as a whole", "blank lines at the end"],
)
def test_the_forms_of_a_file(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    assert is_warc(path)
    assert urls(path) == URLS
    assert [content(record.payload, record.headers) for record in records(path)] == [html(n) for n in range(1, 5)]
    assert not broken(path) or data.endswith(b"\r\n\r\n")


@pytest.mark.parametrize(
    "data", [b"", b"<html></html>", gzip.compress(b"hello", mtime=0), b"\x1f\x8b\x08broken", b"WARC"]
)
def test_what_is_no_warc_file(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    assert not is_warc(path)


def test_records_that_are_no_pages_are_passed_over(path: Path) -> None:
    others = [foreign(b"GET / HTTP/1.1\r\n\r\n", kind=kind) for kind in ("metadata", "conversion")]
    outside = foreign(b"x", where="dns:forum.example", kind="resource")
    path.write_bytes(PAGES[0] + b"".join(others) + outside + PAGES[1])
    assert urls(path) == URLS[:2]
    assert sum(found is None for found in read_records(path)) == 3
    assert not broken(path)


@pytest.mark.parametrize("cut", [1, 30, 200])
def test_a_file_cut_off(path: Path, cut: int) -> None:
    path.write_bytes(b"".join(PAGES)[:-cut])
    assert urls(path) == URLS[:3]
    (problem,) = broken(path)
    assert (problem.offset, problem.reason) == (sum(map(len, PAGES[:3])), "it is cut off")


@pytest.mark.parametrize("cut", [10, 200, 1500])
def test_a_plain_file_cut_off(path: Path, cut: int) -> None:
    path.write_bytes(b"".join(PLAIN)[:-cut])
    assert urls(path) == URLS[:3]
    (problem,) = broken(path)
    assert problem.offset == sum(map(len, PLAIN[:3]))


def test_behind_a_damaged_member_reading_goes_on(path: Path) -> None:
    data = bytearray(b"".join(PAGES))
    place = len(PAGES[0]) + 200
    data[place : place + 40] = b"\xff" * 40
    path.write_bytes(data)
    assert urls(path) == [URLS[0], *URLS[2:]]
    assert [problem.offset for problem in broken(path)] == [len(PAGES[0])]


def test_a_flipped_bit_in_a_stored_body_is_found(tmp_path: Path) -> None:
    written(tmp_path, range(1, 4))
    path = tmp_path / "00001.warc.gz"
    data = bytearray(path.read_bytes())
    place = data.find(answer(2).body) + 100
    data[place] ^= 1
    path.write_bytes(data)
    assert urls(path) == [answer(1).url, answer(3).url]
    (problem,) = broken(path)
    assert problem.reason == "its compression is damaged"


def test_behind_damage_only_what_belongs_to_the_file_is_believed(tmp_path: Path) -> None:
    """A page may hold a WARC record, packed: where the real one is damaged, that looks like the next one's start."""
    forged = gzip.compress(foreign(html(9), where="https://elsewhere.example/topic/9-x/", packed=False))
    writer = ArchiveWriter(tmp_path, Position())
    writer.facts = FACTS
    hiding = Received(URLS[1], 200, [("Content-Encoding", "gzip")], forged)
    for received in (answer(1), hiding, answer(3)):
        writer.add(received, at=at(1), site="x", body_sha256=None, find=lambda digest: None)
    writer.close()
    path = tmp_path / "00001.warc.gz"
    data = bytearray(path.read_bytes())
    data[data.find(forged) - 20] ^= 255
    path.write_bytes(data)
    assert urls(path) == [answer(1).url, answer(3).url]
    assert [problem.reason.split()[1] for problem in broken(path)][:2] == ["compression", "stands"]


def test_garbage_between_records(path: Path) -> None:
    path.write_bytes(PAGES[0] + b"garbage" * 9 + PAGES[1])
    assert urls(path) == URLS[:2]
    assert len(broken(path)) == 1


def test_a_plain_file_that_lies_about_a_length_ends_there(path: Path) -> None:
    """What follows may be what somebody wrote on a page: it is not believed."""
    lying = PLAIN[1].replace(b"Content-Length: ", b"Content-Length: 0", 1)
    short = lying.replace(b"Content-Length: 0", b"Content-Length: 12\r\nX: ", 1)
    path.write_bytes(PLAIN[0] + short + PLAIN[2])
    assert urls(path) == URLS[:2]
    assert records(path)[1].payload == b""
    assert "the rest of the file was not read" in broken(path)[-1].reason


@pytest.mark.parametrize("packed", [True, False])
def test_a_record_that_is_too_large(path: Path, packed: bool) -> None:
    large = foreign(b"\x00" * 90_000_000, packed=packed)
    first, last = (PAGES[0], PAGES[1]) if packed else (PLAIN[0], PLAIN[1])
    path.write_bytes(first + large + last)
    tracemalloc.start()
    assert urls(path) == URLS[:2]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [problem.reason for problem in broken(path)] == ["it is larger than a record may be"]
    assert peak < 80_000_000


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (b"WARC-Date: 2024-05-06T07:08:09Z", b"WARC-Date: yesterday", "when it was fetched"),
        (b"WARC-Date: 2024-05-06T07:08:09Z\r\n", b"", "when it was fetched"),
    ],
)
def test_a_record_without_what_it_must_say(path: Path, old: bytes, new: bytes, reason: str) -> None:
    path.write_bytes(gzip.compress(PLAIN[0].replace(old, new)) + PAGES[1])
    assert urls(path) == [URLS[1]]
    assert reason in broken(path)[0].reason


def test_an_endless_line(path: Path) -> None:
    path.write_bytes(b"WARC/1.0\r\nX: " + b"a" * 5_000_000)
    assert records(path) == []
    assert len(broken(path)) == 1


def test_brackets_around_addresses(path: Path) -> None:
    data = PLAIN[0].replace(URLS[0].encode(), b"<" + URLS[0].encode() + b">")
    path.write_bytes(data)
    assert urls(path) == URLS[:1]


@settings(deadline=None, max_examples=150)
@given(data=st.data())
def test_whatever_is_done_to_a_file_reading_ends(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    whole = b"".join(data.draw(st.sampled_from([PAGES[:2], PLAIN[:2]])))
    at = data.draw(st.integers(0, len(whole)))
    noise = data.draw(st.binary(max_size=40))
    gone = data.draw(st.integers(0, 300))
    path = tmp_path_factory.mktemp("any") / "x.warc"
    path.write_bytes(whole[:at] + noise + whole[at + gone :])
    for found in read_records(path):
        assert found is None or found.offset <= len(whole) + 40  # type: ignore[union-attr]
